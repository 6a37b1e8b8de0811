"""Whether a sentence turns down an offer, or says that its acceptance is still to come.

A phrase that finds «accept the quote» cannot see the whole clause: «not until the board meets will we accept the quote».
Here a clause is read as a whole: an offer in it, and a negation with an acceptance, or a word that turns offers down.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache

from app.domain.enums import Polarity
from app.reading.language_data import vocabulary
from app.reading.segments import word_set
from app.reading.values.polarity.notation import any_of, whole, words_between

_AMOUNT = r"[€£$]\s?\d|\d\s?(?:€|£|\$|eur|gbp|usd|chf)(?!\w)"
_CLAUSES = re.compile(r"[,;]\s+|\s[-–—]\s|[()]|\s(?:but|however|aber|jedoch|sondern|mais|pero|sino)\s")
_SHORT = 12
"""Words of a sentence that turns down what stands before it."""
_MOST_FILLERS = 6
_STEM = 4
"""Letters by which a word is known again."""


@dataclass(frozen=True, slots=True)
class _Language:
    """The words of one language; negations of one are nouns and numbers in another, so they are never mixed."""

    offered: frozenset[str]
    """First letters of words of which one stands in every sentence that names an offer without an amount."""
    refusing: frozenset[str]
    """First letters of words of which one stands in every sentence that refuses."""
    pending: frozenset[str]
    """First letters of words of which one stands in every sentence that leaves an acceptance open."""
    offer: re.Pattern[str]
    accepts: re.Pattern[str]
    negated: re.Pattern[str]
    turned_down: re.Pattern[str]
    to_come: re.Pattern[str]
    subject: re.Pattern[str]
    object: re.Pattern[str]
    """Pronouns that stand for the offer of the sentence before."""


@lru_cache(maxsize=8192)
def refusal_of(words: str) -> Polarity | None:
    """How a sentence of small letters takes an offer back: refused, or its acceptance left open; None where it does neither."""
    stems = _stems_of(words)
    for language in _languages():
        refusing, pending = not language.refusing.isdisjoint(stems), not language.pending.isdisjoint(stems)
        if (refusing or pending) and _names_offer(words, language, stems):
            if pending and language.to_come.search(words):
                return Polarity.CONDITIONAL
            if refusing and _refused(words, language, named=True):
                return Polarity.NEGATED
    return None


@lru_cache(maxsize=8192)
def turns_down_the_one_before(words: str) -> bool:
    """A short sentence that names no offer refuses the offer before it: «It has not been accepted yet»."""
    stems = _stems_of(words)
    if len(stems) > _SHORT:
        return False
    return any(
        not language.refusing.isdisjoint(stems)
        and (language.subject.match(words) or _turns_it_down(words, language)) is not None
        and not _names_offer(words, language, stems)
        and _refused(words, language, named=False)
        for language in _languages()
    )


def is_refused_acceptance(words: str, phrase: str) -> bool:
    """Whether a phrase of a sentence is someone's refusal of an offer, no fault: «We do not accept your quote»."""
    return any(
        language.negated.search(phrase) and language.subject.match(words) and language.offer.search(words)
        for language in _languages()
    )


def _turns_it_down(words: str, language: _Language) -> re.Match[str] | None:
    """«Management has turned it down»: someone else turns down what a pronoun stands for."""
    return language.object.search(words) if language.turned_down.search(words) else None


def may_refuse(words: str) -> bool:
    """False for most sentences: no word of them refuses or leaves anything open. A quick look before the others."""
    return not _refusing().isdisjoint(_stems_of(words))


@cache
def _refusing() -> frozenset[str]:
    return frozenset().union(*(language.refusing | language.pending for language in _languages()))


@lru_cache(maxsize=8192)
def names_offer(words: str) -> bool:
    """Whether a lower-case sentence names an offer, an order or an amount of money."""
    stems = _stems_of(words)
    return any(_names_offer(words, language, stems) for language in _languages())


@lru_cache(maxsize=8192)
def _stems_of(words: str) -> frozenset[str]:
    return frozenset([word[:_STEM] for word in word_set(words)])


def _names_offer(words: str, language: _Language, stems: frozenset[str]) -> bool:
    return ("#" in stems or not language.offered.isdisjoint(stems)) and language.offer.search(words) is not None


def _refused(words: str, language: _Language, *, named: bool) -> bool:
    """`named`: the clause must name an offer or an amount."""
    refused = False
    for clause in _CLAUSES.split(words):
        negated = language.negated.search(clause)
        if negated is None and language.accepts.search(clause):
            return False
        down = language.turned_down.search(clause)
        refused = refused or bool((negated or down) and (not named or language.offer.search(clause)))
    return refused


@cache
def _languages() -> tuple[_Language, ...]:
    return tuple(_language(listed) for _, listed in vocabulary("polarity", "refusals"))


def _language(listed: Mapping[str, list[str]]) -> _Language:
    offer, accepts, negation, down, condition, future, future_accepts, after = (
        any_of(listed[name])
        for name in (
            "offers",
            "accepts",
            "negations",
            "turned_down",
            "conditions",
            "futures",
            "future_accepts",
            "negations_after",
        )
    )
    fillers = rf"(?:{any_of(listed['fillers'])}\s+){{0,{_MOST_FILLERS}}}"
    return _Language(
        offered=_stems(listed["offers"]),
        refusing=_stems(listed["negations"] + listed["turned_down"] + listed["negations_after"]),
        pending=_stems(listed["conditions"]),
        offer=whole(rf"{offer}|{_AMOUNT}"),
        accepts=whole(accepts),
        negated=whole(rf"(?:{negation})\s*(?<=[\s']){fillers}(?:{accepts})|(?:{accepts})\s+{fillers}(?:{after})"),
        turned_down=whole(down),
        to_come=whole(
            rf"(?:{condition})\s[^!?]{{3,120}}?\s(?:(?:{future})\s+{words_between(3)}(?:{accepts})|{future_accepts})"
        ),
        object=whole(any_of(listed["objects"])),
        subject=re.compile(rf"\W*(?:{any_of(listed['subjects'])})(?!\w)"),
    )


def _stems(phrases: Iterable[str]) -> frozenset[str]:
    """The beginning of the first word of each phrase, as `word_set` splits words."""
    return frozenset(_FIRST.findall(phrase)[0][:_STEM] for phrase in phrases)


_FIRST = re.compile(r"[^\W\d_]+")
