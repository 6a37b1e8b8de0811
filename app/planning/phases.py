"""Phases of a project and their budget hours, from what the evidence names; both add up to the whole."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from app.chart import Chart
from app.domain.facts import JobFacts
from app.planning.amounts import QUARTER, split, usable_hours
from app.planning.billing import Money
from app.planning.texts import cut
from app.planning.working_days import Span, within

_LONGEST_NAME = 100


@dataclass(frozen=True, slots=True)
class Phase:
    """One phase to create. An `amount` makes it an instalment."""

    name: str
    hours: Decimal | None = None
    amount: Decimal | None = None
    start: date | None = None
    end: date | None = None
    contact: str | None = None


def phases_of(facts: JobFacts, chart: Chart, price: Money, span: Span) -> list[Phase]:
    """The stages that the evidence names, else the phases of the chart."""
    if len(facts.stages) < 2:
        rules = chart.project.phases
        hours = _shared_hours(usable_hours(facts.hours), [rule.share for rule in rules])
        alone = (span.start, span.end) if len(rules) == 1 else (None, None)
        return [
            Phase(name, hour, None, *alone) for name, hour in zip(_names([r.name for r in rules]), hours, strict=True)
        ]
    amounts = price.parts or (None,) * len(facts.stages)
    names = _names([stage.name for stage in facts.stages])
    return [
        Phase(name, hours, amount, *within(span, stage.start, stage.end), stage.contact)
        for stage, name, hours, amount in zip(facts.stages, names, _stage_hours(facts, amounts), amounts, strict=True)
    ]


def budget_of(phases: Sequence[Phase], facts: JobFacts) -> Decimal | None:
    """The project's budget hours: the sum of its phases' where they have any, else what the evidence says."""
    given = [phase.hours for phase in phases if phase.hours is not None]
    return sum(given, Decimal(0)) if given else usable_hours(facts.hours)


def _names(names: Sequence[str]) -> list[str]:
    """Names as a phase takes them, each only once."""
    taken: list[str] = []
    for number, name in enumerate(names, 1):
        own = cut(name, _LONGEST_NAME) or f"Stage {number}"
        if own.casefold() in {each.casefold() for each in taken}:
            ending = f" ({number})"
            own = cut(name, _LONGEST_NAME - len(ending)) + ending
        taken.append(own)
    return taken


def _stage_hours(facts: JobFacts, amounts: Sequence[Decimal | None]) -> list[Decimal | None]:
    """The stages' own hours; what they leave of the whole goes to those without. Without any: by their amounts, else evenly."""
    given = [usable_hours(stage.hours) for stage in facts.stages]
    total = usable_hours(facts.hours)
    if not any(given):
        return _shared_hours(total, [amount or Decimal(0) for amount in amounts])
    rest = (total or Decimal(0)) - sum((hours for hours in given if hours), Decimal(0))
    open_ones = [number for number, hours in enumerate(given) if hours is None]
    if rest > 0 and open_ones:
        for number, part in zip(open_ones, split(rest, [Decimal(1)] * len(open_ones), step=QUARTER), strict=True):
            given[number] = part
    return given


def _shared_hours(total: Decimal | None, weights: Sequence[Decimal]) -> list[Decimal | None]:
    return list(split(total, weights, step=QUARTER)) if total is not None else [None] * len(weights)
