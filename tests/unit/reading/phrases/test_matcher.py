"""The reader finds what trying every phrase at every word finds, though it tries few."""

from __future__ import annotations

import re
from functools import cache

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.chart import parse_chart, shipped_chart
from app.domain.enums import Polarity
from app.reading.phrases.grammar import (
    Choice,
    Parts,
    Repeated,
    WordList,
    parse_phrase,
    shipped_phrases,
    to_regex,
    word_list,
)
from app.reading.phrases.index import IndexedPhrase, PhraseIndex
from app.reading.phrases.matcher import PhraseReader
from app.reading.segments import sentences
from app.reading.sources import sender_text
from tests.support.limits import examples
from tests.support.tickets import CASES, labelled

WORD_STARTS = re.compile(r"(?:(?<![\w'])|(?<=\b[cdjlmnst]'))([^\W_]+|[_€£$])")
INDEXED = [
    IndexedPhrase(number, meaning, language, phrase)
    for number, (meaning, language, phrase) in enumerate(
        (meaning, language, phrase)
        for meaning, languages in shipped_phrases().items()
        for language, phrases in languages.items()
        for phrase in phrases
    )
]
INDEX = PhraseIndex(INDEXED)


def everywhere(words: str) -> set[tuple[int, int]]:
    """Places and numbers of the phrases, each tried at each word."""
    return {
        (start.start(), phrase.number)
        for start in WORD_STARTS.finditer(words)
        for phrase in INDEXED
        if phrase.phrase_pattern.pattern.match(words, start.start())
        and phrase.phrase_pattern.rank(start[1]) is not None
    }


def by_index(words: str) -> set[tuple[int, int]]:
    return {
        (at, phrase.number)
        for at, word, phrases in INDEX.places(words)
        for phrase in phrases
        if phrase.phrase_pattern.pattern.match(words, at) and phrase.phrase_pattern.rank(word) is not None
    }


@cache
def real_sentences() -> list[str]:
    texts = [case.get("initialDescription") or "" for path in CASES.rglob("*.jsonl") for case, _ in labelled(path.stem)]
    return sorted({one.words for text in texts for one in sentences(sender_text(text), "") if one.words})


@pytest.mark.slow
def test_no_phrase_is_lost_in_any_sentence_of_the_cases() -> None:
    for words in real_sentences()[::12]:
        assert by_index(words) == everywhere(words), words


def said(parts: Parts, draw: st.DrawFn) -> str:
    """Words that a phrase finds, or nearly so."""
    pieces = []
    for part in parts:
        match part:
            case Choice(options):
                pieces.append(said(draw(st.sampled_from(options)), draw))
            case WordList(name):
                pieces.append(said(draw(st.sampled_from(word_list(name).options)), draw))
            case Repeated(choice, spaced):
                for _ in range(draw(st.sampled_from([0, 0, 1, 2]))):
                    pieces += [said(draw(st.sampled_from(choice.options)), draw), " " * spaced]
            case _:
                pieces.append(draw(SAID.get(type(part).__name__, st.just(getattr(part, "char", "")))))
    return "".join(pieces)


BETWEEN = st.sampled_from([" ", " ", " ", " ", "-", "_", ", ", "  ", "\u00a0", "' "])
SAID: dict[str, st.SearchStrategy[str]] = {
    "Space": BETWEEN,
    "Gap": st.sampled_from([" ", " the ", " a_b ", " 24.12. ", " l'on not "]),
    "Star": st.sampled_from(["", "s", "ung", "_x", "é9", "x" * 20]),
    "Symbol": st.sampled_from(["3", "zwei", "a couple of", "1.200 €", "usd 40", "6k", "two hundred pounds", "1'500 chf", "٣"]),
}  # fmt: skip


@st.composite
def word_set(draw: st.DrawFn) -> str:
    phrases = [draw(st.sampled_from(list(listed_phrases()))) for _ in range(draw(st.integers(1, 3)))]
    pieces = [said((parse_phrase(phrase),), draw) for phrase in phrases]
    around = st.sampled_from(["", "l'", "not ", "the ", "_", "€", "2026_", "'", "x"])
    return draw(BETWEEN).join(
        draw(around) + piece + draw(st.sampled_from(["", "s", "'s", "_", "!"])) for piece in pieces
    )


@cache
def listed_phrases() -> tuple[str, ...]:
    return tuple(phrase for languages in shipped_phrases().values() for found in languages.values() for phrase in found)


@pytest.mark.slow
@examples(150)
@given(word_set())
def test_no_phrase_is_lost_where_phrases_stand_close(words: str) -> None:
    assert by_index(words.lower()) == everywhere(words.lower())


