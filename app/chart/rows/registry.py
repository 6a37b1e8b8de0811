"""The rows except finance, which is scored separately because the other rows are compared with it."""

from __future__ import annotations

from collections.abc import Callable

from app.chart.rows.billing import score_billing
from app.chart.rows.contacts import score_contacts
from app.chart.rows.duration import score_duration
from app.chart.rows.row_score import RowScore, Thresholds
from app.chart.rows.scheduling import score_scheduling
from app.chart.rows.team import score_team
from app.domain.enums import Criterion
from app.reading.evidence import Evidence

ROWS: dict[Criterion, Callable[[Evidence, Thresholds], RowScore]] = {
    Criterion.DURATION: score_duration,
    Criterion.BILLING: score_billing,
    Criterion.SCHEDULING: score_scheduling,
    Criterion.TEAM: score_team,
    Criterion.CONTACTS: score_contacts,
}
"""Scoring function of each row except finance."""
