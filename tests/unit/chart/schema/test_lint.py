"""What a readable chart still gets wrong: contradictions, rules that can never hold, names that do nothing."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.chart import check, names_used, parse_chart, shipped_chart
from app.chart.schema.lint import OPPOSITES
from app.domain.enums import Criterion, Outcome
from app.reading.phrases.grammar import shipped_phrases
from tests.support.limits import examples

NAME = st.sampled_from(["Desk", "desk", "Alerts", "Projects", "Mini-Projects", "Ünïcode"])
NAMES = st.lists(NAME, max_size=4)
MAPS = st.dictionaries(NAME, NAME, max_size=3)


def test_the_shipped_chart_has_nothing_to_mend() -> None:
    assert check(shipped_chart()) == []


RULES = """rules:
  - {name: First, companies: [Acme, Beta], outcome: project}
  - {name: Second, companies: [ACME], boards: [Desk], outcome: %s}
"""
ERRORS = [
    ("watch: {boards: [Alerts, Desk]}", "watch.boards[0]", "also among ignore_boards", "watched and left alone"),
    ("watch: {boards: [Mini-Projects]}", "watch.boards[0]", "is the Mini-Project board", "Mini-Project board watched"),
    ("watch: {boards: [projects]}", "watch.boards[0]", "is the project board", "project board watched"),
    ("watch: {boards: []}", "watch.boards", "no board is watched", "nothing watched"),
    ("mini_project: {board: Projects}", "mini_project.board", "are the same", "one board for both"),
    (RULES % "review", "rules[1]", "is never reached: “First” above", "rule never reached, other outcome"),
    (RULES.replace("Second", "first") % "project", "rules[1].name", "is called “first” already", "one name twice"),
    ("combination: {rows_needed: 6, rows_needed_against_support: 6}", "combination.rows_needed", "never be met", "too many rows"),
    ("combination: {rows_needed: 4}", "combination.rows_needed_against_support", "fewer rows are needed", "rows turned round"),
    ("combination: {only_finance_says_project: project, otherwise: project}", "combination", "every ticket is", "one outcome"),
    ("combination: {otherwise: project}", "combination.otherwise", "without any hint becomes a project", "project by default"),
    ("combination: {project_from_hours: 16, mini_project_from_hours: 16}", "combination.mini_project_from_hours",
     "no work becomes a mini-project", "mini-project hours not below project hours"),
    ("combination: {project_from_hours: 4}", "combination.project_from_hours", "everything below 8 hours small", "small and project by hours"),
    ("combination: {project_from_amount: 999}", "combination.project_from_amount", "everything below 1000 small", "small and project by amount"),
    ("small_job: {hours: 40}\nperiods: {cycle: Weekly}", "small_job.hours", "has 27.62 hours in a Weekly period", "small beyond capacity"),
    ("finance: {sold: 0}", "finance.sold", "always met", "nothing needed for a sale"),
    ("finance: {support: 10}\nfacts: {finance: [{id: request, to: [support_points], off: true}, {id: covered, to: [support_points], off: true}]}",
     "finance.support", "can never be met", "more than all points"),
    ("project: {phases: [{name: A, share: 0.5}, {name: B, share: 0.6}]}", "project.phases", "add up to 1.1", "shares"),
    ("mini_project: {types: {Incident: A, incident : B}}", "mini_project.types.incident", "mapped twice", "mapped twice"),
    ("words: {single_billing: {en: [stage payment]}, progress_billing: {en: [stage payment]}}",
     "words.progress_billing.en[0]", "under the opposite meaning “single_billing”", "phrase under two meanings"),
]  # fmt: skip
WARNINGS = [
    (RULES % "project", "rules[1]", "is never reached: “First” above", "rule never reached, same outcome"),
    ("rules: [{name: A, boards: [Alerts], outcome: project}]", "rules[0].boards[0]", "is not watched", "idle board"),
    ("watch: {boards: [Desk]}\nrules: [{name: A, boards: [Sales], outcome: project}]", "rules[0].boards[0]",
     "is not watched", "board outside the list"),
    ("watch: {boards: [Desk, desk]}", "watch.boards[1]", "stands here twice", "board twice"),
    ("mini_project: {method: type, statuses: {New: Open}}", "mini_project.statuses", "does nothing", "map of the other method"),
    ("mini_project: {types: {Incident: Incident}}", "mini_project.types.Incident", "keeps its name anyway", "map to itself"),
    ("watch: {ignore_types: [Alert]}\nmini_project: {types: {alert: Task}}", "mini_project.types.alert",
     "are left alone", "map of a type that is left alone"),
    ("combination: {only_finance_says_project: project}", "mini_project", "this section does nothing", "no mini-project"),
    ("combination: {project_rows: [finance, team]}", "combination.project_rows", "does nothing", "finance decides"),
    ("combination: {project_from_hours: 150}", "combination.project_from_hours", "hardly ever applies", "threshold beyond capacity"),
    ("combination: {mini_project_from_hours: 400}\nperiods: {cycle: Quarterly}", "combination.mini_project_from_hours",
     "has 360 hours in a Quarterly period", "threshold beyond the capacity of a quarter"),
    ("finance: {clear_support: 1.0}", "finance.clear_support", "does nothing", "threshold below another"),
    ("duration: {periods: 12}\nperiods: {cycle: Yearly}", "duration.periods", "hardly ever met", "eleven years"),
    ("project: {billing: {fixed_price: ActualRates}}", "project.billing.stages_become_phases", "does nothing", "stages"),
    ("exceptions: [{name: A, companies: [B], outcome: project}]", "exceptions", "is now called `rules`", "old name of a section"),
    ("words: {chargeable: {en: [covered by the agreement]}}", "words.chargeable.en[0]", "opposite meaning “covered”",
     "phrase that the opposite finds"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "where", "message"), [pytest.param(*one[:3], id=one[3]) for one in ERRORS])
def test_contradictions_are_errors(text: str, where: str, message: str) -> None:
    remarks = [remark for remark in check(parse_chart(text)) if remark.level == "error" and remark.where == where]

    assert [message in remark.message for remark in remarks] == [True]


@pytest.mark.parametrize(("text", "where", "message"), [pytest.param(*one[:3], id=one[3]) for one in WARNINGS])
def test_what_does_nothing_is_a_warning(text: str, where: str, message: str) -> None:
    remarks = [remark for remark in check(parse_chart(text)) if remark.where == where]

    assert [(remark.level, message in remark.message) for remark in remarks] == [("warning", True)]


def test_a_phrase_is_held_against_the_opposite_meaning_in_every_language() -> None:
    text = "words: {single_billing: {it: [a rate]}, progress_billing: {fr: [a rate]}}"

    assert [remark.where for remark in check(parse_chart(text))] == [
        "words.single_billing.it[0]",
        "words.progress_billing.fr[0]",
    ]


def test_opposite_meanings_are_meanings_that_ship() -> None:
    assert {meaning for pair in OPPOSITES for meaning in pair} <= set(shipped_phrases())


@examples(60)
@given(
    st.fixed_dictionaries(
        {},
        optional={
            "watch": st.fixed_dictionaries({"boards": st.just("all") | NAMES, "ignore_boards": NAMES}),
            "mini_project": st.fixed_dictionaries({"method": st.sampled_from(["board", "type"]), "types": MAPS, "statuses": MAPS}),
            "rules": st.lists(
                st.fixed_dictionaries(
                    {"name": NAME, "boards": NAMES.filter(bool), "types": NAMES, "outcome": st.sampled_from(list(Outcome)).map(str)}
                ),
                max_size=4,
            ),
            "combination": st.fixed_dictionaries(
                {"project_rows": st.lists(st.sampled_from(list(Criterion)).map(str), max_size=7), "rows_needed": st.integers(1, 6)}
            ),
            "words": st.dictionaries(st.sampled_from(["accepted", "wish", "fault"]), st.dictionaries(
                st.sampled_from(["en", "it"]), st.lists(st.from_regex(r"[a-z]{1,5}( [a-z]{1,5})?", fullmatch=True), max_size=3))),
        },
    )
)  # fmt: skip
def test_any_chart_that_is_read_can_be_checked(chart: dict[str, object]) -> None:
    text = json.dumps(chart)
    for remark in check(parse_chart(text)):
        assert remark.level in ("error", "warning")
        assert remark.where
        assert remark.line == 1


def test_remarks_stand_at_their_line() -> None:
    remarks = check(parse_chart("watch:\n  boards:\n    - Desk\n    - Alerts\n"))

    assert [(remark.line, remark.column) for remark in remarks] == [(4, 7)]


def test_the_names_that_connectwise_has_to_know_are_listed_with_their_lines() -> None:
    chart = parse_chart(
        "watch:\n"
        "  boards: [Desk]\n"
        "  ignore_boards: []\n"
        "mini_project:\n"
        "  board: Small Jobs\n"
        "  statuses:\n"
        "    New: Open\n"
        "project:\n"
        "  manager: akhan\n"
    )

    found = [(one.kind, one.name, one.line, one.board) for one in names_used(chart) if one.line > 1]

    assert found == [
        ("board", "Desk", 2, None),
        ("board", "Small Jobs", 5, None),
        ("status", "New", 7, None),
        ("status", "Open", 7, "Small Jobs"),
        ("board", "Projects", 8, None),
        ("department", "Professional Services", 8, None),
        ("member", "akhan", 9, None),
    ]


def test_names_of_the_way_that_is_not_chosen_are_not_asked_for() -> None:
    names = {(one.kind, one.name) for one in names_used(parse_chart("mini_project: {method: type}"))}

    assert ("type", "Projects") in names
    assert ("board", "Mini-Projects") not in names
