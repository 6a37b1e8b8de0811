"""The name of the person stands on what they did: decision, history, trail, log and the note in ConnectWise."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from app.sandbox import Sandbox
from app.workflow import Desk
from tests.integration.workflow.test_apply import MINI, Home
from tests.support.harness import Clock, house, sample


@pytest.fixture
async def home(tmp_path: Path) -> AsyncIterator[Home]:
    clock = Clock()
    sandbox = Sandbox(now=clock)
    async with house(sandbox, f"sqlite:///{tmp_path}/names.db", mode="review", now=clock) as (service, parts):
        yield Home(sandbox, clock, service, parts)


def notes(home: Home, ticket_id: int) -> list[str]:
    return [str(note["text"]) for note in home.sandbox.store.table(f"/tickets/{ticket_id}/notes").values()]


async def test_each_word_on_a_decision_carries_the_name(home: Home) -> None:
    ticket_id = sample(home.sandbox, MINI)
    with capture_logs() as lines:
        first = (
            await home.service.reclassify(ticket_id, outcome="mini-project", reason="sold", by="Ann *Poe*")
        ).decision or {}
        assert first["asked"] == {"outcome": "mini-project", "reason": "sold", "by": "Ann *Poe*"}
        applied = (await home.service.approve(first["id"], by="Bob")).decision or {}
        undone = (await home.service.undo(first["id"], by="Cleo")).decision or {}
    assert (applied["status"], undone["status"]) == ("applied", "undone")
    assert [(word["said"], word["by"]) for word in undone["words"]] == [
        ("chose mini-project", "Ann *Poe*"), ("approved", "Bob"), ("had it undone", "Cleo"),
    ]  # fmt: skip
    shown = await home.service.decision(first["id"])
    assert [(entry["who"], entry["what"]) for entry in shown["history"]] == [
        ("Cleo", "had the decision undone"), ("Bob", "approved the decision"),
    ]  # fmt: skip
    assert [line["who"] for line in lines if line["event"] == "person.acted"] == ["Ann *Poe*", "Bob", "Cleo"]
    chosen, taken_back = notes(home, ticket_id)[-2:]
    assert "\nOutcome chosen by Ann Poe. Approved by Bob.\nMini-Projects decision" in chosen
    assert "Undone by Cleo." in taken_back
    assert "Bob" not in taken_back


async def test_a_rejection_names_who_and_why(home: Home) -> None:
    ticket_id = sample(home.sandbox, MINI)
    decision = (await home.service.reclassify(ticket_id)).decision or {}
    rejected = await home.service.reject(decision["id"], reason="not sold", by="Ann")
    (word,) = rejected["words"]
    assert (word["said"], word["by"], word["reason"]) == ("rejected", "Ann", "not sold")
    page = await Desk(home.parts).trail(ticket_id=ticket_id)
    assert [(entry["who"], entry["what"], entry["decision_id"]) for entry in page.items] == [
        ("Ann", "rejected the decision", decision["id"]), ("a person", "reclassified the ticket", None),
    ]  # fmt: skip


async def test_an_answer_names_who_gave_it(home: Home) -> None:
    ticket_id = sample(home.sandbox, MINI)
    first = (await home.service.reclassify(ticket_id)).decision or {}
    second = (await home.service.approve(first["id"], outcome="service-ticket", by="Ann")).decision or {}
    assert second["asked"]["by"] == "Ann"
    page = await Desk(home.parts).trail(who="Ann")
    assert [(entry["what"], entry["detail"]) for entry in page.items] == [("chose the outcome", "service-ticket")]


async def test_nobody_is_named_where_the_service_acted_alone(home: Home) -> None:
    ticket_id = sample(home.sandbox, MINI)
    decision = (await home.service.reclassify(ticket_id)).decision or {}
    assert decision["asked"] is None
    assert decision["words"] == []
