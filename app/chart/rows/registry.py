"""All rows but finance, which is weighed apart because the other rows are compared with it."""

from __future__ import annotations

from collections.abc import Callable

from app.chart.rows.billing import billing
from app.chart.rows.contacts import contacts
from app.chart.rows.duration import duration
from app.chart.rows.row_score import Hint, Thresholds
from app.chart.rows.scheduling import scheduling
from app.chart.rows.team import team
from app.domain.enums import Criterion
from app.reading.evidence import Evidence

ROWS: dict[Criterion, Callable[[Evidence, Thresholds], Hint]] = {
    Criterion.DURATION: duration,
    Criterion.BILLING: billing,
    Criterion.SCHEDULING: scheduling,
    Criterion.TEAM: team,
    Criterion.CONTACTS: contacts,
}
"""Every row but finance, which stands in `app.chart.rows.finance`."""
