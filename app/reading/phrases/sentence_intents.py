"""What one sentence says, once the meanings found in it are held against each other.

Plans and orders count; looking back, musing, another's work and what the ticket itself leaves open do not.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import Enum, auto

from app.reading.phrases.context_filters import is_out_of_context

_AGREED = ("accepted", "fixed_price", "chargeable", "single_billing", "covered")
"""Meanings that hold although the sentence looks back: what was agreed last week is agreed."""
_SAYS_NO = (
    "fault",
    "own_team",
    "covered",
    "wish",
    "undecided",
    "quote_request",
    "history",
    "instruction",
    "vague",
    "someone_else",
    "term",
    "no_fault",
    "discretion",
    "only_part",
    "not_about",
)
"""Meanings whose phrases hold their own «not»; a negation beside them does not turn them round."""
_ORDERS = ("accepted", "fixed_price", "referenced", "many_people", "progress_billing")
"""Meanings that a question does not say: who approved the order?"""
_QUESTION = re.compile(
    r"\W*(?:who|which|what|when|why|how|did|has|have|was|were|does|wer|wann|was|wie|warum|welche\w?|hat|haben|qui|quand|combien|quel\w*|pourquoi"
    r"|quién|cuándo|cuánto|qué|cuál|por qué|and (?:who|what|when|which|why))(?!\w)"
)
_ALWAYS = (
    "fault",
    "request",
    "wish",
    "history",
    "someone_else",
    "vague",
    "quote_request",
    "overhaul",
    "undecided",
    "solved",
    "mismatch",
    "only_part",
    "own_trade",
    "not_about",
    "long_standing",
    "free_hand",
)
_TURNED = {
    "progress_billing": "single_billing",
    "accepted": "wish",
    "covered": "chargeable",
    "many_people": "one_person",
}
"""What a negated meaning says instead: «no instalments» is one invoice, «not approved» is a wish."""
_GOES_BEFORE = {
    "no_fault": ("fault",),
    "discretion": ("own_team",),
    "covered": ("progress_billing",),
    "mismatch": ("many_people", "one_person"),
    "own_team": ("request", "fault"),
    "file_access": ("own_team", "kind_install"),
    "many_people": ("one_person",),
    "billing_cycle": ("progress_billing", "chargeable", "waves"),
    "progress_billing": ("single_billing",),
    "paperwork": ("progress_billing", "single_billing", "chargeable", "accepted", "waves"),
}
"""Which meaning takes which others out of the same sentence."""


@dataclass(frozen=True, slots=True)
class Match:
    """One phrase of a meaning in a sentence; `negated`: the words around it say the opposite."""

    meaning: str
    words: str
    at: int
    negated: bool


class SentenceIntent(Enum):
    """What a sentence as a whole does."""

    PLAN = auto()
    """It speaks of this job: its days and lengths of time count."""
    UNDECIDED = auto()
    """It asks or leaves open: its days are possible ones."""
    ASIDE = auto()
    """It looks back, muses, instructs, or speaks of another's work."""


@dataclass(frozen=True, slots=True)
class SentenceReading:
    """The meanings of a sentence with the words that say them."""

    intent: SentenceIntent
    meanings: Mapping[str, str] = field(default_factory=dict)


def interpret(words: str, matches: Iterable[Match]) -> SentenceReading:
    """What a sentence of small letters says, by the meanings found in it."""
    found: dict[str, str] = {}
    for match in matches:
        if is_out_of_context(match.meaning, words, match.at, match.words):
            continue
        turned = match.negated and match.meaning not in _SAYS_NO
        meaning = _TURNED.get(match.meaning, "") if turned else match.meaning
        if meaning:
            found.setdefault(meaning, match.words)
    if words.endswith("?") and _QUESTION.match(words):
        found = _only(found, found.keys() - set(_ORDERS))
    of_papers = not {"paperwork", "own_trade"}.isdisjoint(found)
    _settle_within(found)
    if of_papers:
        return SentenceReading(SentenceIntent.ASIDE, _only(found, _ALWAYS))
    if "undecided" in found:
        return SentenceReading(SentenceIntent.UNDECIDED, _left_open(words, found))
    if "instruction" in found:
        return SentenceReading(SentenceIntent.ASIDE, _only(found, _AGREED))
    if _is_aside(found):
        return SentenceReading(SentenceIntent.ASIDE, _only(found, _ALWAYS))
    if "history" in found:
        return SentenceReading(SentenceIntent.ASIDE, _only(found, _ALWAYS + _AGREED))
    return SentenceReading(SentenceIntent.PLAN, found)


def _only(found: Mapping[str, str], kept: Iterable[str]) -> dict[str, str]:
    return {meaning: words for meaning, words in found.items() if meaning in kept}


def _settle_within(found: dict[str, str]) -> None:
    """Meanings of one sentence that cannot hold together: who may see a new folder is no team of its own."""
    if {"accepted", "fixed_price", "chargeable"} & found.keys():
        found.pop("file_access", None)
    for meaning, others in _GOES_BEFORE.items():
        if meaning in found:
            for other in others:
                found.pop(other, None)
    for routine in ("file_access", "paperwork"):
        if routine in found:
            found["request"] = found.pop(routine)


def _is_aside(found: Mapping[str, str]) -> bool:
    """Another's work, a wish, or a price that is only asked for."""
    asked = "quote_request" in found and not {"accepted", "referenced", "single_billing"} & found.keys()
    return "wish" in found or asked or ("someone_else" in found and "accepted" not in found)


_WHICH = re.compile(
    r"^\W*(?:so |and |also |und |et |y )?(?:which (?:is it|one is it|applies|of the two)|was gilt|welches von beiden|was stimmt|lequel des deux"
    r"|qu'en est-il|cuál de las dos|qué vale)\W*$"
)
"""A question that stands for itself: which of the ways to bill it just named?"""
_OPEN_PEOPLE = re.compile(
    r"(?<!\w)(?:alone|both|by (?:him|her)self|second (?:man|pair|person|engineer|technician|one)|(?:a|another) (?:colleague|engineer|technician)"
    r"|one (?:man|person|engineer|of you)|more than one|too|zu zweit|zu dritt|allein\w?|zweite[rn]? \w+|beide|à deux|seule?|deuxième \w+"
    r"|entre dos|sol[oa]|segundo \w+|ambos)(?!\w)"
)
"""What an open question about the people who do the work names."""
_NOT_SETTLED = ("single_billing", "one_person", "many_people", "waves", "long_span", "fixed_price")


def _left_open(words: str, found: dict[str, str]) -> dict[str, str]:
    """What the ticket itself leaves open: how it is billed, or whether it is covered. It counts for neither side."""
    for meanings, name in (
        (("progress_billing",), "open_progress_billing"),
        (("covered", "chargeable"), "open_finance"),
    ):
        for meaning in meanings:
            if meaning in found:
                found[name] = found.pop(meaning)
    match = _OPEN_PEOPLE.search(words)
    if people := found.get("many_people") or (match[0] if match else ""):
        found["open_people"] = people
    if _WHICH.search(words):
        found["open_finance"] = words[:60]
    return {meaning: said for meaning, said in found.items() if meaning not in _NOT_SETTLED}
