"""Interprets one sentence: its intent, and the meanings that remain after they are compared with each other.

Plans and orders count; history, wishes, work of others and open questions do not.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import Enum, auto

from app.domain.enums import Polarity
from app.reading.phrases.context_filters import is_out_of_context
from app.reading.values.polarity import is_refused_acceptance, refusal_of

_AGREED = ("accepted", "fixed_price", "chargeable", "single_billing", "covered")
"""Meanings that hold in a sentence about the past: «agreed last week» is agreed."""
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
"""Meanings whose phrases include the negation; a further one does not invert them."""
_ORDERS = ("accepted", "fixed_price", "referenced", "many_people", "progress_billing")
"""Meanings that a question does not state: «who approved the order?»"""
_LONGEST_QUOTE = 80
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
"""The opposite of a negated meaning: «no instalments» is one invoice, «not approved» is a wish."""
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
"""Meanings that each meaning removes from the same sentence."""


@dataclass(frozen=True, slots=True)
class Match:
    """One phrase of a meaning in a sentence, and how the sentence holds it."""

    meaning: str
    words: str
    at: int
    polarity: Polarity = Polarity.AFFIRMED


class SentenceIntent(Enum):
    """Purpose of a sentence."""

    PLAN = auto()
    """About the requested work: its dates and lengths of time count."""
    UNDECIDED = auto()
    """A question or an undecided matter: its dates are possible dates."""
    ASIDE = auto()
    """History, a wish, an instruction, or work of others."""


@dataclass(frozen=True, slots=True)
class SentenceReading:
    """The intent of a sentence, and its meanings with their words."""

    intent: SentenceIntent
    meanings: Mapping[str, str] = field(default_factory=dict)
    denied: Mapping[str, tuple[str, Polarity]] = field(default_factory=dict)
    """Meanings whose words the sentence holds otherwise: denied, under a condition, of the past or of others."""


def interpret(words: str, matches: Iterable[Match]) -> SentenceReading:
    """Interprets a sentence in small letters by the phrases found in it."""
    found: dict[str, str] = {}
    denied: dict[str, tuple[str, Polarity]] = {}
    for match in matches:
        if is_out_of_context(match.meaning, words, match.at, match.words):
            continue
        if match.meaning == "fault" and is_refused_acceptance(words, match.words):
            found.setdefault("wish", words[:_LONGEST_QUOTE])
            continue
        turned = match.polarity is not Polarity.AFFIRMED and match.meaning not in _SAYS_NO
        if turned:
            denied[match.meaning] = (match.words, match.polarity)
        meaning = _TURNED.get(match.meaning, "") if turned else match.meaning
        if meaning:
            found.setdefault(meaning, match.words)
    if words.endswith("?") and _QUESTION.match(words):
        found = _only(found, found.keys() - set(_ORDERS))
    of_papers = not {"paperwork", "own_trade"}.isdisjoint(found)
    if not {"accepted", "referenced", "fixed_price"}.isdisjoint(found) and (refusal := refusal_of(words)):
        denied |= {meaning: (found[meaning], refusal) for meaning in _ORDERS if meaning in found}
        found = _only(found, found.keys() - set(_ORDERS))
        found.setdefault("wish", words[:_LONGEST_QUOTE])
    elif (denied or "wish" in found) and "accepted" not in denied and (refusal := refusal_of(words)):
        denied["accepted"] = (words[:_LONGEST_QUOTE], refusal)
    intent, kept = _settled(words, found, of_papers=of_papers)
    return SentenceReading(intent, kept, denied)


def _settled(words: str, found: dict[str, str], *, of_papers: bool) -> tuple[SentenceIntent, dict[str, str]]:
    """The intent of a sentence, and the meanings that such a sentence can state."""
    _settle_within(found)
    if of_papers:
        return SentenceIntent.ASIDE, _only(found, _ALWAYS)
    if "undecided" in found:
        return SentenceIntent.UNDECIDED, _left_open(words, found)
    if "instruction" in found:
        return SentenceIntent.ASIDE, _only(found, _AGREED)
    if _is_aside(found):
        return SentenceIntent.ASIDE, _only(found, _ALWAYS)
    if "history" in found:
        return SentenceIntent.ASIDE, _only(found, _ALWAYS + _AGREED)
    return SentenceIntent.PLAN, found


def _only(found: Mapping[str, str], kept: Iterable[str]) -> dict[str, str]:
    return {meaning: words for meaning, words in found.items() if meaning in kept}


def _settle_within(found: dict[str, str]) -> None:
    """Resolves meanings of one sentence that exclude each other: access to a new folder is no restricted team."""
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
    """Work of others, a wish, or a price that is only requested."""
    asked = "quote_request" in found and not {"accepted", "referenced", "single_billing"} & found.keys()
    return "wish" in found or asked or ("someone_else" in found and "accepted" not in found)


_WHICH = re.compile(
    r"^\W*(?:so |and |also |und |et |y )?(?:which (?:is it|one is it|applies|of the two)|was gilt|welches von beiden|was stimmt|lequel des deux"
    r"|qu'en est-il|cuál de las dos|qué vale)\W*$"
)
"""A question about the options named before: «which is it?»"""
_OPEN_PEOPLE = re.compile(
    r"(?<!\w)(?:alone|both|by (?:him|her)self|second (?:man|pair|person|engineer|technician|one)|(?:a|another) (?:colleague|engineer|technician)"
    r"|one (?:man|person|engineer|of you)|more than one|too|zu zweit|zu dritt|allein\w?|zweite[rn]? \w+|beide|à deux|seule?|deuxième \w+"
    r"|entre dos|sol[oa]|segundo \w+|ambos)(?!\w)"
)
"""Words of an open question about the people who do the work."""
_NOT_SETTLED = ("single_billing", "one_person", "many_people", "waves", "long_span", "fixed_price")


def _left_open(words: str, found: dict[str, str]) -> dict[str, str]:
    """Meanings of an undecided sentence: billing or coverage that counts for neither side."""
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
    return {meaning: text for meaning, text in found.items() if meaning not in _NOT_SETTLED}
