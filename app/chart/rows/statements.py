"""Weighs what a further reader says of the rows: like a statement of the text, and only by its verified quotes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from app.chart.rows.row_score import RowScore
from app.domain.enums import Criterion, PointsTo
from app.domain.facts import Reason, RowStatement

_LONGEST_WHY = 160
_SIGN = "stated"


def weigh_statements(rows: Iterable[RowStatement], scores: Mapping[Criterion, RowScore]) -> None:
    """Adds verified statements to the scores of their rows."""
    for row in rows:
        if row.criterion not in scores or row.says is PointsTo.UNKNOWN or not row.quotes:
            continue
        first = row.quotes[0]
        score = scores[row.criterion]
        add = score.add_project if row.says is PointsTo.PROJECT else score.add_service
        add(_SIGN, row.why[:_LONGEST_WHY], first.source, first.words)


def finance_signs(rows: Iterable[RowStatement]) -> dict[str, list[Reason]]:
    """Verified statements about finance, by the sign under which the chart counts them."""
    found: dict[str, list[Reason]] = {}
    for row in rows:
        if row.criterion is Criterion.FINANCE and row.says is not PointsTo.UNKNOWN and row.quotes:
            sign = "stated_sold" if row.says is PointsTo.PROJECT else "stated_support"
            quote = row.quotes[0]
            reason = Reason(row.why[:_LONGEST_WHY], quote.source, quote.words[:_LONGEST_WHY], speaks_for=row.says)
            found.setdefault(sign, []).append(reason)
    return found
