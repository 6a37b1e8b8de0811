"""Phases, hours and dates of a project, from what the evidence names."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

from app.chart import Chart, JobFacts
from app.plan.common import cut, split

if TYPE_CHECKING:
    from app.plan.billing import Money


@dataclass(frozen=True, slots=True)
class Phase:
    """One phase to create. An `amount` makes it an instalment."""

    name: str
    hours: Decimal | None = None
    amount: Decimal | None = None
    start: date | None = None
    end: date | None = None


def phases_of(facts: JobFacts, chart: Chart, price: Money) -> list[Phase]:
    """The stages that the evidence names, else the phases of the chart; hours and amounts add up to the whole."""
    if len(facts.stages) < 2:
        shares = [rule.share for rule in chart.project.phases]
        parts: list[Decimal | None] = [*split(facts.hours, shares)] if facts.hours else [None] * len(shares)
        return [Phase(rule.name, hours=part) for rule, part in zip(chart.project.phases, parts, strict=True)]
    amounts = _amounts(facts, price)
    hours = _hours(facts, amounts)
    return [
        Phase(name, hour, amount if price.by_phase else None, stage.start, stage.end)
        for stage, name, hour, amount in zip(facts.stages, _names(facts), hours, amounts, strict=True)
    ]


def _names(facts: JobFacts) -> list[str]:
    """The stages' names, cut to what a phase takes, each only once."""
    names: list[str] = []
    for number, stage in enumerate(facts.stages, 1):
        name = cut(stage.name, 90) or f"Stage {number}"
        names.append(name if name not in names else f"{name} ({number})")
    return names


def _amounts(facts: JobFacts, price: Money) -> list[Decimal | None]:
    if price.whole is None:
        return [None] * len(facts.stages)
    given = [stage.amount for stage in facts.stages]
    if all(amount is not None for amount in given) and sum((a or Decimal(0) for a in given), Decimal(0)) == price.whole:
        return list(given)
    shares = [stage.share or Decimal(1) for stage in facts.stages]
    return list(split(price.whole, shares))


def _hours(facts: JobFacts, amounts: list[Decimal | None]) -> list[Decimal | None]:
    given = [stage.hours for stage in facts.stages]
    if any(hours is not None for hours in given) or not facts.hours:
        return list(given)
    return list(split(facts.hours, [amount or Decimal(1) for amount in amounts]))


def dates_of(facts: JobFacts, today: date, default_days: int) -> tuple[date, date]:
    """Estimated start and end: as named, never before one another."""
    start = facts.start or today
    end = facts.end or start + timedelta(days=default_days)
    return start, max(end, start)
