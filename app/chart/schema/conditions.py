"""Conditions of the decision table: parsed, checked for names, and compiled to Python expressions over measures.

A condition is a name, a comparison, a list (all of it), or a map with `all`, `any`, `not` or `row`. Expressions are built from
names and numbers that match the patterns below and from nothing else, so that a chart file cannot bring code of its own.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from app.domain.enums import Criterion

Measures = dict[str, Any]
Test = Callable[[Measures], bool]
SIDES = ("project", "service", "unknown", "contested")
ROW_SIDES = ("finance_alone", *(criterion.value for criterion in Criterion))
"""Measures whose value is a side of a row."""
_NAME = r"[a-z][a-z_]{0,40}(?:\.[a-z_]{1,40})?"
_ATOM = re.compile(
    rf"(?P<left>{_NAME})(?:\s*(?P<sign>>=|<=|!=|=|>|<)\s*(?:(?P<right>{_NAME})(?:\s*\+\s*(?P<more>\d{{1,4}}(?:\.\d{{1,4}})?))?"
    r"|(?P<number>\d{1,9}(?:\.\d{1,4})?)))?"
)
_SIGNS = {"=": "==", "!=": "!="}
_DEEPEST = 8
_MOST_PARTS = 60


class ConditionError(ValueError):
    """Invalid condition; the message names the problem and the allowed forms."""


@dataclass(frozen=True, slots=True)
class Condition:
    """A parsed condition: its Python expression over `m`, and the names that it uses."""

    expression: str
    names: frozenset[str]

    def compiled(self) -> Test:
        """The condition as a function of the measures."""
        return compile_function(f"return {self.expression}")


ALWAYS = Condition("True", frozenset())


def parse_condition(written: object) -> Condition:
    """Parses a condition as it stands in the chart file; None is always true."""
    return ALWAYS if written is None else _parse(written, 0)


def _parse(written: object, depth: int) -> Condition:
    if depth > _DEEPEST:
        raise ConditionError(
            f"the condition is nested more than {_DEEPEST} deep; give a part of it a name under `terms`"
        )
    if isinstance(written, str):
        return _atom(written)
    if isinstance(written, list):
        return _joined("and", written, depth)
    if isinstance(written, Mapping) and len(written) == 1:
        ((word, inner),) = written.items()
        if word in ("all", "any"):
            return _joined("and" if word == "all" else "or", inner if isinstance(inner, list) else [inner], depth)
        if word == "not":
            part = _parse(inner, depth + 1)
            return Condition(f"not {part.expression}", part.names)
        if word == "row":
            return _of_rows(inner)
    raise ConditionError("a condition is a name, a comparison, a list, or one of all, any, not and row")


def _joined(word: str, parts: list[Any], depth: int) -> Condition:
    if not parts or len(parts) > _MOST_PARTS:
        raise ConditionError(f"a list of conditions has 1 to {_MOST_PARTS} entries")
    found = [_parse(part, depth + 1) for part in parts]
    expression = f" {word} ".join(part.expression for part in found)
    return Condition(f"({expression})", frozenset().union(*(part.names for part in found)))


def _of_rows(rows: object) -> Condition:
    listed = [rows] if isinstance(rows, str) else rows
    known = [criterion.value for criterion in Criterion]
    if not isinstance(listed, list) or not listed or not set(map(str, listed)) <= set(known):
        raise ConditionError(f"`row` names one or more of {', '.join(known)}")
    return Condition(f"m['row'] in {tuple(map(str, listed))!r}", frozenset({"row"}))


def _atom(written: str) -> Condition:
    match = _ATOM.fullmatch(written.strip())
    if match is None:
        raise ConditionError(
            f"“{written[:60]}” is neither a name nor a comparison, such as `kind`, `sold_points >= finance.sold` or `finance = project`"
        )
    left, sign, right = match["left"], match["sign"], match["right"]
    if sign is None:
        return Condition(f"m[{left!r}]", frozenset({left}))
    python = _SIGNS.get(sign, sign)
    if left in ROW_SIDES:
        if right not in SIDES or match["more"] or sign not in _SIGNS:
            raise ConditionError(f"“{written[:60]}”: a row is compared with = or != and one of {', '.join(SIDES)}")
        return Condition(f"(m[{left!r}] {python} {right!r})", frozenset({left}))
    if match["number"]:
        return Condition(f"(m[{left!r}] {python} {match['number']})", frozenset({left}))
    more = f" + {match['more']}" if match["more"] else ""
    return Condition(f"(m[{left!r}] {python} m[{right!r}]{more})", frozenset({left, right}))


def compile_function(body: str) -> Callable[[Measures], Any]:
    """A function of the measures `m` from statements that this module composed."""
    scope: dict[str, Any] = {}
    lines = "\n".join(f"    {line}" for line in body.splitlines())
    exec(compile(f"def decide(m):\n{lines}\n", "<chart>", "exec"), {"__builtins__": {}}, scope)  # noqa: S102 - see above
    found: Callable[[Measures], Any] = scope["decide"]
    return found


def compile_terms(terms: Iterable[tuple[str, Condition]]) -> Callable[[Measures], Any]:
    """A function that works out named conditions, in this order, and puts them among the measures."""
    return compile_function("\n".join(f"m[{name!r}] = {term.expression}" for name, term in terms) or "pass")


def compile_choice(conditions: Iterable[Condition]) -> Callable[[Measures], int]:
    """A function that returns the number of the first condition that holds, -1 without one."""
    lines = [f"if {condition.expression}: return {number}" for number, condition in enumerate(conditions)]
    return compile_function("\n".join([*lines, "return -1"]))


def in_order(terms: Mapping[str, Condition]) -> Iterator[str]:
    """The names of terms, each after those that it uses; ConditionError where one leads back to itself."""
    done: set[str] = set()
    for name in terms:
        yield from _after_needed(name, terms, done, ())


def _after_needed(name: str, terms: Mapping[str, Condition], done: set[str], path: tuple[str, ...]) -> Iterator[str]:
    if name in path:
        raise ConditionError(f"the term “{name}” leads back to itself")
    if name in done or name not in terms:
        return
    for needed in sorted(terms[name].names & terms.keys()):
        yield from _after_needed(needed, terms, done, (*path, name))
    done.add(name)
    yield name


def split_terms(terms: Mapping[str, Condition]) -> tuple[list[str], list[str]]:
    """The names of terms in their order: those that do not depend on what finance says, and the others."""
    ordered = list(in_order(terms))
    later: set[str] = set()
    for name in ordered:
        if terms[name].names & (later | {"finance_alone"}):
            later.add(name)
    return [name for name in ordered if name not in later], [name for name in ordered if name in later]
