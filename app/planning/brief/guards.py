"""Reasons to ask before anything is written: the company's state, time on the ticket, confidential work."""

from __future__ import annotations

import re
from decimal import Decimal

from app.domain.numbers import decimal_of
from app.planning.brief.inputs import BriefInputs
from app.planning.brief.model import BriefField, Source, conflict, missing, settled

COMPANY_STATUSES = "/company/companies/statuses"
_STOPPED = re.compile(
    r"(?<!\w)(?:hold|stop\w*|suspend\w*|inactive|not active|blocked|closed|terminated|cancel+ed|delinquent|collections?"
    r"|do not service|lost|former|dead|gesperrt|inaktiv|gekündigt|liefersperre|bloqué\w*|inactif"
    r"|suspendu\w*|bloquead\w*|inactiv[oa]|suspendid\w*|de baja)(?!\w)",
    re.I,
)


def company_of(inputs: BriefInputs) -> BriefField[str]:
    """The company's status; on hold, inactive or deleted is a conflict."""
    company = inputs.ticket.company_billing
    if company is None:
        return settled(None)
    name = company.name or (inputs.ticket.company.name if inputs.ticket.company else "")
    source = Source("companyBilling.status", company.status)
    if company.deleted_flag:
        return conflict(f"The company “{name}” is deleted in ConnectWise.", source)
    if company.status and _STOPPED.search(company.status):
        return conflict(f"The company “{name}” has the status “{company.status}”.", source)
    return settled(company.status or None, source)


def time_of(inputs: BriefInputs) -> BriefField[str]:
    """Hours on the ticket already: they keep their department, work type and agreement unless a person has them corrected."""
    entries = [entry for entry in inputs.ticket.time_entries if decimal_of(entry.hours)]
    hours = sum((decimal_of(entry.hours) or Decimal(0) for entry in entries), Decimal(0))
    booked = hours or decimal_of(inputs.ticket.actual_hours) or Decimal(0)
    if booked <= 0:
        return settled(None)
    message = f"{booked:f} hours are booked on the ticket already (timeEntries). Keep them as they are, or correct department, work type and agreement."
    return conflict(message, Source("timeEntries", f"{booked:f} h"))


def confidential_of(inputs: BriefInputs) -> BriefField[str]:
    """Confidential work must not show in the customer portal; a person decides whether the project does."""
    stated = inputs.text.confidential
    if not (stated or inputs.facts.restricted) or not inputs.is_project:
        return settled(None)
    if inputs.ticket.do_not_display_in_portal_flag:
        return settled("hidden", Source("doNotDisplayInPortalFlag", "true"))
    sources = [Source(statement.source, statement.quote) for statement in stated] or [Source("text", "restricted")]
    return missing(
        "The work is confidential, and the project would show in the customer portal. Choose hidden or shown.", *sources
    )
