"""Maps ConnectWise's JSON to the members of a `TicketRecord`.

Only what is used later is kept. Null, a wrong type or an absent member is absent in the record.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from msgspec import structs

from app.domain.customer_records import Agreement, Company
from app.domain.eligibility import TIME_ENTRY_BILLED
from app.domain.sale_records import Forecast, OpenProject, Opportunity, Product
from app.domain.ticket import TicketRecord
from app.domain.work_records import Note, ScheduleEntry, Task, TimeEntry

Record = dict[str, Any]
Lists = Mapping[str, Sequence[Record] | None]
"""Related records by their name in the ticket record; None: they could not be read."""

NOTE_FIELDS = ("id", "ticketId", "text", "detailDescriptionFlag", "internalAnalysisFlag", "internalFlag", "resolutionFlag", "dateCreated",
               "member/identifier", "_info/dateEntered")  # fmt: skip
TASK_FIELDS = ("id", "ticketId", "notes", "closedFlag", "priority", "_info/dateEntered")
SCHEDULE_FIELDS = (
    "id",
    "objectId",
    "member/identifier",
    "dateStart",
    "dateEnd",
    "hours",
    "doneFlag",
    "_info/dateEntered",
)
PRODUCT_FIELDS = ("id", "chargeToId", "description", "catalogItem/identifier", "productClass", "quantity", "price", "billableOption",
                  "recurring", "cancelledFlag", "invoice/id", "invoice/invoiceDate", "forecastDetailId", "_info/dateEntered")  # fmt: skip
TIME_FIELDS = ("id", "chargeToId", "member/identifier", "timeStart", "timeEnd", "actualHours", "billableOption", "hourlyRate", "invoiceHours",
               "hoursBilled", "invoice/id", "invoice/invoiceDate", "invoice/applyToType", "extendedInvoiceAmount", "status",
               "workType/id", "workType/name", "workRole/id", "workRole/name", "department/id", "locationId", "agreement/id",
               "agreementHours", "agreementAmount", "dateEntered", "_info/dateEntered")  # fmt: skip
AGREEMENT_FIELDS = ("id", "name", "type", "billingCycle", "billStartDate", "nextInvoiceDate", "coverAgreementTime",
                    "restrictLocationFlag", "restrictDepartmentFlag",
                    "location", "department", "taxCode")  # fmt: skip
OPPORTUNITY_FIELDS = ("id", "name", "stage", "status", "currency", "customerPO")
COMPANY_FIELDS = ("id", "name", "status", "deletedFlag", "billToCompany", "billingContact", "billingSite", "billingTerms", "taxCode", "currency",
                  "taxIdentifier", "invoiceDeliveryMethod")  # fmt: skip
PROJECT_FIELDS = ("id", "name", "company/id", "opportunity/id", "opportunity/name", "billingMethod", "closedFlag")

_NAMES_OF_LISTS = ("scheduleEntries", "products", "timeEntries")
TEXT_LISTS = ("notes", "tasks")


def mapping(value: Any) -> Record:
    """The value if it is a record, else an empty one."""
    return value if isinstance(value, dict) else {}


def items(value: Any) -> list[Record]:
    """The records of a list; other elements are left out."""
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def id_of(reference: Any) -> int | None:
    """The id of a reference."""
    return whole(mapping(reference).get("id"))


def whole(value: Any) -> int | None:
    """A positive whole number, such as an id."""
    return value if isinstance(value, int) and not isinstance(value, bool) and value > 0 else None


def name_of(value: Any) -> str | None:
    """The name of a reference, or the text itself."""
    name = value.get("name") if isinstance(value, dict) else value
    return name if isinstance(name, str) else None


def entered(record: Mapping[str, Any]) -> Any:
    """When the record was entered; newer versions show it in `_info` only."""
    return record.get("dateEntered") or mapping(record.get("_info")).get("dateEntered")


def note(record: Mapping[str, Any]) -> Note:
    """A note (API schema `ServiceNote`)."""
    return Note.from_json({
        "id": record.get("id"), "text": record.get("text"), "member": _member(record),
        "internal": bool(record.get("internalAnalysisFlag") or record.get("internalFlag")),
        "dateCreated": record.get("dateCreated") or entered(record),
    })  # fmt: skip


def schedule_entry(record: Mapping[str, Any]) -> ScheduleEntry:
    """A schedule entry (API schema `ScheduleEntry`)."""
    members = {name: record.get(name) for name in ("id", "dateStart", "dateEnd", "hours")}
    done = record.get("doneFlag") is True
    return ScheduleEntry.from_json(members | {"member": _member(record), "done": done, "dateEntered": entered(record)})


def task(record: Mapping[str, Any]) -> Task:
    """A task of the ticket's own list (API schema `Task`)."""
    return Task.from_json({
        "id": record.get("id"), "summary": record.get("notes") or record.get("summary"), "budgetHours": record.get("budgetHours"),
        "closed": record.get("closedFlag") is True, "dateEntered": entered(record),
    })  # fmt: skip


