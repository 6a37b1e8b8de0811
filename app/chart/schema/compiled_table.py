"""The decision table of a chart, checked and compiled once."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from app.chart.schema.conditions import (
    Condition,
    ConditionError,
    Measures,
    Test,
    compile_choice,
    compile_terms,
    in_order,
    parse_condition,
    split_terms,
)
from app.chart.schema.table_sections import Facts, FinancePoints, FollowRule, OutcomeRule, RowRule
from app.domain.enums import Criterion

ROW_NAMES = tuple(criterion for criterion in Criterion if criterion is not Criterion.FINANCE)


@dataclass(frozen=True, slots=True)
class Rules:
    """Rules of one row or of the outcome. `first`: the number of the first one that applies."""

    rules: tuple[Any, ...]
    conditions: tuple[Condition, ...]
    first: Callable[[Measures], int]


@dataclass(frozen=True, slots=True)
class RowWeights:
    """Strength of each sign of one row, by side, and how further ones add up."""

    project: Mapping[str, float]
    service: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Points:
    """One entry of the points for finance (`FinancePoints`), with its condition."""

    fact: str
    to: tuple[str, ...]
    points: float
    each: bool
    in_summary: float
    most: float | None
    cap: float | None
    holds: Test | None


@dataclass(frozen=True, slots=True)
class Follow:
    """One rule of rows that follow from others (`FollowRule`)."""

    rule: FollowRule
    rows: tuple[Criterion, ...]
    after: frozenset[Criterion]
    holds: Test
    reads_row_terms: bool


@dataclass(frozen=True, slots=True)
class Table:
    """Everything that leads from facts to the outcome, compiled."""

    weights: Mapping[Criterion, RowWeights]
    record: float
    further: float
    most_by_words: float
    points: tuple[Points, ...]
    names: Mapping[str, re.Pattern[str]]
    terms: Callable[[Measures], Any]
    """Terms that do not depend on what finance says."""
    later_terms: Callable[[Measures], Any]
    row_terms: Callable[[Measures], Any]
    finance: Rules
    rows: Mapping[Criterion, Rules]
    follows: tuple[Follow, ...]
    outcomes: Rules


def compile_table(
    facts: Facts, terms: Mapping[str, Any], row_terms: Mapping[str, Any], *,
    rows: list[RowRule], follows: list[FollowRule], outcomes: list[OutcomeRule],
) -> Table:  # fmt: skip
    """Compiles the sections of a chart; ConditionError where terms lead back to themselves."""
    named = {name: parse_condition(term) for name, term in terms.items()}
    early, later = split_terms(named)
    of_row = {name: parse_condition(term) for name, term in row_terms.items()}
    return Table(
        weights={row: _weights(facts, row) for row in ROW_NAMES},
        record=facts.strengths.record,
        further=facts.further,
        most_by_words=facts.most_by_words,
        points=tuple(map(_points, facts.finance)),
        names={name: _beginnings(words) for name, words in facts.names},
        terms=compile_terms((name, named[name]) for name in early),
        later_terms=compile_terms((name, named[name]) for name in later),
        row_terms=compile_terms((name, of_row[name]) for name in in_order(of_row)),
        finance=_rules([rule for rule in rows if "finance" in rule.rows]),
        rows={row: _rules([rule for rule in rows if row.value in rule.rows]) for row in ROW_NAMES},
        follows=tuple(_follow(rule, frozenset(of_row)) for rule in follows),
        outcomes=_rules(outcomes),
    )


def _points(entry: FinancePoints) -> Points:
    holds = None if entry.when is None else parse_condition(entry.when).compiled()
    return Points(
        entry.fact or "", tuple(entry.to), entry.points, entry.each, entry.in_summary, entry.most, entry.cap, holds
    )


def _follow(rule: FollowRule, row_terms: frozenset[str]) -> Follow:
    condition = parse_condition(rule.when)
    rows, after = tuple(map(Criterion, rule.rows)), frozenset(map(Criterion, rule.after))
    return Follow(rule, rows, after, condition.compiled(), not condition.names.isdisjoint(row_terms))


def _rules(rules: list[Any]) -> Rules:
    conditions = tuple(parse_condition(rule.when) for rule in rules)
    return Rules(tuple(rules), conditions, compile_choice(conditions))


def _weights(facts: Facts, row: Criterion) -> RowWeights:
    given = getattr(facts, row.value)
    strengths = facts.strengths.model_dump()
    return RowWeights(
        {sign: strengths[name] for sign, name in given.project.items()},
        {sign: strengths[name] for sign, name in given.service.items()},
    )


def _beginnings(words: list[str]) -> re.Pattern[str]:
    return re.compile(rf"\b(?:{'|'.join(map(re.escape, words))})" if words else r"(?!)", re.IGNORECASE)


__all__ = ["ConditionError", "Rules", "Table", "compile_table"]
