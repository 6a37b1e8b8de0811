"""A past with every kind of money: revisits, outages, free work, fixed fees, agreements, late invoices, two currencies, projects.

The tickets stand in `billing_history.json`: days as months before the present one and a day of the month, so that work over
a period's end stays so whenever the sandbox starts. What each ticket really was is not written here.
"""

from __future__ import annotations

import json
from calendar import monthrange
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from functools import cache
from importlib.resources import files
from typing import Any

from app.sandbox.engine.store import Record, Store, instant, shown
from app.sandbox.seed.sales import add_opportunity

_FREE = ("NoCharge", "DoNotBill")
_ENGINEER: Record = {"id": 1, "name": "Engineer"}
_CURRENCIES = {"GBP": 3, "EUR": 2}
_PROJECTS = "/project/projects"


@cache
def scenarios() -> dict[str, list[dict[str, Any]]]:
    """The tickets and projects of the past, as they are written down."""
    text = (files("app.sandbox.seed") / "billing_history.json").read_text(encoding="utf-8")
    found: dict[str, list[dict[str, Any]]] = json.loads(text)
    return found


def fill(store: Store, *, now: datetime) -> dict[str, int]:
    """Adds the past to a store; the ids of its tickets and projects by their key."""
    maker = _Maker(store, now)
    tickets = {each["key"]: maker.ticket(each) for each in scenarios()["tickets"]}
    return tickets | {each["key"]: maker.project(each) for each in scenarios()["projects"]}


