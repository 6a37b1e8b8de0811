"""The filled-in chart for people: which fact of which record settled which row, as plain text."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.chart import ChartStamp, Decision, Finding, decide, explain, note, shipped_chart
from app.chart.regression.cases import shipped_cases
from app.domain.enums import Criterion, Outcome, PointsTo
from app.domain.facts import Reason
from tests.support.tickets import decided

STAMP = ChartStamp("2026-03", "ab" * 32)
LANGUAGES = ("en", "de", "fr", "es")


def filled_in(*findings: Finding, **members: object) -> Decision:
    """A decision whose other rows have no hint."""
    given_rows = {finding.criterion: finding for finding in findings}
    rows = tuple(given_rows.get(row, Finding(row, PointsTo.UNKNOWN)) for row in Criterion)
    chosen: dict[str, object] = {"outcome": Outcome.PROJECT, "settled_by": (Criterion.SCHEDULING,)} | members
    return Decision(findings=rows, chart=STAMP, **chosen)  # type: ignore[arg-type]


SCHEDULED = Finding(
    Criterion.SCHEDULING,
    PointsTo.PROJECT,
    (Reason("2 members are scheduled", "scheduleEntries", "akhan, jmoore", "scheduling.members = 2"),),
)
SOLD = Finding(Criterion.FINANCE, PointsTo.PROJECT, (Reason("Accepted or ordered", "notes[0].text", "quote accepted"),))


def test_a_row_names_its_fact_the_record_and_the_threshold() -> None:
    row = explain.rows_of(filled_in(SCHEDULED).to_json())[3]

    assert (row.row, row.asks, row.says) == ("Scheduling", "One person or several?", "project")
    assert row.fact == "2 members are scheduled: “akhan, jmoore”"
    assert row.where == "schedule; scheduling.members = 2"
    assert row.settles


def test_a_row_that_only_follows_the_finance_row_says_so() -> None:
    row = explain.rows_of(filled_in(Finding(Criterion.TEAM, PointsTo.SERVICE)).to_json())[4]

    assert (row.says, row.fact, row.source) == ("service", "follows from finance", "")


def test_a_row_that_was_outweighed_says_what_stood_against_it() -> None:
    crew = Reason("2 members are scheduled", "scheduleEntries", "akhan, jmoore", speaks_for=PointsTo.PROJECT)
    row = explain.rows_of(filled_in(Finding(Criterion.SCHEDULING, PointsTo.SERVICE, (crew,))).to_json())[3]

    assert row.fact == "follows from finance; against it: 2 members are scheduled: “akhan, jmoore”"


def test_the_best_reason_speaks_for_what_the_row_says() -> None:
    crew = Reason("2 members are scheduled", "scheduleEntries", speaks_for=PointsTo.PROJECT)
    alone = Reason("One person does it", "summary", "alone", speaks_for=PointsTo.SERVICE)
    row = explain.rows_of(filled_in(Finding(Criterion.SCHEDULING, PointsTo.SERVICE, (crew, alone))).to_json())[3]

    assert (row.fact, row.more) == ("One person does it: “alone”", 1)


@pytest.mark.parametrize(
    ("decision", "sentence"),
    [
        pytest.param(
            filled_in(SCHEDULED), "Decided by scheduling: 2 members are scheduled: “akhan, jmoore” (schedule).", id="row"
        ),
        pytest.param(
            filled_in(SCHEDULED, SOLD, settled_by=(Criterion.FINANCE, Criterion.SCHEDULING)),
            "Decided by finance, scheduling: 2 members are scheduled: “akhan, jmoore” (schedule).",
            id="a record is told before words",
        ),
        pytest.param(
            filled_in(SOLD, outcome=Outcome.MINI_PROJECT, settled_by=(Criterion.FINANCE,)),
            "Only finance says project: Accepted or ordered: “quote accepted” (note 1).",
            id="finance",
        ),
        pytest.param(
            filled_in(
                Finding(Criterion.FINANCE, PointsTo.SERVICE, (Reason("Something does not work", "summary", "broken"),)),
                outcome=Outcome.SERVICE_TICKET,
                settled_by=(Criterion.FINANCE, Criterion.TEAM),
            ),
            "No row says project. Finance: Something does not work: “broken” (summary).",
            id="service",
        ),
        pytest.param(
            filled_in(outcome=Outcome.SERVICE_TICKET, settled_by=()), "No row has a hint.", id="nothing at all"
        ),
        pytest.param(
            filled_in(SCHEDULED, exception="Internal work"), "Rule “Internal work” of the chart.", id="rule"
        ),
        pytest.param(
            filled_in(
                Finding(Criterion.DURATION, PointsTo.UNKNOWN, (Reason("A long stretch of time", "summary", "all year"),), contested=True),
                SOLD,
                outcome=Outcome.REVIEW,
                settled_by=(Criterion.DURATION, Criterion.FINANCE),
            ),
            "Duration is contested: A long stretch of time: “all year” (summary).",
            id="the row that is asked about",
        ),
        pytest.param(
            filled_in(outcome=Outcome.REVIEW, settled_by=(Criterion.DURATION,)),
            "Duration is unknown: the ticket does not mention it.",
            id="open without a fact",
        ),
        pytest.param(filled_in(outcome=Outcome.REVIEW, settled_by=()), "The evidence does not settle it.", id="open"),
    ],
)  # fmt: skip
def test_why_is_one_sentence(decision: Decision, sentence: str) -> None:
    assert explain.because(decision.to_json()) == sentence


def test_the_note_is_the_chart_in_ten_lines() -> None:
    assert note(filled_in(SCHEDULED, SOLD)).splitlines() == [
        "Service ticket or project? Project.",
        "Why: Decided by scheduling: 2 members are scheduled: “akhan, jmoore” (schedule).",
        "",
        "Finance: project - Accepted or ordered: “quote accepted” (note 1)",
        "Scheduling: project, decides - 2 members are scheduled: “akhan, jmoore” (schedule; limit scheduling.members = 2)",
        "Duration, billing, team, contacts: no hint",
        "",
        "Chart 2026-03 (abababababab)",
    ]


@pytest.mark.parametrize(
    ("language", "first", "second"),
    [
        (
            "de",
            "Serviceticket oder Projekt? Projekt.",
            "Warum: Entschieden durch Planung: 2 Mitarbeiter sind eingeplant",
        ),
        (
            "fr",
            "Ticket de service ou projet ? Projet.",
            "Pourquoi: Décidé par planification : 2 membres sont planifiés",
        ),
        ("es", "¿Ticket de servicio o proyecto? Proyecto.", "Por qué: Decidido por planificación: 2 miembros están"),
    ],
)
def test_the_note_speaks_the_language_of_the_chart(language: str, first: str, second: str) -> None:
    lines = note(filled_in(SCHEDULED), language=language).splitlines()

    assert lines[0] == first
    assert lines[1].startswith(second)


def test_with_review_the_note_asks_the_one_question() -> None:
    asked = "Will the work be done within one billing period?"
    decision = filled_in(
        SOLD, outcome=Outcome.REVIEW, candidates=(Outcome.MINI_PROJECT, Outcome.PROJECT), question=asked,
        settled_by=(Criterion.DURATION,),
    )  # fmt: skip

    assert note(decision).splitlines()[0] == "Service ticket or project? Mini-project or project: needs review."
    assert note(decision).splitlines()[2] == asked
    assert "Wird die Arbeit innerhalb eines Abrechnungszeitraums fertig?" in note(decision, language="de")


def test_what_a_person_chose_is_stated_as_a_persons_choice() -> None:
    text = note(filled_in(SCHEDULED), outcome=Outcome.SERVICE_TICKET)

    assert text.startswith("Service ticket or project? Service ticket, chosen by a person.")


def test_a_project_note_quotes_where_price_hours_and_order_were_read() -> None:
    decision = decided(
        "We accept the fixed price of 12,000. Site A in March, site B in May, billed per site. PO 4500077.", "Move"
    )
    assert decision.outcome is Outcome.PROJECT
    text = note(decision)
    assert "Facts used:\nAgreed price: “We accept the fixed price of 12,000” (description)" in text
    assert "Purchase order: “po 4500077” (description)" in text
    assert "Facts used" not in note(decision, outcome=Outcome.MINI_PROJECT)


@pytest.mark.parametrize("language", LANGUAGES)
def test_whatever_the_shipped_cases_say_is_stated_in_every_language(language: str) -> None:
    chart = shipped_chart()
    known = {entry["en"] for section in ("reasons", "questions") for entry in explain._all_texts()[section]}
    for case in shipped_cases():
        decision = decide(case.ticket, chart)
        document = decision.to_json()
        texts = [reason["text"] for finding in document["findings"] for reason in finding["reasons"]]
        texts += [fact.text for fact in decision.facts.sources]
        for text in [*texts, *filter(None, [document["question"]])]:
            general = explain._DIGITS.sub("#", text)
            assert general in known or general.partition(": ")[0] in known, f"not in notes.yaml: {text}"
    for section in ("reasons", "questions"):
        for entry in explain._all_texts()[section]:
            assert entry[language].count("#") == entry["en"].count("#")


@pytest.mark.parametrize(
    ("hostile", "plain"),
    [
        pytest.param("<script>alert(1)</script>", "script alert(1) /script", id="HTML"),
        pytest.param("[click](https://evil.example)", "click (https evil.example)", id="link"),
        pytest.param("@everyone and bob@example.com", "at everyone and bob at example.com", id="mention"),
        pytest.param("**bold** _it_ `code` ~~no~~", "bold it code no", id="markup"),
        pytest.param("abc\u202edef\u2066\u200b", "abc def", id="direction marks"),
        pytest.param("a\x00b\x1b[31mred\r\n", "a b 31mred", id="control characters"),
        pytest.param("z" + "\u0301" * 50, "z" + "\u0301" * 2, id="piled marks"),
    ],
)
def test_words_of_a_ticket_are_plain_text(hostile: str, plain: str) -> None:
    assert explain.safe(hostile) == plain


@given(st.text(max_size=400), st.text(max_size=60), st.text(max_size=300), st.sampled_from(LANGUAGES))
def test_a_note_is_short_and_plain_whatever_the_evidence_holds(
    value: str, source: str, name: str, language: str
) -> None:
    reasons = (Reason(value, source, value * 5, value),)
    findings = (Finding(row, PointsTo.PROJECT, reasons) for row in Criterion)
    text = note(filled_in(*findings, exception=name), language=language)

    assert len(text) <= 2500
    assert not set(text) & set("<>{}[]`*|\\@")
    assert all(unicodedata.category(char)[0] != "C" for char in text if char != "\n")
