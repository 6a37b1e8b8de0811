"""Vocabulary by language: each folder is complete."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.reading.language_data import ANY, alternatives, language_file, languages, meanings, vocabulary
from app.reading.phrases.grammar import compile_phrases

PHRASES = [language for language in languages() if language_file(language, "phrases")]
SHIPPED = [language for language in PHRASES if language != ANY]


@pytest.mark.parametrize("language", SHIPPED)
def test_a_language_has_words_for_every_month_weekday_and_negation(language: str) -> None:
    dates = language_file(language, "dates")
    assert sorted(dates["months"]) == list(range(1, 13))
    assert len(dates["weekdays"]) >= 7
    assert language_file(language, "polarity")["negation"]["words"]
    assert language_file(language, "numbers")["counts"]
    assert language_file(language, "function_words")["words"]


@pytest.mark.parametrize("language", PHRASES)
def test_every_phrase_belongs_to_a_described_meaning_and_compiles(language: str) -> None:
    phrases = language_file(language, "phrases")["phrases"]
    assert set(phrases) <= set(meanings())
    for listed in phrases.values():
        assert all(isinstance(phrase, str) and phrase == phrase.lower() for phrase in listed)
        assert isinstance(compile_phrases(listed), re.Pattern)


@pytest.mark.parametrize(("name", "member"), [("numbers", "several"), ("dates", "weekdays")])
def test_words_are_texts_though_yaml_reads_some_as_true_or_false(name: str, member: str) -> None:
    assert all(isinstance(word, str) for _, words in vocabulary(name, member) for word in words)


def test_a_language_without_a_file_is_without_its_words() -> None:
    assert language_file(ANY, "dates") == {}
    assert ANY not in dict(vocabulary("polarity", "negation"))


@given(st.sets(st.text("abc-", min_size=1, max_size=5), min_size=1, max_size=20), st.text("abc- ", max_size=30))
def test_alternatives_find_what_a_plain_list_finds_longest_first(words: set[str], text: str) -> None:
    plain = "|".join(map(re.escape, sorted(words, key=len, reverse=True)))
    expected = [match[0] for match in re.finditer(rf"(?<!\w)(?:{plain})(?!\w)", text)]
    assert [match[0] for match in re.finditer(rf"(?<!\w)(?:{alternatives(words)})(?!\w)", text)] == expected
