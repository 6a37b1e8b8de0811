"""Past tickets with their time entries and invoices, as case JSON."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any
from zlib import crc32

from app.audit.actual_outcome import ActualOutcome, actual_outcome
from app.audit.actual_work import Work, count_work
from app.audit.evaluate import Row, evaluate
from app.audit.report.render import document, in_script, page, ticket
from app.audit.totals import Totals
from app.chart import Chart, shipped_chart
from app.domain.ticket import TicketRecord

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
ENTERED = "2026-03-02T09:00:00Z"
LINK = "https://na.myconnectwise.net/x?service_recid={id}&companyName=acme"


def past_ticket(number: int = 4711, **changes: Any) -> dict[str, Any]:
    """A closed ticket of half an hour by one member, settled by the agreement; `changes` replace members."""
    case: dict[str, Any] = {
        "id": number, "summary": "Outlook does not start", "recordType": "ServiceTicket", "dateEntered": ENTERED, "closedFlag": True,
        "closedDate": "2026-03-02T11:00:00Z", "board": {"id": 1, "name": "Service Desk"}, "type": {"id": 81, "name": "Incident"},
        "company": {"id": 250, "name": "Acme"}, "department": {"id": 10, "name": "Service"}, "contact": {"id": 1, "name": "Kim"},
        "status": {"id": 5, "name": "Closed"}, "agreement": {"id": 600, "name": "Managed Services", "coverAgreementTime": True},
        "initialDescription": "It shows an error.", "notes": [], "tasks": [], "products": [], "scheduleEntries": [], "unread": [],
        "timeEntries": [time_entry("jdoe", "2026-03-02", agreement=600)],
    }  # fmt: skip
    return case | changes


def time_entry(
    member: str, day: str, hours: float = 0.5, *, invoice: int | None = None, agreement: int | None = None
) -> dict[str, Any]:
    """Time on a day, on an invoice, settled by an agreement, or neither."""
    status = "Billed" if invoice else "BilledAgreement" if agreement else "Open"
    return {
        "id": crc32(repr((member, day, hours)).encode()), "member": member, "timeStart": f"{day}T09:00:00Z", "hours": hours, "hourlyRate": 120.0,
        "billableOption": "Billable", "invoice": invoice, "agreement": agreement, "status": status, "invoiced": invoice is not None,
        "hoursBilled": hours if invoice else None, "dateEntered": f"{day}T18:00:00Z",
    }  # fmt: skip


def booked(member: str, day: str, entered: str = ENTERED) -> dict[str, Any]:
    """A schedule entry."""
    return {
        "id": crc32(repr((member, day)).encode()),
        "member": member,
        "dateStart": f"{day}T09:00:00Z",
        "dateEnd": f"{day}T12:00:00Z",
        "hours": 3.0,
        "dateEntered": entered,
    }


def project_ticket(number: int = 4712, **changes: Any) -> dict[str, Any]:
    """A sold migration over three months by two members, worked as a service ticket, on one invoice at the end."""
    entries = [
        time_entry(member, f"2026-{month:02}-10", 6.0, invoice=9001) for month in (3, 4, 5) for member in ("jdoe", "awong")
    ]  # fmt: skip
    case = {
        "summary": "Server migration in three stages", "timeEntries": entries, "closedDate": "2026-05-11T09:00:00Z", "agreement": None,
        "opportunity": {"id": 71, "name": "Server migration", "won": True, "stage": "Won"},
        "currency": {"id": 3, "name": "Pound Sterling", "identifier": "GBP"},
        "type": {"id": 82, "name": "Service Request"},
        "scheduleEntries": [booked("jdoe", "2026-03-10"), booked("awong", "2026-04-10"), booked("jdoe", "2026-05-10")],
        "initialDescription": "Migration of the file server as quoted, accepted for 4,320 GBP, in three stages over three months.",
    }  # fmt: skip
    return past_ticket(number, **(case | changes))


def row(case: dict[str, Any], chart: Chart | None = None) -> Row:
    """The row of a ticket whose texts were read."""
    ticket = TicketRecord.from_json(case)
    return evaluate(ticket, chart or shipped_chart(), now=NOW, texts="open", without_texts="service-ticket")


def work(case: dict[str, Any], chart: Chart | None = None) -> Work:
    """The counted work of a ticket."""
    return count_work(TicketRecord.from_json(case), chart or shipped_chart())


def actual(case: dict[str, Any], chart: Chart | None = None) -> ActualOutcome:
    """What the records of a ticket say it was."""
    ticket, chart = TicketRecord.from_json(case), chart or shipped_chart()
    return actual_outcome(ticket, count_work(ticket, chart), chart)


def tally(rows: Iterable[Row]) -> Totals:
    """The totals of rows."""
    total = Totals()
    for one in rows:
        total.add(one)
    return total


def document_of(rows: list[Row], **changes: Any) -> dict[str, Any]:
    """The report of rows without its tickets; `changes` replace members of the audit."""
    asked = {
        "since": "2026-01-01T00:00:00Z",
        "until": "2026-02-01T00:00:00Z",
        "boards": [],
        "companies": [],
        "statuses": [],
    }
    audit: dict[str, Any] = {
        "id": "a", "state": "done", "said": "", "asked": asked, "chart": {"version": "1", "sha256": "0" * 64}, "counters": {}, "remarks": [],
        "created_at": "2026-01-01T00:00:00Z", "finished_at": None, "time_zone": "UTC",
    }  # fmt: skip
    return document(audit | changes, tally(rows).to_json(), None)


def html_of(rows: list[Row], **changes: Any) -> str:
    """The page of rows."""
    head, tail = page(document_of(rows, **changes))
    return head + ",".join(in_script(ticket(one, LINK)) for one in rows) + tail
