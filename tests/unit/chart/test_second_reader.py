"""Words and model together: shadow, second, first. The model never decides without its quotes."""

from __future__ import annotations

import pytest

from app.chart import Decision, decide, explain, shipped_chart
from app.chart.model_request import model_request
from app.chart.second_reader import ReaderUse, decide_with_model
from app.domain.enums import Criterion, Outcome, PointsTo
from app.domain.ticket import TicketRecord
from app.reading.model.answer import ModelReading, read_answer
from tests.support.model_answers import answered, line_with, row
from tests.support.tickets import booked, side, ticket_record

CHART = shipped_chart()
FAULT = ticket_record("The printer on floor 2 is broken. Paper jam in tray 3.", "Printer broken")
ORDER = ticket_record("We accept your quote of 480 for the boardroom screen. One visit, one invoice.", "Quote accepted")
VAGUE = ticket_record("The till arrived. Can somebody connect it?", "New till")


def reading(
    ticket: TicketRecord, rows: dict[str, tuple[str, str]], doubts: dict[str, str] | None = None
) -> ModelReading:
    request = model_request(ticket, CHART)
    found = {name: row(says, line_with(request, quote), quote) for name, (says, quote) in rows.items()}
    return read_answer(answered(found, doubts=doubts), request)


def both(ticket: TicketRecord, found: ModelReading, use: ReaderUse = ReaderUse.SECOND) -> Decision:
    return decide_with_model(ticket, CHART, found, use)


STAGES = {"finance": ("project", "broken"), "duration": ("project", "Paper jam"), "billing": ("project", "tray 3")}


def test_agreement_decides_and_is_two_readers() -> None:
    decision = both(ORDER, reading(ORDER, {"finance": ("project", "accept your quote")}))

    assert decision.outcome is Outcome.MINI_PROJECT
    assert decision.model is not None
    assert decision.model.agrees
    assert not decision.model.disagrees


def test_a_disagreement_is_asked_with_both_outcomes() -> None:
    decision = both(FAULT, reading(FAULT, STAGES))

    assert decision.outcome is Outcome.REVIEW
    assert decision.candidates == (Outcome.SERVICE_TICKET, Outcome.PROJECT)
    assert decision.rule == "The words lead to service-ticket, the model to project: a person decides."
    assert str(decision.question).startswith("Words and model disagree: ")
    assert decision.model is not None
    assert decision.model.disagrees
    assert any(finding.contested for finding in decision.findings)


def test_shadow_records_and_decides_nothing() -> None:
    decision = both(FAULT, reading(FAULT, STAGES), ReaderUse.SHADOW)

    assert (decision.outcome, decision.findings) == (Outcome.SERVICE_TICKET, decide(FAULT, CHART).findings)
    assert decision.model is not None
    assert decision.model.outcome is Outcome.PROJECT


def test_first_follows_the_model() -> None:
    decision = both(
        ORDER, reading(ORDER, {"finance": ("project", "accept"), "duration": ("project", "One visit")}), ReaderUse.FIRST
    )

    assert decision.outcome is Outcome.PROJECT
    assert side(decision, Criterion.DURATION) is PointsTo.PROJECT


def test_first_leaves_rows_without_an_answer_to_the_words() -> None:
    request = model_request(ORDER, CHART)
    invented = {"finance": row("service", 1, "covered by the agreement")}

    decision = both(ORDER, read_answer(answered(invented), request), ReaderUse.FIRST)

    assert side(decision, Criterion.FINANCE) is PointsTo.PROJECT
    assert decision.outcome is Outcome.MINI_PROJECT


def test_records_go_before_the_model() -> None:
    ticket = ticket_record(
        "Quote signed for the new network.", "Network", opportunity={"name": "Network", "stage": "Won"},
        scheduleEntries=[booked("akhan", "2026-02-03"), booked("akhan", "2026-04-03"), booked("jmoore", "2026-05-03")],
    )  # fmt: skip
    found = reading(ticket, {"finance": ("project", "Quote signed"), "duration": ("service", "new network")})

    decision = both(ticket, found, ReaderUse.FIRST)

    assert decide(ticket, CHART).outcome is Outcome.PROJECT
    assert Outcome.MINI_PROJECT is not decision.outcome


@pytest.mark.parametrize("use", list(ReaderUse))
def test_an_unusable_answer_leaves_the_words_alone_and_says_so(use: ReaderUse) -> None:
    decision = both(ORDER, ModelReading(problem="The model refused to answer."), use)

    assert decision.outcome is decide(ORDER, CHART).outcome
    assert decision.model is not None
    assert decision.model.problem == "The model refused to answer."
    assert not decision.model.agrees


def test_an_answer_of_invented_quotes_alone_is_unusable() -> None:
    request = model_request(FAULT, CHART)
    rows = {criterion.value: row("project", 1, f"stage {criterion.value} in May") for criterion in Criterion}

    decision = both(FAULT, read_answer(answered(rows), request), ReaderUse.FIRST)

    assert decision.outcome is Outcome.SERVICE_TICKET
    assert decision.model is not None
    assert decision.model.dropped == 6


def test_the_model_may_answer_the_question_of_the_words_and_that_is_no_agreement() -> None:
    assert decide(VAGUE, CHART).outcome is Outcome.REVIEW
    decision = both(VAGUE, reading(VAGUE, {"finance": ("service", "connect it")}))

    assert decision.outcome is Outcome.SERVICE_TICKET
    assert decision.model is not None
    assert not decision.model.agrees


def test_a_doubt_of_the_model_leads_to_a_question() -> None:
    decision = both(ORDER, reading(ORDER, {"finance": ("project", "accept")}, {"duration": "one visit or several?"}))

    assert decision.outcome is Outcome.REVIEW
    assert decision.candidates == (Outcome.MINI_PROJECT, Outcome.PROJECT)


def test_support_work_is_no_project_by_one_row() -> None:
    found = reading(FAULT, {"finance": ("service", "broken"), "duration": ("project", "Paper jam")})

    assert both(FAULT, found, ReaderUse.FIRST).outcome is Outcome.REVIEW


def test_the_reading_stands_in_the_decision_as_json() -> None:
    document = both(ORDER, reading(ORDER, {"finance": ("project", "accept your quote")})).to_json()

    assert document["model"]["outcome"] == "mini-project"
    assert document["model"]["words"] == "mini-project"
    assert document["model"]["rows"] == [{"criterion": "finance", "says": "project", "why": "stated"}]
    assert "model" not in decide(ORDER, CHART).to_json()


@pytest.mark.parametrize("language", ["en", "de", "fr", "es"])
def test_the_note_says_what_both_readers_lead_to(language: str) -> None:
    asked = both(FAULT, reading(FAULT, STAGES))
    agreed = both(ORDER, reading(ORDER, {"finance": ("project", "accept your quote")}))
    alone = both(ORDER, ModelReading(problem="The model refused to answer."))

    texts = [explain.note(each, language=language) for each in (asked, agreed, alone)]

    assert all(
        explain.readers(each.to_json(), language=language) in text
        for each, text in zip((asked, agreed, alone), texts, strict=True)
    )
    assert len({explain.readers(each.to_json(), language=language) for each in (asked, agreed, alone)}) == 3
    assert explain.readers(decide(ORDER, CHART).to_json()) == ""
    assert ("disagree" in texts[0]) is (language == "en")
