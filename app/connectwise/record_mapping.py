"""ConnectWise's records in the form of a case: only what is read later, whatever type or absence comes over the wire."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

Record = dict[str, Any]

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
                  "recurring", "cancelledFlag", "invoice/id", "forecastDetailId", "_info/dateEntered")  # fmt: skip
TIME_FIELDS = ("id", "chargeToId", "member/identifier", "timeStart", "timeEnd", "actualHours", "billableOption", "hourlyRate", "invoiceHours",
               "hoursBilled", "invoice/id", "status", "workType/name", "workRole/name", "department/id", "locationId", "agreement/id",
               "agreementHours", "agreementAmount", "dateEntered", "_info/dateEntered")  # fmt: skip
AGREEMENT_FIELDS = ("id", "name", "type", "billingCycle", "billStartDate", "nextInvoiceDate", "startDate", "endDate", "billTime",
                    "coverAgreementTime", "agreementStatus", "periodType", "workType", "restrictLocationFlag", "restrictDepartmentFlag",
                    "location", "department", "taxCode")  # fmt: skip
OPPORTUNITY_FIELDS = ("id", "name", "stage", "status", "expectedRevenue", "currency", "customerPO")
COMPANY_FIELDS = ("id", "name", "status", "deletedFlag", "billToCompany", "billingContact", "billingSite", "billingTerms", "taxCode", "currency",
                  "taxIdentifier", "invoiceDeliveryMethod")  # fmt: skip
PROJECT_FIELDS = ("id", "name", "company/id", "opportunity/id", "opportunity/name", "billingMethod", "closedFlag")

_BILLED = ("Billed", "BilledAgreement")


def mapping(value: Any) -> Record:
    """The value when it is a record, else an empty one."""
    return value if isinstance(value, dict) else {}


def items(value: Any) -> list[Record]:
    """The records of a list; whatever else stands in it is left out."""
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []


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
    """When the record was entered; newer versions say so in `_info` only."""
    return record.get("dateEntered") or mapping(record.get("_info")).get("dateEntered")


def note(record: Mapping[str, Any]) -> Record:
    """A note; `internal`: the customer does not see it."""
    internal = bool(record.get("internalAnalysisFlag") or record.get("internalFlag"))
    return {
        "id": record.get("id"), "text": record.get("text"), "internal": internal,
        "dateCreated": record.get("dateCreated") or entered(record), "member": _member(record),
    }  # fmt: skip


def schedule_entry(record: Mapping[str, Any]) -> Record:
    """A schedule entry; `done`: the work that was planned has been done."""
    shown = {name: record.get(name) for name in ("id", "dateStart", "dateEnd", "hours")}
    return shown | {"member": _member(record), "done": record.get("doneFlag") is True, "dateEntered": entered(record)}


def task(record: Mapping[str, Any]) -> Record:
    """A task of the ticket's own list."""
    return {
        "id": record.get("id"), "summary": record.get("notes") or record.get("summary"),
        "budgetHours": record.get("budgetHours"), "closed": record.get("closedFlag") is True, "dateEntered": entered(record),
    }  # fmt: skip


def product(record: Mapping[str, Any]) -> Record:
    """A product line; `invoice` is the id of the invoice on which it stands."""
    item = mapping(record.get("catalogItem"))
    recurring = mapping(record.get("recurring"))
    return {
        "id": record.get("id"), "description": record.get("description") or name_of(item) or item.get("identifier"),
        "catalogItem": item.get("identifier") or name_of(item), "productClass": record.get("productClass"),
        "quantity": record.get("quantity"), "price": record.get("price"), "billableOption": record.get("billableOption"),
        "recurring": any(recurring.get(name) for name in ("recurringRevenue", "billCycleId", "billCycle", "cycles")),
        "cancelled": record.get("cancelledFlag") is True, "forecastDetailId": whole(record.get("forecastDetailId")),
        "invoice": id_of(record.get("invoice")), "invoiced": id_of(record.get("invoice")) is not None, "dateEntered": entered(record),
    }  # fmt: skip


def time_entry(record: Mapping[str, Any]) -> Record:
    """A time entry; `hours` are those worked, `invoiced` says that it stands on an invoice or is settled by an agreement."""
    shown = {name: record.get(name) for name in ("id", "timeStart", "timeEnd", "billableOption", "hourlyRate", "invoiceHours", "hoursBilled",
                                                 "status", "locationId", "agreementHours", "agreementAmount")}  # fmt: skip
    return shown | {
        "member": _member(record), "hours": record.get("actualHours"),
        "invoice": id_of(record.get("invoice")), "invoiced": is_invoiced(record),
        "workType": name_of(record.get("workType")), "workRole": name_of(record.get("workRole")),
        "department": id_of(record.get("department")), "agreement": id_of(record.get("agreement")), "dateEntered": entered(record),
    }  # fmt: skip


def is_invoiced(record: Mapping[str, Any]) -> bool:
    """Whether a time entry has been billed: on an invoice, or by its status."""
    return id_of(record.get("invoice")) is not None or record.get("status") in _BILLED


def agreement(record: Mapping[str, Any], cycles: Mapping[int, str]) -> Record:
    """An agreement, with the name of its type and its billing cycle as plain text.

    `cycles`: how often each cycle bills (`BillingCycle.billingOptions`), by id. An owner may call a cycle anything, so that its
    name only has to do where this is not known.
    """
    cycle = record.get("billingCycle")
    return {
        **record, "type": name_of(record.get("type")), "billingCycle": cycles.get(id_of(cycle) or 0) or name_of(cycle),
    }  # fmt: skip


