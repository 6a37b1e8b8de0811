"""Facts of the built-in readers, and how the facts of a further reader join them."""

from __future__ import annotations

from decimal import Decimal

import pytest

from app.chart import shipped_chart
from app.chart.decide import decide, evidence_of
from app.domain.enums import FactType, Outcome, Polarity, Reader
from app.domain.facts import Fact, ReaderAnswer
from app.domain.ticket import TicketRecord
from app.reading.evidence import Evidence
from app.reading.facts.further_reader import add_answer
from app.reading.facts.statements import FACT_OF_MEANING, MEANING_OF_FACT, facts_of
from app.reading.language_data import meanings
from app.reading.verify import citable_texts, occurs_in

PLAIN = {"id": 1, "dateEntered": "2026-05-04T08:00:00Z"}
JOB = "We accept your quote Q-2041 of 9,400 for the new office. Two engineers will be on site."
RECORDS = {
    "opportunity": {"name": "Office move", "stage": {"name": "Won"}, "expectedRevenue": 12000},
    "poNumber": "PO-77",
    "budgetHours": 30,
    "products": [{"description": "Labour move", "quantity": 1, "price": 900, "productClass": "Service"}],
    "tasks": [{"summary": "Plan", "budgetHours": 6}, {"summary": "Move", "budgetHours": 20}],
    "scheduleEntries": [
        {
            "id": 5,
            "member": "akhan",
            "dateStart": "2026-05-11T08:00:00Z",
            "dateEnd": "2026-05-11T16:00:00Z",
            "hours": 8,
        },
        {
            "id": 6,
            "member": "jmoore",
            "dateStart": "2026-06-15T08:00:00Z",
            "dateEnd": "2026-06-15T16:00:00Z",
            "hours": 8,
        },
    ],
}


def read(text: str, **records: object) -> Evidence:
    ticket = TicketRecord.from_json({**PLAIN, "summary": "Request", "initialDescription": text, **records})
    return evidence_of(ticket, shipped_chart())


def found(evidence: Evidence) -> dict[FactType, list[tuple[Polarity, Reader]]]:
    facts: dict[FactType, list[tuple[Polarity, Reader]]] = {}
    for fact in facts_of(evidence):
        facts.setdefault(fact.type, []).append((fact.polarity, fact.reader))
    return facts


def test_each_phrase_states_a_typed_fact_with_its_quote() -> None:
    evidence = read(JOB)
    texts = citable_texts(evidence.ticket)
    facts = facts_of(evidence)
    assert {FactType.QUOTE_ACCEPTED, FactType.SEVERAL_PEOPLE} <= {fact.type for fact in facts}
    assert all(occurs_in(fact.quote, texts[fact.source]) for fact in facts)


def test_records_give_exact_facts_with_their_values() -> None:
    facts = {
        fact.type: fact for fact in facts_of(read("See the attached plan.", **RECORDS)) if fact.reader is Reader.RECORD
    }
    assert facts[FactType.SEVERAL_PEOPLE].value is not None
    values = {kind: fact.value.to_json() for kind, fact in facts.items() if fact.value}
    assert values[FactType.QUOTE_ACCEPTED] == {"amount": "12000"}
    assert values[FactType.PURCHASE_ORDER] == {"name": "PO-77"}
    assert values[FactType.BUDGET_HOURS] == {"hours": "30"}
    assert values[FactType.HOURS_BY_PART] == {"hours": "26", "count": 2}
    assert values[FactType.SEVERAL_PEOPLE] == {"count": 2}
    assert values[FactType.WORK_PERIOD] == {"first_day": "2026-05-11", "last_day": "2026-06-15"}


@pytest.mark.parametrize(
    ("text", "polarity"),
    [
        ("We accept your quote Q-2041.", Polarity.AFFIRMED),
        ("We do not accept your quote Q-2041.", Polarity.NEGATED),
        ("Once the board has met we will accept your quote Q-2041.", Polarity.CONDITIONAL),
        ("Last year they accepted your quote Q-2041.", Polarity.PAST),
        ("Our neighbours accepted your quote Q-2041.", Polarity.OTHER_PARTY),
    ],
)
def test_the_same_words_are_held_in_five_ways(text: str, polarity: Polarity) -> None:
    assert [held for held, _ in found(read(text))[FactType.QUOTE_ACCEPTED]] == [polarity]


def test_every_meaning_that_states_a_fact_is_a_meaning_that_ships() -> None:
    assert set(FACT_OF_MEANING) - {"parted"} <= set(meanings())
    assert set(MEANING_OF_FACT.values()) <= set(FACT_OF_MEANING)


def fact(kind: FactType, quote: str, *, polarity: Polarity = Polarity.AFFIRMED, confidence: float = 1.0) -> Fact:
    return Fact(kind, polarity, None, quote, "initialDescription", Reader.MODEL, confidence)


def outcome(text: str, *facts: Fact, leads: bool = False) -> Outcome:
    ticket = {**PLAIN, "summary": "Reception", "initialDescription": text}
    return decide(TicketRecord.from_json(ticket), shipped_chart(), extra=ReaderAnswer(facts, leads=leads)).outcome


UNUSUAL = "Splendid, do the lot for nineteen hundred. The reception gets its new network rack, in one visit."


def test_a_fact_that_the_words_miss_counts_by_its_quote() -> None:
    accepted = fact(FactType.QUOTE_ACCEPTED, "do the lot for nineteen hundred")
    assert outcome(UNUSUAL, accepted) is Outcome.MINI_PROJECT
    assert outcome(UNUSUAL, fact(FactType.QUOTE_ACCEPTED, "do the lot for ninety hundred")) is outcome(UNUSUAL)


def test_an_inference_of_low_confidence_weighs_nothing() -> None:
    assert outcome(UNUSUAL, fact(FactType.QUOTE_ACCEPTED, "do the lot", confidence=0.3)) is outcome(UNUSUAL)


def test_an_acceptance_cut_out_of_a_refusal_is_no_acceptance() -> None:
    refused = "Thanks. We do not accept the quote for the rack."
    evidence = read(refused)
    added = add_answer(evidence, ReaderAnswer((fact(FactType.QUOTE_ACCEPTED, "accept the quote"),)))
    assert {item.polarity for item in added if item.type is FactType.QUOTE_ACCEPTED} == {Polarity.NEGATED}
    assert not evidence.mentions("accepted")


def test_readers_that_contradict_each_other_about_a_sale_settle_nothing() -> None:
    text = "We accept your quote Q-2041, fixed price 9,400."
    denied = fact(FactType.QUOTE_ACCEPTED, "accept your quote", polarity=Polarity.NEGATED)
    assert outcome(text) is Outcome.MINI_PROJECT
    assert outcome(text, denied) is Outcome.REVIEW
    assert outcome(text, denied, leads=True) is not Outcome.REVIEW


def test_a_decision_shows_its_facts_with_their_readers() -> None:
    ticket = {**PLAIN, "summary": "Move", "initialDescription": JOB, "poNumber": "PO-77"}
    shown = decide(TicketRecord.from_json(ticket), shipped_chart()).to_json()["facts"]
    assert {"record", "words"} == {entry["reader"] for entry in shown}
    order = next(entry for entry in shown if entry["reader"] == "record")
    assert (order["type"], order["quote"], order["source"]) == ("purchase_order", "PO-77", "poNumber")
    assert Decimal(shown[0]["confidence"]) == 1
