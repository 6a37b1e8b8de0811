"""What is not publicly known of ConnectWise: each way that a tenant may behave ends well, or stops with a sentence."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from app.sandbox import Sandbox
from tests.support.harness import house, sample, ticket

MINI, PROJECT, COVERED = "Fit the replacement", "Network refresh", "Roll-out of tablets"
HARMLESS: list[dict[str, Any]] = [
    {"convert_callback": "deleted"},
    {"convert_callback": "deleted-and-added"},
    {"convert_clears_team": False},
    {"service_path_shows_project_tickets": True},
    {"department_follows_board": True, "department_follows_type": True},
    {"nulls_for_empty": True},
    {"lists_omit_details": True},
    {"all_notes": False, "bundles": False},
    {"pages_shift": True},
    {"codebase": "v2027_1/"},
]


async def story(path: Path, summary: str, switches: dict[str, Any]) -> tuple[Sandbox, list[dict[str, Any]]]:
    """Carries a sample out and takes it back; the decision after each."""
    sandbox = Sandbox()
    sandbox.switches.change(switches)
    async with house(sandbox, f"sqlite:///{path}/story.db") as (service, _):
        view = await service.reclassify(sample(sandbox, summary))
        assert view.decision is not None, view
        states = [view.decision]
        if view.decision["status"] in ("applied", "failed"):
            undone = await service.undo(view.decision["id"])
            assert undone.decision is not None
            states.append(undone.decision)
    return sandbox, states


@pytest.mark.fast_cases(4)
@pytest.mark.parametrize("summary", [MINI, PROJECT], ids=["move", "conversion"])
@pytest.mark.parametrize(
    "switches", HARMLESS, ids=lambda switches: "-".join(f"{key}={switches[key]}" for key in switches)
)
async def test_a_ticket_is_carried_out_and_taken_back_whatever_the_tenants_ways(
    summary: str, switches: dict[str, Any], tmp_path: Path
) -> None:
    sandbox, states = await story(tmp_path, summary, switches)
    assert [state["status"] for state in states] == ["applied", "undone"], states[-1]["said"]
    assert not sandbox.store.table("/project/projects")
    (left,) = sandbox.store.table("/tickets").values()
    assert (left["recordType"], left["board"]["id"]) == ("ServiceTicket", 1)


@pytest.mark.fast_cases(2)
@pytest.mark.parametrize(
    ("summary", "switches", "sentence"),
    [
        pytest.param(MINI, {"patch_object": "refused"}, "try the other CWM_PATCH_FORM", id="patch-refused"),
        pytest.param(MINI, {"patch_object": "without-effect"}, "CWM_PATCH_FORM", id="patch-without-effect"),
        pytest.param(PROJECT, {"convert_refuses": "scheduled"}, "refuses POST", id="convert-refused"),
        pytest.param(PROJECT, {"convert_drops_schedule": True}, "scheduleentries", id="schedule-dropped"),
        pytest.param(PROJECT, {"convert_drops_notes": True}, "notes", id="notes-dropped"),
        pytest.param(PROJECT, {"convert_success_false": True}, "refused the conversion", id="no-success"),
        pytest.param(PROJECT, {"forbidden_areas": "/project/projects"}, "does not allow", id="no-right"),
    ],
)
async def test_what_cannot_go_on_stops_with_a_sentence_and_can_be_taken_back(
    summary: str, switches: dict[str, Any], sentence: str, tmp_path: Path
) -> None:
    sandbox, states = await story(tmp_path, summary, switches)
    assert states[0]["status"] == "failed"
    assert sentence in states[0]["said"]
    if states[-1]["status"] == "undone":
        assert not sandbox.store.table("/project/projects")
        assert ticket(sandbox, states[0]["ticket_id"])["recordType"] == "ServiceTicket"
    else:
        assert sentence in states[-1]["said"], states[-1]


@pytest.mark.slow
async def test_a_conversion_that_gives_the_ticket_a_new_id_is_carried_out_and_its_undo_says_what_it_cannot_find(
    tmp_path: Path,
) -> None:
    _, states = await story(tmp_path, PROJECT, {"convert_changes_id": True})
    assert [state["status"] for state in states] == ["applied", "failed"]
    assert "has no such record" in states[1]["said"]
