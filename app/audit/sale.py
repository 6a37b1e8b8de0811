"""Evidence in the records that work was sold, and that it was support. No word of the ticket's text counts."""

from __future__ import annotations

import re
from datetime import timedelta

from app.audit.actual_work import Work
from app.audit.values import hundredths, instant
from app.domain.reference import name_of
from app.domain.ticket import TicketRecord
from app.domain.vocabulary import is_labour, is_won
from app.reading.values.instalments import STAGE_LINE

PRICED = ("FixedFee", "NotToExceed")
_AHEAD = timedelta(hours=12)
"""A visit this long after the ticket was entered was planned for a later day, in any time zone."""
_ALERTS = re.compile(r"\b(?:alert|monitor|rmm|noc)", re.I)
_SUPPORT = re.compile(r"incident|alert|problem|break|störung|maintenance", re.I)


def evidence_of_sale(ticket: TicketRecord) -> list[str]:
    """Records that show a sale: a won opportunity, a priced line of labour, an agreed fee or cap."""
    found = []
    if is_won(ticket.opportunity):
        found.append("its opportunity is won")
    if any(hundredths(line.price) > 0 and is_labour(line) and not line.cancelled for line in ticket.products):
        found.append("a product line for labour")
    if sum(STAGE_LINE.search(line.description) is not None for line in ticket.products) >= 2:
        found.append("stage payments among the products")
    if ticket.billing_method in PRICED and hundredths(ticket.billing_amount) > 0:
        found.append("a fixed fee" if ticket.billing_method == "FixedFee" else "a capped price")
    return found


def hints_of_sale(ticket: TicketRecord, work: Work) -> list[str]:
    """Records that a sale may have left and support may have as well."""
    found = []
    if ticket.po_number.strip():
        found.append("a purchase order")
    if work.budget:
        found.append("budget hours")
    if work.billed and _is_planned_ahead(ticket):
        found.append("charged and planned for a later day")
    return found


def is_support(ticket: TicketRecord, work: Work) -> bool:
    """Whether the records call the work support: its type, an alert, or an agreement that settled it."""
    alert = _ALERTS.search(name_of(ticket.board)) or _ALERTS.search(name_of(ticket.source))
    return bool(alert or work.covered_hours or _SUPPORT.search(name_of(ticket.type)))


def _is_planned_ahead(ticket: TicketRecord) -> bool:
    entered = instant(ticket.date_entered)
    starts = [start for entry in ticket.schedule_entries if (start := instant(entry.date_start))]
    return entered is not None and bool(starts) and min(starts) - entered >= _AHEAD
