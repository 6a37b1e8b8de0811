"""Settings of the chart file change the decision: combination, thresholds, exceptions, phrases, periods."""

from __future__ import annotations

from typing import Any

import pytest

from app.chart import Decision, decide, parse_chart
from app.domain.enums import Criterion, Outcome, PointsTo
from app.domain.ticket import TicketRecord

CREW: dict[str, Any] = {
    "summary": "Office move, quote 4711 signed",
    "dateEntered": "2026-03-02",
    "company": {"name": "Acme"},
    "board": {"name": "Service Desk"},
    "type": {"name": "Request"},
    "agreement": {"name": "Gold"},
    "scheduleEntries": [
        {"member": "akhan", "dateStart": "2026-03-10", "dateEnd": "2026-03-10", "hours": 8},
        {"member": "jmoore", "dateStart": "2026-03-10", "dateEnd": "2026-03-10", "hours": 8},
    ],
}
SOLD = {**CREW, "scheduleEntries": CREW["scheduleEntries"][:1]}
FAULT = {"summary": "Printer is broken and does not print", "dateEntered": "2026-03-02", "company": {"name": "Acme"}}


def decided(case: dict[str, Any], chart: str) -> Decision:
    return decide(TicketRecord.from_json(case), parse_chart(chart))


@pytest.mark.parametrize(
    ("case", "chart", "outcome"),
    [
        pytest.param(CREW, "", Outcome.PROJECT, id="a row says project"),
        pytest.param(SOLD, "", Outcome.MINI_PROJECT, id="only finance says project"),
        pytest.param(FAULT, "", Outcome.SERVICE_TICKET, id="no row says project"),
        pytest.param(CREW, "combination: {project_rows: [team]}", Outcome.MINI_PROJECT, id="the row does not decide"),
        pytest.param(
            CREW,
            "combination: {project_row_says_project: mini-project}",
            Outcome.MINI_PROJECT,
            id="another ending for rows",
        ),
        pytest.param(
            SOLD, "combination: {only_finance_says_project: project}", Outcome.PROJECT, id="another ending for finance"
        ),
        pytest.param(
            FAULT, "combination: {otherwise: mini-project}", Outcome.MINI_PROJECT, id="another ending for the rest"
        ),
        pytest.param(SOLD, "combination: {project_rows: [finance]}", Outcome.PROJECT, id="finance decides alone"),
        pytest.param(CREW, "scheduling: {members: 3}", Outcome.MINI_PROJECT, id="threshold not met"),
    ],
)
def test_the_combination_is_the_managers(case: dict[str, Any], chart: str, outcome: Outcome) -> None:
    assert decided(case, chart).outcome is outcome


def test_a_decision_names_the_rows_it_follows_from() -> None:
    assert decided(CREW, "").settled_by == (Criterion.SCHEDULING,)
    assert decided(SOLD, "").settled_by == (Criterion.FINANCE,)
    assert decided(FAULT, "").settled_by[0] is Criterion.FINANCE


@pytest.mark.parametrize(
    "condition",
    ["companies: [acme]", "agreements: [GOLD]", "boards: ['service desk ']", "types: [request]",
     "companies: [Other, Acme], boards: [Service Desk]"],
)  # fmt: skip
def test_an_exception_goes_before_the_rows_whatever_the_capitals(condition: str) -> None:
    decision = decided(CREW, f"rules: [{{name: Ours, {condition}, outcome: service-ticket}}]")

    assert (decision.outcome, decision.exception) == (Outcome.SERVICE_TICKET, "Ours")
    assert decision.findings[3].points_to is PointsTo.PROJECT, "the rows are filled in all the same"


def test_an_exception_needs_all_its_conditions() -> None:
    chart = "rules: [{name: Ours, companies: [Acme], boards: [Sales], outcome: service-ticket}]"

    assert decided(CREW, chart).outcome is Outcome.PROJECT


def test_the_first_exception_that_fits_holds() -> None:
    chart = (
        "rules:\n"
        "  - {name: Other, companies: [Other], outcome: service-ticket}\n"
        "  - {name: First, companies: [Acme], outcome: mini-project}\n"
        "  - {name: Second, boards: [Service Desk], outcome: service-ticket}\n"
    )

    assert decided(CREW, chart).exception == "First"


def test_a_rule_can_ask_a_person_each_time() -> None:
    decision = decided(CREW, "rules: [{name: Careful, companies: [Acme], outcome: review}]")

    assert decision.outcome is Outcome.REVIEW
    assert decision.candidates == (Outcome.PROJECT,)
    assert decision.question == "A rule of the chart requires a review: where does this ticket belong?"


def test_the_default_period_can_run_from_the_26th() -> None:
    case = {**SOLD, "agreement": None}
    case["scheduleEntries"] = [
        {"member": "akhan", "dateStart": day, "hours": 4} for day in ("2026-03-20", "2026-03-30")
    ]

    assert decided(case, "").findings[0].points_to is PointsTo.SERVICE
    assert decided(case, "periods: {first_day: 26}").findings[0].points_to is PointsTo.PROJECT


def test_own_phrases_in_a_new_language_are_read() -> None:
    case = {"summary": "Acceptăm oferta 88", "dateEntered": "2026-03-02"}
    chart = "words: {accepted: {ro: ['acceptăm oferta']}}"

    assert decided(case, "").findings[1].points_to is not PointsTo.PROJECT
    assert decided(case, chart).findings[1].points_to is PointsTo.PROJECT


def test_the_version_and_the_hash_of_the_chart_are_in_the_decision() -> None:
    stamp = decided(FAULT, 'version: "2026-11"').to_json()["chart"]

    assert stamp["version"] == "2026-11"
    assert len(stamp["sha256"]) == 64
