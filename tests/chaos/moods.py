"""Moods of tenants: every story under each of them, undisturbed and killed.

Either the end is the one of a tenant without the mood, or the decision says what a person has to do and its undo works.
"""

from __future__ import annotations

import asyncio
import copy
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from app.sandbox import Fault
from app.storage import Database
from tests.chaos.matrix import Stage, Story, staged, standings, to_be_undone
from tests.support.crash_points import Death, Life, live
from tests.support.sandbox_harness import made, snapshot

_LOGS = ("audittrail", "changelogs")
"""What ConnectWise writes down about changes; a mood adds to it."""


@dataclass(frozen=True, slots=True)
class Mood:
    """How one tenant's ConnectWise differs: switches, and faults that strike each play anew."""

    name: str
    switches: Mapping[str, Any] = field(default_factory=dict)
    faults: tuple[Fault, ...] = ()
    free: tuple[str, ...] = ()
    """Members of the ticket that the mood sets; they may differ."""
    stops: str = ""
    """What the message of a decision that the mood stops must say; empty: it stops none."""


_RULED = ("status", "team", "owner", "type", "resources")
_TO_MINI = {
    "workflow_rule_board": "Mini-Projects",
    "workflow_rule_sets": "status=In Progress,team=Engineers,owner=jdoe,type=Change",
}
_TO_PROJECTS = {"workflow_rule_board": "Projects", "workflow_rule_sets": "status=In Progress,owner=jdoe"}
_TO_DESK = {"workflow_rule_board": "Service Desk", "workflow_rule_sets": "status=Assigned,owner=jdoe"}
_REASON = 'The record of "Dana" is locked by billing.'
_SAYS = "is locked by billing"


def _page(method: str, path: str, *, status: int, skip: int = 0) -> Fault:
    return Fault("html", method, path, skip=skip, status=status)


MOODS = (
    Mood("rule-once", _TO_MINI, free=_RULED),
    Mood("rule-always", {**_TO_MINI, "workflow_rule_times": "always"}, free=_RULED),
    Mood("project-rule-always", {**_TO_PROJECTS, "workflow_rule_times": "always"}, free=_RULED),
    Mood("old-board-rule", {**_TO_DESK, "workflow_rule_times": "always"}, free=_RULED),
    Mood("custom-fields", {"custom_fields_demanded": "tickets,projects,phases"}, free=("customFields",)),
    Mood("version-by-endpoint", {"version_refused_paths": "/convert,/phases,/notes,/project/tickets"}),
    Mood(
        "pages-404",
        faults=(
            _page("GET", r"/service/tickets/\d+$", status=404), _page("PATCH", r"/tickets/\d+$", status=404),
            _page("POST", "/notes$", status=404), _page("POST", "/convert$", status=404), _page("DELETE", "", status=404),
            _page("GET", r"/project/tickets/\d+$", status=404, skip=1),
        ),
    ),
    Mood(
        "pages-200",
        faults=(
            _page("GET", "/count$", status=200), _page("PATCH", r"/tickets/\d+$", status=200), _page("POST", "/notes$", status=200),
            _page("POST", "/convert$", status=200), _page("DELETE", "", status=200),
        ),
    ),
    Mood("companyinfo-away", faults=(Fault("html", "GET", "/login/companyinfo", times=2, status=404), _page("POST", "/convert$", status=404))),
    Mood("in-use", faults=(Fault("refused", status=409, method="PATCH", message=_REASON), Fault("refused", "POST", "/convert$", status=409))),
    Mood("refused-400", faults=(Fault("refused", "PATCH", r"/tickets/\d+$", status=400, message=_REASON, field="phase/id"),), stops=_SAYS),
    Mood("refused-403", faults=(Fault("refused", "POST", "/convert$", status=403, message=_REASON, field="phase/id"),), stops=_SAYS),
)  # fmt: skip


