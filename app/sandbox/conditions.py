"""The conditions of list requests: a real parser, so that a client's mistakes show here and not in production.

Grammar (developer guide): `member operator value`, AND, OR, NOT, parentheses; strings in double or single quotes, instants in
brackets, True, False, null, numbers; operators = != < <= > >= contains like in, `not` before contains, like and in.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from fnmatch import fnmatchcase
from functools import lru_cache
from typing import Any

Predicate = Callable[[Mapping[str, Any]], bool]

_TOKEN = re.compile(
    r"\s*(?:(?P<string>\"[^\"]*\"|'[^']*')|(?P<instant>\[[^\]]*\])|(?P<number>-?\d+(?:\.\d+)?)(?![\w/])"
    r"|(?P<operator>!=|<=|>=|=|<|>)|(?P<mark>[(),])|(?P<word>[A-Za-z_][\w/]*))"
)


class BadCondition(Exception):
    """A condition that cannot be read."""

    def __init__(self) -> None:
        super().__init__("Expected a boolean value for the conditions.")


@lru_cache(maxsize=512)
def predicate(text: str) -> Predicate:
    """The condition as a function of a record; BadCondition when it cannot be read."""
    if not text.strip():
        return lambda _: True
    parser = _Parser(_tokens(text))
    found = parser.either()
    if parser.rest():
        raise BadCondition
    return found


def value_at(record: Any, path: str) -> Any:
    """The member at a slash-separated path; names match in any case."""
    for name in path.split("/"):
        if not isinstance(record, Mapping):
            return None
        record = (
            record[name]
            if name in record
            else next((record[key] for key in record if key.lower() == name.lower()), None)
        )
    return record


def _tokens(text: str) -> list[tuple[str, str]]:
    tokens, at = [], 0
    text = text.strip()
    while at < len(text):
        match = _TOKEN.match(text, at)
        if not match or match.end() == at:
            raise BadCondition
        tokens.append((str(match.lastgroup), match[str(match.lastgroup)]))
        at = match.end()
        while at < len(text) and text[at].isspace():
            at += 1
    return tokens


class _Parser:
    def __init__(self, tokens: list[tuple[str, str]]) -> None:
        self._tokens = tokens
        self._at = 0

    def rest(self) -> bool:
        return self._at < len(self._tokens)

    def either(self) -> Predicate:
        found = self._both()
        while self._word("or"):
            found = _any(found, self._both())
        return found

    def _both(self) -> Predicate:
        found = self._one()
        while self._word("and"):
            found = _all(found, self._one())
        return found

    def _one(self) -> Predicate:
        if self._take("mark", "("):
            inner = self.either()
            if not self._take("mark", ")"):
                raise BadCondition
            return inner
        if self._word("not"):
            denied = self._one()
            return lambda record: not denied(record)
        kind, member = self._next()
        if kind != "word":
            raise BadCondition
        denied_operator = self._word("not")
        test = self._operator()
        return lambda record: test(value_at(record, member)) is not denied_operator

    def _operator(self) -> Callable[[Any], bool]:
        kind, text = self._next()
        operator = text.lower()
        if operator == "in":
            values = self._values()
            return lambda found: any(_equal(found, value) for value in values)
        wanted = self._value()
        if operator == "contains":
            return lambda found: str(wanted).lower() in str(found or "").lower()
        if operator == "like":
            glob = str(wanted).lower().replace("%", "*")
            return lambda found: fnmatchcase(str(found or "").lower(), glob)
        if kind != "operator":
            raise BadCondition
        return _COMPARISONS[operator](wanted)

    def _values(self) -> list[Any]:
        if not self._take("mark", "("):
            raise BadCondition
        values = [self._value()]
        while self._take("mark", ","):
            values.append(self._value())
        if not self._take("mark", ")"):
            raise BadCondition
        return values

    def _value(self) -> Any:
        kind, text = self._next()
        if kind == "string":
            return text[1:-1]
        if kind == "number":
            return float(text)
        if kind == "instant":
            return _instant(text[1:-1])
        words = {"true": True, "false": False, "null": None}
        if kind != "word" or text.lower() not in words:
            raise BadCondition
        return words[text.lower()]

    def _next(self) -> tuple[str, str]:
        if not self.rest():
            raise BadCondition
        self._at += 1
        return self._tokens[self._at - 1]

    def _take(self, kind: str, text: str) -> bool:
        if self.rest() and self._tokens[self._at] == (kind, text):
            self._at += 1
            return True
        return False

    def _word(self, text: str) -> bool:
        if self.rest() and self._tokens[self._at][0] == "word" and self._tokens[self._at][1].lower() == text:
            self._at += 1
            return True
        return False


def _any(left: Predicate, right: Predicate) -> Predicate:
    return lambda record: left(record) or right(record)


def _all(left: Predicate, right: Predicate) -> Predicate:
    return lambda record: left(record) and right(record)


def _instant(text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text.strip())
    except ValueError:
        raise BadCondition from None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _equal(found: Any, wanted: Any) -> bool:
    if isinstance(wanted, datetime):
        return _moment(found) == wanted
    if isinstance(wanted, str) and isinstance(found, str):
        return found.lower() == wanted.lower()
    if isinstance(wanted, float) and isinstance(found, int | float) and not isinstance(found, bool):
        return float(found) == wanted
    if wanted is False:
        return not found
    return bool(found == wanted)


def _ordered(test: Callable[[Any, Any], bool]) -> Callable[[Any], Callable[[Any], bool]]:
    def of(wanted: Any) -> Callable[[Any], bool]:
        def compare(found: Any) -> bool:
            left = _moment(found) if isinstance(wanted, datetime) else found
            return left is not None and isinstance(left, type(wanted) | int | float) and test(left, wanted)

        return compare

    return of


def _moment(found: Any) -> datetime | None:
    try:
        return _instant(str(found)) if found else None
    except BadCondition:
        return None


_COMPARISONS: dict[str, Callable[[Any], Callable[[Any], bool]]] = {
    "=": lambda wanted: lambda found: _equal(found, wanted),
    "!=": lambda wanted: lambda found: not _equal(found, wanted),
    "<": _ordered(lambda left, right: left < right),
    "<=": _ordered(lambda left, right: left <= right),
    ">": _ordered(lambda left, right: left > right),
    ">=": _ordered(lambda left, right: left >= right),
}
