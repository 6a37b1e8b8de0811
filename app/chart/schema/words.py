"""Errors of phrases in a chart file: meanings, languages, the notation, and names of shipped phrases."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from app.chart.schema.errors import ChartProblem, near, not_allowed, shown_path
from app.chart.schema.yaml_source import Path, YamlDocument
from app.reading.phrases.grammar import PhraseError, compile_phrases, shipped_phrases

_LANGUAGE = re.compile(r"[a-z]{2,3}")
_DEEPEST_PHRASE = 6
_Found = Iterator[tuple[Path, str]]


def word_problems(data: Mapping[str, Any], document: YamlDocument) -> list[ChartProblem]:
    """All errors of the phrases in a chart's data, each with its place."""
    found = [*_own_phrases(data.get("words")), *_switched_off(data.get("words_off")), *_of_rules(data.get("rules"))]
    return [ChartProblem(*document.place(path), shown_path(path), message) for path, message in found]


def _own_phrases(words: Any) -> _Found:
    for path, phrase in _listed(words, "words"):
        if isinstance(phrase, str) and (mistake := _phrase_problem(phrase)):
            yield path, mistake
    yield from _wrong_names(words, "words")


def _switched_off(words: Any) -> _Found:
    for path, phrase in _listed(words, "words_off"):
        meaning, language = str(path[1]), str(path[2])
        shipped = shipped_phrases().get(meaning, {}).get(language, [])
        if isinstance(phrase, str) and meaning in shipped_phrases() and phrase not in shipped:
            close = near(phrase, shipped) or f"; `miniprojects chart words {meaning}` lists them"
            yield path, f"no shipped phrase of “{meaning}” in “{language}” reads so{close}"
    yield from _wrong_names(words, "words_off")


def _of_rules(rules: Any) -> _Found:
    for number, rule in enumerate(rules if isinstance(rules, list) else ()):
        phrases = rule.get("words") if isinstance(rule, dict) else None
        for place, phrase in enumerate(phrases if isinstance(phrases, list) else ()):
            if isinstance(phrase, str) and (mistake := _phrase_problem(phrase)):
                yield ("rules", number, "words", place), mistake


def _listed(words: Any, section: str) -> Iterator[tuple[Path, Any]]:
    for meaning, languages in words.items() if isinstance(words, dict) else ():
        for language, phrases in languages.items() if isinstance(languages, dict) else ():
            for number, phrase in enumerate(phrases if isinstance(phrases, list) else ()):
                yield (section, meaning, language, number), phrase


def _wrong_names(words: Any, section: str) -> _Found:
    for meaning, languages in words.items() if isinstance(words, dict) else ():
        if meaning not in shipped_phrases():
            yield (section, meaning), not_allowed(meaning, shipped_phrases())
        for language in languages if isinstance(languages, dict) else ():
            if not _LANGUAGE.fullmatch(language):
                yield (
                    (section, meaning, language),
                    "a language is two or three small letters, such as en, de, fr, es, it, nl",
                )


def _phrase_problem(phrase: str) -> str | None:
    if not any(char.isalnum() or char in "#$" for char in phrase):
        return "a phrase needs a word; this one would match everything or nothing"
    if phrase != phrase.lower():
        return f"phrases are written in small letters: “{phrase.lower()[:80]}”"
    depth = deepest = 0
    for char in phrase:
        depth += (char == "(") - (char == ")")
        deepest = max(deepest, depth)
    if deepest > _DEEPEST_PHRASE:
        return f"brackets in brackets, more than {_DEEPEST_PHRASE} deep; split the phrase"
    try:
        compile_phrases([phrase])
    except PhraseError as error:
        return str(error)
    except (re.error, OverflowError, RecursionError):
        return "this phrase cannot be read; see how phrases are written at the top of the shipped word lists"
    return None
