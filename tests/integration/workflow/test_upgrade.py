"""A database of release 0.1.0 with open runs, waiting decisions and an unfinished audit is upgraded and carried on.

The rows in `released_0_1_0.json` were written by that release: a process was killed between the intent to create a project
and the request, another one after the first page of an audit.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from app.sandbox import Sandbox, samples
from app.storage import Database
from app.storage.audits import Audits
from app.storage.database import upgrade_tables
from app.workflow import Desk, Service, WorkflowContext
from tests.support.databases import BOTH, fresh_database
from tests.support.harness import Clock, house, person, sample, settled
from tests.support.history_fixture import audited

ROWS: dict[str, list[dict[str, Any]]] = json.loads(
    (Path(__file__).parents[2] / "support/samples/released_0_1_0.json").read_text(encoding="utf-8")
)
MINI, PROJECT = "Move the website", "Mail migration"
WAITING, QUESTION, KILLED, QUEUED, ARRIVED = 4711, 4720, 4722, 4723, 4724
STILL = 600.0
"""Seconds that may pass until nothing is open; a machine under load needs many."""


@pytest.fixture(params=BOTH)
def url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A database with the tables and rows of release 0.1.0."""
    with fresh_database(request.param, tmp_path, empty=True) as url:
        database = Database(url)
        database.write_now(_fill)
        database.close()
        yield url


def _fill(db: sa.Connection) -> None:
    upgrade_tables(db, "0002")
    for table in sorted(ROWS, key=lambda name: name != "audits"):  # the pages of an audit point to it
        for row in ROWS[table]:
            values = {name: _value(name, value) for name, value in row.items()}
            columns, marks = ", ".join(values), ", ".join(f":{name}" for name in values)
            db.execute(sa.text(f"INSERT INTO {table} ({columns}) VALUES ({marks})"), values)  # noqa: S608 - our own file
    if db.dialect.name == "postgresql":
        db.execute(sa.text("SELECT setval(pg_get_serial_sequence('inbox', 'id'), 100)"))


def _value(column: str, value: Any) -> Any:
    if isinstance(value, dict):
        return base64.b64decode(value["base64"])
    return bool(value) if column == "cancel" else value


@pytest.fixture
def clock() -> Clock:
    """Some minutes after the old process was killed, when its leases have run out."""
    found = Clock()
    found.move(minutes=10)
    return found


@pytest.fixture
def sandbox(clock: Clock) -> Sandbox:
    """ConnectWise as the old release left it."""
    sandbox = Sandbox(now=clock)
    summaries = [one["ticket"]["summary"] for one in samples.samples()]
    question = next(number for number, text in enumerate(summaries) if text.startswith("New printer for the depot"))
    for each in (MINI, MINI, *summaries[: question + 1], summaries[question], PROJECT):
        outdated = sample(sandbox, each)
    person(sandbox, "PATCH", f"/service/tickets/{outdated}", [{"op": "replace", "path": "poNumber", "value": "PO-77"}])
    assert [sample(sandbox, each) for each in (PROJECT, MINI, PROJECT)] == [KILLED, QUEUED, ARRIVED]
    return sandbox


async def decision_of(service: Service, ticket_id: int, status: str | None = None) -> dict[str, Any]:
    """The newest decision of a ticket."""
    return (await service.decisions(ticket_id=ticket_id, status=status)).items[0]


async def settled_by_person(
    service: Service, parts: WorkflowContext, decision: dict[str, Any], values: dict[str, Any]
) -> str:
    """The end of a decision whose brief a person completes; the plan of the old release is decided again first."""
    if decision["id"] == (await decision_of(service, WAITING))["id"]:
        view = await service.approve(decision["id"], wait=STILL)
        assert (view.decision or {})["ended_as"] == "outdated"
        await settled(parts, most=STILL)
        decision = await decision_of(service, WAITING)
    assert decision["status"] == "awaiting-review"
    await Desk(parts).change_brief(decision["id"], values, by="Kim")
    return str(((await service.approve(decision["id"], wait=STILL)).decision or {})["status"])


def rows_of(url: str, table: str) -> list[dict[str, Any]]:
    """All rows after the upgrade."""
    database = Database(url)
    database.migrate()
    found = database.write_now(lambda db: db.execute(sa.text(f"SELECT * FROM {table} ORDER BY 1, 2")).mappings().all())  # noqa: S608
    database.close()
    return [dict(row) for row in found]


def test_columns_have_their_new_names_and_each_row_its_old_values(url: str) -> None:
    old = {row["id"]: row for row in ROWS["decisions"]}
    for row in rows_of(url, "decisions"):
        before = old[row["id"]]
        assert (row["message"], row["recheck_at"], row["status"]) == (
            before["said"],
            before["look_at"],
            before["status"],
        )
        document, shown = json.loads(before["document"]), _json(row["document"])
        assert row["closed_reason"] == document.pop("ended_as", None)
        assert (shown, _json(row["observed_state"])) == (document, json.loads(before["signs"]))
    steps = [(row["run_id"], row["position"], row["written_at"], row["message"]) for row in rows_of(url, "steps")]
    assert steps == [
        (row["run_id"], row["position"], row["wrote_at"], row["said"])
        for row in sorted(ROWS["steps"], key=lambda row: (row["run_id"], row["position"]))
    ]
    assert sum(written is not None for _, _, written, _ in steps) == 1


def _json(value: Any) -> Any:
    return json.loads(value) if isinstance(value, str) else value


def test_the_reason_for_closing_moves_from_the_document_to_its_column(url: str) -> None:
    reasons = {row["closed_reason"] for row in rows_of(url, "decisions") if row["status"] == "rejected"}
    assert reasons == {None, "replaced", "answered", "outdated"}


async def test_open_runs_events_and_waiting_decisions_are_carried_on(url: str, sandbox: Sandbox, clock: Clock) -> None:
    async with house(sandbox, url, now=clock, lease=timedelta(seconds=60)) as (service, parts):
        await settled(parts, most=STILL)
        killed, queued, arrived = [await decision_of(service, each) for each in (KILLED, QUEUED, ARRIVED)]
        assert killed["status"] == "applied", killed["said"]
        waiting, question = await decision_of(service, WAITING), await decision_of(service, QUESTION)
        assert (waiting["status"], question["candidates"]) == ("awaiting-review", ["service-ticket", "mini-project"])
        assert await settled_by_person(service, parts, arrived, {"manager": "pmiller"}) == "applied"
        for unsold in (queued, waiting):
            assert await settled_by_person(service, parts, unsold, {"agreed": True}) == "applied"
        answered = await service.approve(question["id"], outcome="mini-project", wait=STILL)
        assert (answered.decision or {})["status"] == "applied"
        undone = await service.undo(killed["id"], wait=STILL)
        assert (undone.decision or {})["status"] == "undone"
    of_killed = [each for each in sandbox.journal if each.method == "POST" and each.path.endswith("/project/projects")]
    assert len(of_killed) == 2, "one project for the killed run, one for the event"


@pytest.mark.slow
async def test_an_audit_goes_on_behind_the_page_that_was_kept(url: str) -> None:
    async with audited(url, tickets=50) as past:
        database = Database(url)
        (audit,) = await Audits(database).recent()
        assert (audit.state, audit.seen) == ("running", 25)
        ended = await past.service.finish(audit.id)
        database.close()
        assert (ended.state, ended.seen, len(await past.rows(ended))) == ("done", 50, 50)
