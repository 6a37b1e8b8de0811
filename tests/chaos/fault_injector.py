"""Random faults: service processes killed, callbacks repeated and reordered, tickets changed by people.

All randomness comes from one seed. At the end ConnectWise must hold what an undisturbed service would have made of the
same tickets, once each.
"""

from __future__ import annotations

import asyncio
import multiprocessing
import random
import tempfile
import time
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from app.sandbox import Sandbox
from app.storage import OPEN_STATES, Database, Decisions, Inbox, InboxEvent, KeyValueStore
from app.workflow.context import utc_now
from tests.support.crash_points import Life, live, start
from tests.support.harness import config, person, sample
from tests.support.sandbox_harness import made, served, shape

SUMMARIES = ("Fit the replacement", "Network refresh", "Cannot log in", "Mail migration", "Camera for the loading bay")
ENDED = ("applied", "nothing-to-do", "awaiting-review")
_SETTLE_SECONDS = 180.0


@dataclass
class Faults:
    """How many faults one round injects."""

    kills: int
    seed: int
    processes: int
    tickets: int
    """At the beginning; more arrive during the round."""


@dataclass
class Report:
    """Result of a round; `faults` is empty when it passed."""

    kills: int = 0
    tickets: int = 0
    interfered: int = 0
    outcomes: dict[str, int] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)
    seconds: float = 0.0


class FaultInjector:
    """One round on one database."""

    def __init__(self, url: str, faults: Faults) -> None:
        self._url, self._faults = url, faults
        self._random = random.Random(faults.seed)  # noqa: S311 - repeatable, no secret
        self.sandbox = Sandbox(seed=faults.seed)
        self._tickets: dict[int, str] = {}
        self._interfered: set[int] = set()
        self._late: list[InboxEvent] = []
        self._processes: list[multiprocessing.process.BaseProcess] = []
        self._undisturbed: dict[str, Any] = {}

    def run(self) -> Report:
        """Kills the wanted number of processes, lets open runs end, and compares the result."""
        began = time.monotonic()
        report = Report()
        self._undisturbed = undisturbed()
        with served(self.sandbox) as origin:
            database = Database(self._url)
            database.migrate()
            self._arrive(database, self._faults.tickets)
            while report.kills < self._faults.kills:
                self._keep_running(origin)
                time.sleep(self._random.uniform(0.02, 0.35))
                self._disturb(database)
                report.kills += self._kill_one()
            self._settle(database, origin)
            self._compare(database, report)
            database.close()
        report.seconds = time.monotonic() - began
        return report

    def _keep_running(self, origin: str) -> None:
        self._processes = [process for process in self._processes if process.is_alive()]
        while len(self._processes) < self._faults.processes:
            life = Life(self._url, config(origin), most_seconds=3600.0, in_doubt=0.3, stays=True)
            self._processes.append(start(life))

    def _kill_one(self) -> int:
        alive = [process for process in self._processes if process.is_alive()]
        if not alive:
            return 0
        victim = self._random.choice(alive)
        victim.kill()
        victim.join()
        return 1

    def _disturb(self, database: Database) -> None:
        """New tickets, repeated and late callbacks, changes by a person."""
        chance = self._random.random()
        if chance < 0.35:
            self._arrive(database, 1)
        elif chance < 0.5:
            self._interfere(database)
        if self._late and self._random.random() < 0.5:
            self._random.shuffle(self._late)
            _take(database, [self._late.pop()])

    def _arrive(self, database: Database, count: int) -> None:
        for _ in range(count):
            summary = SUMMARIES[len(self._tickets) % len(SUMMARIES)]
            ticket_id = sample(self.sandbox, summary, new_sale=True)
            self._tickets[ticket_id] = summary
            added, updated = self._event(ticket_id, "added"), self._event(ticket_id, "updated")
            events = [added, added] if self._random.random() < 0.3 else [added]
            if self._random.random() < 0.3:
                self._late.append(updated)
            if self._random.random() < 0.3:
                events.insert(0, self._event(ticket_id, "updated"))
            _take(database, events)

    def _interfere(self, database: Database) -> None:
        """A person raises the priority of a ticket, which ConnectWise reports."""
        ticket_id = self._random.choice(sorted(self._tickets))
        kind = (
            "service" if self.sandbox.store.table("/tickets")[ticket_id]["recordType"] == "ServiceTicket" else "project"
        )
        try:
            person(
                self.sandbox,
                "PATCH",
                f"/{kind}/tickets/{ticket_id}",
                [{"op": "replace", "path": "priority", "value": {"id": 2}}],
            )
        except AssertionError:  # converted at this moment
            return
        self._interfered.add(ticket_id)
        _take(database, [self._event(ticket_id, "updated")])

    def _event(self, ticket_id: int, action: str) -> InboxEvent:
        number = str(UUID(int=self._random.getrandbits(128), version=4))
        return InboxEvent(number, action, "ticket", ticket_id, "dispatch", b"{}", utc_now())

    def _settle(self, database: Database, origin: str) -> None:
        _take(database, self._late)
        end = time.monotonic() + _SETTLE_SECONDS
        while asyncio.run(_open_runs(database)) and time.monotonic() < end:
            self._keep_running(origin)
            time.sleep(0.1)
        for process in self._processes:
            process.kill()
            process.join()

    def _compare(self, database: Database, report: Report) -> None:
        report.tickets, report.interfered = len(self._tickets), len(self._interfered)
        report.faults += [f"still open: {state}" for state in asyncio.run(_open_runs(database))]
        decisions = asyncio.run(_all_decisions(database))
        for row in decisions:
            name = f"{row.outcome} {row.status}"
            report.outcomes[name] = report.outcomes.get(name, 0) + 1
        for ticket_id, summary in self._tickets.items():
            rows = [row for row in decisions if row.ticket_id == ticket_id]
            report.faults += [f"{ticket_id} {summary}: {fault}" for fault in self._wrong(ticket_id, rows)]
        report.faults += [f"outside the contract: {one}" for one in self.sandbox.violations[:5]]

    def _wrong(self, ticket_id: int, rows: list[Any]) -> list[str]:
        """Differences of one ticket from the wanted result."""
        if len(rows) != 1:
            return [f"{len(rows)} decisions: {[(row.outcome, row.status, row.trigger) for row in rows]}"]
        (row,) = rows
        if row.status not in ENDED:
            return [f"{row.outcome} is {row.status}: {row.message}"]
        there = made(self.sandbox, ticket_id)
        ticket = self.sandbox.store.table("/tickets")[ticket_id]
        projects = [
            one
            for one in self.sandbox.store.table("/project/projects").values()
            if row.id in str(one.get("description"))
        ]
        applied = row.status == "applied"
        wanted = {
            "projects": 1 if applied and row.outcome == "project" else 0,
            "notes": 1 if applied else 0,
            "kind": "ProjectTicket" if applied and row.outcome == "project" else "ServiceTicket",
            "board": {"mini-project": 12, "project": 20}.get(row.outcome, 1) if applied else ticket["board"]["id"],
            "conversions": 1 if applied and row.outcome == "project" else 0,
        }
        found = {
            "projects": len(projects), "notes": there["notes"], "kind": ticket["recordType"], "board": ticket["board"]["id"],
            "conversions": there["conversions"],
        }  # fmt: skip
        unlike = shape(self.sandbox, ticket_id) != self._undisturbed[self._tickets[ticket_id]]
        doubled = [name for project in projects for name in self._doubled(project["id"])]
        differing = [f"{name} is {found[name]}, not {wanted[name]}" for name in wanted if found[name] != wanted[name]]
        return differing + doubled + (["it differs from the result of an undisturbed service"] if unlike else [])

    def _doubled(self, project_id: int) -> list[str]:
        """Records of a project that exist twice."""
        twice = []
        for name, member in (("phases", "description"), ("teamMembers", "member"), ("contacts", "contact")):
            table = self.sandbox.store.table(f"/project/projects/{project_id}/{name}")
            values = [repr(record.get(member)) for record in table.values()]
            twice += [f"{name} twice: {value}" for value in set(values) if values.count(value) > 1]
        return twice


