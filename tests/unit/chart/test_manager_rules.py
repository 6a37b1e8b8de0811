"""Rules of managers are checked before the rows: words, records, sizes and custom fields."""

from __future__ import annotations

import json
from typing import Any

import pytest

from app.chart import ChartError, Decision, decide, parse_chart
from app.chart.listed_words import listed_phrases
from app.chart.schema.chart_file import shipped_chart
from app.domain.enums import Outcome
from app.domain.ticket import TicketRecord

TICKET: dict[str, Any] = {
    "id": 9,
    "summary": "Client onboarding for Harbour Dental",
    "initialDescription": "Please set up the new practice as discussed.",
    "dateEntered": "2026-05-04",
    "company": {"name": "Harbour Dental"},
    "board": {"name": "Service Desk"},
    "item": {"name": "Onboarding"},
    "source": {"name": "Email Connector"},
    "priority": {"name": "Priority 3"},
    "budgetHours": 12,
    "products": [{"description": "Kit", "quantity": 2, "price": 400}],
    "customFields": [{"caption": "Work type", "value": "New client"}, {"caption": "Site visit", "value": True}],
}


def decided(conditions: str, **members: Any) -> Decision:
    chart = parse_chart(f"rules: [{{name: Onboarding, {conditions}, outcome: project}}]")
    return decide(TicketRecord.from_json({**TICKET, **members}), chart)


@pytest.mark.parametrize(
    "conditions",
    [
        "words: [(client|customer) onboarding]",
        "items: [onboarding]",
        "sources: [Email connector]",
        "priorities: [Priority 3]",
        "custom_fields: {Work Type: [Renewal, New client]}",
        "custom_fields: {Site visit: []}",
        "hours_from: 12",
        "hours_below: 13",
        "amount_from: 800, amount_below: 801",
        "words: [onboarding], companies: [Harbour Dental], hours_from: 8",
    ],
)
def test_a_rule_of_which_every_condition_holds_sets_the_outcome(conditions: str) -> None:
    decision = decided(conditions)
    assert (decision.outcome, decision.exception) == (Outcome.PROJECT, "Onboarding")


@pytest.mark.parametrize(
    "conditions",
    [
        "words: [offboarding]",
        "items: [Move]",
        "custom_fields: {Work type: [Renewal]}",
        "custom_fields: {Region: []}",
        "hours_from: 13",
        "hours_below: 12",
        "amount_from: 801",
        "words: [onboarding], companies: [Elsewhere]",
    ],
)
def test_a_rule_with_a_condition_that_does_not_hold_sets_nothing(conditions: str) -> None:
    assert decided(conditions).exception is None


def test_denied_words_meet_no_rule() -> None:
    assert (
        decided("words: [onboarding]", summary="Question", initialDescription="No onboarding is needed.").exception
        is None
    )


def test_an_unknown_size_meets_no_limit() -> None:
    assert decided("hours_below: 100", budgetHours=None).exception is None
    assert decided("amount_below: 5000", products=[]).exception is None


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("rules: [{name: A, outcome: project}]", "the rule has no condition"),
        ("rules: [{name: A, hours_from: 8, hours_below: 8, outcome: project}]", "hours_below must be larger"),
        ("rules: [{name: A, words: ['(a'], outcome: project}]", "an opening bracket is not closed"),
        ("rules: [{name: A, word: [a], outcome: project}]", "did you mean words"),
        ("words_off: {accepted: {en: [we accept your qoute]}}", "no shipped phrase of “accepted” in “en” reads so"),
        ("words_off: {acepted: {en: [x]}}", "did you mean accepted?"),
    ],
)
def test_a_wrong_rule_or_switch_is_an_error_with_its_place(text: str, message: str) -> None:
    with pytest.raises(ChartError, match=message):
        parse_chart(text)


def test_a_phrase_that_is_switched_off_is_read_no_more_and_a_near_miss_is_named() -> None:
    phrase = listed_phrases(shipped_chart(), meaning="one_visit", language="en")[0]
    off = parse_chart(json.dumps({"words_off": {"one_visit": {"en": [phrase.phrase]}}}))
    assert phrase.phrase in shipped_chart().all_words["one_visit"]["en"]
    assert phrase.phrase not in off.all_words["one_visit"]["en"]
    assert [
        item.off for item in listed_phrases(off, meaning="one_visit", language="en") if item.phrase == phrase.phrase
    ] == [True]
    with pytest.raises(ChartError, match="did you mean"):
        parse_chart(json.dumps({"words_off": {"one_visit": {"en": [f"{phrase.phrase}x"]}}}))


def test_every_phrase_is_listed_with_its_meaning_an_explanation_and_an_example() -> None:
    chart = parse_chart("words: {accepted: {it: [accettiamo il preventivo]}}")
    listed = listed_phrases(chart)
    assert all(item.states and item.explanation and item.example for item in listed)
    assert [item.phrase for item in listed if item.own] == ["accettiamo il preventivo"]
    found = [item for item in listed if not item.own and item.meaning == "accepted" and item.language == "en"]
    examples = [chart.reader.read(item.example.lower()) for item in found]
    assert sum(any(match.meaning == "accepted" for match in read) for read in examples) >= 0.8 * len(found)


@pytest.mark.parametrize(
    ("names", "message"), [({"meaning": "acepted"}, "did you mean accepted"), ({"language": "xx"}, "no “xx”")]
)
def test_an_unknown_meaning_or_language_is_refused_with_the_known_ones(names: dict[str, str], message: str) -> None:
    with pytest.raises(LookupError, match=message):
        listed_phrases(shipped_chart(), **names)


def test_each_row_has_guidance_and_a_partial_file_keeps_the_others() -> None:
    chart = parse_chart("guidance: {team: Ours.}")
    assert chart.guidance.team == "Ours."
    assert chart.guidance.duration == shipped_chart().guidance.duration
    assert all(len(text) > 80 for text in shipped_chart().guidance.model_dump().values())
