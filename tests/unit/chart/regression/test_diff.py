"""Two charts over the same tickets: which come out otherwise, and by which row."""

from __future__ import annotations

from app.chart import parse_chart, shipped_chart
from app.chart.regression.cases import parse_cases
from app.chart.regression.diff import compare
from app.domain.enums import Criterion, Outcome

CASES = parse_cases("""cases:
  - name: A crew
    outcome: project
    why: Two members.
    ticket:
      summary: Office move, quote signed
      company: Acme
      schedule: [{member: akhan, start: 2026-03-10}, {member: jmoore, start: 2026-03-10}]
  - name: A fault
    outcome: service-ticket
    why: Broken.
    ticket: {summary: Printer is broken and does not print}
""")


def test_the_same_chart_changes_nothing() -> None:
    comparison = compare(shipped_chart(), shipped_chart(), CASES)

    assert (comparison.tickets, comparison.changes, dict(comparison.moves)) == (2, (), {})


def test_a_changed_threshold_names_the_row_that_made_the_difference() -> None:
    (change,) = compare(shipped_chart(), parse_chart("scheduling: {members: 3}"), CASES).changes

    assert change.case.name == "A crew"
    assert (change.old.outcome, change.new.outcome) == (Outcome.PROJECT, Outcome.MINI_PROJECT)
    assert change.rows == (Criterion.SCHEDULING,)
    assert change.cause.startswith("scheduling project → ")
    assert change.verdict == "worse"


def test_a_changed_rule_is_named_where_all_rows_say_the_same() -> None:
    (change,) = compare(shipped_chart(), parse_chart("combination: {project_rows: [team]}"), CASES).changes

    assert change.rows == ()
    assert change.cause == "the rule for the rows: Only finance says project: mini-project."


def test_an_exception_is_named_when_it_comes_and_when_it_goes() -> None:
    with_exception = parse_chart("rules: [{name: Acme is ours, companies: [acme], outcome: service-ticket}]")

    (comes,) = compare(shipped_chart(), with_exception, CASES).changes
    (goes,) = compare(with_exception, shipped_chart(), CASES).changes

    assert comes.cause == "rule “Acme is ours”"
    assert goes.cause == "no rule “Acme is ours” any more"
    assert (comes.verdict, goes.verdict) == ("worse", "better")


def test_moves_are_counted_by_outcome() -> None:
    comparison = compare(shipped_chart(), parse_chart("combination: {project_rows: [team]}"), [*CASES, *CASES])

    assert comparison.moves == {(Outcome.PROJECT, Outcome.MINI_PROJECT): 2}
