"""Whether a customer's order has arrived: «Order in», «Bestellung liegt vor», «bon de commande reçu», by grammar in every language."""

from __future__ import annotations

import re
from enum import StrEnum
from functools import lru_cache

from app.reading.language_data import alternatives, language_file, languages


class Arrival(StrEnum):
    """What a clause says of an order."""

    ARRIVED = "arrived"
    OPEN = "open"
    """Denied, expected or a condition."""


_NUMBER = r"(?:(?:no\.?|nr\.?|n°|#) ?)?[a-z]{0,4}[-/]?\d[\w/.-]*"
_ENDS = re.compile(
    r"\s*(?:$|[,.;:!()–-])| (?:for|at|over|from|of|über|für|von|vom|pour|de|por|per|voor|van|za|na|på|til|fra|and|und|et|y|e|en|och|og|ja|a|i) "
)
_CLAUSE = re.compile(r"[,;:.!?()–](?!\d)")
_NOT_ORDERED = r"(?<!\bin )(?<!\bout of )"
"""English «in order» is no order."""


def _any(language: str, member: str) -> str:
    words = language_file(language, "orders").get(member) or ()
    stems = alternatives(word[:-1] for word in words if word.endswith("*"))
    whole = alternatives(word for word in words if not word.endswith("*"))
    return rf"(?:(?:{stems})\w*|{whole})" if stems else rf"(?:{whole})"


def _grammar(language: str) -> tuple[re.Pattern[str], re.Pattern[str]]:
    order, between = _any(language, "orders"), _any(language, "between")
    gap = rf"(?:\s?(?:{between}|{_any(language, 'open')}|{_NUMBER})(?![\w])){{0,5}}"
    behind = rf"(?<![\w-]){_NOT_ORDERED}{order}(?!\w){gap}\s{_any(language, 'arrived')}(?![\w-])"
    before = rf"(?<!\w){_any(language, 'held')}(?!\w){gap}(?:\s[^\W\d_]{{1,6}})?\s{order}(?![\w-])"
    found = re.compile(rf"{behind}|{before}")
    return found, re.compile(rf"(?<!\w)(?:{_any(language, 'open')})(?!\w)|n't(?!\w)")


_GRAMMARS = tuple(_grammar(language) for language in languages() if language_file(language, "orders"))
_ORDERS = re.compile(
    alternatives(word for language in languages() for word in language_file(language, "orders").get("orders", ()))
)


@lru_cache(maxsize=8192)
def order_arrival(text: str) -> tuple[Arrival, tuple[int, int]] | None:
    """Whether a sentence in small letters says that an order has arrived, with the place; open where any clause leaves it so."""
    if not _ORDERS.search(text):
        return None
    found: tuple[int, int] | None = None
    for grammar, is_open in _GRAMMARS:
        for match in grammar.finditer(text):
            if text.rstrip().endswith("?") or is_open.search(_clause(text, *match.span())):
                return Arrival.OPEN, match.span()
            found = found or (match.span() if _ENDS.match(text, match.end()) else None)
    return (Arrival.ARRIVED, found) if found else None


def _clause(text: str, start: int, end: int) -> str:
    """The clause around a place."""
    begin = max((one.end() for one in _CLAUSE.finditer(text, 0, start)), default=0)
    behind = _CLAUSE.search(text, end)
    return text[begin : behind.start() if behind else len(text)]