class _Maker:
    """Turns written tickets into records."""

    def __init__(self, store: Store, now: datetime) -> None:
        self._store = store
        self._now = now.astimezone(UTC)
        self._boards = {board["name"]: board for board in store.table("/service/boards").rows()}
        self._companies = {row["identifier"]: row for row in store.table("/company/companies").rows()}
        self._invoices: dict[tuple[int, str], Record] = {}

    def moment(self, at: list[Any], hour: int) -> datetime:
        """The moment of a written day; never later than the clock."""
        count = self._now.year * 12 + self._now.month - 1 + at[0]
        year, month = count // 12, count % 12 + 1
        last = monthrange(year, month)[1]
        moment = datetime(year, month, last if at[1] == "last" else min(at[1], last), hour, tzinfo=UTC)
        return min(moment, self._now.replace(second=0, microsecond=0) - timedelta(hours=max(1, 20 - hour)))

    def ticket(self, given: Mapping[str, Any]) -> int:
        """One ticket with its records."""
        number = self._store.next_id("/tickets")
        company, entered = self._companies[given["company"]], self.moment(given["entered"], 8)
        ticket = self._fields(given, number, company, entered)
        for day in given.get("schedule", ()):
            self._schedule(number, *day, entered=entered)
        for entry in given["time"]:
            self._time(given, ticket, *entry)
        for line in given.get("products", ()):
            self._product(given, ticket, *line, entered=entered)
        ticket["actualHours"] = sum(entry[2] for entry in given["time"])
        self._store.add("/tickets", ticket, record_id=number)
        note = {
            "text": given["text"],
            "detailDescriptionFlag": True,
            "internalAnalysisFlag": False,
            "resolutionFlag": False,
        }
        self._store.add(f"/tickets/{number}/notes", {**note, "ticketId": number, "_info": _info(entered)})
        return number

    def project(self, given: Mapping[str, Any]) -> int:
        """One project with its phases."""
        company, entered = self._companies[given["company"]], self.moment(given["entered"], 8)
        number = self._store.next_id(_PROJECTS)
        project = {
            "name": given["name"], "description": given["text"], "company": shown(company), "board": shown(self._boards["Projects"]),
            "type": {"id": 1, "name": "Implementation"}, "status": {"id": 1, "name": "Open"}, "department": {"id": 14, "name": "Professional Services"},
            "location": {"id": 2, "name": "Head Office"}, "opportunity": self._opportunity(given, company),
            "currency": _currency(given), "estimatedStart": instant(entered), "_info": _info(entered), **given["fields"],
        }  # fmt: skip
        self._store.add(_PROJECTS, _without_none(project), record_id=number)
        for order, name in enumerate(given["phases"], 1):
            phase = {"projectId": number, "description": name, "wbsCode": str(order), "_info": _info(entered)}
            self._store.add(f"{_PROJECTS}/{number}/phases", phase)
        return number

    def _fields(self, given: Mapping[str, Any], number: int, company: Record, entered: datetime) -> Record:
        board = self._boards[given.get("board", "Service Desk")]
        at = f"/service/boards/{board['id']}"
        names = {
            "type": ("types", given.get("type", "Incident")),
            "status": ("statuses", "Closed" if given["closed"] else "New"),
        }
        values = {
            member: next(shown(row) for row in self._store.table(f"{at}/{kind}").rows() if row["name"] == name)
            for member, (kind, name) in names.items()
        }
        closed = self.moment(given["closed"], 17) if given["closed"] else None
        agreement = self._agreement(company)
        return _without_none({
            "id": number, "summary": given["summary"], "recordType": "ServiceTicket", "board": shown(board), **values,
            "company": shown(company), "priority": {"id": 3, "name": "Priority 3 - Normal"}, "source": {"id": 1, "name": "Email"},
            "severity": "Medium", "impact": "Medium", "billTime": "Billable", "department": board["department"], "location": board["location"],
            "agreement": agreement, "currency": _currency(given), "opportunity": self._opportunity(given, company),
            "closedFlag": bool(closed), "closedDate": instant(closed) if closed else None, "_info": _info(entered, closed), **given.get("fields", {}),
        })  # fmt: skip

    def _agreement(self, company: Record) -> Record | None:
        found = self._store.table("/finance/agreements").peek(company["id"] + 350)
        return {**shown(found), "type": found["type"]["name"]} if found else None

    def _opportunity(self, given: Mapping[str, Any], company: Record) -> Record | None:
        if (sale := given.get("opportunity")) is None:
            return None
        name, stage = str(given.get("summary") or given["name"]), "Won" if sale["won"] else "Proposal"
        made = add_opportunity(
            self._store, name, company, stage=stage, forecast={"service": sale["service"]}, won=sale["won"],
            currency=_currency(given),
        )  # fmt: skip
        return {"id": made["id"], "name": name}

    def _schedule(self, number: int, member: str, at: list[Any], hours: float, *, entered: datetime) -> None:
        start = self.moment(at, 9)
        self._store.add("/schedule/entries", {
            "objectId": number, "type": {"id": 4, "identifier": "S"}, "member": self._member(member), "dateStart": instant(start),
            "dateEnd": instant(start + timedelta(hours=hours)), "hours": hours, "doneFlag": True, "_info": _info(entered),
        })  # fmt: skip

    def _time(
        self, given: Mapping[str, Any], ticket: Record, member: str, at: list[Any], hours: float, rate: float, how: str,
        invoiced: list[Any] | None = None, work_type: str = "Remote",
    ) -> None:  # fmt: skip
        start = self.moment(at, 9)
        record: Record = {
            "company": ticket["company"], "chargeToId": ticket["id"], "chargeToType": "ServiceTicket", "member": self._member(member),
            "workRole": _ENGINEER, "workType": {"id": 7 if work_type == "Remote" else 8, "name": work_type}, "timeStart": instant(start),
            "timeEnd": instant(start + timedelta(hours=hours)), "actualHours": hours, "hourlyRate": float(rate), "status": "ApprovedByTierTwo",
            "billableOption": how if how in _FREE else "Billable", "department": shown(ticket["department"]),
        }  # fmt: skip
        if how == "agreement":
            record |= {
                "agreement": ticket["agreement"],
                "agreementHours": hours,
                "hoursBilled": 0.0,
                "status": "BilledAgreement",
            }
        if invoiced:
            record |= {
                "hoursBilled": hours,
                "invoiceHours": hours,
                "invoice": self._invoice(given, ticket, invoiced),
                "status": "Billed",
            }
        self._store.add("/time/entries", record | {"_info": _info(start)})

    def _product(
        self, given: Mapping[str, Any], ticket: Record, name: str, kind: str, quantity: int, price: float, option: str,
        invoiced: list[Any] | None, cancelled: bool = False, *, entered: datetime,
    ) -> None:  # fmt: skip
        line = {
            "description": name, "productClass": kind, "quantity": quantity, "price": price, "billableOption": option, "cancelledFlag": cancelled,
            "chargeToId": ticket["id"], "chargeToType": "Ticket", "ticket": {"id": ticket["id"]}, "_info": _info(entered),
            "invoice": self._invoice(given, ticket, invoiced) if invoiced else None,
        }  # fmt: skip
        self._store.add("/procurement/products", _without_none(line))

    def _invoice(self, given: Mapping[str, Any], ticket: Record, at: list[Any]) -> Record:
        """The customer's invoice of a day; a ticket that finance rebooked has an invoice of its own."""
        day = instant(self.moment(at, 6))
        key = (ticket["id"] if given.get("booked") else ticket["company"]["id"], day)
        if key not in self._invoices:
            made = self._store.add("/finance/invoices", _without_none({
                "invoiceNumber": f"H{len(self._invoices) + 1:05d}", "type": "Standard", "date": day, "company": ticket["company"],
                "currency": ticket.get("currency"), "ticket": {"id": ticket["id"], "summary": ticket["summary"]} if given.get("booked") else None,
            }))  # fmt: skip
            self._invoices[key] = {
                "id": made["id"],
                "identifier": made["invoiceNumber"],
                "billingType": "Standard",
                "invoiceDate": day,
            }
            self._invoices[key]["applyToType"] = "Ticket" if given.get("booked") else "Company"
            if account := given.get("booked"):
                amount = sum(entry[2] * entry[3] for entry in given["time"])
                self._store.add(
                    f"/finance/invoices/{made['id']}/glEntries", {"type": "R", "segment1": account, "amount": amount}
                )
        return self._invoices[key]

    def _member(self, identifier: str) -> Record:
        return shown(self._store.find("/system/members", {"identifier": identifier}) or {})


def _currency(given: Mapping[str, Any]) -> Record:
    code = given.get("currency", "GBP")
    name = {"GBP": "Pound Sterling", "EUR": "Euro"}[code]
    return {"id": _CURRENCIES[code], "name": name, "currencyCode": code}


def _without_none(record: Mapping[str, Any]) -> Record:
    return {name: value for name, value in record.items() if value is not None}


def _info(entered: datetime, changed: datetime | None = None) -> dict[str, str]:
    return {
        "lastUpdated": instant(changed or entered),
        "updatedBy": "dispatch",
        "dateEntered": instant(entered),
        "enteredBy": "dispatch",
    }
