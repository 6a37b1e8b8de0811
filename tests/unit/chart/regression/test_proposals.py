"""Phrases that decided against people are shown."""

from __future__ import annotations

from app.chart import parse_chart, shipped_chart
from app.chart.regression.cases import Case
from app.chart.regression.proposals import proposals
from app.domain.enums import Outcome
from tests.support.tickets import ticket_record

CHART = parse_chart("words: {accepted: {en: [bananas for it]}}\n")


def cases(*outcomes: Outcome) -> list[Case]:
    return [
        Case(
            str(number),
            0,
            ticket_record(
                f"Bananas for it. One engineer, one visit, one invoice. Room {number}.", "Screen", id=number + 1
            ),
            outcome,
        )
        for number, outcome in enumerate(outcomes)
    ]


def test_a_phrase_that_was_wrong_in_most_of_its_uses_is_proposed() -> None:
    wrong, right = Outcome.SERVICE_TICKET, Outcome.MINI_PROJECT

    found = next(each for each in proposals(CHART, cases(wrong, wrong, right, wrong, wrong)) if "bananas" in each.words)

    assert (found.words, found.wrong, found.uses) == ("bananas for it", 4, 5)
    assert "decided wrongly 4 of 5 times" in found.sentence


def test_a_phrase_that_is_mostly_right_or_rarely_used_is_not() -> None:
    wrong, right = Outcome.SERVICE_TICKET, Outcome.MINI_PROJECT

    assert proposals(CHART, cases(wrong, right, right)) == []
    assert proposals(CHART, cases(wrong, wrong)) == []
    assert proposals(shipped_chart(), []) == []
