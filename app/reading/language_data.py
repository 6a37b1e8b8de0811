"""Vocabulary by language: one folder under `app/reading/data` for each language.

A folder holds `phrases.yaml` (phrases by meaning, word lists), `numbers.yaml`, `hours.yaml`, `dates.yaml`, `polarity.yaml`
and `function_words.yaml`; each file may be missing. Adding a language is adding a folder.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any, cast

import yaml

ANY = "any"
"""Folder of phrases that are composed of the word lists of all languages."""
_ORDER = (ANY, "en", "de", "fr", "es")
"""Where two phrases fit equally well, the earlier language wins; other languages follow by name."""


@cache
def languages() -> tuple[str, ...]:
    """The folders of languages, `any` included, in their order."""
    names = [folder.name for folder in _data().iterdir() if folder.is_dir()]
    return tuple(sorted(names, key=lambda name: (_ORDER.index(name) if name in _ORDER else len(_ORDER), name)))


@cache
def language_file(language: str, name: str) -> Mapping[str, Any]:
    """One file of a language; empty where the language has none."""
    source = _data() / language / f"{name}.yaml"
    return cast("Mapping[str, Any]", read_yaml(source)) if source.is_file() else {}


@cache
def meanings() -> Mapping[str, str]:
    """Each meaning with its description, in their order."""
    return cast("Mapping[str, str]", read_yaml(_data() / "meanings.yaml"))


def vocabulary(name: str, member: str) -> Iterator[tuple[str, Any]]:
    """A member of the same file of each language that has it, with the language."""
    for language in languages():
        if found := language_file(language, name).get(member):
            yield language, found


def words_of(name: str, member: str) -> list[str]:
    """A word list of all languages, each word once, in the order of the languages."""
    return list(dict.fromkeys(word for _, words in vocabulary(name, member) for word in words))


def numbered_words(name: str, member: str) -> dict[str, int]:
    """Each word of a list that is kept by number, of all languages, with its number."""
    return {word: number for _, found in vocabulary(name, member) for number, words in found.items() for word in words}


def alternatives(words: Iterable[str]) -> str:
    """Words as alternatives of a regular expression; a longer word goes before its own beginning.

    Words with the same first letters share them, so that one comparison rules all of them out.
    """
    by_letter: dict[str, set[str]] = {}
    for word in sorted(set(words)):
        by_letter.setdefault(word[:1], set()).add(word[1:])
    ends_here = bool(by_letter.pop("", None))
    branches = [re.escape(letter) + alternatives(rests) for letter, rests in by_letter.items()]
    if not branches:
        return ""
    joined = branches[0] if len(branches) == 1 and not ends_here else f"(?:{'|'.join(branches)})"
    return f"{joined}?" if ends_here else joined


def read_yaml(source: Traversable) -> object:
    """The values of a shipped YAML file."""
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    return yaml.load(source.read_text(encoding="utf-8"), loader)  # noqa: S506 - both loaders are safe


def _data() -> Traversable:
    return files("app.reading") / "data"
