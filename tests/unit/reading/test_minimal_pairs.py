"""Minimal pairs, generated over all shipped phrases and languages: a cover above older mail, and a negation beside a phrase.

Each text stands once as it is and once taken back; only the first one may count. Those of acceptance stand in
`values/test_polarity.py`. The floors are what is reached now.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from app.chart import shipped_chart
from app.reading.language_data import language_file
from app.reading.mail.covers import adopts, consents
from app.reading.phrases.grammar import shipped_phrases
from tests.support.phrase_samples import samples

FRAMES: dict[str, Any] = yaml.safe_load(
    (Path(__file__).parent / "values" / "polarity_frames.yaml").read_text(encoding="utf-8")
)
LANGUAGES = ("en", "de", "fr", "es")
NEGATIONS = {
    "en": ("not {x}", "without {x}", "never {x}"),
    "de": ("nicht {x}", "ohne {x}", "nie {x}"),
    "fr": ("pas {x}", "sans {x}", "jamais {x}"),
    "es": ("no {x}", "sin {x}", "nunca {x}"),
}
MEANINGS = ("accepted", "fixed_price", "chargeable", "progress_billing", "many_people", "single_billing", "one_person")
REFUSALS = {
    "en": ("we do not accept it. {x}", "{x}. the board has rejected it", "we decline: {x}"),
    "de": ("wir nehmen es nicht an. {x}", "{x}. der vorstand hat es abgelehnt", "das lehnen wir ab: {x}"),
    "fr": ("nous ne l'acceptons pas. {x}", "{x}. le conseil l'a refusé", "nous refusons : {x}"),
    "es": ("no lo aceptamos. {x}", "{x}. la junta lo ha rechazado", "lo rechazamos: {x}"),
}
MOST_ADOPTED, MOST_STATED, MOST_STATED_ON_AVERAGE = 0.0, 0.2, 0.02


@cache
def covers(language: str) -> tuple[str, ...]:
    """Covers of a language that adopt the older mail by themselves."""
    listed = language_file(language, "mail").get("adopts", [])
    texts = [" ".join(str(phrase).replace("*", "").replace("..", "it").split()) for phrase in listed]
    return tuple(text for text in texts if adopts(text))


@cache
def phrases(meaning: str, language: str) -> tuple[str, ...]:
    """Texts of a language that state a meaning by themselves."""
    listed = shipped_phrases()[meaning]
    found = [text for phrase in listed.get(language, []) for text in samples(phrase, 2)]
    return tuple(text for text in dict.fromkeys(found) if states(meaning, text, language))


def states(meaning: str, text: str, language: str) -> bool:
    others = frozenset(LANGUAGES) - {language}
    return meaning in shipped_chart().reader.interpret(text, others).meanings


def share(counted: Iterable[bool]) -> float:
    found = list(counted)
    assert found
    return sum(found) / len(found)


def is_denied_already(text: str, language: str) -> bool:
    words = set(text.replace("'", "' ").split())
    return not words.isdisjoint(language_file(language, "polarity")["negation"]["words"])


def stated_though_denied(meaning: str, language: str) -> list[bool]:
    texts = [text for text in phrases(meaning, language) if not is_denied_already(text, language)]
    return [states(meaning, frame.format(x=text), language) for frame in NEGATIONS[language] for text in texts]


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_cover_adopts_as_it_is_and_not_where_it_refuses(language: str) -> None:
    assert len(covers(language)) >= 20
    *beside, within = REFUSALS[language]
    pointers = [text for text in covers(language) if not consents(text)]
    assert len(pointers) >= 10
    refused = [within.format(x=text) for text in covers(language)]
    refused += [frame.format(x=text) for frame in beside for text in pointers]
    assert share(adopts(text) for text in refused) <= MOST_ADOPTED


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("meaning", MEANINGS)
def test_a_negation_beside_a_phrase_takes_its_meaning_back(meaning: str, language: str) -> None:
    assert share(stated_though_denied(meaning, language)) <= MOST_STATED


def test_over_all_meanings_and_languages_hardly_any_denied_phrase_counts() -> None:
    counted = [one for meaning in MEANINGS for language in LANGUAGES for one in stated_though_denied(meaning, language)]
    assert len(counted) >= 1500
    assert share(counted) <= MOST_STATED_ON_AVERAGE
