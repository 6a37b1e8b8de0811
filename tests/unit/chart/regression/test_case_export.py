"""Cases of people as a file: what comes back is decided as before."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from app.chart import decide, shipped_chart
from app.chart.regression.case_export import cases_yaml, labelled_json
from app.chart.regression.cases import Case, load_cases, parse_cases
from app.domain.enums import Criterion, Outcome, PointsTo
from tests.support.tickets import booked, labelled, ticket_record

SOLD = ticket_record(
    "Quote 77 is accepted: 960 for the two gates.", "Gates",
    scheduleEntries=[booked("akhan", "2026-02-03"), booked("akhan", "2026-02-17")],
    agreement={"name": "All In", "type": "Managed", "billingCycle": "Monthly"}, budgetHours=12,
    opportunity={"name": "Gates", "stage": "Won", "expectedRevenue": 960}, notes=[{"text": "Bring the ladder: urgent"}],
    products=[{"description": "Installation", "quantity": 2, "price": 480.0}], tasks=[{"summary": "Fit", "budgetHours": 6}],
    billingPeriod={"cycle": "Quarterly", "start": "2026-01-01", "end": "2026-03-31"}, contactsCc=[{"name": "Ann Poe"}],
)  # fmt: skip


def test_a_case_survives_the_file() -> None:
    case = Case(
        "Ticket 1, overruled", 0, SOLD, Outcome.MINI_PROJECT, rows={Criterion.TEAM: PointsTo.SERVICE}, why="One job"
    )

    (back,) = parse_cases(cases_yaml([case]))

    assert (back.name, back.outcome, back.why, back.rows) == (case.name, case.outcome, case.why, case.rows)
    assert decide(back.ticket, shipped_chart()).outcome is decide(SOLD, shipped_chart()).outcome
    assert back.ticket.notes[0].text == "Bring the ladder: urgent"


def test_an_unclear_case_keeps_what_it_lies_between() -> None:
    case = Case("Ticket 2", 0, SOLD, Outcome.REVIEW, (Outcome.MINI_PROJECT, Outcome.PROJECT))

    assert parse_cases(cases_yaml([case]))[0].candidates == case.candidates
    assert labelled_json(case)["label"]["outcome"] == "AMBIGUOUS"


@pytest.mark.parametrize("text", ["", "yes", "- a: b", "# no", 'x: \'y\n\t"z" \\ €', "null", "2026-01-01"])
def test_any_text_can_be_written_and_read(text: str) -> None:
    case = Case("Any", 0, ticket_record(text, text or "s"), Outcome.PROJECT)

    assert parse_cases(cases_yaml([case]))[0].ticket.initial_description.strip() == text.strip()


def test_lines_of_json_are_read_back_with_their_label(tmp_path: Path) -> None:
    case = Case("Ticket 3", 0, SOLD, Outcome.PROJECT, rows={Criterion.DURATION: PointsTo.PROJECT}, why="Two visits")
    path = tmp_path / "cases.jsonl"
    path.write_text(json.dumps(labelled_json(case)), encoding="utf-8")

    (back,) = load_cases(path)

    assert (back.ticket, back.outcome, back.rows, back.why) == (case.ticket, case.outcome, case.rows, case.why)


def outcomes(cases: list[Case]) -> list[Any]:
    return [decide(case.ticket, shipped_chart(), facts=False).outcome for case in cases]


def test_a_whole_set_is_decided_the_same_from_its_export() -> None:
    cases = [
        Case(
            f"Ticket {number}",
            0,
            ticket_record(**{"summary": case["summary"], "text": case["initialDescription"]}),
            Outcome.PROJECT,
        )
        for number, (case, _) in enumerate(labelled("general-3"))
    ]

    assert outcomes(parse_cases(cases_yaml(cases))) == outcomes(cases)
