"""Stories of one ticket: a service process dies at a chosen request, and a second one continues."""

from __future__ import annotations

import asyncio
import copy
import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from app.connectwise import ClientConfig
from app.domain.enums import DecisionStatus, RunKind
from app.sandbox import Sandbox
from app.storage import Database, Decisions, Inbox, InboxEvent, TrailEntry
from app.workflow.context import utc_now
from tests.support.crash_points import Death, Life, live
from tests.support.databases import Rows, fresh_database, restore_rows, saved_rows
from tests.support.harness import config, sample
from tests.support.sandbox_harness import made, served, snapshot


@dataclass(frozen=True, slots=True)
class Story:
    """A sample ticket that becomes a mini-project or a project; with `undo`, the undo is observed."""

    name: str
    summary: str
    undo: bool = False


STORIES = (
    Story("move", "Fit the replacement firewall"),
    Story("conversion", "Network refresh for the clinic"),
    Story("undo-move", "Fit the replacement firewall", undo=True),
    Story("undo-conversion", "Network refresh for the clinic", undo=True),
)


class Stage:
    """A prepared story on one kind of database; it can be played any number of times."""

    def __init__(self, story: Story, kind: str, folder: Path, switches: Mapping[str, Any] | None = None) -> None:
        self.sandbox = Sandbox()
        self.sandbox.switches.change(dict(switches or {}))
        self.ticket_id = sample(self.sandbox, story.summary)
        self._story, self._kind, self._folder = story, kind, folder
        self._count = 0
        self._template = ""
        self._rows: Rows = {}
        self.config: ClientConfig = config()
        self._opening: dict[str, Any] = {}

    def set_up(self, origin: str, template: str) -> None:
        """Prepares the database at `template` and stores the state of the sandbox."""
        self.config, self._template = config(origin), template
        database = Database(template)
        database.migrate()
        asyncio.run(_arrived(database, self.ticket_id))
        if self._story.undo:
            live(Life(template, self.config))
            asyncio.run(to_be_undone(database, self.ticket_id))
        database.close()
        self._rows = saved_rows(template) if self._kind == "postgres" else {}
        self._opening = copy.deepcopy(self.sandbox.store.__dict__)

    def play(self, *deaths: Death) -> tuple[dict[str, Any], int]:
        """The end state after these deaths and one life more, and how many requests ConnectWise got."""

        def die(url: str) -> None:
            for number, death in enumerate((*deaths, None), 1):
                live(Life(url, self.config, number, death))

        return self.disturbed(die), len(self.sandbox.journal)

    def disturbed(self, disturb: Callable[[str], None]) -> dict[str, Any]:
        """The end state after what `disturb` does with service processes on the database of this URL."""
        self.sandbox.store.__dict__.update(copy.deepcopy(self._opening))
        self.sandbox.journal.clear()
        with self._copy() as url:
            disturb(url)
            ended = asyncio.run(standings(url))
        return {"records": snapshot(self.sandbox), "decisions": ended, "made": made(self.sandbox, self.ticket_id)}

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


async def _arrived(database: Database, ticket_id: int) -> None:
    event = InboxEvent(f"m-{ticket_id}", "added", "ticket", ticket_id, "dispatch", b"{}", utc_now())
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


async def standings(url: str) -> list[tuple[str, str, str]]:
    """Outcome, status and message of each decision."""
    database = Database(url)
    rows = await Decisions(database).page()
    database.close()
    return [(row.outcome, row.status, row.message) for row in rows]
