"""A past for the audit: closed and open tickets over months with work, billing and the right outcome of each.

Everything follows from the seed. About 91 of 100 tickets are plain service work, the others mini-projects and projects that
were worked as service tickets, and unclear ones. Some mini-projects were moved to the Mini-Projects board at the time.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from app.sandbox.engine.store import Record, Store, instant, shown
from app.sandbox.engine.table import Row, pack
from app.sandbox.seed.companies import CUSTOMERS
from app.sandbox.seed.history_texts import Text, text, work_note
from app.sandbox.seed.history_work import Work, work_of

_KINDS = ("service-ticket", "mini-project", "project", "review")
_SHARES = (91, 5, 2, 2)
_BOARDS = {"service-ticket": (("Service Desk", 80), ("Alerts", 14), ("Sales Handover", 6))}
_OTHER_BOARDS = (("Service Desk", 70), ("Sales Handover", 30))
_TYPES = {"service-ticket": ("Incident", "Incident", "Service Request"), "mini-project": ("Service Request", "Change"),
          "project": ("Service Request",), "review": ("Service Request", "Incident")}  # fmt: skip
_SUBTYPES = ("Email", "Network", "Hardware", "Software", "Server")
_ENGINEERS = ("jdoe", "awong", "mkurz", "pmiller", "tbauer", "lrossi", "skim", "nfox", "ovega")
_BESIDE = ("/tickets/*/notes", "/schedule/entries", "/time/entries", "/procurement/products", "/tickets/*/tasks")
Beside = dict[str, list[tuple[int, Row]]]


def fill(store: Store, *, tickets: int, months: int, now: datetime, seed: int) -> dict[int, str]:
    """Adds the past to a store and returns the truth by ticket id. ValueError for numbers that make no sense."""
    if not (0 < tickets <= 1_000_000 and 0 < months <= 240):
        raise ValueError("tickets from 1 to 1,000,000 and months from 1 to 240")
    maker = _Maker(store, now, seed)
    truth: dict[int, str] = {}
    beside: Beside = {name: [] for name in _BESIDE}
    rows: list[tuple[int, Row]] = []
    span = timedelta(days=30.4 * months)
    for place in range(tickets):
        kind = maker.dice.choices(_KINDS, _SHARES)[0]
        entered = maker.working_time(now - span + span * (place / tickets))
        ticket = maker.ticket(kind, entered, beside)
        rows.append((ticket["id"], pack(ticket)))
        truth[ticket["id"]] = kind
    store.table("/tickets").fill(rows)
    for name, found in beside.items():
        (store.past(name) if "*" in name else store.table(name)).fill(found)
    return truth


class _Maker:
    """Builds past tickets from one seeded random generator."""

    def __init__(self, store: Store, now: datetime, seed: int) -> None:
        self.dice = random.Random(f"past {seed}")  # noqa: S311 - makes texts, keeps no secret
        self._store = store
        self._now = now
        self._boards = {board["name"]: _Board(store, board) for board in store.table("/service/boards").rows()}
        self._customers = [_Customer(store, number, row[5]) for number, row in enumerate(CUSTOMERS, 250)]
        people = (store.find("/system/members", {"identifier": name}) or {} for name in _ENGINEERS)
        self._people = [shown(person) for person in people]
        self._priorities = [shown(one) for one in store.table("/service/priorities").rows()]
        self._sources = [shown(one) for one in store.table("/service/sources").rows()]
        self._invoices: dict[tuple[int, str], Record] = {}

    def working_time(self, moment: datetime) -> datetime:
        """The moment moved into working hours of a working day, on a whole minute; never moved past the clock."""
        given = moment = moment.astimezone(UTC)
        if moment.weekday() > 4:
            moment -= timedelta(days=moment.weekday() - 4)
        moved = moment.replace(hour=7 + moment.hour * 10 // 24, second=0, microsecond=0)
        return moved if moved <= self._now else given.replace(second=0, microsecond=0)

    def ticket(self, kind: str, entered: datetime, beside: Beside) -> Record:
        """A ticket. Its related records are added to `beside`."""
        dice = self.dice
        customer = dice.choice(self._customers)
        board = self._boards[_weighted(dice, _BOARDS.get(kind, _OTHER_BOARDS))]
        alert = board.name == "Alerts"
        content = text(dice, "alert" if alert else kind, customer.language)
        if kind == "mini-project" and dice.random() < 0.2:
            board = self._boards["Mini-Projects"]
        number = self._store.next_id("/tickets")
        team = dice.sample(self._people, 3 if kind == "project" else 2)
        work = work_of(dice, kind, entered=entered, team=team, now=self._now, agreed_hours=content.hours)
        ticket = self._fields(kind, number, customer, board, content=content, work=work, entered=entered)
        for place, record in self._beside(kind, ticket, customer, content, work):
            row_id = self._store.next_id(place)
            beside[place].append((row_id, pack({"id": row_id, **record})))
        return ticket

    def _fields(
        self,
        kind: str,
        number: int,
        customer: _Customer,
        board: _Board,
        *,
        content: Text,
        work: Work,
        entered: datetime,
    ) -> Record:
        dice = self.dice
        closed = work.closed
        subtype = dice.choice(_SUBTYPES) if dice.random() < 0.6 else None
        optional = {
            "agreement": customer.agreement, "contact": dice.choice(customer.contacts),
            "subType": board.values["subtypes"][subtype] if subtype else None,
            "item": board.values["items"][dice.choice(("Install", "Repair"))] if subtype and dice.random() < 0.5 else None,
            "budgetHours": content.hours if kind == "mini-project" and dice.random() < 0.5 else None,
            "poNumber": f"PO {number % 9000 + 1000}" if kind in ("mini-project", "project") and dice.random() < 0.3 else None,
            "closedDate": instant(closed) if closed else None, "closedBy": work.people[0]["identifier"] if closed else None,
            "opportunity": {"id": 71, "name": "Clinic network refresh"} if kind == "project" and customer.number == 250 else None,
        }  # fmt: skip
        if kind == "mini-project" and content.price and not work.products(content.price):
            optional |= {"billingMethod": "FixedFee", "billingAmount": content.price}
        changed = closed or (work.entries[-1].end if work.entries and work.entries[-1].end < self._now else entered)
        wanted = dice.choice(
            [name for name in _TYPES[kind] if name in board.values["types"]] or list(board.values["types"])
        )
        return {
            "id": number, "summary": content.summary, "recordType": "ServiceTicket", "board": board.reference,
            "status": board.values["statuses"]["Closed" if closed else dice.choice(("New", "Assigned", "In Progress"))],
            "company": customer.reference, "type": board.values["types"][wanted], "owner": work.people[0],
            "priority": self._priorities[3 if board.name == "Alerts" else dice.choice((1, 2, 2, 2, 3))],
            "source": self._sources[3 if board.name == "Alerts" else dice.choice((0, 0, 1, 2))], "severity": "Medium", "impact": "Medium",
            "actualHours": sum(entry.hours for entry in work.entries if entry.end <= self._now), "billTime": "Billable",
            "department": board.department, "location": board.location, "closedFlag": bool(closed),
            **{name: value for name, value in optional.items() if value is not None},
            "_info": _info(instant(entered), "dispatch", instant(changed), work.people[0]["identifier"]),
        }  # fmt: skip

    def _beside(
        self, kind: str, ticket: Record, customer: _Customer, content: Text, work: Work
    ) -> Iterator[tuple[str, Record]]:
        dice, entered = self.dice, ticket["_info"]["dateEntered"]
        if dice.random() < 0.97:
            yield "/tickets/*/notes", _note(ticket, content.body, entered, "dispatch", first=True)
        if work.closed and dice.random() < 0.5:
            actor = work.people[0]["identifier"]
            yield (
                "/tickets/*/notes",
                _note(ticket, work_note(dice, customer.language), instant(work.closed), actor, first=False),
            )
        for price, name in work.products(content.price):
            yield "/procurement/products", {
                "description": name, "quantity": 1, "price": price, "chargeToId": ticket["id"], "chargeToType": "Ticket",
                "ticket": {"id": ticket["id"]}, "billableOption": "Billable", "_info": _info(entered, "dispatch"),
            }  # fmt: skip
        for order, task in enumerate(work.tasks, 1):
            yield "/tickets/*/tasks", {
                "notes": task, "priority": order, "closedFlag": bool(work.closed), "ticketId": ticket["id"], "_info": _info(entered, "dispatch"),
            }  # fmt: skip
        for entry in work.entries:
            start, end = instant(entry.start), instant(entry.end)
            if work.scheduled:
                yield "/schedule/entries", {
                    "objectId": ticket["id"], "type": _TICKET, "member": entry.member, "dateStart": start, "dateEnd": end,
                    "hours": entry.hours, "doneFlag": entry.end <= self._now, "_info": _info(entered, "dispatch"),
                }  # fmt: skip
            if entry.end <= self._now:
                yield (
                    "/time/entries",
                    self._time(kind, ticket, customer, entry.member, hours=entry.hours, start=start, end=end),
                )

    def _time(
        self, kind: str, ticket: Record, customer: _Customer, member: Record, *, hours: float, start: str, end: str
    ) -> Record:
        """Covered by the agreement, or billed on the invoice of the customer's month."""
        covered = customer.covered and kind in ("service-ticket", "review")
        record = {
            "company": customer.reference, "chargeToId": ticket["id"], "chargeToType": "ServiceTicket", "member": member,
            "workRole": _ENGINEER, "workType": _REMOTE, "timeStart": start, "timeEnd": end, "actualHours": hours,
            "billableOption": "Billable", "hourlyRate": 120.0,
        }  # fmt: skip
        if covered and customer.agreement is not None:
            record |= {
                "agreement": customer.agreement,
                "agreementHours": hours,
                "hoursBilled": 0.0,
                "status": "BilledAgreement",
            }
        else:
            invoice = self._invoice(customer.number, start[:7])
            record |= {"hoursBilled": hours, "invoiceHours": hours, "invoice": invoice, "status": "Billed"}
        return record | {"_info": _info(end, str(member["identifier"]))}

    def _invoice(self, company: int, month: str) -> Record:
        key = (company, month)
        if key not in self._invoices:
            number = 9000 + len(self._invoices)
            self._invoices[key] = {"id": number, "identifier": f"INV{number}", "billingType": "Standard"}
        return self._invoices[key]


