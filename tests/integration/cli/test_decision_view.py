"""What the terminal says of a decision, its plan and an undo."""

from __future__ import annotations

import json
from typing import Any

import pytest

from app.chart import decide, explain, shipped_chart
from app.cli import decision_view
from app.domain.ticket import TicketRecord
from tests.support.documents import ROOT

STEP = {"title": "Move the ticket", "method": "PATCH", "path": "/service/tickets/7", "status": "done", "left": False}
DECISION: dict[str, Any] = {
    "id": "d-1", "ticket_id": 7, "summary": "Fit the firewall", "outcome": "mini-project", "candidates": [], "status": "undone",
    "findings": [], "plan": {"steps": [STEP], "problems": [], "todos": []}, "project_id": None, "said": "",
}  # fmt: skip


def test_a_row_with_a_hint_never_says_that_it_has_none() -> None:
    lines = (ROOT / "tests/cases/train/english-1.jsonl").read_text(encoding="utf-8").splitlines()
    rows = [
        row
        for line in lines
        for row in explain.rows_of(decide(TicketRecord.from_json(json.loads(line)), shipped_chart()).to_json())
    ]
    said = {(bool(row.source), row.says) for row in rows}
    assert (True, "weak hint") in said
    assert (False, "no hint") in said
    assert (True, "no hint") not in said


def test_an_open_case_names_the_ways_to_decide_it_and_does_not_say_that_all_is_done(
    capsys: pytest.CaptureFixture[str],
) -> None:
    decision_view.show_plan(
        {"ticket_id": 7, "outcome": "review", "candidates": ["service-ticket", "project"], "plan": {"steps": []}}
    )
    said = capsys.readouterr().out
    assert "No change" not in said
    assert "miniprojects reclassify 7 --outcome service-ticket or --outcome project" in said


def test_a_plain_ticket_has_nothing_to_do(capsys: pytest.CaptureFixture[str]) -> None:
    decision_view.show_plan({"ticket_id": 7, "outcome": "service-ticket", "plan": {"steps": []}})
    assert capsys.readouterr().out == "No change.\n"


def undone(*steps: dict[str, Any], **changes: Any) -> dict[str, Any]:
    return DECISION | {"undo": {"steps": [STEP | step for step in steps]}} | changes


def test_an_undo_shows_what_was_put_back_and_not_the_old_plan(capsys: pytest.CaptureFixture[str]) -> None:
    decision_view.show_undo(undone({"title": "Put board and status back"}))
    said = capsys.readouterr().out
    assert "✓  1 Put board and status back" in said
    assert "Move the ticket" not in said
    assert said.endswith("Decision d-1: undone.\n")


@pytest.mark.parametrize(
    ("left", "mark", "ending"), [(False, "✓", "Project 900 was removed.\n"), (True, "-", "Project 900 was kept.\n")]
)
def test_an_undo_says_what_became_of_the_project(
    capsys: pytest.CaptureFixture[str], left: bool, mark: str, ending: str
) -> None:
    step = {"title": "Remove the project", "path": "/project/projects/900", "left": left, "status": "already-done"}
    decision_view.show_undo(undone(step, project_id=900))
    said = capsys.readouterr().out
    assert f"{mark}  1 Remove the project" in said
    assert said.endswith(ending)


def test_an_undo_that_took_nothing_back_says_so(capsys: pytest.CaptureFixture[str]) -> None:
    decision_view.show_undo(DECISION)
    assert "Nothing was undone." in capsys.readouterr().out


def test_an_answered_question_is_not_called_rejected(capsys: pytest.CaptureFixture[str]) -> None:
    answered = {"by": "a person", "outcome": "mini-project", "reason": ""}
    changes = {"outcome": "review", "status": "rejected", "ended_as": "answered", "answered": answered}
    decision_view.show_decision(DECISION | changes)
    said = capsys.readouterr().out
    assert said.endswith("Decision d-1: answered by a person: mini-project.\n")
    decision_view.show_decision(DECISION | {"status": "rejected", "ended_as": "replaced"})
    assert capsys.readouterr().out.endswith("Decision d-1: replaced.\n")


def test_what_people_said_is_shown_with_their_reasons_and_as_text(capsys: pytest.CaptureFixture[str]) -> None:
    words = [
        {
            "said": "chose mini-project",
            "by": "Ann [red]Poe[/]\x1b[2J",
            "reason": "sold [red]by phone[/]\x1b[2J\nand more",
            "at": "2026-06-03T10:00:00Z",
        },
        {"said": "approved", "by": "Bob", "reason": "", "at": "2026-06-03T11:00:00Z"},
    ]
    decision_view.show_decision(DECISION | {"words": words})
    said = capsys.readouterr().out
    assert (
        "Chosen (mini-project) by Ann red Poe / 2J (2026-06-03T10:00:00Z): “sold red by phone / 2J and more”\n" in said
    )
    assert "Approved by Bob (2026-06-03T11:00:00Z)\n" in said
    decision_view.show_undo(undone(words=[words[0] | {"said": "had it undone"}]))
    assert "Undone by Ann" in capsys.readouterr().out
