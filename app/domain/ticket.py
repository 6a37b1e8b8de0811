"""A service ticket with its related records, typed.

Foreign JSON ends here: `TicketRecord.from_json` takes any JSON and keeps what has the expected type; null, a wrong type or
an unknown member is as if it were absent. The names of the JSON are those of ConnectWise (API schema `Ticket`, 2026.11);
related records have the form of a labelled case.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Annotated, Any, Self, TypeVar, get_args, get_origin

import msgspec
from msgspec import Meta, Struct

from app.domain.numbers import Number, number_of_text

_MOST_RECORDS = 500
"""Records of one list that are kept."""

Id = Annotated[int, Meta(gt=0, le=2**53 - 1)]


class _Record(Struct, frozen=True, rename="camel", omit_defaults=True):
    """A record that is read leniently and written back under ConnectWise's names."""

    @classmethod
    def from_json(cls, value: Any) -> Self:
        """The record of any JSON; members of a wrong type are absent."""
        return _lenient(cls, value) or cls()

    def to_json(self) -> dict[str, Any]:
        """The members that are present, as JSON."""
        shown: dict[str, Any] = msgspec.to_builtins(self)
        return shown


class Reference(_Record, frozen=True, rename="camel", omit_defaults=True):
    """A reference to another record. A plain text in its place is its name."""

    id: Id | None = None
    name: str = ""
    identifier: str = ""


class CustomField(_Record, frozen=True, rename="camel", omit_defaults=True):
    """A custom field of the ticket. Passwords never get this far."""

    id: Id | None = None
    caption: str = ""
    type: str = ""
    value: str | int | float | bool | None = None


class Note(_Record, frozen=True, rename="camel", omit_defaults=True):
    """A note of the discussion. `internal`: the customer does not see it."""

    id: Id | None = None
    text: str = ""
    internal: bool = False
    date_created: str = ""
    member: str = ""


class ScheduleEntry(_Record, frozen=True, rename="camel", omit_defaults=True):
    """A schedule entry. `done`: the planned work has been done."""

    id: Id | None = None
    member: str = ""
    date_start: str = ""
    date_end: str = ""
    hours: Number | None = None
    done: bool = False
    date_entered: str = ""


class Task(_Record, frozen=True, rename="camel", omit_defaults=True):
    """A task of the ticket's own list, with its budget in hours."""

    id: Id | None = None
    summary: str = ""
    budget_hours: Number | None = None
    closed: bool = False
    date_entered: str = ""


class Product(_Record, frozen=True, rename="camel", omit_defaults=True):
    """A product line; prices are for each unit. `invoice`: the id of the invoice on which it stands.

    Source: API schema `ProductItem` (productClass: Agreement, Bundle, Inventory, NonInventory, Service; billableOption:
    Billable, DoNotBill, NoCharge).
    """

    id: Id | None = None
    description: str = ""
    catalog_item: str = ""
    product_class: str = ""
    quantity: Number | None = None
    price: Number | None = None
    billable_option: str = ""
    recurring: bool = False
    cancelled: bool = False
    invoice: Id | None = None
    invoiced: bool = False
    forecast_detail_id: Id | None = None
    internal_notes: str = ""
    date_entered: str = ""


class Agreement(_Record, frozen=True, rename="camel", omit_defaults=True):
    """The agreement of a ticket: what it covers, how it bills, and to which place it is restricted."""

    id: Id | None = None
    name: str = ""
    type: str = ""
    billing_cycle: str = ""
    bill_start_date: str = ""
    next_invoice_date: str = ""
    cover_agreement_time: bool | None = None
    restrict_location_flag: bool = False
    restrict_department_flag: bool = False
    location: Reference | None = None
    department: Reference | None = None
    tax_code: Reference | None = None


class Forecast(_Record, frozen=True, rename="camel", omit_defaults=True):
    """Revenue of an opportunity by kind, in its currency and without tax.

    Source: `/sales/opportunities/{id}/forecast` (serviceRevenue, productRevenue, agreementRevenue, other).
    """

    service: Number | None = None
    product: Number | None = None
    agreement: Number | None = None
    other: Number | None = None
    won: Number | None = None
    """What of it stands on lines whose status is won."""


class OpenProject(_Record, frozen=True, rename="camel", omit_defaults=True):
    """A project of the same customer, or of the same opportunity."""

    id: Id | None = None
    name: str = ""
    opportunity: Reference | None = None
    billing_method: str = ""
    closed_flag: bool = False


