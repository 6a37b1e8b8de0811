"""The decision table of the chart file: its rules decide, each decision names them, and a file replaces single ones."""

from __future__ import annotations

from itertools import product
from pathlib import Path
from typing import Any

import pytest

from app.chart import ChartError, Decision, Finding, check, decide, parse_chart, shipped_chart
from app.chart.decision_table import combine_findings
from app.chart.regression.cases import shipped_cases
from app.chart.schema.chart_file import Chart
from app.chart.schema.conditions import ConditionError, parse_condition
from app.chart.schema.measures import DECIDED, FINANCE, OF_ONE_ROW, ROWS, THRESHOLDS
from app.chart.schema.table_lint import idle_rules, outcome_gaps, uncovered
from app.domain.enums import Criterion, Outcome, PointsTo
from app.domain.ticket import TicketRecord

CREW: dict[str, Any] = {
    "summary": "Office move, quote 4711 accepted",
    "dateEntered": "2026-03-02",
    "scheduleEntries": [
        {"member": "akhan", "dateStart": "2026-03-10", "dateEnd": "2026-03-10", "hours": 8},
        {"member": "jmoore", "dateStart": "2026-03-10", "dateEnd": "2026-03-10", "hours": 8},
    ],
}
FAULT = {"summary": "Printer is broken and does not print", "dateEntered": "2026-03-02"}


def decided(ticket: dict[str, Any], chart: str = "") -> Decision:
    return decide(TicketRecord.from_json(ticket), parse_chart(chart) if chart else shipped_chart())


def row(decision: Decision, criterion: Criterion) -> Finding:
    return next(finding for finding in decision.findings if finding.criterion is criterion)


def test_a_decision_names_the_rule_of_each_row_and_of_the_outcome() -> None:
    decision = decided(CREW)
    assert decision.outcome is Outcome.PROJECT
    assert {"scheduling: record", "finance: sold", "outcome: project-row"} <= set(decision.trace)
    shown = decision.to_json()
    assert shown["trace"] == list(decision.trace)
    assert [entry["rule"] for entry in shown["findings"] if entry["criterion"] == "scheduling"] == ["record"]


def test_every_row_that_says_something_has_a_reason() -> None:
    for case in shipped_cases():
        decision = decide(case.ticket, shipped_chart())
        for finding in decision.findings:
            assert finding.rule
            if finding.points_to is not PointsTo.UNKNOWN:
                assert finding.reasons, (case.name, finding)


def test_a_row_that_follows_from_finance_gives_that_as_its_reason() -> None:
    billing = row(decided(FAULT), Criterion.BILLING)
    assert billing.points_to is PointsTo.SERVICE
    assert billing.reasons[0].text == "Break/fix, and nothing is sold: it stays service work"
    assert billing.reasons[0].speaks_for is PointsTo.SERVICE


def test_all_combinations_of_rows_have_an_outcome_and_every_shipped_rule_can_apply() -> None:
    assert outcome_gaps(shipped_chart()) == ("", [])
    assert uncovered(shipped_chart()) == []
    assert idle_rules(shipped_chart()) == []


@pytest.mark.parametrize("contested", [False, True])
def test_the_outcome_of_each_combination_is_the_one_of_the_chart_on_paper(contested: bool) -> None:
    """One of five rows says project: project; otherwise finance: mini-project; otherwise a service ticket."""
    others = [criterion for criterion in Criterion if criterion is not Criterion.FINANCE]
    for sides in product(PointsTo, repeat=len(others)):
        for money in PointsTo:
            findings: dict[Criterion, Finding] = {
                criterion: Finding(criterion, side) for criterion, side in zip(others, sides, strict=True)
            }
            findings[Criterion.FINANCE] = Finding(Criterion.FINANCE, money)
            expected = [
                Outcome.PROJECT if PointsTo.PROJECT in sides
                else Outcome.MINI_PROJECT if money is PointsTo.PROJECT else Outcome.SERVICE_TICKET
            ]  # fmt: skip
            if contested and sides[0] is PointsTo.UNKNOWN:
                findings[Criterion.DURATION] = Finding(Criterion.DURATION, PointsTo.UNKNOWN, contested=True)
                expected = list(dict.fromkeys([*expected, Outcome.PROJECT]))
            combined = combine_findings(findings, shipped_chart())
            assert list(combined.candidates or (combined.outcome,)) == expected


@pytest.mark.parametrize(
    ("text", "trace", "outcome"),
    [
        ("facts: {scheduling: {project: {members_booked: word}}}", "scheduling: word-in-a-sale", Outcome.REVIEW),
        ("facts: {finance: [{id: quote-named, off: true, to: [sold_points]}, {id: accepted, off: true, to: [sold_points]}]}",
         "finance: sold-by-rows", Outcome.REVIEW),
        ("rows: [{id: crews-are-service, rows: [scheduling], when: project >= record, says: service, because: Ours}]",
         "scheduling: crews-are-service", Outcome.MINI_PROJECT),
        ("rows: [{id: record, rows: [billing], when: project >= record, says: project}]", "scheduling: statement", Outcome.PROJECT),
        ("outcomes: [{id: all-moves, when: [finance = project, scheduling = project], outcomes: [only_finance_says_project]}]",
         "outcome: all-moves", Outcome.MINI_PROJECT),
        ("terms: {unsold: [rows_hinting = 9]}", "scheduling: record", Outcome.PROJECT),
    ],
)  # fmt: skip
def test_an_entry_of_a_file_takes_the_place_of_the_shipped_one(text: str, trace: str, outcome: Outcome) -> None:
    decision = decided(CREW, text)
    assert trace in decision.trace
    assert decision.outcome in (outcome, Outcome.PROJECT) if outcome is Outcome.REVIEW else decision.outcome is outcome


