"""Work on a past ticket: time entries by member, closing date, product lines."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import datetime, timedelta

from app.sandbox.engine.store import Record

_TASKS = ("Survey", "Order material", "Prepare", "Carry out", "Hand over")


@dataclass(frozen=True, slots=True)
class Entry:
    """One time entry of one member."""

    member: Record
    start: datetime
    end: datetime
    hours: float


@dataclass(frozen=True, slots=True)
class Work:
    """All work on a ticket, in order."""

    kind: str
    people: list[Record]
    entries: list[Entry]
    closed: datetime | None
    scheduled: bool
    tasks: tuple[str, ...] = ()
    lines: bool = False
    """Whether there are order lines beside the ticket."""

    def products(self, price: float) -> list[tuple[float, str]]:
        """Order lines: an installation for a mini-project, stage payments for a project."""
        if self.kind == "mini-project" and self.lines and price:
            return [(price, "Installation, fixed price")]
        if self.kind == "project" and self.lines:
            return [(2400.0 + 100 * place, f"Stage payment {place}") for place in (1, 2, 3)]
        return []


def work_of(
    dice: random.Random, kind: str, *, entered: datetime, team: list[Record], now: datetime, agreed_hours: float
) -> Work:
    """The work on a ticket of a kind."""
    if kind == "project":
        entries = _stages(dice, entered, team)
    elif kind == "mini-project":
        entries = [_entry(team[0], entered + timedelta(days=dice.randint(2, 12)), agreed_hours)]
    elif kind == "review":
        entries = []
    else:
        entries = _service(dice, entered, team)
    end = entries[-1].end if entries else entered + timedelta(days=2)
    closed = end + timedelta(minutes=dice.randint(1, 90))
    is_closed = closed < now and dice.random() < 0.97
    tasks = _TASKS if kind == "project" and dice.random() < 0.6 else ()
    scheduled = kind != "service-ticket" or dice.random() < 0.4
    lines = dice.random() < 0.6
    return Work(kind, team, entries, closed if is_closed else None, scheduled, tasks, lines)


def _service(dice: random.Random, entered: datetime, team: list[Record]) -> list[Entry]:
    """Mostly one engineer the same day; an outage now and then has two."""
    first = _entry(
        team[0], entered + timedelta(minutes=dice.randint(5, 240)), dice.choice((0.25, 0.25, 0.5, 0.5, 0.75, 1.0, 2.0))
    )
    if dice.random() < 0.03:
        return [first, _entry(team[1], first.start + timedelta(minutes=15), dice.choice((1.0, 3.0, 5.0)))]
    if dice.random() < 0.15:
        return [first, _entry(team[0], first.start + timedelta(days=1), 0.5)]
    return [first]


def _stages(dice: random.Random, entered: datetime, team: list[Record]) -> list[Entry]:
    """Two or three members over several months."""
    found = []
    for stage in range(dice.randint(2, 4)):
        day = entered + timedelta(days=10 + 35 * stage + dice.randint(0, 3))
        found += [_entry(member, day, dice.choice((4.0, 6.0, 7.0))) for member in team[: dice.choice((2, 2, 3))]]
    return found


def _entry(member: Record, start: datetime, hours: float) -> Entry:
    return Entry(member, start, start + timedelta(hours=hours), hours)
