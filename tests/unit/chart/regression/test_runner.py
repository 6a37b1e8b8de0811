"""A chart's own cases: read as a manager writes them, decided, and held against what is expected."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from app.chart import ChartError, parse_chart, shipped_chart
from app.chart.regression.cases import load_cases, parse_cases, shipped_cases
from app.chart.regression.runner import Coverage, run_cases
from app.domain.enums import Criterion, Outcome, PointsTo

CREW = """cases:
  - name: A crew
    outcome: %s
    why: Two members are scheduled.
    rows: {scheduling: %s}
    ticket:
      summary: Office move, quote signed
      schedule:
        - {member: akhan, start: 2026-03-10, end: 2026-03-10, hours: 8}
        - {member: jmoore, start: 2026-03-10, end: 2026-03-10, hours: 8}
"""


def test_every_shipped_case_comes_out_as_expected() -> None:
    report = run_cases(shipped_chart(), shipped_cases())

    assert {one.case.name: one.differences for one in report.failures} == {}


def test_the_shipped_cases_show_every_outcome_in_four_languages() -> None:
    cases = shipped_cases()

    assert {case.outcome for case in cases} == set(Outcome)
    assert len(cases) >= 40
    assert len({case.name for case in cases}) == len(cases)
    assert all(case.why for case in cases)


def test_a_case_is_a_ticket_in_the_interfaces_form() -> None:
    (case,) = parse_cases(CREW % ("project", "project"))

    assert case.ticket.summary == "Office move, quote signed"
    assert case.ticket.schedule_entries[1].to_json() == {
        "member": "jmoore", "dateStart": "2026-03-10", "dateEnd": "2026-03-10", "hours": 8.0,
    }  # fmt: skip
    assert (case.outcome, case.line, case.rows) == (Outcome.PROJECT, 2, {Criterion.SCHEDULING: PointsTo.PROJECT})


def test_what_is_decided_otherwise_is_reported() -> None:
    (failed,) = run_cases(shipped_chart(), parse_cases(CREW % ("service-ticket", "service"))).failures

    assert failed.differences == (
        "expected service-ticket, came out as project",
        "scheduling: expected service, says project",
    )


def test_errors_in_cases_are_reported_with_their_lines() -> None:
    with pytest.raises(ChartError) as caught:
        parse_cases("cases:\n  - name: A\n    outcome: projekt\n    why: x\n    ticket: {sumary: y}\n")

    assert [(one.line, one.where) for one in caught.value.problems] == [
        (3, "cases[0].outcome"),
        (5, "cases[0].ticket.summary"),
        (5, "cases[0].ticket.sumary"),
    ]


def test_a_row_is_covered_by_a_case_in_which_it_has_a_reason() -> None:
    coverage = _coverage(CREW % ("project", "project"), "rows")

    assert "scheduling says project" in coverage.covered
    assert "team says project" in coverage.missing
    assert coverage.percent < 50


def test_percentages_are_rounded_down() -> None:
    assert Coverage("rows", ("a", "b"), ("c",)).percent == 66
    assert Coverage("rows", ("a",) * 199, ("b",)).percent == 99
    assert Coverage("rows", (), ()).percent == 100


def test_exceptions_and_own_phrases_are_covered_by_the_tickets_that_meet_them() -> None:
    chart = parse_chart(
        "rules:\n"
        "  - {name: Ours, companies: [Us], outcome: service-ticket}\n"
        "  - {name: Theirs, companies: [Them], outcome: service-ticket}\n"
        "words:\n"
        "  accepted: {it: [va bene procedete, mai detto]}\n"
    )
    cases = parse_cases(
        "cases: [{name: A, outcome: service-ticket, why: ours, ticket: {summary: Va bene procedete, company: US}}]"
    )
    found = {one.kind: (one.covered, one.missing) for one in run_cases(chart, cases).coverage}

    assert found["rules"] == (("Ours",), ("Theirs",))
    assert found["own phrases"] == (("words.accepted.it: va bene procedete",), ("words.accepted.it: mai detto",))


def test_lines_of_json_are_read_with_their_labels(tmp_path: Path) -> None:
    label = {"outcome": "AMBIGUOUS", "candidates": ["PROJECT", "MINI_PROJECT"], "why": "who knows",
             "criteria": {"team": "project", "billing": "maybe"}}  # fmt: skip
    path = tmp_path / "cases.jsonl"
    path.write_text(f"{json.dumps({'id': 7, 'summary': 'x', 'label': label})}\n\n{{}}\n", encoding="utf-8")

    labelled, bare = load_cases(path)

    assert (labelled.name, labelled.outcome, labelled.why) == ("7: x", Outcome.REVIEW, "who knows")
    assert labelled.candidates == (Outcome.PROJECT, Outcome.MINI_PROJECT)
    assert labelled.rows == {Criterion.TEAM: PointsTo.PROJECT}
    assert (bare.outcome, bare.line) == (None, 3)


@pytest.mark.parametrize(
    "line", ["[1]", "{", "null", '"x"', "[" * 100_000], ids=["list", "cut", "null", "text", "deep"]
)
def test_a_line_that_is_no_ticket_is_reported(tmp_path: Path, line: str) -> None:
    path = tmp_path / "cases.jsonl"
    path.write_text(f"{{}}\n{line}\n", encoding="utf-8")

    with pytest.raises(ChartError, match=r"cases\.jsonl: line 2, column 1: not a JSON object"):
        load_cases(path)


def _coverage(cases: str, kind: str) -> Coverage:
    report = run_cases(shipped_chart(), parse_cases(cases))
    return next(one for one in report.coverage if one.kind == kind)
