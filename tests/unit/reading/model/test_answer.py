"""Answers of a model: only what its quotes prove remains, whatever comes back."""

from __future__ import annotations

import json
from typing import Any

import pytest

from app.chart import shipped_chart
from app.chart.model_request import model_request
from app.domain.enums import Criterion, FactType, PointsTo
from app.reading.model.answer import ModelReading, read_answer, tokens_of
from tests.support.model_answers import answer, answered, completion, line_with, row
from tests.support.tickets import ticket_record

TEXT = "We accept the 480 for the panel. Marek does it in one morning. Bill it when it hangs, says Ms Adair."
REQUEST = model_request(ticket_record(TEXT), shipped_chart())
FIRST, SECOND, THIRD = (line_with(REQUEST, words) for words in ("480", "Marek", "Bill"))


def read(found: Any) -> ModelReading:
    return read_answer(found, REQUEST)


def sides(reading: ModelReading) -> dict[str, str]:
    return {row.criterion.value: row.says.value for row in reading.answer.rows}


def test_rows_with_a_quote_of_the_ticket_are_taken() -> None:
    reading = read(
        answered(
            {
                "finance": row("project", FIRST, "We accept the 480"),
                "duration": row("service", SECOND, "in one morning"),
            }
        )
    )

    assert sides(reading) == {"finance": "project", "duration": "service"}
    assert reading.usable
    assert reading.answered == set(Criterion)
    assert not reading.dropped


def test_a_row_with_an_invented_quote_is_dropped_and_counted() -> None:
    reading = read(answered({"billing": row("project", THIRD, "three instalments of 160")}))

    assert sides(reading) == {}
    assert reading.dropped == 1
    assert Criterion.BILLING not in reading.answered


def test_a_quote_under_a_wrong_number_is_found_in_its_line() -> None:
    reading = read(answered({"finance": row("project", 99, "accept the 480")}))

    assert reading.answer.rows[0].quotes[0].source == "initialDescription"


def test_a_masked_name_in_a_quote_comes_back_in_the_words_of_the_ticket() -> None:
    masked = next(line.text for line in REQUEST.lines if "Bill" in line.text)

    reading = read(answered({"billing": row("service", THIRD, masked)}))

    assert "[person" in masked
    assert reading.answer.rows[0].quotes[0].words == "Bill it when it hangs, says Ms Adair."


def test_a_row_without_a_quote_rests_on_a_verified_fact_of_its_line() -> None:
    fact = {"type": "single_invoice", "polarity": "affirmed", "sentence": THIRD, "quote": "Bill it when it hangs"}

    reading = read(answered({"billing": row("service", THIRD, "")}, facts=[fact]))

    assert sides(reading) == {"billing": "service"}
    assert reading.answer.facts[0].type is FactType.SINGLE_INVOICE


def test_facts_of_unknown_kinds_and_without_their_quote_are_dropped() -> None:
    facts = [
        {"type": "outcome", "polarity": "affirmed", "sentence": 1, "quote": "We accept"},
        {"type": "fault", "polarity": "maybe", "sentence": 1, "quote": "We accept"},
        {"type": "fault", "polarity": "affirmed", "sentence": 1, "quote": "the server is on fire"},
        {"type": "fault"},
        "fault",
    ]

    reading = read(answered({}, facts=facts))

    assert reading.answer.facts == ()
    assert reading.dropped == 5


def test_older_mail_that_nobody_adopts_proves_nothing() -> None:
    mail = (
        "My printer is jammed.\n\nFrom: Ann Poe <ann@example.com>\nSent: Monday, 12 January 2026 10:00\n"
        "To: help@example.com\nSubject: Offer\n\nPhase two begins in August and is billed apart."
    )
    request = model_request(ticket_record(mail), shipped_chart())
    number = line_with(request, "Phase two")

    reading = read_answer(answered({"duration": row("project", number, "Phase two begins in August")}), request)

    assert reading.answer.rows == ()
    assert reading.dropped == 1


def test_an_open_question_is_kept_unless_its_row_says_something() -> None:
    reading = read(
        answered({"finance": row("project", FIRST, "accept the 480")}, doubts={"finance": "sold?", "duration": "when?"})
    )

    assert reading.doubts == {Criterion.DURATION: "when?"}


@pytest.mark.parametrize(
    "found",
    [
        None, [], "text", 7, {}, {"choices": []}, {"choices": [None]}, {"choices": [{"message": None}]},
        {"choices": [{"message": {"content": None}}]}, {"error": {"message": "no"}},
        completion(""), completion("I am sorry, I cannot help with that."), completion("null"), completion("[]"),
        completion('{"rows": []}'), completion('{"rows": {"duration": '), completion("{" * 5000), completion("x" * 90_000),
        completion("Je ne peux pas répondre.", refusal="refusé"),
        completion(json.dumps(answer({})), finish_reason="length"),
        completion('{"outcome": "project", "rows": "all of them"}'),
    ],
)  # fmt: skip
def test_whatever_comes_back_is_no_reading_and_no_exception(found: Any) -> None:
    reading = read(found)

    assert not reading.usable
    assert reading.problem
    assert reading.answer.rows == ()


@pytest.mark.parametrize(
    "item",
    [
        None, 5, "project", [], {}, {"says": "PROJECT!"}, {"says": ["project"]}, {"says": "project", "quote": None},
        {"says": "project", "quote": ["a"], "sentences": "1"}, {"says": "project", "quote": "a" * 10_000, "sentences": [1]},
        {"says": "project", "quote": "a", "sentences": [1]}, {"says": "project", "quote": "", "sentences": [10**30, True, None]},
        {"says": "proyecto", "quote": "We accept the 480", "sentences": [2]},
    ],
)  # fmt: skip
def test_a_row_of_any_shape_says_nothing_without_its_quote(item: Any) -> None:
    given = answer({})
    given["rows"]["team"] = item

    assert sides(read(completion(json.dumps(given)))) == {}


@pytest.mark.parametrize(
    "text", ["```json\n{}\n```", "<think>{{ rows }} hmm</think>{}", "Here it is: {} Hope it helps."]
)
def test_an_answer_within_other_text_is_found(text: str) -> None:
    content = json.dumps(answer({"finance": row("project", FIRST, "We accept the 480")}))

    assert sides(read(completion(text.replace("{}", content)))) == {"finance": "project"}


def test_content_in_parts_is_joined() -> None:
    content = json.dumps(answer({"finance": row("project", FIRST, "We accept the 480")}))
    found = completion("")
    found["choices"][0]["message"]["content"] = [
        {"type": "text", "text": content[:50]},
        {"type": "text", "text": content[50:]},
    ]

    assert sides(read(found)) == {"finance": "project"}


@pytest.mark.parametrize(
    ("usage", "tokens"), [({"total_tokens": 12}, 12), ({"total_tokens": -4}, 0), ({}, 0), (None, 0)]
)
def test_tokens_are_those_that_the_endpoint_counted(usage: Any, tokens: int) -> None:
    assert tokens_of({"usage": usage}) == tokens
    assert tokens_of("nothing") == 0


def test_the_sides_of_an_answer_are_those_of_the_chart() -> None:
    reading = read(answered({"finance": row(" Project ", FIRST, "We accept the 480")}))

    assert reading.answer.rows[0].says is PointsTo.PROJECT
