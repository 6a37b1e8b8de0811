"""The engine records what a handler returns, and knows nothing else of a run."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy.engine import Connection

from app.domain.enums import Mode, RunKind, RunState, Trigger
from app.storage import Database, KeyValueStore, OwnershipLost, RunRow, Runs
from app.storage.database import inserting
from app.storage.tables import memory
from app.workflow.engine.results import Done, Failed, RunResult, Wait
from app.workflow.engine.runner import Runner

NOW = datetime(2026, 6, 1, 10, 0, tzinfo=UTC)


class Handler:
    """Returns or raises what it was given."""

    def __init__(self, result: RunResult | Exception) -> None:
        self._result = result

    async def handle(self, _run: RunRow) -> RunResult:
        if isinstance(self._result, Exception):
            raise self._result
        return self._result

    async def failure(self, _run: RunRow, fault: Exception) -> Failed:
        return Failed(f"Internal error ({type(fault).__name__}).")


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    database = Database(f"sqlite:///{tmp_path}/runs.db")
    database.migrate()
    yield database
    database.close()


async def executed(database: Database, result: RunResult | Exception) -> RunRow:
    """A run after it was executed with this result."""
    runs = Runs(database)
    opened = await runs.open(ticket_id=4711, kind=RunKind.CLASSIFY, trigger=Trigger.CALLBACK, mode=Mode.LIVE, now=NOW)
    (run,) = await runs.claim("me", limit=1, now=NOW)
    await Runner(runs, Handler(result), now=lambda: NOW).execute(run)
    found = await runs.get(opened.id)
    assert found is not None
    return found


def noted(db: Connection) -> None:
    """A change of another row in the commit that ends a run."""
    db.execute(inserting(db, memory).values(name="noted", value=True))


async def test_a_done_run_has_ended_with_its_message_and_the_change_that_goes_with_it(database: Database) -> None:
    run = await executed(database, Done("The ticket is closed.", also=noted))
    assert (run.state, run.message, run.owner) == (RunState.ENDED, "The ticket is closed.", None)
    assert await KeyValueStore(database).get("noted") is True


async def test_a_failed_run_is_failed_with_its_reason_and_the_change_that_goes_with_it(database: Database) -> None:
    run = await executed(database, Failed("ConnectWise refuses the conversion.", also=noted))
    assert (run.state, run.message) == (RunState.FAILED, "ConnectWise refuses the conversion.")
    assert await KeyValueStore(database).get("noted") is True


@pytest.mark.parametrize(("is_attempt", "attempts"), [(True, 1), (False, 0)], ids=["attempt", "no-attempt"])
async def test_a_waiting_run_continues_at_its_time(database: Database, is_attempt: bool, attempts: int) -> None:
    until = NOW + timedelta(minutes=5)
    run = await executed(database, Wait(until, "ConnectWise does not answer.", is_attempt=is_attempt))
    assert (run.state, run.not_before, run.attempts) == (RunState.WAITING, until, attempts)


async def test_an_unexpected_error_fails_the_run_without_its_text(database: Database) -> None:
    run = await executed(database, ValueError("a secret of the ticket"))
    assert (run.state, run.message) == (
        RunState.FAILED,
        "Internal error (ValueError).",
    )


async def test_a_run_that_another_process_took_over_is_left_to_it(database: Database) -> None:
    run = await executed(database, OwnershipLost("run"))
    assert (run.state, run.owner) == (RunState.WORKING, "me")


async def test_a_change_may_replace_the_message(database: Database) -> None:
    run = await executed(database, Done("first", also=lambda _: "second"))
    assert run.message == "second"


async def test_a_result_that_cannot_be_stored_fails_the_run_without_its_change(database: Database) -> None:
    def broken(db: Connection) -> str | None:
        noted(db)
        raise ValueError("a secret of the ticket")

    run = await executed(database, Done("never", also=broken))
    assert (run.state, run.message) == (RunState.FAILED, "Internal error (ValueError).")
    assert await KeyValueStore(database).get("noted") is None
