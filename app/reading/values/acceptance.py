"""Acceptance of a price in the sentence after it: «Six hours at 80, so 480. Fine with me.»"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import pairwise

from app.reading.segments import Sentence
from app.reading.values.durations import NUMBER_WORDS, count
from app.reading.values.money import AmountRole, amounts_in
from app.reading.values.numbers import number_of

_US = r"(?:me|us|all of us|the board|him|her|them|my boss|mich|uns|alle|chef\w*|moi|nous|mí|nosotros)"
_AGREES = re.compile(
    r"\W*(?:(?:yes|yep|ok|okay|ja|oui|sí|and|und|et|y)[ ,]+)?(?:"
    r"(?:(?:that|this|it|which|the price)(?:'s| is| would be| sounds| looks| seems)? )?(?:all )?(?:fine|ok|okay|good|all right|alright|acceptable)"
    rf" (?:with|by|for) {_US}|(?:that|this|it)(?:'s| is| sounds| looks) (?:all )?(?:fine|ok|okay|agreed|acceptable|a deal)"
    rf"|agreed|(?:i|we) agree|(?:works for|suits) {_US}"
    rf"|(?:das |so )?(?:passt|geht)(?: so| für {_US}| in ordnung| klar| ok)+|(?:damit )?(?:(?:bin ich|sind wir) )?einverstanden"
    rf"|(?:das |so )?ist (?:für {_US} |uns |mir )?(?:so )?(?:in ordnung|ok|recht)"
    rf"|(?:ça|cela) (?:me|nous) (?:va|convient)|d'accord|(?:c'est )?(?:bon|ok) pour {_US}"
    rf"|(?:me|nos) parece bien|(?:de acuerdo|conformes?)|por {_US} (?:bien|vale))"
    r"(?=[ .,;:!&)]|$)(?! (?:to |with |that |que |dass )?(?:if|but|wenn|aber|si|pero|mais)(?!\w))"
)
_PARTS = re.compile(
    r"(?<!\w)(?:(?:spare )?parts?|spares?|panel|screen|batter\w+|cables?|adapters?|chargers?|toner|cartridges?|licen[cs]es?|repair\w*|replacement"
    r"|ersatzteile?|akkus?|kabel|ladegerät\w*|lizenz\w*|reparatur\w*|pièces?|écran|câbles?|licence|réparation|piezas?|pantalla|repuestos?|reparación)(?!\w)"
)
"""Parts of a repair; a price for them is no order of work."""
_NOT = re.compile(r"(?<!\w)(?:not|no|isn't|nicht|kein\w*|pas|nada)(?!\w)[^,;]{0,20}$")
_SUM = re.compile(
    rf"(?<![\w.,])(?P<many>\d{{1,3}}(?:[.,]\d)?|{NUMBER_WORDS}) ?(?:[^\W\d_][\w'-]{{0,17}} ){{1,3}}?"
    rf"(?:at|@|x|×|à|zu|je|a|of|for|per|por) (?:je )?(?:[€£$] ?)?"
    r"(?P<rate>\d{1,5}(?:[.,]\d{1,3})?)(?P<between>[^\d]{1,40}?)(?P<total>\d{1,3}(?:[.,' ]\d{3})+|\d{2,7})(?![\w%]|[.,:]\d)"
)


def acceptances(sentences: Sequence[Sentence]) -> Iterator[tuple[Sentence, str]]:
    """Sentences that accept a price in the sentence before, with their words."""
    for before, after in pairwise(sentences):
        if before.source == after.source and _is_priced(before.words) and (words := _agrees(after.words)):
            yield after, words


@lru_cache(maxsize=8192)
def _is_priced(words: str) -> bool:
    """Whether a sentence names the price of a job, with a currency or calculated from hours and a rate."""
    amounts = amounts_in(words)
    if not amounts or words.endswith("?"):
        return False
    named = any(item.role is AmountRole.PRICE and not item.bare for item in amounts) and not _PARTS.search(words)
    return named or _is_worked_out(words)


def _is_worked_out(words: str) -> bool:
    """«Six hours at 80, so 480»: the product of the numbers is correct."""
    for match in _SUM.finditer(words):
        many = number_of(match["many"]) or count(match["many"])
        rate, total = number_of(match["rate"]), number_of(match["total"])
        if many and rate and many * rate == total:
            return True
    return False


@lru_cache(maxsize=8192)
def _agrees(words: str) -> str:
    match = _AGREES.match(words)
    return match[0].strip() if match and not words.endswith("?") and not _NOT.search(match[0]) else ""
