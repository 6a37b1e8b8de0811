"""Minimal pairs of acceptance, generated over all shipped phrases and languages: denied, under a condition, long ago, by others.

Before polarity was read, 15,911 of 18,382 generated sentences still counted as acceptance (87 of 100), and 88 of 100 in frames that
nobody had seen. The floors are what is reached now. Known gap: a year alone ("en 2019") does not tell the past.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from app.chart import shipped_chart
from app.domain.enums import Polarity
from app.reading.phrases.grammar import shipped_phrases
from app.reading.values.polarity import polarity_at
from tests.support.phrase_samples import samples

FRAMES: dict[str, Any] = yaml.safe_load(Path(__file__).with_name("polarity_frames.yaml").read_text(encoding="utf-8"))
LANGUAGES = ("en", "de", "fr", "es")
KINDS = ("negated", "conditional", "past", "other_party")
SAMPLES = 3
MOST_COUNTED = {"known": 0.06, "unseen": 0.08}
MOST_COUNTED_PAST = {"known": 0.4, "unseen": 0.4}
MOST_LOST = 0.005


def is_accepted(language: str, words: str) -> bool:
    others = frozenset(LANGUAGES) - {language}
    return "accepted" in shipped_chart().reader.interpret(words, others).meanings


@cache
def clauses(language: str) -> tuple[str, ...]:
    """Clauses of a language that count as acceptance: samples of each shipped phrase, and plain sentences."""
    listed = shipped_phrases()["accepted"]
    phrases = [*listed[language], *listed["any"]]
    found = [text for phrase in phrases for text in samples(phrase, SAMPLES)]
    found += [f"{verb} {offer}" for verb in FRAMES["verbs"][language] for offer in FRAMES["offers"][language]]
    return tuple(text for text in dict.fromkeys(found) if is_accepted(language, text))


def framed(language: str, frames: Iterable[str]) -> Iterator[str]:
    return (frame.format(x=clause) for frame in frames for clause in clauses(language))


def share_accepted(language: str, sentences: Iterable[str]) -> float:
    counted = [is_accepted(language, words) for words in sentences]
    assert counted
    return sum(counted) / len(counted)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_has_clauses_that_count_as_acceptance(language: str) -> None:
    assert len(clauses(language)) >= 90


@pytest.mark.fast_cases(6)
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("group", ["known", "unseen"])
def test_an_acceptance_that_is_taken_back_hardly_ever_counts(group: str, language: str, kind: str) -> None:
    most = MOST_COUNTED_PAST if kind == "past" else MOST_COUNTED
    assert share_accepted(language, framed(language, FRAMES[group][language][kind])) <= most[group]


@pytest.mark.slow
@pytest.mark.parametrize("group", ["known", "unseen"])
def test_over_all_languages_and_kinds_few_taken_back_acceptances_count(group: str) -> None:
    shares = [
        share_accepted(language, framed(language, FRAMES[group][language][kind]))
        for language in LANGUAGES
        for kind in KINDS
    ]
    assert sum(shares) / len(shares) <= MOST_COUNTED[group]


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_acceptance_beside_other_conditions_and_times_still_counts(language: str) -> None:
    assert share_accepted(language, framed(language, FRAMES["company"][language])) >= 1 - MOST_LOST


@pytest.mark.fast_cases(30)
@pytest.mark.parametrize(
    ("language", "words"),
    [
        (language, frame.format(o=offer))
        for language in LANGUAGES
        for kind in KINDS
        for frame in FRAMES["inflected"][language][kind]
        for offer in FRAMES["offers"][language]
        if not frame.startswith("in 2019")
    ],
)
def test_a_verb_that_takes_an_acceptance_back_is_read(language: str, words: str) -> None:
    assert not is_accepted(language, words)


@pytest.mark.parametrize(
    ("words", "span", "polarity"),
    [
        ("we do not say that we accept your quote", "accept your quote", Polarity.NEGATED),
        ("once the board has met we accept your quote", "accept your quote", Polarity.CONDITIONAL),
        ("we accept your quote subject to approval", "accept your quote", Polarity.CONDITIONAL),
        ("last year we accepted your quote", "accepted your quote", Polarity.PAST),
        ("our neighbours accepted your quote", "accepted your quote", Polarity.OTHER_PARTY),
        ("our neighbours said no, but we accept your quote", "accept your quote", Polarity.AFFIRMED),
        ("do it on the same terms as last year, we accept your quote", "accept your quote", Polarity.AFFIRMED),
        ("we accept your quote, ann does it on her own", "accept your quote", Polarity.AFFIRMED),
    ],
)
def test_a_frame_governs_the_span_it_leads_to(words: str, span: str, polarity: Polarity) -> None:
    at = words.index(span)
    assert polarity_at(words, at, at + len(span)) is polarity