def opportunity(record: Mapping[str, Any], statuses: Sequence[Mapping[str, Any]] = (), revenue: Any = None) -> Record:
    """An opportunity. `statuses`: /sales/opportunities/statuses, whose flags say what is won or lost. `revenue`: the
    answer of its forecast.

    `expectedRevenue` only where it is a number; version 2026.11 has no such member.
    """
    status = next((one for one in statuses if whole(one.get("id")) == id_of(record.get("status"))), {})
    return {
        "id": record.get("id"), "name": record.get("name"),
        "stage": name_of(record.get("stage")) or name_of(record.get("status")), "status": name_of(record.get("status")),
        "won": _flag(status.get("wonFlag")), "lost": _flag(status.get("lostFlag")),
        "expectedRevenue": _number(record.get("expectedRevenue")), "forecast": forecast(revenue),
        "currency": record.get("currency"), "customerPO": record.get("customerPO"),
    }  # fmt: skip


def forecast(answer: Any) -> Record | None:
    """Revenue by kind of `/sales/opportunities/{id}/forecast`; documented as an array, seen as an object, too."""
    parts = items(answer) or ([answer] if isinstance(answer, dict) else [])
    totals = {
        kind: _revenue(parts, *members)
        for kind, members in (
            ("service", ("serviceRevenue",)), ("product", ("productRevenue",)), ("agreement", ("agreementRevenue",)),
            ("other", ("timeRevenue", "expenseRevenue", "otherRevenue1", "otherRevenue2")), ("won", ("wonRevenue",)),
        )
    }  # fmt: skip
    return None if all(total is None for total in totals.values()) else totals


def company(record: Mapping[str, Any], statuses: Sequence[Mapping[str, Any]] = ()) -> Record:
    """How a company is billed and whether it may be served. `statuses`: /company/companies/statuses."""
    status = next((one for one in statuses if whole(one.get("id")) == id_of(record.get("status"))), {})
    return {
        **record, "status": name_of(record.get("status")), "inactiveFlag": _flag(status.get("inactiveFlag")),
        "disallowSavingFlag": _flag(status.get("disallowSavingFlag")),
    }  # fmt: skip


def project(record: Mapping[str, Any]) -> Record:
    """A project of the customer."""
    return {name: record.get(name) for name in ("id", "name", "opportunity", "billingMethod", "closedFlag")}


def case_of(ticket: Mapping[str, Any], beside: Mapping[str, Any], *, own_mark: str = "") -> Record:
    """The case: the ticket with what was read beside it. A part of `beside` that is None could not be read (`unread`).
    What stands in custom fields of the type Password goes no further.

    A note that holds `own_mark` is our own and no evidence; it is left out.
    """
    case = {
        **ticket,
        "customFields": [one for one in items(ticket.get("customFields")) if one.get("type") != "Password"],
        "dateEntered": entered(ticket),
        **_texts(ticket, beside, own_mark),
        "scheduleEntries": [schedule_entry(one) for one in items(beside.get("scheduleEntries"))],
        "products": [product(one) for one in items(beside.get("products"))],
        "agreement": _or_reference(beside.get("agreement"), ticket.get("agreement")),
        "opportunity": _or_reference(beside.get("opportunity"), ticket.get("opportunity")),
        "unread": [name for name, part in beside.items() if part is None],
    }
    if "timeEntries" in beside:
        case["timeEntries"] = [time_entry(one) for one in items(beside["timeEntries"])]
    return case


def told(case: Mapping[str, Any], texts: Mapping[str, Any], *, own_mark: str = "") -> Record:
    """A case with its texts: notes and tasks as they were read, None for those that could not be."""
    still = [name for name in case.get("unread") or () if name not in texts]
    return {
        **case,
        **_texts(case, texts, own_mark),
        "unread": [*still, *(name for name, part in texts.items() if part is None)],
    }


def _texts(ticket: Mapping[str, Any], beside: Mapping[str, Any], own_mark: str) -> Record:
    """Notes and tasks; the first note of the discussion is what the customer asked for. `descriptionEntered` says since when
    it is there, None where the ticket's own field says it."""
    notes = [one for one in items(beside.get("notes")) if not own_mark or own_mark not in str(one.get("text"))]
    request = next((one for one in notes if one.get("detailDescriptionFlag")), None)
    asked = mapping(request)
    return {
        "initialDescription": asked.get("text") or ticket.get("initialDescription"),
        "descriptionEntered": (asked.get("dateCreated") or entered(asked)) if asked.get("text") else None,
        "notes": [note(one) for one in notes if one is not request],
        "tasks": [task(one) for one in items(beside.get("tasks"))],
    }


def _member(record: Mapping[str, Any]) -> Any:
    member = record.get("member")
    return member if isinstance(member, str) else mapping(member).get("identifier")


def _or_reference(part: Any, reference: Any) -> Any:
    """The record that was read; where it could not be, what the ticket itself says of it."""
    return part if isinstance(part, dict) and part else (reference or None)


def _flag(value: Any) -> bool | None:
    return value if isinstance(value, bool) else None


def _revenue(parts: Sequence[Mapping[str, Any]], *members: str) -> float | None:
    """The sum of some revenues, exact in decimals; None where none of them is a number."""
    figures = [_number(mapping(part.get(member)).get("revenue")) for part in parts for member in members]
    known = [Decimal(str(figure)) for figure in figures if figure is not None and math.isfinite(figure)]
    return float(sum(known, Decimal())) if known else None


def _number(value: Any) -> int | float | None:
    return value if isinstance(value, int | float) and not isinstance(value, bool) else None
