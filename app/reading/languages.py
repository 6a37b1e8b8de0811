"""Languages that a text is surely not written in, by its function words."""

from __future__ import annotations

import re
from functools import lru_cache

from app.reading.language_data import vocabulary

_WORDS_OF: dict[str, list[str]] = dict(vocabulary("function_words", "words"))
_LANGUAGES_OF: dict[str, tuple[str, ...]] = {
    word: tuple(language for language, words in _WORDS_OF.items() if word in words)
    for words in _WORDS_OF.values()
    for word in words
}
FUNCTION_WORDS = frozenset(_LANGUAGES_OF)
_WORD = re.compile(r"[^\W\d_][\w']{0,15}")
_ENOUGH = 2
_ENOUGH_EXCLUSIVE = 4
"""Function words of a single language that make it the ticket's; a language without any is then excluded."""
_MOST_WORDS = 400
_RARER, _RARER_ENGLISH = 5, 12
"""How many times rarer than the most frequent language; English words occur in texts of every language."""


@lru_cache(maxsize=1024)
def other_languages(texts: tuple[str, ...]) -> frozenset[str]:
    """The languages that a ticket is not written in; none where its texts are too short to tell."""
    counts = dict.fromkeys(_WORDS_OF, 0.0)
    exclusive = dict.fromkeys(_WORDS_OF, 0)
    for text in texts:
        for known in filter(None, map(_LANGUAGES_OF.get, _WORD.findall(text[:4000].lower())[:_MOST_WORDS])):
            exclusive[known[0]] += len(known) == 1
            for language in known:
                counts[language] += 1 / len(known)
    most = max(counts.values())
    if most < _ENOUGH:
        return frozenset()
    clear = max(exclusive.values()) >= _ENOUGH_EXCLUSIVE
    return frozenset(
        language
        for language, count in counts.items()
        if count < most / (_RARER_ENGLISH if language == "en" else _RARER) or (clear and not exclusive[language])
    )
