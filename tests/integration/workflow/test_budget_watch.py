"""Budget watch: a project that reaches 80 and 100 percent of a phase's hours gets a note and a question, once each."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from app.domain.enums import Mode
from app.sandbox import Sandbox
from app.workflow import Service, WorkflowContext
from app.workflow.tickets.budget_watch import watch_budgets
from tests.support.harness import NOW, Clock, house, sample, settled, told
from tests.support.waiting import eventually


class Home:
    """A service that has made a project."""

    def __init__(
        self, sandbox: Sandbox, clock: Clock, service: Service, parts: WorkflowContext, made: tuple[int, int]
    ) -> None:
        self.sandbox, self.clock, self.service, self.parts = sandbox, clock, service, parts
        self.ticket, self.project = made

    def work(self, share: float) -> None:
        """Sets the actual hours of the first phase, and of the project, to a share of the phase's budget."""
        phase = next(self.sandbox.store.table(f"/project/projects/{self.project}/phases").rows())
        hours = float(phase["budgetHours"]) * share
        phase["actualHours"] = hours
        self.sandbox.store.table("/project/projects")[self.project]["actualHours"] = hours

    def notes(self) -> list[str]:
        """The budget notes of the project."""
        rows = self.sandbox.store.table(f"/project/projects/{self.project}/notes").rows()
        return [row["text"] for row in rows if "of the budget" in row["text"]]

    async def waits(self, reason: str) -> bool:
        """Whether the newest run of the ticket waits for this reason."""
        run = (await self.service.runs(self.ticket))[0]
        return run["state"] == "waiting" and reason in run["said"]

    async def round(self) -> None:
        """A maintenance round."""
        await watch_budgets(self.parts)
        await settled(self.parts)

    async def changed(self) -> None:
        """An update of the ticket arrives."""
        await self.service.take_callback(told(self.ticket, "updated"))
        await settled(self.parts)


@pytest.fixture
async def home(tmp_path: Path) -> AsyncIterator[Home]:
    clock = Clock(NOW)
    sandbox = Sandbox(seed=1, now=clock)
    async with house(sandbox, f"sqlite:///{tmp_path}/flow.db", now=clock) as (service, parts):
        ticket = sample(sandbox, "Network refresh")
        await service.take_callback(told(ticket, "added"))
        await settled(parts)
        decision = (await service.decisions(ticket_id=ticket)).items[0]
        if decision["status"] == "awaiting-review":
            await service.approve(decision["id"])
            await settled(parts)
            decision = (await service.decisions(ticket_id=ticket)).items[0]
        assert decision["status"] == "applied", decision
        yield Home(sandbox, clock, service, parts, (ticket, int(decision["project_id"])))


async def test_each_limit_is_noted_once_on_updates(home: Home) -> None:
    home.work(0.5)
    await home.changed()
    assert home.notes() == []
    home.work(0.85)
    await home.changed()
    await home.changed()
    assert len(home.notes()) == 1
    assert "80 % of the budget" in home.notes()[0]
    home.work(1.2)
    await home.changed()
    await home.changed()
    assert ["100 % of the budget" in note for note in home.notes()] == [False, True]
    message = (await home.service.decisions(ticket_id=home.ticket)).items[0]["said"]
    assert "Question: raise the budget" in message


async def test_the_round_finds_what_no_callback_told(home: Home) -> None:
    home.work(0.9)
    await home.round()
    assert len(home.notes()) == 1
    home.clock.move(hours=2)
    await home.round()
    assert len(home.notes()) == 1


@pytest.mark.slow
async def test_a_note_whose_storing_was_cut_off_is_not_written_again(home: Home) -> None:
    home.work(0.9)
    await home.round()
    await home.parts.key_value.put(f"budget-watch:{home.project}", [])
    await home.changed()
    assert len(home.notes()) == 1


async def test_a_dry_run_writes_no_note(home: Home) -> None:
    home.work(0.9)
    object.__setattr__(home.parts.config, "mode", Mode.DRY_RUN)
    await home.round()
    await home.changed()
    assert home.notes() == []


async def test_a_note_is_a_step_of_the_journal_and_counts_as_a_write(home: Home) -> None:
    before = await home.parts.steps.writes_last_hour(home.clock())
    home.work(0.9)
    await home.changed()
    assert await home.parts.steps.writes_last_hour(home.clock()) == before + 1
    decision = (await home.service.decisions(ticket_id=home.ticket)).items[0]
    (note,) = [one for one in decision["plan"]["steps"] if one["key"].startswith("budget-note")]
    assert (note["status"], note["path"]) == ("done", f"/project/projects/{home.project}/notes")


async def test_a_note_waits_where_the_writes_of_the_hour_are_used_up(home: Home) -> None:
    object.__setattr__(home.parts.config, "max_writes_per_hour", 1)
    home.work(0.9)
    await home.service.take_callback(told(home.ticket, "updated"))
    await eventually(lambda: home.waits("MAX_WRITES_PER_HOUR (1)"))
    assert home.notes() == []
    home.clock.move(hours=2)
    await settled(home.parts)
    assert len(home.notes()) == 1


async def test_an_undo_after_a_note_removes_the_project(home: Home) -> None:
    home.work(0.9)
    await home.changed()
    undone = await home.service.undo((await home.service.decisions(ticket_id=home.ticket)).items[0]["id"])
    assert undone.decision is not None
    assert undone.decision["status"] == "undone", undone.decision["said"]
