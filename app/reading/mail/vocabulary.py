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

_NOTHING = re.compile(r"(?!)")


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """All languages together: a thread may change its language from one mail to the next."""

    words: Mapping[str, re.Pattern[str]]
    labels: Mapping[str, frozenset[str]]
    """What a header label stands for: `from`, `sent`, `to`, `subject`; some words stand for two of them."""
    contact_fields: frozenset[str]
    form_fields: frozenset[str]
    stems: Mapping[str, tuple[str, ...]]
    """Of each phrase the longest word; one of them stands in every text that holds a phrase. Quickly looked for."""

    def has(self, name: str, text: str) -> bool:
        """Whether one of the phrases of a list stands in the text."""
        return self._may_hold(name, text) and self.words[name].search(text) is not None

    def count(self, name: str, text: str) -> int:
        """Number of different phrases of a list in the text."""
        return len({match.casefold() for match in self.words[name].findall(text)}) if self._may_hold(name, text) else 0

    def _may_hold(self, name: str, text: str) -> bool:
        lower = text.lower()
        return any(stem in lower for stem in self.stems[name])


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
        stems={name: _stems(_all(languages, name)) for name in _LISTS},
    )


_LISTS = (
    "wrote", "forwarded", "forwarded_end", "closings", "sent_from", "postscripts", "banner_starts", "banner_origin",
    "banner_advice", "footers", "disclaimer_starts", "disclaimer_subjects", "disclaimer_words", "adopts", "consents",
    "below", "doubts", "faults", "refuses", "asides",
)  # fmt: skip


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
    stems = {max((word.strip("*") for word in phrase.lower().split()), key=len) for phrase in phrases}
    return tuple(sorted(stem for stem in stems if not any(other in stem and other != stem for other in stems)))
