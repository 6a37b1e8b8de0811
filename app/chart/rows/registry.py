"""The rows except finance, which is scored separately because the other rows are compared with it."""

from __future__ import annotations

from collections.abc import Callable

from app.chart.rows.billing import score_billing
from app.chart.rows.contacts import score_contacts
from app.chart.rows.duration import score_duration
from app.chart.rows.row_score import RowScore, Thresholds
from app.chart.rows.scheduling import score_scheduling
from app.chart.rows.team import score_team
from app.chart.schema.compiled_table import Table
from app.domain.enums import Criterion
from app.reading.evidence import Evidence

ROWS: dict[Criterion, Callable[[Evidence, Thresholds, RowScore], None]] = {
    Criterion.DURATION: score_duration,
    Criterion.BILLING: score_billing,
    Criterion.SCHEDULING: score_scheduling,
    Criterion.TEAM: score_team,
    Criterion.CONTACTS: score_contacts,
}
"""What finds the signs of each row except finance."""


def score_rows(evidence: Evidence, limits: Thresholds, table: Table) -> dict[Criterion, RowScore]:
    """The evidence of each row except finance, weighed by the chart's table."""
    scores = {criterion: RowScore(table.weights[criterion], table) for criterion in ROWS}
    for criterion, find in ROWS.items():
        find(evidence, limits, scores[criterion])
    return scores
