"""Errors of the decision table in a chart file: conditions that cannot be read, unknown names, ids that stand twice."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from app.chart.schema.conditions import Condition, ConditionError, in_order, parse_condition, split_terms
from app.chart.schema.errors import ChartProblem, near, shown_path
from app.chart.schema.measures import DECIDED, EVERYWHERE, FINANCE, OF_ONE_ROW, ROWS
from app.chart.schema.shipped_values import shipped_value
from app.chart.schema.yaml_source import Path, YamlDocument
from app.domain.enums import Criterion

_Found = Iterator[tuple[Path, str]]
_TABLE = ("facts", "terms", "row_terms", "rows", "follows", "outcomes")


def table_problems(data: Mapping[str, Any], document: YamlDocument) -> list[ChartProblem]:
    """All errors of the table in a chart's data, each with its place."""
    if not any(section in data for section in _TABLE):
        return []
    names = _Names(data)
    found = [*_points(data, names), *_terms(data, names), *_rules(data, names)]
    return [ChartProblem(*document.place(path), shown_path(path), message) for path, message in found]


class _Names:
    """The names that conditions of each section may use."""

    def __init__(self, data: Mapping[str, Any]) -> None:
        terms = {**shipped_value("terms"), **_map(data, "terms")}
        early = _early_terms(terms)
        self.points = EVERYWHERE
        self.terms = EVERYWHERE | ROWS.keys() | terms.keys()
        self.row_terms = (
            self.terms | OF_ONE_ROW.keys() | shipped_value("row_terms").keys() | _map(data, "row_terms").keys()
        )
        self.finance = EVERYWHERE | early | DECIDED.keys() | (ROWS.keys() - {"finance_alone"})
        self.follows = self.row_terms | DECIDED.keys()
        self.outcomes = self.terms | DECIDED.keys()

    def of_rows(self, rows: Iterable[str]) -> frozenset[str]:
        """The names that a rule of these rows may use."""
        listed = set(rows)
        known = [self.finance] if Criterion.FINANCE in listed else []
        if listed - {Criterion.FINANCE}:
            known.append(frozenset(self.row_terms))
        return frozenset.intersection(*map(frozenset, known)) if known else frozenset(self.row_terms)


def _early_terms(terms: Mapping[str, Any]) -> frozenset[str]:
    """Terms that do not depend on what finance says."""
    try:
        return frozenset(split_terms({name: parse_condition(term) for name, term in terms.items()})[0])
    except ConditionError:
        return frozenset(terms)


def _points(data: Mapping[str, Any], names: _Names) -> _Found:
    entries = _map(data, "facts").get("finance")
    yield from _listed(entries, ("facts", "finance"), lambda _entry: names.points)


def _terms(data: Mapping[str, Any], names: _Names) -> _Found:
    for section, known in (("terms", names.terms), ("row_terms", names.row_terms)):
        own = _map(data, section)
        for name, term in own.items():
            yield from _condition(term, (section, name), known)
            if name in FINANCE or name in ROWS or name in OF_ONE_ROW or name in DECIDED:
                yield (section, name), "this is the name of a measure; choose another one"
        try:
            list(in_order({name: parse_condition(term) for name, term in {**shipped_value(section), **own}.items()}))
        except ConditionError as error:
            if "leads back" in str(error):
                yield (section,), str(error)


def _rules(data: Mapping[str, Any], names: _Names) -> _Found:
    def of_row(entry: Mapping[str, Any]) -> Iterable[str]:
        rows = entry.get("rows")
        return names.of_rows(map(str, rows if isinstance(rows, list) else ()))

    yield from _listed(data.get("rows"), ("rows",), of_row)
    yield from _listed(data.get("follows"), ("follows",), lambda _entry: names.follows)
    yield from _listed(data.get("outcomes"), ("outcomes",), lambda _entry: names.outcomes)


def _listed(entries: Any, path: Path, known: Any) -> _Found:
    seen: set[str] = set()
    for number, entry in enumerate(entries if isinstance(entries, list) else ()):
        if not isinstance(entry, dict):
            continue
        if (name := str(entry.get("id"))) in seen:
            yield (*path, number, "id"), f"another entry has the id “{name}” already"
        seen.add(name)
        if entry.get("when") is not None:
            yield from _condition(entry["when"], (*path, number, "when"), known(entry))


def _condition(written: Any, path: Path, known: Iterable[str]) -> _Found:
    try:
        parsed: Condition = parse_condition(written)
    except ConditionError as error:
        yield path, str(error)
        return
    names = sorted(known)
    known_names = f"; known: {', '.join(names)}"
    for name in sorted(parsed.names - set(names)):
        yield path, f"“{name}” cannot be named here{near(name, names) or known_names}"


def _map(data: Mapping[str, Any], section: str) -> Mapping[str, Any]:
    found = data.get(section)
    return found if isinstance(found, dict) else {}
