"""A service process that is paused in the middle of a run on PostgreSQL for longer than its lease, while another one runs."""

from __future__ import annotations

import asyncio
import os
import random
import signal
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from app.connectwise import ConnectWiseClient, ReferenceCache
from app.storage import Database
from app.workflow import ChartProvider, Desk, WorkflowConfig, WorkflowContext
from app.workflow.context import utc_now
from tests.chaos.matrix import STORIES, Stage, staged
from tests.support.crash_points import Life, start
from tests.support.harness import config

LEASE = 0.6
"""Seconds; the other process counts the lease as over from the beginning, since its clock is ahead."""
_LONGEST = 240.0
"""Seconds that a process may take, on a machine that is busy with other things."""
_LEASE_OF_OTHER = 10.0
"""The other process is not paused; on a busy machine it may wait longer than `LEASE` between two requests."""


@dataclass(frozen=True, slots=True)
class Paused:
    """What a round led to: the end state, the undisturbed one, and the requests sent while the process was paused."""

    found: dict[str, Any]
    wanted: dict[str, Any]
    sent_during_pause: int
    written_after_takeover: int = 0

    @property
    def faults(self) -> list[str]:
        """What is wrong, as sentences; empty when all is right."""
        differing = [
            f"{name} is {self.found[name]}, not {self.wanted[name]}"
            for name in ("decisions", "made")
            if self.found[name] != self.wanted[name]
        ]
        records, wanted = self.found["records"], self.wanted["records"]
        differing += [
            f"{name} is {records.get(name)}, not {wanted.get(name)}"
            for name in {**records, **wanted}
            if records.get(name) != wanted.get(name)
        ]
        if self.sent_during_pause:
            differing.append(f"{self.sent_during_pause} requests were sent while the holder was paused")
        if self.written_after_takeover:
            differing.append(f"{self.written_after_takeover} writes were sent by the process that was taken from")
        return differing


def rounds(kind_of_story: str, folder: Path, *, count: int, seed: int, takeover: bool = False) -> Iterator[Paused]:
    """Rounds of one story, each paused at a random request. `takeover`: a person takes the run from the paused process."""
    chance = random.Random(seed)  # noqa: S311 - repeatable, no secret
    story = next(story for story in STORIES if story.name == kind_of_story)
    with staged(story, "postgres", folder) as stage:
        wanted, requests = stage.play()
        for _ in range(count):
            yield _round(stage, wanted, chance.randint(1, requests - 1), takeover=takeover)


def _round(stage: Stage, wanted: dict[str, Any], nth: int, *, takeover: bool) -> Paused:
    sent = late = 0

    def pause(url: str) -> None:
        nonlocal sent, late
        first = start(Life(url, config(stage.sandbox.origin), pause_at=nth, lease=LEASE, most_seconds=_LONGEST))
        while first.is_alive() and not _is_stopped(first.pid):
            time.sleep(0.005)
        before = len(stage.sandbox.journal)
        second = start(Life(url, config(stage.sandbox.origin), number=1, lease=_LEASE_OF_OTHER, most_seconds=_LONGEST))
        time.sleep(LEASE * 2.5)  # the pause itself
        sent = len(stage.sandbox.journal) - before
        if takeover:
            asyncio.run(_take_over(url))
            second.join(_LONGEST)
            assert not second.is_alive(), "the run does not end while its first process is paused"
        ended = len(stage.sandbox.journal)
        if first.is_alive():
            os.kill(int(first.pid or 0), signal.SIGCONT)
        for process in (first, second):
            process.join(_LONGEST)
            if process.is_alive():
                process.kill()
                raise TimeoutError("a service process did not end")
        late = sum(one.is_write for one in stage.sandbox.journal[ended:]) if takeover else 0

    found = stage.disturbed(pause)
    return Paused(found, wanted, sent, late)


async def _take_over(url: str) -> None:
    """What `miniprojects runs takeover` does, by the clock of the second process."""
    database = Database(url)
    try:
        async with ConnectWiseClient(config(), read_only=True) as reader:
            flow = WorkflowConfig(lease=timedelta(seconds=LEASE))
            chart, references = ChartProvider(None), ReferenceCache(reader)
            context = WorkflowContext(
                flow, chart, reader, reader, references, database, lambda: utc_now() + timedelta(minutes=2)
            )
            desk = Desk(context)
            for run in await desk.stalled_runs():
                await desk.take_over(run["run_id"], by="Dana")
    finally:
        database.close()


def _is_stopped(pid: int | None) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text(encoding="ascii")
    except OSError:  # it has just ended
        return False
    return state.rsplit(")", 1)[1].split()[0] == "T"
