"""Contacts for parts of a site: «Mr Okoro downstairs, Ms Brandt upstairs». Only a title makes a name a person; a place has none."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from app.reading.language_data import alternatives, numbered_words, words_of
from app.reading.segments import Sentence
from app.reading.values.dates import WEEKDAYS


@dataclass(frozen=True, slots=True)
class SiteContact:
    """A person by name, without the title, and the part of the site. `words`: both as written."""

    name: str
    part: str
    words: str
    sentence: Sentence


def _any(member: str) -> str:
    words = words_of("site", member)
    stems = alternatives(word[:-1] for word in words if word.endswith("*"))
    whole = alternatives(word for word in words if not word.endswith("*"))
    return rf"(?:(?:{stems})\w*|{whole})" if stems else rf"(?:{whole})"


_NAME = r"[A-ZÀ-ÖØ-ÞŁŠŽ][\w'-]+"
_TIMES = alternatives([*WEEKDAYS, *numbered_words("dates", "months")])
_PARTICLE = r"(?:van|von|de|der|den|del|di|da|la|le|O')"
_PERSON = rf"(?-i:{_any('titles')}\.? (?P<name>(?:{_PARTICLE} ?){{0,2}}{_NAME}(?: {_NAME}){{0,2}}))"
_GRAMMAR = "|".join(map(_any, ("links", "joins", "articles", "prepositions", "no_parts")))
_NO_NOUN = rf"(?!(?:{_GRAMMAR}|{_any('titles')}\.?|{_TIMES})(?![\w-]))"
_WORD = rf"{_NO_NOUN}[^\W_][\w'&/-]*"
_NOUN = rf"(?:{_any('articles')}(?: |(?<=')))?(?P<noun>{_WORD}(?: {_WORD}){{0,2}})"
_PART = rf"(?<![\w-])(?:(?P<adverb>{_any('adverbs')})|{_any('prepositions')} {_NOUN})(?![\w-])"
_END = rf"(?=\)? ?(?:[,;.)]|$| {_any('joins')} ))"
_PERSON_FIRST = re.compile(rf"(?<!\w){_PERSON} \(?{_PART}{_END}", re.I)
_PART_FIRST = re.compile(rf"{_PART} ?(?:[:–=-] ?)?(?:{_any('links')} ){{0,2}}{_PERSON}{_END}", re.I)
_TURN_TO = re.compile(rf"(?<!\w){_any('turn_to')}(?!\w)", re.I)
_LEADING_TITLE = re.compile(rf"^(?:{_any('titles')}\.? )+")
_TITLE = re.compile(rf"(?<!\w){_any('titles')}(?!\w)")


def site_contacts(sentences: Sequence[Sentence]) -> list[SiteContact]:
    """Persons with their parts of the site, where a sentence says whom to turn to; at least two, else none."""
    found: dict[str, SiteContact] = {}
    asked = ""
    for sentence in sentences:
        if _TURN_TO.search(sentence.written):
            asked = sentence.source
        pairs = _pairs(sentence.written) if asked == sentence.source else ()
        for name, part, words in pairs:
            found.setdefault(name.casefold(), SiteContact(name, part, words, sentence))
        if not pairs and not _TURN_TO.search(sentence.written):
            asked = ""
    return list(found.values()) if len(found) >= 2 else []


def without_title(name: str) -> str:
    """A name without the title before it."""
    return _LEADING_TITLE.sub("", name)


@lru_cache(maxsize=8192)
def _pairs(written: str) -> tuple[tuple[str, str, str], ...]:
    if written.isupper() or not _TITLE.search(written):
        return ()
    readings = [
        tuple(
            (match["name"], match["adverb"] or match["noun"], match[0].strip()) for match in pattern.finditer(written)
        )
        for pattern in (_PERSON_FIRST, _PART_FIRST)
    ]
    return max(readings, key=len)