@dataclass
class MoodResult:
    """How a story ended under a mood; `faults` is empty when all is right."""

    status: str = ""
    deaths: int = 0
    faults: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _End:
    """The end of one play: the decision's status and message, the records, and those after an undo of what was stopped."""

    status: str
    message: str
    records: Any
    made: Mapping[str, int]
    undone: Mapping[str, Any] | None
    writes: Sequence[int]


def play_mood(story: Story, mood: Mood, kind: str, folder: Path, *, most_deaths: int | None = None) -> MoodResult:
    """Plays the story without the mood, under it, and under it with a death at each write, at most `most_deaths`."""
    result = MoodResult()
    plain = {"custom_fields_demanded": mood.switches["custom_fields_demanded"]} if "customFields" in mood.free else {}
    (folder / "calm").mkdir()
    with staged(story, kind, folder / "calm") as calm:
        wanted = _play(calm, Mood("calm", plain, free=mood.free))
    (folder / "mood").mkdir()
    with staged(story, kind, folder / "mood", mood.switches) as stage:
        before = _shape(stage, mood)
        first = _play(stage, mood)
        result.status = first.status
        result.faults += _differences(first, wanted, mood, before, "undisturbed")
        for turn, nth in enumerate(first.writes[:most_deaths]):
            death = Death(nth, after=turn % 2 == 0)
            result.faults += _differences(_play(stage, mood, death), wanted, mood, before, str(death))
            result.deaths += 1
    return result


def _play(stage: Stage, mood: Mood, *deaths: Death) -> _End:
    ends: list[_End] = []

    def disturb(url: str) -> None:
        stage.sandbox.faults[:] = copy.deepcopy(list(mood.faults))
        for number, death in enumerate((*deaths, None), 1):
            live(Life(url, stage.config, number, death))
        (_, status, message), *_ = asyncio.run(standings(url))
        writes = stage.writes()
        records, there = _shape(stage, mood), made(stage.sandbox, stage.ticket_id)
        undone = _undo(stage, mood, url, len(deaths) + 2) if status == "failed" else None
        ends.append(_End(status, message, records, there, undone, writes))

    stage.disturbed(disturb)
    stage.sandbox.faults.clear()
    return ends[0]


def _undo(stage: Stage, mood: Mood, url: str, number: int) -> Mapping[str, Any]:
    """The end of an undo of a stopped decision, once the mood has passed."""
    stage.sandbox.faults.clear()
    database = Database(url)
    asyncio.run(to_be_undone(database, stage.ticket_id))
    database.close()
    live(Life(url, stage.config, number))
    (_, status, message), *_ = asyncio.run(standings(url))
    return {"status": status, "message": message, "records": _shape(stage, mood)}


def _differences(end: _End, wanted: _End, mood: Mood, before: Any, where: str) -> list[str]:
    """What is wrong with an end, as sentences."""
    if end.status == "failed" and mood.stops:
        undone = end.undone or {}
        wrong = [] if mood.stops in end.message else [f"{where}: the message does not say why: {end.message}"]
        wrong += ["the message holds a value"] if "Dana" in end.message else []
        if undone.get("status") != "undone":
            wrong.append(f"{where}: the undo ends {undone.get('status')}: {undone.get('message')}")
        return wrong
    if end.status != wanted.status:
        return [f"{where}: ends {end.status}, not {wanted.status}: {end.message}"]
    tables = [name for name in wanted.records if wanted.records[name] != end.records.get(name)]
    wrong = [f"{where}: {name} is {end.records.get(name)}, not {wanted.records[name]}" for name in tables]
    return wrong + ([] if dict(end.made) == dict(wanted.made) else [f"{where}: made {end.made}, not {wanted.made}"])


def _shape(stage: Stage, mood: Mood) -> dict[str, Any]:
    """The records without logs and without what the mood may set."""
    tables = {name: table for name, table in snapshot(stage.sandbox).items() if not name.endswith(_LOGS)}
    return {name: [_without(record, mood.free) for record in table] for name, table in tables.items()}


def _without(record: Any, members: Sequence[str]) -> Any:
    return (
        {name: value for name, value in record.items() if name not in members} if isinstance(record, dict) else record
    )
