"""A person puts back by hand what a decision has done: nothing says afterwards that the decision still holds the ticket."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from app.sandbox import Sandbox
from tests.integration.workflow.test_apply import MINI, PROJECT
from tests.support.harness import house, person, sample, ticket

SERVICE_TICKET: dict[str, Any] = {"outcome": "service-ticket", "reason": "support after all"}


async def test_a_ticket_on_the_mini_project_board_names_the_decision_that_put_it_there(tmp_path: Path) -> None:
    sandbox = Sandbox()
    async with house(sandbox, f"sqlite:///{tmp_path}/home.db") as (service, _):
        ticket_id = sample(sandbox, MINI)
        applied = (await service.reclassify(ticket_id)).decision or {}
        told = (await service.reclassify(ticket_id, **SERVICE_TICKET)).decision or {}
        assert told["way_back"]["decision_id"] == applied["id"]
        board = ticket(sandbox, ticket_id)["board"]["id"]
        body = [{"op": "replace", "path": "board", "value": {"id": 1}}]
        person(sandbox, "PATCH", f"/service/tickets/{ticket_id}", body)
        assert ticket(sandbox, ticket_id)["board"]["id"] != board
        told = (await service.reclassify(ticket_id, **SERVICE_TICKET)).decision or {}
        assert (told["status"], told["way_back"]) == ("nothing-to-do", None)


@pytest.mark.slow
async def test_a_ticket_that_was_converted_back_by_hand_is_held_by_no_decision(tmp_path: Path) -> None:
    sandbox = Sandbox()
    async with house(sandbox, f"sqlite:///{tmp_path}/home.db") as (service, _):
        ticket_id = sample(sandbox, PROJECT)
        applied = (await service.reclassify(ticket_id)).decision or {}
        held = await service.reclassify(ticket_id, **SERVICE_TICKET)
        assert (held.way_back or {})["decision_id"] == applied["id"]
        person(sandbox, "POST", f"/project/tickets/{ticket_id}/convert", {"recordType": "ServiceTicket"})
        told = (await service.reclassify(ticket_id, **SERVICE_TICKET)).decision or {}
        assert (told["status"], told["way_back"]) == ("nothing-to-do", None)
