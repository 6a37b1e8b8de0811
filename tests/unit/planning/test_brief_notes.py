"""What the notes say of the brief: five lines on the ticket, what was made on the project."""

from __future__ import annotations

import pytest

from app.planning.brief_notes import brief_lines, made_note
from app.planning.manual_actions import LANGUAGES, Language
from tests.support.planning_factories import brief, line, make_ticket, misfits, note_of, project, sold, step, steps_of

TASKS = [{"summary": "Design", "budgetHours": 6}, {"summary": "Build", "budgetHours": 10}]
PAID = "Order signed, fixed price, PO 4711-B: 30% on 5 June 2026, 70% on 7 August 2026."


def test_the_brief_is_stated_in_five_lines() -> None:
    ticket = sold(640, 60, products=[line(1, 640), line(2, 60, "Inventory")], tasks=TASKS, initialDescription=PAID)
    assert brief_lines(brief(ticket), "en") == (
        "Sale: 700.00 once; fee 640.00, product lines 60.00.",
        "Billing: FixedFee; purchase order 4711-B.",
        "Payments: On 5 June 2026 192.00 (2026-06-05); On 7 August 2026 448.00 (2026-08-07).",
        "Work: 2026-06-03 to 2026-07-03 (no date is named; both are assumed), 16 h; Design 6 h, Build 10 h.",
        "People: manager pmiller; no one scheduled; contacts Robin Arbour.",
    )


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_ticket_note_holds_the_brief_in_the_language_of_the_chart(language: Language) -> None:
    lines = brief_lines(brief(sold(640, products=[line(1, 640)])), language)
    assert len(lines) == 5
    assert all(one.endswith(".") and "{" not in one for one in lines)


def test_the_project_note_says_what_was_made_and_lists_what_is_left() -> None:
    made = brief(sold(640, products=[line(1, 640)]))
    text = made_note(made, ["Check the agreement."], "en", number="{project.id}").split("\n")
    assert text[0] == "Made from the ticket: project {project.id} “New branch office”."
    assert text[1] == "Sale: 640.00 once; fee 640.00, product lines 0.00."
    assert text[-2:] == ["To do by hand (tick off on the page of the decision):", "[ ] Check the agreement."]


def test_words_of_the_ticket_fill_no_reference_in_a_note() -> None:
    ticket = sold(640, products=[line(1, 640)], summary="Move {guard.lastUpdated} <b>now</b>")
    assert "{guard" not in note_of(project(ticket=ticket), "project-note")


def test_each_further_phase_of_the_tasks_gets_a_ticket_with_its_hours() -> None:
    made = project(ticket=make_ticket(tasks=[*TASKS, {"summary": "Hand over", "budgetHours": 2.5}]))
    tickets = steps_of(made, "task-ticket-")
    assert [(one.body["summary"], one.body["budgetHours"]) for one in tickets] == [("Build", 10.0), ("Hand over", 2.5)]
    assert tickets[0].body["phase"] == {"id": {"$ref": "phase-2.id"}}
    assert [misfits(one) for one in tickets] == [[], []]
    assert step(made, "ticket").wish["budgetHours"] == 6.0


def test_phases_without_tasks_get_no_tickets() -> None:
    assert steps_of(project(), "task-ticket-") == []
