"""A service process that is paused in the middle of a run on PostgreSQL for longer than its lease, while another one runs."""

from __future__ import annotations

import os
import random
import signal
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.chaos.matrix import STORIES, Stage, staged
from tests.support.crash_points import Life, start
from tests.support.harness import config

LEASE = 0.6
"""Seconds; the other process counts the lease as over from the beginning, since its clock is ahead."""


@dataclass(frozen=True, slots=True)
class Paused:
    """What a round led to: the end state, the undisturbed one, and the requests sent while the process was paused."""

    found: dict[str, Any]
    wanted: dict[str, Any]
    sent_during_pause: int


def rounds(kind_of_story: str, folder: Path, *, count: int, seed: int) -> list[Paused]:
    """Rounds of one story, each paused at a random request."""
    chance = random.Random(seed)  # noqa: S311 - repeatable, no secret
    story = next(story for story in STORIES if story.name == kind_of_story)
    with staged(story, "postgres", folder) as stage:
        wanted, requests = stage.play()
        return [_round(stage, wanted, chance.randint(1, requests - 1)) for _ in range(count)]


def _round(stage: Stage, wanted: dict[str, Any], nth: int) -> Paused:
    sent = 0

    def pause(url: str) -> None:
        nonlocal sent
        first = start(Life(url, config(stage.sandbox.origin), pause_at=nth, lease=LEASE))
        while first.is_alive() and not _is_stopped(first.pid):
            time.sleep(0.005)
        before = len(stage.sandbox.journal)
        second = start(Life(url, config(stage.sandbox.origin), number=1, lease=LEASE))
        time.sleep(LEASE * 2.5)  # the pause itself
        sent = len(stage.sandbox.journal) - before
        if first.is_alive():
            os.kill(int(first.pid or 0), signal.SIGCONT)
        for process in (first, second):
            process.join(60)

    found = stage.disturbed(pause)
    return Paused(found, wanted, sent)


def _is_stopped(pid: int | None) -> bool:
    return Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rsplit(")", 1)[1].split()[0] == "T"