def undisturbed() -> dict[str, Any]:
    """What each kind of ticket becomes without faults."""
    sandbox = Sandbox()
    tickets = {summary: sample(sandbox, summary, new_sale=True) for summary in SUMMARIES}
    with tempfile.TemporaryDirectory() as folder, served(sandbox) as origin:
        url = f"sqlite:///{folder}/undisturbed.db"
        database = Database(url)
        database.migrate()
        moment = utc_now()
        _take(
            database,
            [
                InboxEvent(f"m-{number}", "added", "ticket", number, "dispatch", b"{}", moment)
                for number in tickets.values()
            ],
        )
        database.close()
        live(Life(url, config(origin)))
        return {summary: shape(sandbox, number) for summary, number in tickets.items()}


def inject_faults(url: str, faults: Faults) -> Report:
    """Runs one round on an empty database."""
    return FaultInjector(url, faults).run()


def _take(database: Database, events: list[InboxEvent]) -> None:
    async def take() -> None:
        inbox = Inbox(database)
        await asyncio.gather(*(inbox.take(event) for event in events))

    asyncio.run(take())


async def _open_runs(database: Database) -> dict[str, int]:
    figures = await KeyValueStore(database).figures(utc_now())
    states = {state: figures["runs"][state] for state in OPEN_STATES if figures["runs"].get(state)}
    new = figures["inbox"].get("new")
    return states | ({"new": new} if new else {})


async def _all_decisions(database: Database) -> list[Any]:
    return await Decisions(database).page(limit=100_000)
