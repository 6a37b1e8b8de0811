"""Records that a case names: company, contacts, members, agreement, and the records related to its ticket."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from app.sandbox.engine.store import Record, instant, shown
from app.sandbox.rules.products import TABLE as PRODUCTS
from app.sandbox.rules.products import Products
from app.sandbox.rules.system import System
from app.sandbox.rules.time_entries import TABLE as TIME
from app.sandbox.rules.time_entries import TimeEntries
from app.sandbox.seed.companies import CYCLES

_SERVICE = {"id": 4, "identifier": "S"}


class CaseRecords:
    """Finds or creates records by name."""

    def __init__(self, system: System, by: str) -> None:
        self._system = system
        self._store = system.store
        self._by = by

    def company(self, wanted: Mapping[str, Any]) -> Record:
        """The company by id or name; a new one is active and has a contact."""
        found = self._store.find("/company/companies", named(wanted))
        if found is None:
            name = str(wanted["name"])
            record = {
                "identifier": _identifier(name),
                "name": name,
                "deletedFlag": False,
                "status": {"id": 1, "name": "Active"},
            }
            found = self._store.add("/company/companies", record)
            self.contact(f"Pat {name.split(maxsplit=1)[0]}", found)
        return self._store.table("/company/companies")[found["id"]]

    def contact(self, name: str, company: Record) -> Record:
        """A contact of the company by full name, with an address."""
        first, _, last = name.partition(" ")
        for row in self._store.table("/company/contacts").rows():
            if row["company"]["id"] == company["id"] and (row["firstName"], row.get("lastName", "")) == (first, last):
                return row
        address = f"{re.sub(r'[^a-z]+', '.', name.lower()).strip('.')}@{company['identifier'].lower()}.example"
        items = [
            {"type": {"id": 1, "name": "Email"}, "value": address, "defaultFlag": True, "communicationType": "Email"}
        ]
        record = {"firstName": first, "lastName": last, "company": shown(company), "communicationItems": items}
        return self._store.add("/company/contacts", record)

    def member(self, identifier: str) -> Record:
        """The member by identifier."""
        found = self._store.find("/system/members", {"identifier": identifier})
        if found is None:
            record = {"identifier": identifier, "firstName": identifier[:1].upper(), "lastName": identifier[1:].capitalize(),
                      "licenseClass": "F", "defaultEmail": "Office", "inactiveFlag": False}  # fmt: skip
            found = self._store.add("/system/members", record, record_id=max(self._store.table("/system/members")) + 1)
        return found

    def agreement(self, wanted: Mapping[str, Any], company: Record) -> Record:
        """An agreement of the company by name; members of the case override the usual ones."""
        same = (row for row in self._store.table("/finance/agreements").rows() if row["company"]["id"] == company["id"])
        found = next((row for row in same if row["name"] == wanted["name"]), None)
        if found is not None:
            return found
        given = {name: value for name, value in wanted.items() if name not in ("type", "billingCycle")}
        kind = wanted.get("type") or "Managed Services"
        name = kind["name"] if isinstance(kind, Mapping) else kind
        cycle = wanted.get("billingCycle") or "Monthly"
        cycle = cycle["name"] if isinstance(cycle, Mapping) else cycle
        types = self._store.find("/finance/agreements/types", {"name": name})
        types = types or self._store.add("/finance/agreements/types", {"name": name, "inactiveFlag": False})
        return self._store.add("/finance/agreements", {
            "type": shown(types), "company": shown(company), "billStartDate": "2026-01-01T00:00:00Z",
            "startDate": "2026-01-01T00:00:00Z", "noEndingDateFlag": True, "billingCycle": {"id": CYCLES.get(cycle, 1), "name": cycle},
            "agreementStatus": "Active", "coverAgreementTime": True, "coverAgreementProduct": False, "coverAgreementExpense": False,
            "periodType": "Current", "cancelledFlag": False, "restrictLocationFlag": False, "restrictDepartmentFlag": False, **given,
        })  # fmt: skip

    def related(self, ticket: Record, case: Mapping[str, Any], company: Record) -> None:
        """Adds schedule, tasks, lines, configurations, notes and people in copy of a ticket."""
        shows_from = self._system.rules.tickets.shows_from()
        for collection, record in self._related(ticket["id"], case, company):
            self._store.add(collection, {**record, "~from": shows_from}, by=self._by)
        people = [self.contact(str(each["name"]), company) for each in case.get("contactsCc") or ()]
        if people:
            addresses = [
                str(person["communicationItems"][0]["value"]) for person in people if person.get("communicationItems")
            ]
            ticket |= {"automaticEmailCcFlag": True, "automaticEmailCc": "; ".join(addresses)}

    def time(self, ticket: Record, wanted: Any) -> None:
        """Adds time entries: a number of hours, or a list of {member, hours, …members of TimeEntry}."""
        entries = [{"hours": wanted}] if isinstance(wanted, int | float) else wanted
        for entry in entries:
            given = dict(entry)
            hours = float(given.pop("hours", given.pop("actualHours", 1.0)))
            member = shown(self.member(str(given.pop("member", "jdoe"))))
            body = {
                "chargeToId": ticket["id"],
                "member": member,
                "timeStart": instant(self._system.now()),
                "actualHours": hours,
            }
            self._store.add(TIME, TimeEntries(self._store).prepared(body | given), by=self._by)

    def _related(self, number: int, case: Mapping[str, Any], company: Record) -> Iterator[tuple[str, Record]]:
        for entry in case.get("scheduleEntries") or ():
            yield (
                "/schedule/entries",
                _schedule(number, self.member(entry["member"]))
                | {name: entry[name] for name in ("dateStart", "dateEnd", "hours") if entry.get(name) is not None},
            )
        planned = {entry["member"] for entry in case.get("scheduleEntries") or ()}
        names = [name.strip() for name in str(case.get("resources") or "").split(",")]
        for name in names:
            if name and name not in planned:
                yield "/schedule/entries", _schedule(number, self.member(name))
        for place, task in enumerate(case.get("tasks") or (), 1):
            hours = f" ({task['budgetHours']:g} h)" if task.get("budgetHours") else ""
            yield f"/tickets/{number}/tasks", {
                "notes": f"{task['summary']}{hours}", "priority": place, "closedFlag": False, "ticketId": number,
            }  # fmt: skip
        for line in case.get("products") or ():
            body = {"billableOption": "Billable", **line, "ticket": {"id": number}}
            yield PRODUCTS, Products(self._store, self._system.switches).prepared(body)
        for each in case.get("configurations") or ():
            made = self._store.add(
                "/company/configurations", {"name": each["name"], "company": shown(company), "activeFlag": True}
            )
            yield f"/tickets/{number}/configurations", {"id": made["id"], "deviceIdentifier": each["name"]}
        for note in case.get("notes") or ():
            internal = bool(note.get("internal"))
            yield f"/tickets/{number}/notes", {
                "text": note["text"], "internalAnalysisFlag": internal, "detailDescriptionFlag": not internal, "ticketId": number,
            }  # fmt: skip


def named(reference: Mapping[str, Any]) -> Mapping[str, Any]:
    """A reference by name where it has one: ids of a case belong to another system."""
    return {"name": reference["name"]} if reference.get("name") else reference


def _schedule(number: int, member: Record) -> Record:
    return {"objectId": number, "type": _SERVICE, "member": shown(member), "doneFlag": False}


def _identifier(name: str) -> str:
    return re.sub(r"[^A-Za-z0-9]", "", name)[:25] or "Company"