def product(record: Mapping[str, Any]) -> Product:
    """A product line (API schema `ProductItem`)."""
    item, recurring, invoice = (
        mapping(record.get("catalogItem")),
        mapping(record.get("recurring")),
        id_of(record.get("invoice")),
    )
    members = {
        name: record.get(name)
        for name in ("id", "productClass", "quantity", "price", "billableOption", "forecastDetailId", "internalNotes")
    }
    return Product.from_json(members | {
        "description": record.get("description") or name_of(item) or item.get("identifier"),
        "catalogItem": item.get("identifier") or name_of(item),
        "recurring": any(recurring.get(name) for name in ("recurringRevenue", "billCycleId", "billCycle", "cycles")),
        "cancelled": record.get("cancelledFlag") is True, "invoice": invoice, "invoiced": invoice is not None,
        "invoiceDate": mapping(record.get("invoice")).get("invoiceDate"),
        "dateEntered": entered(record),
    })  # fmt: skip


def time_entry(record: Mapping[str, Any]) -> TimeEntry:
    """A time entry (API schema `TimeEntry`)."""
    members = {name: record.get(name) for name in ("id", "timeStart", "timeEnd", "billableOption", "hourlyRate", "invoiceHours", "hoursBilled",
                                               "status", "locationId", "agreementHours", "agreementAmount", "extendedInvoiceAmount")}  # fmt: skip
    invoice, billed_on = id_of(record.get("invoice")), mapping(record.get("invoice"))
    return TimeEntry.from_json(members | {
        "member": _member(record), "hours": record.get("actualHours"), "invoice": invoice,
        "invoiced": invoice is not None or record.get("status") in TIME_ENTRY_BILLED,
        "workType": name_of(record.get("workType")), "workRole": name_of(record.get("workRole")),
        "workTypeId": id_of(record.get("workType")), "workRoleId": id_of(record.get("workRole")),
        "invoiceDate": billed_on.get("invoiceDate"), "invoiceOf": billed_on.get("applyToType"),
        "department": id_of(record.get("department")), "agreement": id_of(record.get("agreement")), "dateEntered": entered(record),
    })  # fmt: skip


def agreement(record: Mapping[str, Any], cycles: Mapping[int, str]) -> Agreement:
    """An agreement with its billing cycle as plain text.

    `cycles`: how often each cycle bills (`BillingCycle.billingOptions`), by id. Owners name cycles freely, so the name
    is used only where this is not known.
    """
    cycle = record.get("billingCycle")
    known = {"type": name_of(record.get("type")), "billingCycle": cycles.get(id_of(cycle) or 0) or name_of(cycle)}
    return Agreement.from_json({**record, **known})


def opportunity(
    record: Mapping[str, Any], statuses: Sequence[Mapping[str, Any]] = (), revenue: Any = None
) -> Opportunity:
    """An opportunity; version 2026.11 shows no revenue on it.

    `statuses`: /sales/opportunities/statuses, whose flags say what is won or lost. `revenue`: the answer of its forecast.
    """
    status = _with_id(statuses, id_of(record.get("status")))
    return Opportunity.from_json({
        "id": record.get("id"), "name": record.get("name"), "status": name_of(record.get("status")),
        "stage": name_of(record.get("stage")) or name_of(record.get("status")),
        "won": status.get("wonFlag"), "lost": status.get("lostFlag"),
        "forecast": forecast(revenue), "currency": record.get("currency"), "customerPO": record.get("customerPO"),
    })  # fmt: skip


