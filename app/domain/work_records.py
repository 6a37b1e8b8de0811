"""Records of the work on a ticket: notes, schedule, tasks, time."""

from __future__ import annotations

from app.domain.json_record import Id, JsonRecord
from app.domain.numbers import Number


class Note(JsonRecord, frozen=True, rename="camel", omit_defaults=True):
    """A note of the discussion. `internal`: the customer does not see it."""

    id: Id | None = None
    text: str = ""
    internal: bool = False
    date_created: str = ""
    member: str = ""


class ScheduleEntry(JsonRecord, frozen=True, rename="camel", omit_defaults=True):
    """A schedule entry. `done`: the planned work has been done."""

    id: Id | None = None
    member: str = ""
    date_start: str = ""
    date_end: str = ""
    hours: Number | None = None
    done: bool = False
    date_entered: str = ""


class Task(JsonRecord, frozen=True, rename="camel", omit_defaults=True):
    """A task of the ticket's own list, with its budget in hours."""

    id: Id | None = None
    summary: str = ""
    budget_hours: Number | None = None
    closed: bool = False
    date_entered: str = ""


class TimeEntry(JsonRecord, frozen=True, rename="camel", omit_defaults=True):
    """A time entry; `hours` are those worked. `invoiced`: on an invoice, or settled by an agreement."""

    id: Id | None = None
    member: str = ""
    time_start: str = ""
    time_end: str = ""
    hours: Number | None = None
    billable_option: str = ""
    hourly_rate: Number | None = None
    invoice_hours: Number | None = None
    hours_billed: Number | None = None
    agreement_hours: Number | None = None
    agreement_amount: Number | None = None
    status: str = ""
    location_id: Id | None = None
    invoice: Id | None = None
    invoice_date: str = ""
    invoice_of: str = ""
    """What the invoice is for (`applyToType`), such as Ticket."""
    extended_invoice_amount: Number | None = None
    invoiced: bool = False
    work_type_id: Id | None = None
    work_role_id: Id | None = None
    work_type: str = ""
    work_role: str = ""
    department: Id | None = None
    agreement: Id | None = None
    date_entered: str = ""
