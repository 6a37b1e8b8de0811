"""A service ticket with its related records, typed.

The names of the JSON are those of ConnectWise (API schema `Ticket`, 2026.11); related records have the form of a labelled case.
"""

from __future__ import annotations

import msgspec

from app.domain.customer_records import Agreement, BillingPeriod, Company
from app.domain.json_record import Id, JsonRecord
from app.domain.numbers import Number
from app.domain.reference import Reference
from app.domain.sale_records import OpenProject, Opportunity, Product
from app.domain.work_records import Note, ScheduleEntry, Task, TimeEntry


class CustomField(JsonRecord, frozen=True, rename="camel", omit_defaults=True):
    """A custom field of the ticket. Passwords never get this far."""

    id: Id | None = None
    caption: str = ""
    type: str = ""
    value: str | int | float | bool | None = None


class TicketRecord(JsonRecord, frozen=True, rename="camel", omit_defaults=True):
    """A service ticket as `GET /service/tickets/{id}` shows it, with its related records."""

    id: Id | None = None
    summary: str = ""
    record_type: str = ""
    initial_description: str = ""
    description_entered: str | None = None
    """Since when the description is there; absent where the ticket's own field holds it."""
    board: Reference | None = None
    status: Reference | None = None
    type: Reference | None = None
    sub_type: Reference | None = None
    item: Reference | None = None
    team: Reference | None = None
    work_role: Reference | None = None
    work_type: Reference | None = None
    priority: Reference | None = None
    source: Reference | None = None
    severity: str = ""
    impact: str = ""
    company: Reference | None = None
    contact: Reference | None = None
    site: Reference | None = None
    owner: Reference | None = None
    location: Reference | None = None
    department: Reference | None = None
    currency: Reference | None = None
    project: Reference | None = None
    phase: Reference | None = None
    parent_ticket_id: Id | None = None
    has_child_ticket: bool = False
    has_merged_child_ticket_flag: bool = False
    merged_parent_ticket: Reference | None = None
    closed_flag: bool | None = None
    closed_date: str = ""
    date_entered: str = ""
    last_updated: str = ""
    updated_by: str = ""
    """The member of the last change."""
    entered_by: str = ""
    resources: str = ""
    """Members assigned to the ticket, separated by commas."""
    budget_hours: Number | None = None
    actual_hours: Number | None = None
    estimated_start_date: str = ""
    required_date: str = ""
    po_number: str = ""
    billing_method: str = ""
    billing_amount: Number | None = None
    hourly_rate: Number | None = None
    bill_time: str = ""
    bill_expenses: str = ""
    bill_products: str = ""
    do_not_display_in_portal_flag: bool | None = None
    contact_email_address: str = ""
    contact_email_cc: str = msgspec.field(default="", name="automaticEmailCc")
    custom_fields: list[CustomField] = msgspec.field(default_factory=list)
    contacts_cc: list[Reference] = msgspec.field(default_factory=list)
    configurations: list[Reference] = msgspec.field(default_factory=list)
    notes: list[Note] = msgspec.field(default_factory=list)
    schedule_entries: list[ScheduleEntry] = msgspec.field(default_factory=list)
    tasks: list[Task] = msgspec.field(default_factory=list)
    products: list[Product] = msgspec.field(default_factory=list)
    time_entries: list[TimeEntry] = msgspec.field(default_factory=list)
    agreement: Agreement | None = None
    opportunity: Opportunity | None = None
    billing_period: BillingPeriod | None = None
    company_billing: Company | None = None
    open_projects: list[OpenProject] = msgspec.field(default_factory=list)
    unread: list[str] = msgspec.field(default_factory=list)
    """Related records that this API member cannot read."""
