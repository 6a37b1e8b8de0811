"""Frames around a span: words that deny it, make it depend on a decision, or put it in the past or with somebody else.

A phrase that finds «accepted your quote» cannot see «last year our neighbours …». The frames stand in `polarity.yaml` of each
language; a frame governs what follows it in its sentence up to a contrast («but»), a condition also what precedes it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, lru_cache

from app.domain.enums import Polarity
from app.reading.language_data import vocabulary
from app.reading.values.polarity.notation import any_of, whole

_CONTRAST = re.compile(
    r"(?:^|[\s,;])(?:but|however|so|therefore|hence|which is why|aber|jedoch|sondern|doch|deshalb|daher|deswegen|also|mais|donc"
    r"|c'est pourquoi|pero|sino|así que|por eso)\s|;\s"
)
"""Conjunctions of contrast and consequence; no frame reaches beyond them."""
_FEW_WORDS = r"(?:[\w'’-]+\s+){0,%d}?"
_NOT_AS = r"(?<!\bas\s)(?<!\bwie\s)(?<!\bcomme\s)(?<!\bcomo\s)"
_START = r"(?:^|[,;:(–-]\s*|(?<!\w)(?:and|und|et|y|that|dass|que)\s+)"
_DETERMINER = r"(?:(?:our|the|my|their|one of our|some|unser\w*|der|die|mein\w*|nos|notre|le|la|les|mon|nuestr\w+|el|los|las|mis?)\s+)?"


@dataclass(frozen=True, slots=True)
class _Frames:
    doubt: re.Pattern[str]
    reservation: re.Pattern[str]
    condition: re.Pattern[str]
    would: re.Pattern[str]
    would_if: re.Pattern[str]
    past: re.Pattern[str]
    present: re.Pattern[str]
    others: re.Pattern[str]
    addressed: re.Pattern[str]
    signs: re.Pattern[str]
    """Beginnings of frames; one stands in every sentence with a frame."""


def framed_polarity(words: str, start: int, end: int) -> Polarity:
    """The polarity of a span of a sentence in small letters."""
    for frames in _all_frames():
        if frames.signs.search(words):
            found = _by_frames(words, start, end, frames)
            if found is not Polarity.AFFIRMED:
                return found
    return Polarity.AFFIRMED


def _by_frames(words: str, start: int, end: int, frames: _Frames) -> Polarity:
    before = _since_contrast(words[:start])
    after = _CONTRAST.split(words[end:], maxsplit=1)[0]
    upto = f"{before}{words[start:end]}"
    if frames.doubt.search(upto[upto.rfind(": ", 0, len(before)) + 1 :]):
        return Polarity.NEGATED
    if _is_conditional(upto, after, frames):
        return Polarity.CONDITIONAL
    sentence = f"{upto}{after}"
    if _is_past(sentence, frames):
        return Polarity.PAST
    if frames.others.search(upto) or frames.addressed.search(sentence):
        return Polarity.OTHER_PARTY
    return Polarity.AFFIRMED


def _is_past(sentence: str, frames: _Frames) -> bool:
    """A time long gone that the sentence does not compare with («as last year») and that nothing leads back to now."""
    gone = any(not match["compared"] for match in frames.past.finditer(sentence))
    return gone and frames.present.search(sentence) is None


def _is_conditional(upto: str, after: str, frames: _Frames) -> bool:
    if any(frame.search(part) for frame in (frames.condition, frames.reservation) for part in (upto, after)):
        return True
    return frames.would.search(upto) is not None and frames.would_if.search(f"{upto}{after}") is not None


@lru_cache(maxsize=8192)
def _since_contrast(before: str) -> str:
    return _CONTRAST.split(before)[-1]


@cache
def _all_frames() -> tuple[_Frames, ...]:
    return tuple(_frames(listed) for _, listed in vocabulary("polarity", "frames"))


def _frames(listed: Mapping[str, list[str]]) -> _Frames:
    lists = {name: any_of(words) for name, words in listed.items()}
    subject = rf"(?!{lists['not_subjects']}(?!\w))"
    decision = rf"{_FEW_WORDS % 6}{_NOT_AS}{lists['decides']}|{_FEW_WORDS % 3}{lists['deciders']}"
    addressed = rf"{lists['possessives']}\s+(?:own\s+)?{lists['suppliers']}|{lists['of_others']}"
    beginnings = ("doubts", "conditions", "reservations", "past", "others", "possessives", "of_others")
    first_words = {phrase.removeprefix(".. ").split()[0] for name in beginnings for phrase in listed[name]}
    return _Frames(
        doubt=whole(rf"{lists['doubts']},?\s+{_FEW_WORDS % 6}(?:[\w'’-]+,\s+)?{lists['content']}"),
        reservation=whole(lists["reservations"]),
        condition=whole(rf"{lists['conditions']}\s+{subject}(?:{decision})"),
        would=whole(lists["would"]),
        would_if=whole(lists["would_if"]),
        past=whole(rf"(?:(?P<compared>{lists['not_past']})\s+)?{lists['past']}"),
        present=whole(lists["present"]),
        others=re.compile(rf"{_START}{_DETERMINER}{lists['others']}(?!\w)"),
        addressed=whole(addressed),
        signs=whole(any_of(first_words)),
    )
