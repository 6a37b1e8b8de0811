"""Proofs about a chart's table: every combination of rows has an outcome, and every rule can apply."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import product
from random import Random
from typing import Any

from app.chart.schema.chart_file import Chart
from app.chart.schema.compiled_table import Rules
from app.chart.schema.conditions import SIDES, Measures
from app.chart.schema.measures import FINANCE, ROWS
from app.chart.schema.remarks import Pen, Remark
from app.chart.schema.shipped_values import shipped_value
from app.domain.enums import Criterion

_COMPARED = re.compile(r"m\['([\w.]+)'\] (?:>=|>|<|<=|==|!=) (?:([\d.]+)|m\['([\w.]+)'\](?: \+ ([\d.]+))?)")
_TRIES = 30_000
_QUIET = 0.5
_ROWS = tuple(criterion.value for criterion in Criterion)
_SECTIONS = ("facts", "terms", "row_terms", "rows", "follows", "outcomes")


def table_remarks(pen: Pen) -> Iterator[Remark]:
    """Combinations without an outcome, and rules that never apply. The shipped table is proved by the tests alone."""
    chart = pen.chart
    for name in uncovered(chart):
        yield pen.error(f"the last rule for {name} has a condition, so a ticket may meet none; add one without", "rows")
    missing, idle = outcome_gaps(chart)
    if missing:
        yield pen.error(
            f"no rule applies to rows such as {missing}; add one without a condition at the end", "outcomes"
        )
    for name in idle:
        yield pen.warning(f"“{name}” never applies: the rules above cover all its tickets", "outcomes")
    if _is_changed(chart):
        for section, name in idle_rules(chart):
            yield pen.warning(f"“{name}” never applies in {_TRIES} tries; the rules above may cover it", section)


def uncovered(chart: Chart) -> list[str]:
    """Rows whose last rule has a condition."""
    table = chart.table
    known = {Criterion.FINANCE: table.finance, **table.rows}
    return [row.value for row in Criterion if not known[row].rules or known[row].rules[-1].when is not None]


def outcome_gaps(chart: Chart) -> tuple[str, list[str]]:
    """A combination of rows for which no outcome rule applies, and the ids of rules that never do. All are tried."""
    rules = chart.table.outcomes
    used = frozenset().union(*(condition.names for condition in rules.conditions)) if rules.conditions else frozenset()
    others = {
        name: _values(name, rules, chart)
        for name in sorted(used - {*_ROWS, "project_row", "open_row", *chart.thresholds})
    }
    reached: set[int] = set()
    for sides in product(SIDES, repeat=len(_ROWS)):
        measures = _of_sides(dict(zip(_ROWS, sides, strict=True)), chart)
        for values in product(*others.values()):
            number = rules.first(measures | dict(zip(others, values, strict=True)))
            if number < 0:
                return ", ".join(f"{row} {side}" for row, side in zip(_ROWS, sides, strict=True)), []
            reached.add(number)
    return "", [rule.id for number, rule in enumerate(rules.rules) if number not in reached]


def _of_sides(sides: Mapping[str, str], chart: Chart) -> Measures:
    decisive = [sides[criterion.value] for criterion in chart.combination.decisive]
    saying = sum(side == "project" for row, side in sides.items() if row != Criterion.FINANCE)
    return {
        **chart.thresholds, **sides, "project_row": "project" in decisive, "open_row": "contested" in decisive,
        "rows_saying": saying, "rows_by_record": saying,
    }  # fmt: skip


def idle_rules(chart: Chart) -> list[tuple[str, str]]:
    """Rules of rows and of what follows for which no ticket was found; found ones prove that a rule can apply."""
    random, table = Random(0), chart.table  # noqa: S311 - the same tickets each time
    chosen = {
        row: set(range(len(rules.rules))) for row, rules in {Criterion.FINANCE: table.finance, **table.rows}.items()
    }
    follows = {follow.rule.id for follow in table.follows}
    sampled = _Sampler(chart, random)
    for _ in range(_TRIES):
        if not follows and not any(chosen.values()):
            break
        measures = sampled.measures()
        table.terms(measures)
        chosen[Criterion.FINANCE].discard(table.finance.first(measures))
        table.later_terms(measures)
        for row, rules in table.rows.items():
            sampled.look_at(row, measures)
            table.row_terms(measures)
            chosen[row].discard(rules.first(measures))
        follows -= {follow.rule.id for follow in table.follows if follow.holds(measures)}
    known = {Criterion.FINANCE: table.finance, **table.rows}
    idle = [rule.id for row, rules in known.items() for number, rule in enumerate(rules.rules) if number in chosen[row]]
    everywhere = [
        name for name in dict.fromkeys(idle) if idle.count(name) == sum(_has(rules, name) for rules in known.values())
    ]
    return [*(("rows", name) for name in everywhere), *(("follows", name) for name in sorted(follows))]


def _has(rules: Rules, name: str) -> bool:
    return any(rule.id == name for rule in rules.rules)


class _Sampler:
    """Tickets at random: each measure about the values that conditions compare it with."""

    def __init__(self, chart: Chart, random: Random) -> None:
        self._chart, self._random, table = chart, random, chart.table
        every = [*table.finance.conditions, *(item for rules in table.rows.values() for item in rules.conditions)]
        self._rules = Rules((), tuple(every), table.finance.first)
        names = [*FINANCE, *ROWS]
        self._options = {name: _values(name, self._rules, chart) for name in names if name != "finance_alone"}
        strengths = chart.facts.strengths
        self._strengths = (0.0, 0.0, strengths.word, strengths.hint, strengths.statement, 2.5, strengths.record)

    def measures(self) -> Measures:
        choose = self._random.choice
        found: Measures = {name: self._quiet_or(values) for name, values in self._options.items()}
        rows = [f"{row}_{side}" for row in _ROWS if row != "finance" for side in ("project", "service")]
        found |= {name: self._quiet_or(self._strengths) for name in rows}
        sides = {row: choose(SIDES) for row in _ROWS}
        found |= _of_sides(sides, self._chart) | {"finance_alone": choose(SIDES)}
        return found | {"rows_by_record": choose((0, 1, 2))}

    def _quiet_or(self, values: Sequence[Any]) -> Any:
        """Half of the measures say nothing, as those of most tickets do."""
        return values[0] if self._random.random() < _QUIET else self._random.choice(values)

    def look_at(self, row: Criterion, measures: Measures) -> None:
        choose = self._random.choice
        measures |= {
            "row": row.value, "project": measures[f"{row.value}_project"], "service": measures[f"{row.value}_service"],
            "undecided": choose((False, False, True)), "worked_out": choose((False, True)),
            "beyond_capacity": row is Criterion.DURATION and choose((False, True)),
        }  # fmt: skip


_COUNTED = ("rows_hinting", "rows_stating", "rows_by_text", "small_statements")
_NUMBERS = (*_COUNTED, "sold_points", "support_points", "fault_points", "request_points", "budget_hours")


def _values(name: str, rules: Rules, chart: Chart) -> list[Any]:
    """Values of a measure that conditions tell apart."""
    if name in _COUNTED:
        return [0, 1, 2, 3, 4, 5]
    if name not in _NUMBERS:
        return [False, True]
    near = {0.0}
    for condition in rules.conditions:
        for left, number, right, more in _COMPARED.findall(condition.expression):
            if left == name and (number or right in chart.thresholds):
                value = float(number or chart.thresholds[right]) + float(more or 0)
                near |= {value, value + 0.5, max(0.0, value - 0.5)}
    if name in ("sold_points", "support_points", "fault_points", "request_points"):
        near |= {0.5, 1.0, 1.5, 2.0, 3.0, 4.0, 6.0}
    if name == "budget_hours":
        near |= {float(chart.finance.review_above_hours)}
    return sorted(near)


def _is_changed(chart: Chart) -> bool:
    """Whether the file says anything about the table that does not ship."""
    return any(section in chart.given and chart.given[section] != shipped_value(section) for section in _SECTIONS)
