"""Stories of one ticket: a service process dies at a chosen request, and a second one continues."""

from __future__ import annotations

import asyncio
import copy
import re
import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from app.connectwise import ClientConfig, ConnectWiseClient, ReferenceCache
from app.domain.enums import DecisionStatus, Mode, RunKind
from app.sandbox import Sandbox
from app.storage import Database, Decisions, Inbox, InboxEvent, KeyValueStore, TrailEntry
from app.storage.clock import instant_text
from app.workflow import ChartProvider, Service, WorkflowConfig, WorkflowContext
from app.workflow.brief_edits import change_brief
from app.workflow.context import utc_now
from app.workflow.tickets.intake import INSTALLED
from tests.support.crash_points import Death, Life, live
from tests.support.databases import Rows, fresh_database, restore_rows, saved_rows
from tests.support.harness import config, person, sample
from tests.support.sandbox_harness import made, served, snapshot


@dataclass(frozen=True, slots=True)
class Story:
    """A sample ticket that becomes a mini-project or a project; with `undo`, the undo is observed."""

    name: str
    summary: str
    undo: bool = False
    entered: Mapping[str, Any] | None = None
    """Values that a person enters into the brief before approving it; None: live mode applies the plan by itself.

    The project `RUNNING` stands for the customer's open project.
    """
    chart: str = ""
    """Text of a chart file; empty: the shipped chart."""
    switches: Mapping[str, Any] = field(default_factory=dict)
    """Of the sandbox."""
    hours: float = 0.0
    """Time booked on the ticket before it is decided."""
    worked: float = 0.0
    """Share of the first phase's budget that is used up after the conversion; then the ticket is updated."""
    repeats: bool = False
    """Whether a write that ConnectWise ignores may be sent once more, which its log of changes shows."""
    stays: int = 0
    """Kinds of records that an undo leaves to a person: an invoice, its project, the lines that its fee contains."""

    @property
    def undone(self) -> Story:
        """The same ticket, applied; its undo is observed. An undo never deletes an invoice."""
        return replace(self, name=f"undo-{self.name}", undo=True, stays=3 if self.name == "progress-invoices" else 0)


RUNNING = "running"
DATED = [
    {"label": "On order", "amount": "9000.55", "due": "2027-02-01"},
    {"label": "At sign-off", "amount": "6000.00", "due": "2027-05-03"},
]
STORIES = (
    Story("move", "Fit the replacement firewall"),
    Story("conversion", "Network refresh for the clinic"),
    Story("undo-move", "Fit the replacement firewall", undo=True),
    Story("undo-conversion", "Network refresh for the clinic", undo=True),
)
_TEMPLATES = """version: "1"
project:
  templates: {installation: Office Move, migration: Server Migration, consulting: Office Move}
"""
_ASKS = """version: "1"
autonomy: {project: never}
"""
_APPLIED = (
    Story("sale-with-lines", "Order 5620"),
    Story("milestones", "Order handover: warehouse Wi-Fi"),
    Story("phases-from-tasks", "Auftrag Lagererweiterung"),
    Story("template", "Order 5620", chart=_TEMPLATES),
    Story("joins-project", "Change order 1", entered={"project": RUNNING}),
    Story("billing-refused", "Fit the replacement firewall", switches={"patch_ticket_billing": "refused"}),
    Story("billing-ignored", "Fit the replacement firewall", switches={"patch_ticket_billing": "without-effect"}, repeats=True),
    Story("progress-invoices", "Order handover: warehouse Wi-Fi", chart=_ASKS, switches={"invoice_types": "Progress"},
          entered={"payment_form": "progress", "payments": DATED}),
    Story("progress-refused", "Order handover: warehouse Wi-Fi", chart=_ASKS, entered={"payment_form": "progress", "payments": DATED}),
    Story("corrected-time", "Order 5620", chart=_ASKS, hours=2.0, entered={"time": "correct"}),
)  # fmt: skip
MONEY_STORIES = (
    *(story for applied in _APPLIED for story in (applied, applied.undone)),
    Story("budget-note", "Order 5620", worked=0.9),
)
"""Every way in which a plan writes money, each with its undo."""


