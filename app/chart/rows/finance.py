"""The finance row: is this project-type work that was sold or ordered, or break/fix and routine support?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from app.chart.rows import finance_signs
from app.chart.schema.compiled_table import Points, Table
from app.chart.schema.conditions import Measures
from app.domain.facts import Reason
from app.reading.evidence import Evidence

_NO_REASONS: list[Reason] = []
_TOTALS = ("sold_points", "support_points", "fault_points", "request_points")


@dataclass
class FinanceScore:
    """Points for sold work and for support, with their reasons."""

    measures: Measures
    kind: str | None = None
    for_sold: list[Reason] = field(default_factory=list)
    for_support: list[Reason] = field(default_factory=list)
    for_kind: list[Reason] = field(default_factory=list)

    @property
    def sold(self) -> float:
        """Points for a sale."""
        return float(self.measures["sold_points"])

    @property
    def support(self) -> float:
        """Points for support."""
        return float(self.measures["support_points"])

    @property
    def fault(self) -> float:
        """Points for a fault, a part of those for support."""
        return float(self.measures["fault_points"])

    @property
    def covered(self) -> bool:
        """The ticket says that the work is covered."""
        return bool(self.measures["covered"])


def score_finance(evidence: Evidence, table: Table, stated: Mapping[str, list[Reason]] | None = None) -> FinanceScore:
    """Counts the points of the table. `stated`: what a further reader says of finance, by sign."""
    signs = finance_signs.signs_of(evidence, table.names) | dict(stated or {})
    measures = finance_signs.flags_of(evidence, table.names) | dict.fromkeys(_TOTALS, 0.0)
    finance = FinanceScore(measures)
    counted: set[str] = set()
    for entry in table.points:
        reasons = signs.get(entry.fact) if entry.fact else _NO_REASONS
        if reasons is None or not (entry.holds is None or entry.holds(measures)):
            continue
        _count(entry, reasons, measures)
        if entry.fact and entry.fact not in counted:
            counted.add(entry.fact)
            target = finance.for_support if "support_points" in entry.to else finance.for_sold
            target.extend(finance_signs.shown(reasons))
    finance.kind, finance.for_kind = finance_signs.kind_of(evidence, supported=measures["support_points"] > 0)
    measures["kind"] = finance.kind is not None
    return finance


def _count(entry: Points, reasons: list[Reason], measures: Measures) -> None:
    points = entry.points * (len(reasons) if entry.each else 1)
    if entry.in_summary and any(reason.source == "summary" for reason in reasons):
        points += entry.in_summary
    if entry.most is not None:
        points = min(points, entry.most)
    for total in entry.to:
        measures[total] += points
        if entry.cap is not None:
            measures[total] = min(measures[total], entry.cap)
