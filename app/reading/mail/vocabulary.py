"""Words of mail programs, gateways and covers in the languages that have a folder under `reading/data`.

Signs without a language come first everywhere in this package; the words here settle what they leave open.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import yaml

_BEGINNING = 5
"""Letters of a word that are compared first."""
_FIRST_WORD = re.compile(r"\w+")
_BEGINNINGS = re.compile(rf"(?<!\w)\w{{1,{_BEGINNING}}}")
_NOTHING = re.compile(r"(?!)")


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """All languages together: a thread may change its language from one mail to the next."""

    words: Mapping[str, re.Pattern[str]]
    labels: Mapping[str, frozenset[str]]
    """What a header label stands for: `from`, `sent`, `to`, `subject`; some words stand for two of them."""
    contact_fields: frozenset[str]
    form_fields: frozenset[str]
    request_fields: frozenset[str]
    people_labels: frozenset[str]
    """Words in labels of fields that hold a person who has no part in the work."""
    parts: frozenset[str]
    """Words for a part of the work, which a person may be named for."""
    stems: Mapping[str, tuple[str, ...]]
    """The beginning of each phrase; one of them occurs in every text with a phrase. Fast to search."""
    first_words: Mapping[str, frozenset[str]]
    beginnings: Mapping[str, frozenset[str]]
    """Of the longest word of each phrase the first letters, to rule out whole lists quickly."""

    def may_hold_any(self, *names: str, lower: str, words: frozenset[str]) -> bool:
        """False where no phrase of the lists can occur in a text; `words` are its `beginnings_of`."""
        return any(not self.beginnings[name].isdisjoint(words) and self.may_hold(name, lower) for name in names)

    def has(self, name: str, text: str) -> bool:
        """Whether the text contains a phrase of a list."""
        return self.may_hold(name, text.lower()) and self.words[name].search(text) is not None

    def begins(self, name: str, text: str) -> re.Match[str] | None:
        """The phrase of a list with which the text begins."""
        first = _FIRST_WORD.match(text)
        return self.words[name].match(text) if first and first[0].lower() in self.first_words[name] else None

    def count(self, name: str, text: str) -> int:
        """Number of different phrases of a list in the text."""
        return (
            len({match.casefold() for match in self.words[name].findall(text)})
            if self.may_hold(name, text.lower())
            else 0
        )

    def may_hold(self, name: str, lower: str) -> bool:
        """False where no phrase of a list occurs in a lower-case text; a fast check before a search."""
        for stem in self.stems[name]:  # noqa: SIM110 - `any` with a generator takes three times as long
            if stem in lower:
                return True
        return False


def beginnings_of(lower: str) -> frozenset[str]:
    """The first letters of each word of a text in small letters."""
    return frozenset(_BEGINNINGS.findall(lower))


@cache
def vocabulary() -> Vocabulary:
    """Reads the package's word lists once."""
    languages = [_read(folder) for folder in files("app.reading").joinpath("data").iterdir() if folder.is_dir()]
    labels: dict[str, set[str]] = {}
    for language in languages:
        for kind, names in language.get("headers", {}).items():
            for name in names:
                labels.setdefault(name, set()).add(kind)
    return Vocabulary(
        words={name: _phrases(_all(languages, name)) for name in _LISTS},
        labels={name: frozenset(kinds) for name, kinds in labels.items()},
        contact_fields=frozenset(_all(languages, "contact_fields")),
        form_fields=frozenset(_all(languages, "form_fields")),
        request_fields=frozenset(_all(languages, "request_fields")),
        people_labels=frozenset(_all(languages, "people_labels")),
        parts=frozenset(_all(languages, "parts")),
        first_words={name: _first_words(_all(languages, name)) for name in _STARTING},
        beginnings={name: _beginnings(_all(languages, name)) for name in _RULED_OUT},
        stems={name: _stems(_all(languages, name)) for name in _LISTS},
    )


_LISTS = (
    "wrote", "forwarded", "forwarded_end", "closings", "sent_from", "postscripts", "banner_starts", "banner_origin",
    "banner_advice", "footers", "reply_marks", "disclaimer_starts", "disclaimer_subjects", "disclaimer_words", "disclaimer_weak",
    "adopts", "asks", "consents",
    "below", "doubts", "faults", "refuses", "asides",
)  # fmt: skip
_RULED_OUT = ("footers", "banner_origin", "disclaimer_words", "disclaimer_starts")
"""Lists that are looked for in every mail, most of which hold none of their words."""
_STARTING = ("closings", "sent_from", "postscripts", "banner_starts", "disclaimer_starts")


def _read(folder: Any) -> Mapping[str, Any]:
    source = folder.joinpath("mail.yaml")
    return yaml.safe_load(source.read_text(encoding="utf-8")) if source.is_file() else {}


def _all(languages: Iterable[Mapping[str, Any]], name: str) -> list[str]:
    return sorted({word for language in languages for word in language.get(name, ())})


def _phrases(phrases: Iterable[str]) -> re.Pattern[str]:
    """One pattern of whole words for a list; longer phrases first, so that `.match` takes all of a phrase."""
    written = sorted(map(_phrase, phrases), key=len, reverse=True)
    return re.compile(rf"(?<![\w-])(?:{'|'.join(written)})(?![\w])", re.IGNORECASE) if written else _NOTHING


def _phrase(phrase: str) -> str:
    words = [r"[^.!?\n]{1,40}?" if word == ".." else re.escape(word).replace(r"\*", r"\w*") for word in phrase.split()]
    return r"\s+".join(words).replace(r"\s+[^.!?\n]{1,40}?\s+", r"\s[^.!?\n]{0,40}?\s?")


def _stems(phrases: Iterable[str]) -> tuple[str, ...]:
    stems = {re.split(r"\*|\s+\.\.", phrase.lower())[0] for phrase in phrases}
    return tuple(sorted(stem for stem in stems if not any(other in stem and other != stem for other in stems)))


def _beginnings(phrases: Iterable[str]) -> frozenset[str]:
    return frozenset(max(_certain(phrase), key=_rarity)[:_BEGINNING] for phrase in phrases)


def _first_words(phrases: Iterable[str]) -> frozenset[str]:
    return frozenset(match[0].lower() for phrase in phrases if (match := _FIRST_WORD.match(phrase)))


_FREQUENT = frozenset((
    "please", "bitte", "merci", "message", "nachricht", "report", "reply", "before", "printing", "company", "number", "some",
    "first", "confidential", "this", "time", "email", "been", "marcar", "person", "only", "think", "has", "for", "was", "by",
))  # fmt: skip
"""Words that occur in many tickets; another word of their phrases is searched where there is one."""


def _rarity(word: str) -> tuple[bool, int]:
    return word not in _FREQUENT, len(word)


def _certain(phrase: str) -> list[str]:
    """The words of a phrase whose first letters are certain. Raises ValueError where a wildcard leaves none."""
    words = [word for word in re.findall(r"\w+\*?", phrase.lower()) if not word.endswith("*") or len(word) > _BEGINNING]
    if not words:
        raise ValueError(f"Wildcard “{phrase}” is too short. Write at least {_BEGINNING} letters before it.")
    return [word.rstrip("*") for word in words]
