"""The request to the model for one ticket: guidance and billing periods of the chart, the ticket, examples."""

from __future__ import annotations

from collections.abc import Sequence

from app.chart.schema.chart_file import Chart
from app.domain.billing_periods import periods_of
from app.domain.ticket import TicketRecord
from app.reading.model.examples import Example
from app.reading.model.numbered_ticket import entry_day
from app.reading.model.request import ReaderRequest, RequestOptions, build_request

DEFAULT_MODEL = "default"


def model_request(
    ticket: TicketRecord,
    chart: Chart,
    *,
    model: str = DEFAULT_MODEL,
    redact: bool = True,
    examples: Sequence[Example] = (),
) -> ReaderRequest:
    """The request for a ticket by a chart. The same arguments give the same bytes."""
    periods = periods_of(
        ticket, entry_day(ticket), default_cycle=chart.periods.cycle, default_day=chart.periods.first_day
    )
    options = RequestOptions(
        model=model,
        redact=redact,
        guidance=chart.guidance.model_dump(),
        hours_per_month=f"{chart.duration.hours_per_resource_and_month or 0:g}",
        examples=examples,
    )
    return build_request(ticket, periods, options)