class Stage:
    """A prepared story on one kind of database; it can be played any number of times."""

    def __init__(self, story: Story, kind: str, folder: Path, switches: Mapping[str, Any] | None = None) -> None:
        self.sandbox = Sandbox()
        self.sandbox.switches.change({**story.switches, **(switches or {})})
        self.ticket_id = sample(self.sandbox, story.summary)
        if story.hours:
            entry = {"chargeToId": self.ticket_id, "chargeToType": "ServiceTicket", "actualHours": story.hours}
            person(
                self.sandbox, "POST", "/time/entries", {**entry, "member": {"identifier": "jdoe"}, "timeStart": _WORKED}
            )
        self._story, self._kind, self._folder = story, kind, folder
        self._count = 0
        self._template = ""
        self._rows: Rows = {}
        self._chart = str(folder / "chart.yaml") if story.chart else ""
        self.config: ClientConfig = config()
        self._opening: dict[str, Any] = {}
        self.before = _of_people(self.sandbox)

    def set_up(self, origin: str, template: str) -> None:
        """Prepares the database at `template` and stores the state of the sandbox."""
        self.config, self._template = config(origin), template
        if self._chart:
            Path(self._chart).write_text(self._story.chart, encoding="utf-8")
        database = Database(template)
        database.migrate()
        asyncio.run(_arrived(database, self.ticket_id))
        if self._story.entered is not None:
            live(self._life(template))
            asyncio.run(self._approved(database))
        if self._story.worked:
            live(self._life(template, 1))
            asyncio.run(self._updated(database))
        if self._story.undo:
            live(self._life(template, 1))
            asyncio.run(to_be_undone(database, self.ticket_id))
        database.close()
        self._rows = saved_rows(template) if self._kind == "postgres" else {}
        self._opening = copy.deepcopy(self.sandbox.store.__dict__)

    async def _approved(self, database: Database) -> None:
        """A person completes the brief and approves it; no worker executes it yet."""
        async with ConnectWiseClient(self.config, read_only=True) as reader:
            flow, chart = WorkflowConfig(mode=Mode.LIVE), ChartProvider(Path(self._chart) if self._chart else None)
            context = WorkflowContext(flow, chart, reader, reader, ReferenceCache(reader), database)
            row = await context.decisions.latest_of(self.ticket_id)
            assert row is not None
            await change_brief(context, row, self._entered(), by="Pat")
            await Service(context).approve(row.id, by="Pat", wait=0)

    async def _updated(self, database: Database) -> None:
        """Hours are booked in the project, and ConnectWise reports the ticket as updated."""
        project = max(self.sandbox.store.table("/project/projects"))
        phase = next(self.sandbox.store.table(f"/project/projects/{project}/phases").rows())
        phase["actualHours"] = float(phase["budgetHours"]) * self._story.worked
        await _arrived(database, self.ticket_id, "updated")

    def _entered(self) -> dict[str, Any]:
        values = dict(self._story.entered or {})
        if values.get("project") == RUNNING:
            values["project"] = {"join": max(self.sandbox.store.table("/project/projects"))}
        return values

    def _life(self, url: str, number: int = 0, death: Death | None = None) -> Life:
        return Life(url, self.config, number, death, chart=self._chart)

    def changed(self) -> list[str]:
        """Records that are not as they were before the service saw the ticket, without notes, logs and our own numbers."""
        after = _of_people(self.sandbox)
        return [
            f"{name}: {self.before.get(name)} became {after.get(name)}"
            for name in sorted({*self.before, *after})
            if (self.before.get(name) or []) != (after.get(name) or [])
        ]

    def play(self, *deaths: Death) -> tuple[dict[str, Any], int]:
        """The end state after these deaths and one life more, and how many requests ConnectWise got."""

        def die(url: str) -> None:
            for number, death in enumerate((*deaths, None), 1):
                live(self._life(url, number, death))

        return self.disturbed(die), len(self.sandbox.journal)

    def disturbed(self, disturb: Callable[[str], None]) -> dict[str, Any]:
        """The end state after what `disturb` does with service processes on the database of this URL."""
        self.sandbox.store.__dict__.update(copy.deepcopy(self._opening))
        self.sandbox.journal.clear()
        with self._copy() as url:
            disturb(url)
            ended = asyncio.run(standings(url))
        records = snapshot(self.sandbox)
        if self._story.repeats:
            records.pop("/tickets/changelogs")
        return {"records": records, "decisions": ended, "made": made(self.sandbox, self.ticket_id)}

    def writes(self) -> list[int]:
        """Which requests of the last play wrote, counted from 1."""
        return [number for number, one in enumerate(self.sandbox.journal, 1) if one.is_write]

    @contextmanager
    def _copy(self) -> Iterator[str]:
        self._count += 1
        if self._kind == "sqlite":
            path = self._folder / f"play-{self._count}.db"
            shutil.copy(self._template.removeprefix("sqlite:///"), path)
            yield f"sqlite:///{path}"
            return
        restore_rows(self._template, self._rows)
        yield self._template


@contextmanager
def staged(story: Story, kind: str, folder: Path, switches: Mapping[str, Any] | None = None) -> Iterator[Stage]:
    """The stage of a story in a sandbox with these switches, gone afterwards."""
    stage = Stage(story, kind, folder, switches)
    with served(stage.sandbox) as origin, fresh_database(kind, folder) as template:
        stage.set_up(origin, template)
        yield stage


_WORKED = "2026-11-30T09:00:00Z"
_NOT_PEOPLES = ("/notes", "/system/audittrail", "/tickets/changelogs")


def _of_people(sandbox: Sandbox) -> dict[str, list[Any]]:
    """The records without notes and logs."""
    return {name: copy.deepcopy(table) for name, table in snapshot(sandbox).items() if not name.endswith(_NOT_PEOPLES)}


async def _arrived(database: Database, ticket_id: int, action: str = "added") -> None:
    """Stores the callback, and the installation: a play ten minutes later must not take the ticket for an old one."""
    await KeyValueStore(database).put_if_absent(INSTALLED, instant_text(utc_now()))
    event = InboxEvent(f"m-{ticket_id}-{action}", action, "ticket", ticket_id, "dispatch", b"{}", utc_now())
    await Inbox(database).take(event)


async def to_be_undone(database: Database, ticket_id: int) -> None:
    """Opens the undo of the ticket's decision, applied or failed."""
    decisions = Decisions(database)
    applied = await decisions.latest_of(ticket_id)
    assert applied is not None
    run = await decisions.answer(
        applied,
        only_from=(DecisionStatus.APPLIED, DecisionStatus.FAILED),
        to=DecisionStatus.RUNNING,
        message="",
        kind=RunKind.UNDO,
        entry=TrailEntry("Ann", "approved the decision", utc_now()),
    )
    assert run is not None, applied.status


_REQUEST = re.compile(r" \(request [0-9a-f]+\)")


async def standings(url: str) -> list[tuple[str, str, str]]:
    """Outcome, status and message of each decision, without the numbers of requests."""
    database = Database(url)
    rows = await Decisions(database).page()
    database.close()
    return [(row.outcome, row.status, _REQUEST.sub("", row.message)) for row in rows]
