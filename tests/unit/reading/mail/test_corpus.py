"""Mails of many kinds and languages, each with and without its extra material: the sender's words are the same."""

from __future__ import annotations

import re
from collections import defaultdict

import pytest

from app.chart import decide, shipped_chart
from tests.support.tickets import ticket_record
from tests.unit.reading.mail.mails import Pair, pairs, words

PAIRS = [pytest.param(pair, id=f"{pair.kind}-{pair.language}") for pair in pairs()]
MARKS = re.compile(r"[\s*_-]+")


def test_every_kind_stands_in_the_four_languages_and_two_that_the_chart_does_not_read() -> None:
    languages: dict[str, set[str]] = defaultdict(set)
    for pair in pairs():
        languages[pair.kind].add(pair.language)
    assert len(languages) >= 20
    assert all(found >= {"en", "de", "fr", "es"} and len(found) >= 6 for found in languages.values())


@pytest.mark.fast_cases(48)
@pytest.mark.parametrize("pair", PAIRS)
def test_extra_material_leaves_the_words_of_the_sender_as_they_are(pair: Pair) -> None:
    full, bare = (MARKS.sub(" ", words(text, subject=pair.subject)) for text in (pair.full, pair.bare))
    assert full == bare
    assert bare


@pytest.mark.fast_cases(24)
@pytest.mark.parametrize("pair", PAIRS)
def test_extra_material_moves_no_outcome(pair: Pair) -> None:
    chart = shipped_chart()
    full, bare = (decide(ticket_record(text, pair.subject), chart).outcome for text in (pair.full, pair.bare))
    assert full is bare
