"""Vocabulary by language: each folder is complete, and together they hold the phrases of before."""

from __future__ import annotations

import hashlib
import json
import re

import pytest

from app.reading.language_data import ANY, language_file, languages, meanings, vocabulary
from app.reading.phrases.grammar import compiled, shipped_phrases, word_lists

PHRASES = [language for language in languages() if language_file(language, "phrases")]
SHIPPED = [language for language in PHRASES if language != ANY]
BEFORE_THE_SPLIT = "84527e5850cb0a6e421ba8f6c7d70e4e74bd124671e0c408a7edc1f2bf6adfe0"
"""SHA-256 of the phrases and lists as they stood in words.yaml and lists.yaml."""


def test_the_folders_hold_the_phrases_of_the_files_by_meaning_in_their_order() -> None:
    phrases = [(meaning, list(by_language.items())) for meaning, by_language in shipped_phrases().items()]
    written = json.dumps([phrases, sorted(word_lists().items())])
    assert hashlib.sha256(written.encode()).hexdigest() == BEFORE_THE_SPLIT


@pytest.mark.parametrize("language", SHIPPED)
def test_a_language_has_words_for_every_month_weekday_and_negation(language: str) -> None:
    dates = language_file(language, "dates")
    assert sorted(dates["months"]) == list(range(1, 13))
    assert len(dates["weekdays"]) >= 7
    assert language_file(language, "negation")["words"]
    assert language_file(language, "numbers")["counts"]
    assert language_file(language, "function_words")["words"]


@pytest.mark.parametrize("language", PHRASES)
def test_every_phrase_belongs_to_a_described_meaning_and_compiles(language: str) -> None:
    phrases = language_file(language, "phrases")["phrases"]
    assert set(phrases) <= set(meanings())
    for listed in phrases.values():
        assert all(isinstance(phrase, str) and phrase == phrase.lower() for phrase in listed)
        assert isinstance(compiled(listed), re.Pattern)


@pytest.mark.parametrize(("name", "member"), [("negation", "words"), ("numbers", "several"), ("dates", "weekdays")])
def test_words_are_texts_though_yaml_reads_some_as_true_or_false(name: str, member: str) -> None:
    assert all(isinstance(word, str) for _, words in vocabulary(name, member) for word in words)


def test_a_language_without_a_file_is_without_its_words() -> None:
    assert language_file(ANY, "dates") == {}
    assert ANY not in dict(vocabulary("negation", "words"))