class _Board:
    """A board with its values by name."""

    def __init__(self, store: Store, board: Record) -> None:
        self.name = str(board["name"])
        self.reference = shown(board)
        self.department, self.location = board["department"], board["location"]
        at = f"/service/boards/{board['id']}"
        self.values = {
            name: {row["name"]: shown(row) for row in store.table(f"{at}/{name}").rows()}
            for name in ("statuses", "types", "subtypes", "items")
        }


class _Customer:
    """A company with its contacts and its agreement, if any."""

    def __init__(self, store: Store, number: int, language: str) -> None:
        self.number, self.language = number, language
        self.reference = shown(store.table("/company/companies").peek(number) or {})
        contacts = store.table("/company/contacts").rows()
        self.contacts = [shown(contact) for contact in contacts if contact["company"]["id"] == number]
        found = store.table("/finance/agreements").peek(number + 350)
        self.covered = bool(found and found["coverAgreementTime"])
        self.agreement: Record | None = {**shown(found), "type": found["type"]["name"]} if found else None


_TICKET: dict[str, Any] = {"id": 4, "identifier": "S"}
_ENGINEER: dict[str, Any] = {"id": 1, "name": "Engineer"}
_REMOTE: dict[str, Any] = {"id": 7, "name": "Remote"}


def _info(entered: str, by: str, changed: str = "", changed_by: str = "") -> dict[str, str]:
    return {"lastUpdated": changed or entered, "updatedBy": changed_by or by, "dateEntered": entered, "enteredBy": by}


def _note(ticket: Record, body: str, at: str, actor: str, *, first: bool) -> Record:
    flags = {"detailDescriptionFlag": first, "internalAnalysisFlag": False, "resolutionFlag": not first}
    return {"text": body, **flags, "ticketId": ticket["id"], "_info": _info(at, actor)}


def _weighted(dice: random.Random, choices: tuple[tuple[str, int], ...]) -> str:
    return dice.choices([name for name, _ in choices], [share for _, share in choices])[0]
