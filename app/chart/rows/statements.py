"""Weighs what a further reader says of the rows: like a statement of the text, and only by its verified quotes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from app.chart.rows.finance import FinanceScore
from app.chart.rows.row_score import STATEMENT, RowScore
from app.domain.enums import Criterion, PointsTo
from app.domain.facts import Reason, RowStatement

_LONGEST_WHY = 160


def weigh_statements(rows: Iterable[RowStatement], hints: Mapping[Criterion, RowScore], finance: FinanceScore) -> None:
    """Adds verified statements to the scores of their rows."""
    for row in rows:
        if row.says is PointsTo.UNKNOWN or not row.quotes:
            continue
        why, first = row.why[:_LONGEST_WHY], row.quotes[0]
        if row.criterion is Criterion.FINANCE:
            _weigh_finance(finance, Reason(why, first.source, first.words[:_LONGEST_WHY], speaks_for=row.says))
        elif row.says is PointsTo.PROJECT:
            hints[row.criterion].add_project(STATEMENT, why, first.source, first.words)
        else:
            hints[row.criterion].add_service(STATEMENT, why, first.source, first.words)


def _weigh_finance(finance: FinanceScore, reason: Reason) -> None:
    if reason.speaks_for is PointsTo.PROJECT:
        finance.sold += STATEMENT
        finance.for_sold.append(reason)
    else:
        finance.support += STATEMENT
        finance.for_support.append(reason)
