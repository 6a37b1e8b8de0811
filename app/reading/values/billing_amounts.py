"""Amounts of money in a sentence, each with its role in the sale: total, part, option, unit, recurring, tax, cap, rate, PO …

The words between an amount and its neighbours decide its role, never its size. The state of an amount (agreed or not)
is decided by `app.reading.values.billing_statements`, which sees the whole text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

from app.reading.values.billing_roles import ROLE_CHECKS, tax_basis
from app.reading.values.billing_words import (
    BARE_AFTER,
    COUNT,
    COUNTED_PAYMENTS,
    CURRENCIES,
    Role,
    TaxBasis,
    count_of,
)
from app.reading.values.numbers import number_of

__all__ = ["AmountInText", "Role", "TaxBasis", "amounts_in_sentence"]

_NUMBER = r"\d{1,3}(?:[.,'’ \u00a0\u202f]\d{3})+(?!\d)(?:[.,]\d{1,2}(?!\d))?|\d{1,9}(?:[.,]\d{1,2}(?!\d))?"
_MANY = r"(?:\s?(?:k|m|mn|mio\.?|million(?:en|s|es)?|tsd\.?|thousand|tausend|mille)(?![\w']))"
_CODE = r"(?:eur|gbp|usd|chf|aud|cad|nzd|sek|nok|dkk)"
_SIGN = r"(?:us\$|ca\$|au\$|[€£$])"
_AFTER = rf"(?:{_SIGN}|(?:{_CODE}|euros?|pounds?|dollars?|dólares|libras|livres|franken|francs?)(?!\w))"
_MONEY = re.compile(
    rf"(?P<minus>(?<![\w\d])[-−–])?\s?(?:{_SIGN}|(?<!\w){_CODE})\s?(?P<minus_in>[-−])?(?P<first>(?:{_NUMBER}){_MANY}?)(?:,-+)?"
    rf"|(?P<minus_2>(?<![\w\d])[-−])?(?<![\w.,/-])(?P<last>(?:{_NUMBER}){_MANY}?)(?:,-+)?\s?{_AFTER}"
)
_IN_WORDS = re.compile(
    rf"(?<!\w)[^\W\d_]{{2,9}} (?:hundred|thousand)(?: and [^\W\d_]{{2,12}}| [^\W\d_]{{2,12}})? {_AFTER}"
)
_BARE = re.compile(
    r"(?<![\w.,/#'-])(?<!\d )(?:\d{1,3}(?:[.,']\d{3})+|(?!(?:19|20)\d\d\b)\d{3,6}|\d{1,3}(?:\.\d)?k(?!\w))(?:[.,]\d\d)?(?:,-+)?"
    rf"(?=\s?(?:[.,;:!?()\n|]|$)|\s?[/+](?!\d)|\s[-–—=]\s|\s(?:{BARE_AFTER})(?!\w))(?![.,:/-]\d)"
)
_NO_MONEY_BEFORE = re.compile(
    r"(?:(?<!\w)(?:quotes?|quotation|offer|order|ticket|invoice|contract|po|p\.o\.|purchase order|room|rm|ref\w*|n[o°r]\.?|number"
    r"|nummer|ext|tel\w*"
    r"|angebot|auftrag|bestell\w*|rechnung|raum|devis|commande|facture|salle|presupuesto|pedido|factura|id|kw|year|jahr|q"
    r"|change order|line|page)"
    r"\.?:?|#|[a-z]-)\s?$"
)
_GROUPED = re.compile(r"\d[.,']\d{3}")
_SAYS_MONEY = re.compile(
    r"(?<!\w)(?:prices?|priced|fees?|fixed|flat|lump sum|total\w*|invoic\w*|bill\w*|pay\w*|charge\w*|deposit|balance|instal\w*"
    r"|cap\w*|not to exceed"
    r"|cost\w*|quot\w+|\w*preis\w*|pauschal\w*|gesamt\w*|summe|rechnung\w*|\w*zahl\w*|rate\w*|kosten\w*|forfait\w*|prix|montant"
    r"|factur\w*|acompte"
    r"|solde|échéance\w*|precio\w*|importe|pag\w+|anticipo|cuota\w*|presupuest\w*|discount|rabatt|remise|descuento|monthly"
    r"|monatlich|orders?|ordered|signed|agreed|accepted|worth|hardware|licen[cs]es?|auftrag|bestellt?|unterschrieben|commande"
    r"|signée?|pedido|firmad[oa])(?!\w)"
)
_CUT = re.compile(r"[,;:()]|\s[–—-]\s|(?<!\w)(?:and|und|et|y|e|then|dann|puis|luego|but|aber|mais|pero)(?!\w)")
_UNITS = re.compile(
    rf"(?<![\w.,])(?P<many>{COUNT})\s?(?:[x×]\s?|[^\W\d_][\w'-]{{2,20}}(?: [^\W\d_][\w'-]{{2,20}})?,? (?:at|@|for|à|zu(?: je)?|je|a"
    rf"|por) (?:(?:an? |the |un |el |le )?(?:fixed|flat|agreed|set|fest\w*|forfait\w*|fijo|cerrado)? ?(?:prices?|rate|sum|preis|prix"
    rf"|precio)?(?: of| von| de)? ?)?)[^\d\w]*$"
)


@dataclass(frozen=True, slots=True)
class AmountInText:
    """One amount of a sentence, from `start` to `end`; `value` carries its sign."""

    value: Decimal
    role: Role
    start: int
    end: int
    currency: str = ""
    """ISO code; empty where none is written."""
    tax: TaxBasis = TaxBasis.UNKNOWN
    quantity: Decimal | None = None
    """UNIT and PAYMENT: how many of them the words count."""
    rounded: bool = False
    """Written in thousands ("12k")."""
    quote: str = ""


@lru_cache(maxsize=4096)
def amounts_in_sentence(written: str) -> tuple[AmountInText, ...]:
    """The amounts of a sentence in their order. Bounded by the length of a sentence."""
    words = _lowered(written)
    if not any(char.isdigit() for char in words) and "hundred" not in words and "thousand" not in words:
        return ()
    spots = sorted(_spots(words))
    found = []
    for number, (start, end, minus) in enumerate(spots):
        value = number_of(words[start:end])
        if not value or value >= Decimal(10) ** 10:
            continue
        before = words[spots[number - 1][1] if number else 0 : start]
        after = words[end : spots[number + 1][0] if number + 1 < len(spots) else len(words)]
        found.append(_amount(-value if minus else value, words, written, (start, end), (before, after)))
    return tuple(found)


def _lowered(written: str) -> str:
    """Small letters at the same places; a letter that grows is kept."""
    return "".join(low if len(low := char.lower()) == 1 else char for char in written)


def _spots(words: str) -> Iterator[tuple[int, int, bool]]:
    taken: list[tuple[int, int]] = []
    for pattern in (_MONEY, _IN_WORDS):
        for match in pattern.finditer(words):
            start, end = match.span()
            start += len(match[0]) - len(match[0].lstrip())
            if not any(start < last and first < end for first, last in taken):
                taken.append((start, end))
                minus = pattern is _MONEY and bool(match["minus"] or match["minus_in"] or match["minus_2"])
                yield start, end, minus
    if not taken and not _SAYS_MONEY.search(words):
        return
    for match in _BARE.finditer(words):
        start, end = match.span()
        overlaps = any(start < last and first < end for first, last in taken)
        numbered = _NO_MONEY_BEFORE.search(words[max(0, start - 25) : start]) and not _GROUPED.search(match[0])
        if not overlaps and not numbered:
            yield start, end, False


def _amount(value: Decimal, words: str, written: str, span: tuple[int, int], around: tuple[str, str]) -> AmountInText:
    start, end = span
    before, after = around
    clause, behind = _CUT.split(before)[-1], _CUT.split(after, maxsplit=1)[0]
    counted = COUNTED_PAYMENTS.search(words[max(0, start - 60) : start])
    units = _UNITS.search(words[max(0, start - 50) : start])
    if counted:
        role, quantity = Role.PAYMENT, count_of(counted["many"])
    else:
        role = next((role for role, says in ROLE_CHECKS if says(before, clause, after, behind)), Role.PRICE)
        quantity = count_of(units["many"]) if units else None
        if units and role in (Role.PRICE, Role.TOTAL):
            role = Role.UNIT
    return AmountInText(
        value, role, start, end,
        currency=_currency(words, start, end),
        tax=tax_basis(clause, after),
        quantity=Decimal(quantity) if quantity and role in (Role.UNIT, Role.PAYMENT) else None,
        rounded=bool(re.search(r"\d\s?(?:k|tsd)", words[start:end])),
        quote=written[max(0, start - 40) : end + 40].strip(),
    )  # fmt: skip


def _currency(words: str, start: int, end: int) -> str:
    text = words[start:end]
    return next((code for sign, code in CURRENCIES if sign.search(text)), "")
