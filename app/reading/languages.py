"""Which of the chart's languages a ticket is written in, told by its small words."""

from __future__ import annotations

import re
from functools import lru_cache

_SMALL_WORDS = {
    "en": "the and to of is in for we you it on that with have this be are our please not can will from has at your they what all when an as "
    "but by was there do i'm it's hi thanks my up out if or would could just get so me he she us need",
    "de": "der die das und ist nicht wir sie ich ein eine einen zu im auf mit für von den dem bitte wie bei auch es haben hat ihr uns noch nur "
    "aber oder dass wird werden kann können sind aus nach zum zur am des um so wenn was mal hallo danke an keine kein mehr seit vom",
    "fr": "le la les et est nous vous je un une des du de pour dans sur avec pas que qui il elle ce cette sont au aux bonjour merci par en "
    "notre votre nos vos on ne plus mais ou si a ont être fait chez d'ici svp sans très tout",
    "es": "el la los las y es en un una de del que por para con no se nos os lo al su sus hola gracias buenos buenas más pero o si como está "
    "están hay este esta desde hasta le les me tenemos quiero queremos favor ya a todo",
}
_LANGUAGES_OF: dict[str, tuple[str, ...]] = {
    word: tuple(language for language, words in _SMALL_WORDS.items() if word in words.split())
    for words in _SMALL_WORDS.values()
    for word in words.split()
}
SMALL_WORDS = frozenset(_LANGUAGES_OF)
_WORD = re.compile(r"[^\W\d_][\w']{0,15}")
_ENOUGH = 2
_ENOUGH_OF_ITS_OWN = 4
"""So many small words that no other language has tell the ticket's; one that has none of its own beside them is not there."""
_MOST_WORDS = 400
_RARER, _RARER_ENGLISH = 5, 12
"""So many times rarer than the ticket's own small words; English stands among every trade's words, so it stays longer."""


@lru_cache(maxsize=1024)
def other_languages(texts: tuple[str, ...]) -> frozenset[str]:
    """The languages that a ticket is surely not written in; none where it says too little to tell."""
    counts = dict.fromkeys(_SMALL_WORDS, 0.0)
    own = dict.fromkeys(_SMALL_WORDS, 0)
    for text in texts:
        for known in filter(None, map(_LANGUAGES_OF.get, _WORD.findall(text[:4000].lower())[:_MOST_WORDS])):
            own[known[0]] += len(known) == 1
            for language in known:
                counts[language] += 1 / len(known)
    most = max(counts.values())
    if most < _ENOUGH:
        return frozenset()
    told = max(own.values()) >= _ENOUGH_OF_ITS_OWN
    return frozenset(
        language
        for language, count in counts.items()
        if count < most / (_RARER_ENGLISH if language == "en" else _RARER) or (told and not own[language])
    )
