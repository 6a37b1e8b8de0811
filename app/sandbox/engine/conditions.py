"""The conditions of list requests: a real parser, so that a client's mistakes show here and not in production.

Grammar (developer guide): `member operator value`, AND, OR, NOT, parentheses; strings in double or single quotes, instants in
brackets, True, False, null, numbers; operators = != < <= > >= contains like in, `not` before contains, like and in.
`conditions` apply to the record, `childConditions` at the items of its arrays, `customFieldConditions` at its custom fields.
Text that is too long, too deep or has too many parts is refused like any other mistake.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from app.sandbox.engine.comparison import COMPARISONS, BadCondition, equal, instant_of, like, value_at

__all__ = ["BadCondition", "Condition", "Predicate", "Term", "child_predicate", "condition", "predicate", "value_at"]

Predicate = Callable[[Mapping[str, Any]], bool]
_LONGEST, _MOST_PARTS, _DEEPEST = 10_000, 4_000, 40

_TOKEN = re.compile(
    r"\s*(?:(?P<string>\"[^\"]*\"|'[^']*')|(?P<instant>\[[^\]]*\])|(?P<number>-?[0-9]{1,400}(?:\.[0-9]{1,400})?)(?![\w/.])"
    r"|(?P<operator>!=|<=|>=|=|<|>)|(?P<mark>[(),])|(?P<word>[A-Za-z_][\w/]*))"
)
_WORDS = {"true": True, "false": False, "null": None}


@dataclass(frozen=True, slots=True)
class Term:
    """One comparison that must hold for the whole condition to hold."""

    member: str
    operator: str
    values: tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Condition:
    """A condition as a test, and the terms that an index can use."""

    test: Predicate
    terms: tuple[Term, ...] = ()


@lru_cache(maxsize=512)
def condition(text: str) -> Condition:
    """The condition of a text; BadCondition when it cannot be read. An empty text holds for every record."""
    if len(text) > _LONGEST:
        raise BadCondition
    if not text.strip():
        return Condition(lambda _: True)
    parser = _Parser(_tokens(text))
    found = parser.either()
    if parser.rest():
        raise BadCondition
    return found


def predicate(text: str) -> Predicate:
    """The condition as a function of a record."""
    return condition(text).test


def child_predicate(text: str) -> Predicate:
    """Whether one item of one of the record's arrays fulfils the condition; members may name the array first."""
    wanted = condition(text)
    if not text.strip():
        return wanted.test

    def test(record: Mapping[str, Any]) -> bool:
        return any(
            wanted.test({**item, name: item})
            for name, value in record.items()
            if isinstance(value, list)
            for item in value
            if isinstance(item, Mapping)
        )

    return test


def _tokens(text: str) -> list[tuple[str, str]]:
    tokens: list[tuple[str, str]] = []
    at = 0
    text = text.strip()
    while at < len(text):
        match = _TOKEN.match(text, at)
        if not match or len(tokens) >= _MOST_PARTS:
            raise BadCondition
        tokens.append((str(match.lastgroup), match[str(match.lastgroup)]))
        at = match.end()
    return tokens


class _Parser:
    def __init__(self, tokens: Sequence[tuple[str, str]]) -> None:
        self._tokens = tokens
        self._at = 0
        self._depth = 0

    def rest(self) -> bool:
        return self._at < len(self._tokens)

    def either(self) -> Condition:
        found = [self._both()]
        while self._word("or"):
            found.append(self._both())
        if len(found) == 1:
            return found[0]
        tests = [each.test for each in found]
        return Condition(lambda record: any(test(record) for test in tests))

    def _both(self) -> Condition:
        found = [self._one()]
        while self._word("and"):
            found.append(self._one())
        if len(found) == 1:
            return found[0]
        tests = [each.test for each in found]
        terms = tuple(term for each in found for term in each.terms)
        return Condition(lambda record: all(test(record) for test in tests), terms)

    def _one(self) -> Condition:
        self._depth += 1
        if self._depth > _DEEPEST:
            raise BadCondition
        found = self._grouped() or self._compared()
        self._depth -= 1
        return found

    def _grouped(self) -> Condition | None:
        if self._take("mark", "("):
            inner = self.either()
            if not self._take("mark", ")"):
                raise BadCondition
            return inner
        if self._word("not"):
            denied = self._one().test
            return Condition(lambda record: not denied(record))
        return None

    def _compared(self) -> Condition:
        kind, member = self._next()
        if kind != "word":
            raise BadCondition
        denied = self._word("not")
        operator, values = self._operator(denied=denied)
        test = _test_of(operator, values)
        names = tuple(member.split("/"))
        term = Term(member, operator, values)
        return Condition(lambda record: test(value_at(record, names)) is not denied, () if denied else (term,))

    def _operator(self, *, denied: bool) -> tuple[str, tuple[Any, ...]]:
        kind, text = self._next()
        operator = text.lower()
        if kind == "word" and operator == "in":
            return operator, self._values()
        if kind == "word" and operator in ("contains", "like"):
            return operator, (self._value(),)
        if kind != "operator" or denied:
            raise BadCondition
        return operator, (self._value(),)

    def _values(self) -> tuple[Any, ...]:
        if not self._take("mark", "("):
            raise BadCondition
        values = [self._value()]
        while self._take("mark", ","):
            values.append(self._value())
        if not self._take("mark", ")"):
            raise BadCondition
        return tuple(values)

    def _value(self) -> Any:
        kind, text = self._next()
        if kind == "string":
            return text[1:-1]
        if kind == "number":
            return float(text) if "." in text else int(text)
        if kind == "instant":
            return instant_of(text[1:-1])
        if kind != "word" or text.lower() not in _WORDS:
            raise BadCondition
        return _WORDS[text.lower()]

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


def _test_of(operator: str, values: tuple[Any, ...]) -> Callable[[Any], bool]:
    if operator == "in":
        numbers = frozenset(value for value in values if isinstance(value, int) and not isinstance(value, bool))
        others = [value for value in values if isinstance(value, bool) or not isinstance(value, int)]
        return lambda found: (found.__class__ is int and found in numbers) or any(equal(found, each) for each in others)
    if operator == "contains":
        wanted = str(values[0]).lower()
        return lambda found: wanted in str("" if found is None else found).lower()
    if operator == "like":
        return like(str(values[0]))
    return COMPARISONS[operator](values[0])