def forecast(answer: Any) -> Forecast | None:
    """Revenue by kind of `/sales/opportunities/{id}/forecast`; documented as an array, an object is accepted."""
    parts = items(answer) or [mapping(answer)]
    found = Forecast(
        service=_revenue(parts, "serviceRevenue"), product=_revenue(parts, "productRevenue"),
        agreement=_revenue(parts, "agreementRevenue"), won=_revenue(parts, "wonRevenue"),
        other=_revenue(parts, "timeRevenue", "expenseRevenue", "otherRevenue1", "otherRevenue2"),
    )  # fmt: skip
    return None if found == Forecast() else found


def company(record: Mapping[str, Any], statuses: Sequence[Mapping[str, Any]] = ()) -> Company:
    """How a company is billed and whether it may be served. `statuses`: /company/companies/statuses."""
    status = _with_id(statuses, id_of(record.get("status")))
    flags = {name: status.get(name) for name in ("inactiveFlag", "disallowSavingFlag")}
    return Company.from_json({**record, **flags, "status": name_of(record.get("status"))})


def currency(reference: Any) -> Record | None:
    """The reference to a currency, with its code as identifier; older versions name it differently."""
    given = mapping(reference)
    code = given.get("currencyCode") or given.get("currencyIdentifier") or given.get("identifier")
    return {**given, "identifier": code} if given else None


def project(record: Mapping[str, Any]) -> OpenProject:
    """A project of the customer."""
    return OpenProject.from_json(record)


def ticket_record(
    ticket: Mapping[str, Any], lists: Lists, *, agreement: Agreement | None = None, opportunity: Opportunity | None = None,
    unread: Sequence[str] = (), own_mark: str = "",
) -> TicketRecord:  # fmt: skip
    """The ticket with its related records. Without `agreement` or `opportunity`, the ticket's own reference is kept.

    Custom fields of the type Password are left out. `unread`: further parts that could not be read.
    """
    members = {
        **ticket,
        "customFields": [field for field in items(ticket.get("customFields")) if field.get("type") != "Password"],
        "dateEntered": entered(ticket),
        "currency": currency(ticket.get("currency")),
        "lastUpdated": mapping(ticket.get("_info")).get("lastUpdated"),
    }
    record = structs.replace(
        TicketRecord.from_json(members),
        schedule_entries=[schedule_entry(entry) for entry in items(lists.get("scheduleEntries"))],
        products=[product(line) for line in items(lists.get("products"))],
        time_entries=[time_entry(entry) for entry in items(lists.get("timeEntries"))],
        unread=[*(name for name in _NAMES_OF_LISTS if name in lists and lists[name] is None), *unread],
    )  # fmt: skip
    given = {"agreement": agreement, "opportunity": opportunity}
    record = structs.replace(record, **{name: part for name, part in given.items() if part is not None})
    return with_texts(record, {name: lists[name] for name in TEXT_LISTS if name in lists}, own_mark=own_mark)


def with_texts(record: TicketRecord, texts: Lists, *, own_mark: str = "") -> TicketRecord:
    """The record with its notes and tasks. The first note of the discussion is the customer's request.

    A note that contains `own_mark` was written by this service and is left out.
    """
    notes = [item for item in items(texts.get("notes")) if not own_mark or own_mark not in str(item.get("text"))]
    request = next((each for each in notes if each.get("detailDescriptionFlag")), None)
    first = note(request) if request else Note()
    unread = [name for name in record.unread if name not in texts]
    return structs.replace(
        record,
        initial_description=first.text or record.initial_description,
        description_entered=(first.date_created or None) if first.text else None,
        notes=[note(each) for each in notes if each is not request],
        tasks=[task(item) for item in items(texts.get("tasks"))],
        unread=[*(name for name in TEXT_LISTS if name in texts and texts[name] is None), *unread],
    )


def _member(record: Mapping[str, Any]) -> Any:
    member = record.get("member")
    return member if isinstance(member, str) else mapping(member).get("identifier")


def _with_id(records: Sequence[Mapping[str, Any]], number: int | None) -> Mapping[str, Any]:
    return next((record for record in records if number and record.get("id") == number), {})


def _revenue(parts: Sequence[Mapping[str, Any]], *members: str) -> float | None:
    """The sum of some revenues, exact in decimals; None where none of them is a number."""
    figures = [_number(mapping(part.get(member)).get("revenue")) for part in parts for member in members]
    known = [Decimal(str(figure)) for figure in figures if figure is not None]
    return float(sum(known, Decimal())) if known else None


def _number(value: Any) -> int | float | None:
    known = isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
    return value if known else None