class Opportunity(_Record, frozen=True, rename="camel", omit_defaults=True):
    """The opportunity of a ticket. `won`: its status has ConnectWise's wonFlag; None where that is not known.

    `expected_revenue` exists in case files only; version 2026.11 has no such member.
    """

    id: Id | None = None
    name: str = ""
    stage: str = ""
    status: str = ""
    won: bool | None = None
    lost: bool | None = None
    expected_revenue: Number | None = None
    forecast: Forecast | None = None
    project: OpenProject | None = None
    """The project that was made of it."""
    currency: Reference | None = None
    customer_po: str = msgspec.field(default="", name="customerPO")


class BillingPeriod(_Record, frozen=True, rename="camel", omit_defaults=True):
    """The customer's billing period that holds the day of entry (case files only)."""

    cycle: str = ""
    start: str = ""
    end: str = ""


class TimeEntry(_Record, frozen=True, rename="camel", omit_defaults=True):
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
    invoiced: bool = False
    work_type: str = ""
    work_role: str = ""
    department: Id | None = None
    agreement: Id | None = None
    date_entered: str = ""


class Company(_Record, frozen=True, rename="camel", omit_defaults=True):
    """How the customer is billed, and whether it may be served (API schemas `Company`, `CompanyStatus`).

    `inactive_flag`, `disallow_saving_flag`: what its status says; None where that is not known.
    """

    id: Id | None = None
    name: str = ""
    status: str = ""
    inactive_flag: bool | None = None
    disallow_saving_flag: bool | None = None
    deleted_flag: bool = False
    bill_to_company: Reference | None = None
    billing_contact: Reference | None = None
    billing_site: Reference | None = None
    billing_terms: Reference | None = None
    tax_code: Reference | None = None
    currency: Reference | None = None
    tax_identifier: str = ""
    invoice_delivery_method: Reference | None = None


class TicketRecord(_Record, frozen=True, rename="camel", omit_defaults=True):
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
    custom_fields: list[CustomField] = []
    contacts_cc: list[Reference] = []
    configurations: list[Reference] = []
    notes: list[Note] = []
    schedule_entries: list[ScheduleEntry] = []
    tasks: list[Task] = []
    products: list[Product] = []
    time_entries: list[TimeEntry] = []
    agreement: Agreement | None = None
    opportunity: Opportunity | None = None
    billing_period: BillingPeriod | None = None
    company_billing: Company | None = None
    open_projects: list[OpenProject] = []
    unread: list[str] = []
    """Related records that this API member cannot read."""


def id_of(reference: Reference | Agreement | Opportunity | None) -> int | None:
    """The id of a reference; None where there is none."""
    return reference.id if reference else None


def name_of(reference: Reference | Agreement | Opportunity | None) -> str:
    """The name of a reference; empty where there is none."""
    return reference.name if reference else ""


_T = TypeVar("_T", bound=_Record)


def _lenient(kind: type[_T], value: Any) -> _T | None:
    """A record of JSON of any shape. The fast path is taken where every member has its expected type."""
    if isinstance(value, str) and "name" in kind.__struct_fields__:
        value = {"name": value}
    if not isinstance(value, Mapping):
        return None
    present = {name: member for name, member in value.items() if member is not None}
    try:
        return msgspec.convert(present, kind)
    except (msgspec.ValidationError, OverflowError):
        found = {name: read for name, json_name, of in _members(kind)
                 if json_name in value and (read := _member(of, value[json_name])) is not None}  # fmt: skip
        return kind(**found)


def _member(of: Any, value: Any) -> Any:
    """One member leniently; None is absent."""
    for option in get_args(of) if get_origin(of) is not list and _is_union(of) else (of,):
        if get_origin(option) is list:
            if isinstance(value, list):
                items = (_member(get_args(option)[0], item) for item in value[:_MOST_RECORDS])
                return [item for item in items if item is not None]
        elif isinstance(option, type) and issubclass(option, _Record):
            if (record := _lenient(option, value)) is not None:
                return record
        elif option is not type(None) and (read := _plain(option, value)) is not None:
            return read
    return None


def _is_union(of: Any) -> bool:
    return len(get_args(of)) > 1 and get_origin(of) is not Annotated


def _plain(of: Any, value: Any) -> Any:
    if of in get_args(Number) and isinstance(value, str):
        value = number_of_text(value)
    if of == Id and isinstance(value, Mapping):
        value = value.get("id")
    if of is str and isinstance(value, Mapping):
        value = value.get("name") or value.get("identifier")
    try:
        return msgspec.convert(value, of)
    except (msgspec.ValidationError, OverflowError):
        return None


@cache
def _members(kind: type[_Record]) -> list[tuple[str, str, Any]]:
    """Attribute, JSON name and type of each member."""
    return [(field.name, field.encode_name, field.type) for field in msgspec.structs.fields(kind)]
