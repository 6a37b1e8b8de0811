"""Numbers of hours in a text, and which of them are no work: response times, deadlines, opening hours, outages."""

from __future__ import annotations

import re

from app.reading.language_data import alternatives, words_of

HOUR_WORDS = frozenset(word.rstrip(".") for word in words_of("hours", "units"))
_UNIT = alternatives(words_of("hours", "units"))
_NEAR = 60


def _patterns(member: str) -> str:
    words = words_of("hours", member)
    stems = alternatives(word[:-1] for word in words if word.endswith("*"))
    whole = alternatives(word for word in words if not word.endswith("*"))
    return rf"(?:(?:{stems})\w*|(?:{whole}))"


HOURS = re.compile(
    r"(?<![\d.,:–-])(?P<hours>\d{1,4}(?:[.,]\d{1,2})?) ?(?:man-?|work(?:ing)? ?|arbeits)?"
    rf"(?:{_UNIT})(?!\w)(?! {_patterns('no_work_after')}(?!\w))"
)
_NO_WORK = re.compile(
    rf"(?<!\w)(?:{_patterns('no_work_before')}|24)(?!\w)[^.;,\d]{{0,30}}$"
    rf"|\d{{1,2}} (?:{alternatives(words_of('hours', 'ranges'))})\s$"
)
_NO_WORK_AFTER = re.compile(rf" ?{_patterns('no_work_after')}(?!\w)")


def is_no_work(words: str, start: int, end: int) -> bool:
    """Whether the words around a number of hours, unit included, make it no work."""
    before = words[max(0, start - _NEAR) : start]
    return bool(_NO_WORK.search(before) or _NO_WORK_AFTER.match(words, end))