def test_a_partial_file_keeps_all_other_entries() -> None:
    chart = parse_chart("rows: [{id: mine, rows: [team], when: project >= hint, says: unknown}]\nterms: {mine: kind}")
    assert [rule.id for rule in chart.rows] == ["mine", *(rule.id for rule in Chart().rows)]
    assert chart.terms == {**Chart().terms, "mine": "kind"}
    assert chart.facts == Chart().facts


def test_a_threshold_that_a_condition_names_moves_the_rule() -> None:
    assert "finance: sold" in decided(CREW).trace
    assert "finance: sold" not in decided(CREW, "finance: {sold: 9.0}").trace


@pytest.mark.parametrize(
    ("text", "where", "message"),
    [
        ("rows: [{id: a, rows: [team], when: projct >= hint, says: project}]", "rows[0].when", "did you mean project"),
        ("rows: [{id: a, rows: [team], when: 'project >=', says: project}]", "rows[0].when", "neither a name nor a comparison"),
        ("rows: [{id: a, rows: [finance], when: support, says: project}]", "rows[0].when", "“support” cannot be named here"),
        ("rows: [{id: a, rows: [team], says: maybe}]", "rows[0].says", "must be one of"),
        ("rows: [{id: a, rows: [team], says: project}, {id: a, rows: [team], says: project}]", "rows[1].id", "already"),
        ("outcomes: [{id: a, when: finance = maybe, outcomes: [otherwise]}]", "outcomes[0].when", "compared with = or !="),
        ("outcomes: [{id: a, when: {row: [sales]}, outcomes: [otherwise]}]", "outcomes[0].when", "`row` names"),
        ("terms: {a: b, b: a}", "terms", "leads back to itself"),
        ("terms: {kind: covers}", "terms.kind", "the name of a measure"),
        ("facts: {team: {project: {own_team: strong}}}", "facts.team.project.own_team", "must be one of"),
        ("facts: {finance: [{id: a, fact: fault, to: [sold_points], points: 1, when: enough_sold}]}", "facts.finance[0].when",
         "cannot be named here"),
    ],
)  # fmt: skip
def test_a_wrong_entry_is_an_error_with_its_place(text: str, where: str, message: str) -> None:
    with pytest.raises(ChartError) as error:
        parse_chart(text)
    assert [(problem.where, message in problem.message) for problem in error.value.problems] == [(where, True)]


@pytest.mark.parametrize(
    "written",
    [
        "__import__('os')",
        "m['x']",
        "a; b",
        "a or b",
        "a.b.c.d",
        "lambda: 1",
        "project >= 1 + 1 + 1",
        "",
        {"if": "a"},
        [],
        3,
    ],
)
def test_a_condition_brings_no_code_of_its_own(written: Any) -> None:
    with pytest.raises(ConditionError):
        parse_condition(written)


@pytest.mark.parametrize(
    ("text", "where", "message"),
    [
        ("outcomes: [{id: first, outcomes: [otherwise]}]", "outcomes", "“project-row” never applies"),
        ("outcomes: [{id: nothing-says-project, when: large, outcomes: [otherwise]}]", "outcomes", "no rule applies to rows such as"),
        ("rows: [{id: no-hint, rows: [duration, billing, scheduling, team, contacts], when: undecided, says: unknown}]", "rows",
         "the last rule for duration has a condition"),
        ("rows: [{id: never, rows: [team], when: [project >= 4, project < 1], says: project}]", "rows", "“never” never applies"),
        ("follows: [{id: never, rows: [team], when: [project >= 4, project < 1]}]", "follows", "“never” never applies"),
    ],
)  # fmt: skip
def test_a_check_finds_gaps_and_rules_that_never_apply(text: str, where: str, message: str) -> None:
    found = [remark for remark in check(parse_chart(text)) if remark.where == where]
    assert any(message in remark.message for remark in found)


def test_every_measure_and_threshold_is_documented_with_its_meaning() -> None:
    document = (Path(__file__).parents[3] / "deploy" / "docs" / "chart.md").read_text(encoding="utf-8")
    for name, meaning in {**FINANCE, **ROWS, **OF_ONE_ROW, **DECIDED}.items():
        assert f"| `{name}` | {meaning} |" in document
    assert all(f"`{name}`" in document for name, *_ in THRESHOLDS)


def test_the_example_of_the_documentation_is_a_chart() -> None:
    document = (Path(__file__).parents[3] / "deploy" / "docs" / "chart.md").read_text(encoding="utf-8")
    example = document.split("```yaml\n")[1].split("```")[0]
    assert check(parse_chart(example)) == []
    assert "scheduling: two-on-site" in decided({**CREW, "summary": "Two visitors"}, example).trace