@examples(100)
@given(st.text(alphabet="aenrtsi '_-.€$05k\u0301ßé", max_size=120))
def test_no_phrase_is_lost_in_any_letters(words: str) -> None:
    assert by_index(words) == everywhere(words)


def flat(part: Choice) -> str:
    """The expression of options one after the other, as they are written."""
    return "|".join(
        "".join(f"(?:{flat(one)})" if isinstance(one, Choice) else to_regex(one) for one in parts)
        for parts in part.options
    )


@examples(150)
@given(
    st.lists(st.sampled_from(["ap", "aps", "a*", "*s", "apple pie", "", "b", "ba*", "a p", "x"]), min_size=1),
    st.text("abpsxle ", max_size=12),
)
def test_options_put_under_their_first_letters_find_what_they_found_one_by_one(options: list[str], words: str) -> None:
    choice = parse_phrase(f"({'|'.join(options)}) (p|ps|*s)")
    quick, plain = re.compile(to_regex(choice)), re.compile(flat(choice))

    assert [match.span() for match in quick.finditer(words)] == [match.span() for match in plain.finditer(words)]


def read(words: str, *phrases: str) -> list[str]:
    return [match.words for match in PhraseReader({"fault": {"en": list(phrases)}}).read(words)]


@pytest.mark.parametrize(
    ("phrase", "words", "found"),
    [
        pytest.param("order*", "we ordered it", "ordered", id="any ending"),
        pytest.param("*rechnung", "die schlussrechnung kommt", "schlussrechnung", id="any beginning"),
        pytest.param("* team", "the night team", "night team", id="any word"),
        pytest.param("re(build|wire)s", "he rewires it", "rewires", id="a word in pieces"),
        pytest.param("(very |quite )*slow", "very quite slow", "very quite slow", id="repeated"),
        pytest.param("roll out", "roll-out", "roll-out", id="a hyphen parts words"),
        pytest.param("roll out", "a roll_out", "roll_out", id="an underscore parts words"),
        pytest.param("won't go", "it won't go", "won't go", id="an apostrophe in a word"),
        pytest.param("offre signée", "l'offre signée", "offre signée", id="an apostrophe before a word"),
        pytest.param("# (h|hours)", "about 14 h", "14 h", id="a number"),
        pytest.param("5# h", "50 h", "50 h", id="a number behind a digit"),
        pytest.param("paid .. $", "paid me in 2k", "paid me in 2k", id="a gap and money"),
        pytest.param("$ net", "€ 20 net", "€ 20 net", id="begins with a sign"),
        pytest.param("ok, go", "ok, go now", "ok, go", id="a sign"),
        pytest.param("team", "steam", "", id="not inside a word"),
        pytest.param("team", "team's", "", id="not a part of a word with an apostrophe"),
    ],
)
def test_a_phrase_is_found_as_it_is_written(phrase: str, words: str, found: str) -> None:
    assert read(words, phrase) == ([found] if found else [])


def test_of_two_phrases_at_one_place_the_one_with_more_fixed_letters_goes_first() -> None:
    assert read("schlussrechnung folgt", "*rechnung", "schlussrechnung folgt") == ["schlussrechnung folgt"]


def test_a_phrase_said_twice_counts_where_it_is_not_negated() -> None:
    matches = PhraseReader({"fault": {"en": ["broken"]}}).read("not broken yesterday, but broken now")

    assert [(match.at, match.polarity) for match in matches] == [(26, Polarity.AFFIRMED)]


def test_phrases_of_languages_that_a_ticket_is_not_written_in_are_left_out() -> None:
    reader = PhraseReader({"fault": {"de": ["rot"], "any": ["kaputt"]}})

    assert [match.words for match in reader.read("rot oder kaputt", frozenset({"de"}))] == ["kaputt"]


@pytest.mark.slow
def test_the_words_that_are_kept_do_not_grow_without_end() -> None:
    index = PhraseIndex(INDEXED[:3])
    for number in range(60_000):
        list(index.places(f"word{number} {'long' * 20}{number}"))

    assert len(index._words) <= 20_000
    assert max(map(len, index._words)) <= 40


def test_a_charts_own_phrases_are_read_beside_the_shipped_ones() -> None:
    chart = parse_chart("words: {fault: {nl: ['doet het niet']}}")

    assert "doet het niet" in {match.words for match in chart.reader.read("de printer doet het niet")}
    shipped = {match.meaning for match in shipped_chart().reader.read("de printer doet het niet")}
    assert "fault" not in shipped
