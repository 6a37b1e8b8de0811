"""A process that dies while it stores a changed brief leaves the old brief with its plan, or the new one with its plan."""

from __future__ import annotations

import asyncio
import multiprocessing
import os
import signal
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Engine

from app.domain.enums import DecisionStatus
from app.storage import BriefValues, Database, DecisionRow, Decisions, EnteredValue, Steps, TrailEntry
from app.storage.brief_values import NewPlan
from tests.support.databases import BOTH, fresh_database
from tests.unit.storage.rows import NOW, claimed, decision, store

_FORKS = multiprocessing.get_context("forkserver")
OLD: tuple[dict[str, Any], list[str], str, str] = ({}, ["guard"], "shown", "")
NEW = ({"fee": "12400.00"}, ["guard", "move"], "new", "Complete.")
STATEMENTS = (
    "DELETE FROM brief_values", "INSERT INTO brief_values", "DELETE FROM steps", "INSERT INTO steps", "UPDATE decisions", "COMMIT", "",
)  # fmt: skip
"""Where the process dies: before this statement; the last one: after the commit."""


def _die(*_: Any) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def change_and_die(url: str, decision_id: str, statement: str) -> None:
    """Stores a changed brief in this process and kills it at the statement."""

    def before(_connection: Any, _cursor: Any, text: str, *_rest: Any) -> None:
        if statement and text.startswith(statement):
            _die()

    database = Database(url)
    sa.event.listen(Engine, "before_cursor_execute", before)
    if statement == "COMMIT":
        sa.event.listen(Engine, "commit", _die)
    asyncio.run(_change(database, decision_id))
    _die()


async def _change(database: Database, decision_id: str) -> None:
    row = await Decisions(database).get(decision_id)
    assert row is not None
    document = row.document | {"brief": {"inputs": "new"}}
    steps = [{"key": "guard", "method": "GET"}, {"key": "move", "method": "PATCH"}]
    plan = NewPlan(DecisionStatus.AWAITING_REVIEW, "Complete.", document, {}, steps)
    values = {"fee": EnteredValue("12400.00", "Ann", "2026-06-01T10:00:00+00:00")}
    await BriefValues(database).store(row, values, plan, entry=TrailEntry("Ann", "changed the brief", NOW))


async def shown(database: Database, row: DecisionRow) -> tuple[dict[str, Any], list[str], str, str]:
    """Values, steps, digest of the brief and message, as a person would see them."""
    stored = await Decisions(database).get(row.id)
    assert stored is not None
    values = await BriefValues(database).of_ticket(row.ticket_id)
    steps = await Steps(database).of_plan(row.id)
    return (
        {name: each.value for name, each in values.items()}, [step.key for step in steps],
        stored.document["brief"]["inputs"], stored.message,
    )  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize("kind", BOTH)
async def test_values_and_plan_survive_a_death_together(kind: str, tmp_path: Path) -> None:
    with fresh_database(kind, tmp_path) as url:
        database = Database(url)
        try:
            database.migrate()
            row = decision(status=DecisionStatus.AWAITING_REVIEW)
            row.document["brief"] = {"inputs": "shown"}
            run = await claimed(database, row.ticket_id)
            await store(database, run, row, [{"key": "guard", "method": "GET"}])
            for statement in STATEMENTS:
                process = _FORKS.Process(target=change_and_die, args=(url, row.id, statement))
                process.start()
                await asyncio.to_thread(process.join, 60)
                assert process.exitcode == -signal.SIGKILL, statement
                assert await shown(database, row) == (OLD if statement else NEW), statement
        finally:
            database.close()
