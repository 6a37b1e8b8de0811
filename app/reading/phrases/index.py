"""Finds the phrases that a sentence can contain, by its words, before any regular expression runs.

A phrase needs words of certain forms (`app.reading.phrases.prefilter`). It is filed under the rarest of them. The words of a sentence
bring up what is filed under them, and of that remains what finds its other words in the sentence too, which is little. What
a word brings up is worked out once and kept, for words return in sentences that were never seen before.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Set
from functools import cached_property, lru_cache
from itertools import accumulate
from typing import NamedTuple

from app.reading.languages import FUNCTION_WORDS
from app.reading.phrases.grammar import parse_phrase, to_regex
from app.reading.phrases.prefilter import A_DIGIT, NUMBER, Forms, ways

_WORD = re.compile(r"([^\W_]+|[_€£$])")
_BEGINNING = re.compile(r"(?<![\w'])|(?<=\b[cdjlmnst]')")
"""Start of a word: don't is one word, l'offre is two."""
_DIGIT = re.compile(r"\d")
_USUAL_DIGIT = re.compile(r"[0-9]")
_ANY = frozenset({"*"})
_MOST_LETTERS = 5
_MOST_WORDS_KEPT = 20_000
_LONGEST_WORD_KEPT = 40


class PhrasePattern:
    """A compiled phrase, with the words that every matching text contains."""

    def __init__(self, phrase: str) -> None:
        self._parts = parse_phrase(phrase)
        known = list(ways(self._parts))
        first: Forms = frozenset().union(*(way.first() for way in known))
        nothing = any("" in way.inside for way in known)
        self._any_letters = nothing or any(form.startswith("*") for form in first)
        self._letters = frozenset(map(_letters, first - {""}))
        self.first = _ANY if nothing or "*" in first else first - {""}
        """Forms of the first word."""
        self.ways = [way.needed() for way in known]
        """For each variant: the forms that a matching sentence contains."""

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        """Finds the phrase from where a word begins, up to where one ends."""
        return re.compile(rf"(?:{to_regex(self._parts)})(?!'?\w)")

    def rank(self, word: str) -> int | None:
        """How many first letters of a word the phrase fixes, of two: 0 none, 1 one, 2 more; None: it does not begin so."""
        if self._any_letters:
            return 0
        letters = _letters(word if word.isalpha() else _USUAL_DIGIT.sub(NUMBER, word))
        known = self._letters
        for written in (_letters(word), letters):
            if written in known or written[:4] in known or written[:3] in known or written[:2] in known:
                return 2
        return 1 if letters[0] in self._letters or word[0] in self._letters else None


phrase_pattern = lru_cache(maxsize=4096)(PhrasePattern)
"""Cached: charts share their phrase patterns."""


def _letters(form: str) -> str:
    """The first letters of a word; a space stands for its end."""
    return form[:-1][:_MOST_LETTERS] if form.endswith("*") else f"{form} "[:_MOST_LETTERS]


class IndexedPhrase:
    """A phrase with its meaning, language and position in the chart."""

    __slots__ = ("language", "meaning", "number", "phrase_pattern")

    def __init__(self, number: int, meaning: str, language: str, phrase: str) -> None:
        self.number = number
        self.meaning = meaning
        self.language = language
        self.phrase_pattern = phrase_pattern(phrase)


class _Way(NamedTuple):
    """One variant of a phrase, with the further forms it needs, as bits."""

    needed: int
    phrase: IndexedPhrase


class _Word:
    """Index entry of a word: its forms as bits, the variants filed under them, the phrases it can begin."""

    __slots__ = ("begins", "brings", "forms")

    def __init__(self, forms: int, brings: tuple[_Way, ...], begins: frozenset[IndexedPhrase]) -> None:
        self.forms = forms
        self.brings = brings
        self.begins = begins


class PhraseIndex:
    """The phrases of a chart, indexed by their rarest words."""

    def __init__(self, phrases: Iterable[IndexedPhrase]) -> None:
        self._bits: dict[Forms, int] = {}
        self._filed: dict[Forms, list[_Way]] = defaultdict(list)
        self._beginning: dict[Forms, list[IndexedPhrase]] = defaultdict(list)
        for phrase in phrases:
            self._file(phrase)
        self._holding: dict[str, list[Forms]] = defaultdict(list)
        self._opening: dict[str, list[Forms]] = defaultdict(list)
        self._closing: dict[str, list[Forms]] = defaultdict(list)
        for forms in {*self._bits, *self._filed, *self._beginning}:
            for form in forms:
                self._by_kind(form).append(forms)
        self._longest = max(map(len, [*self._opening, *self._closing]), default=0)
        self._always = {way.phrase for way in self._filed.pop(_ANY, ())}
        self._words: dict[str, _Word] = {}
        self._alike: dict[frozenset[Forms], _Word] = {}

    def _by_kind(self, form: str) -> list[Forms]:
        if form.strip("*") == form or form in ("*", A_DIGIT):
            return self._holding[form]
        return self._opening[form[:-1]] if form.endswith("*") else self._closing[form[1:]]

    def _file(self, phrase: IndexedPhrase) -> None:
        self._beginning[phrase.phrase_pattern.first].append(phrase)
        for needed in phrase.phrase_pattern.ways:
            rarest, *others = [*sorted(needed, key=_commonness), _ANY]
            self._filed[rarest].append(_Way(sum(map(self._bit, others[:2])), phrase))

    def _bit(self, forms: Forms) -> int:
        return self._bits.setdefault(forms, 1 << len(self._bits)) if forms != _ANY else 0

    def places(self, words: str) -> Iterator[tuple[int, str, Set[IndexedPhrase]]]:
        """Where in a sentence which phrases may stand, in its order, with the word that begins there; nowhere else does any."""
        pieces = _WORD.split(words)
        word_set = pieces[1::2]
        known = [self._words.get(word) or self._learned(word) for word in word_set]
        have = 0
        for item in known:
            have |= item.forms
        found = {phrase for item in known for needed, phrase in item.brings if needed & have == needed}
        found |= self._always
        if not found:
            return
        places = list(accumulate(map(len, pieces)))[::2]
        joined = "_" in words
        for at, word, of_word in zip(places, word_set, known, strict=False):
            may_begin = found if joined else found & of_word.begins
            if may_begin and (words[at - 1] == " " or _BEGINNING.match(words, at)):
                yield at, word, may_begin

    def _learned(self, word: str) -> _Word:
        forms = frozenset(self._forms_of(word))
        known = self._alike.get(forms) or self._alike.setdefault(forms, self._word_of(forms))
        if len(word) <= _LONGEST_WORD_KEPT:
            if len(self._words) >= _MOST_WORDS_KEPT:
                self._words.clear()
                self._alike.clear()
            self._words[word] = known
        return known

    def _forms_of(self, word: str) -> list[Forms]:
        numbered = _DIGIT.sub(NUMBER, word)
        found = [*self._holding["*"], *(self._holding[A_DIGIT] if NUMBER in numbered else ())]
        for letters in (word,) if word == numbered else (word, numbered):
            found += self._holding.get(letters, ())
            for size in range(1, min(len(letters), self._longest) + 1):
                if forms := self._opening.get(letters[:size]):
                    found += forms
                if forms := self._closing.get(letters[-size:]):
                    found += forms
        return found

    def _word_of(self, forms: frozenset[Forms]) -> _Word:
        return _Word(
            sum(self._bits.get(item, 0) for item in forms),
            tuple(way for item in forms for way in self._filed.get(item, ())),
            frozenset(phrase for item in forms for phrase in self._beginning.get(item, ())),
        )


def _commonness(forms: Forms) -> float:
    """Rough relative frequency of words of these forms."""
    return sum(map(_form_commonness, forms))


def _form_commonness(form: str) -> float:
    if NUMBER in form:
        return 200
    return 20 if form in FUNCTION_WORDS else 1 + 2 * ("*" in form) + max(0, 4 - len(form.strip("*")))
