"""Stated payments with their amounts: «$4,000 now and $8,000 at the end», «Stage 1: Cabling, $4,000»."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from decimal import Decimal
from functools import lru_cache

from app.domain.facts import Stage
from app.reading.language_data import alternatives
from app.reading.segments import Sentence
from app.reading.values.dates import MONTH_NAMES, WEEKDAYS
from app.reading.values.money import Amount, AmountRole, amounts_in
from app.reading.values.shares import one_by_one, split_into_shares

STAGE_LINE = re.compile(
    r"\b(?:stage|payable (?:on|upon|after)|due (?:on|upon) (?:acceptance|completion|delivery)|zahlbar (?:bei|nach)|payable à|pagadero"
    r"|instal?lment|milestone|progress|deposit|balance|down payment|final payment|payment \d|invoice \d|tranche|rate \d"
    r"|abschlag|teilzahlung|anzahlung|schlusszahlung|schlussrechnung|restzahlung|meilenstein|teilrechnung|\d\. ?rate|acompte|solde"
    r"|échéance|jalon|situation|hito|anticipo|plazo|pago \d|fase \d|étape \d|phase \d|lot \d|los \d|part \d of \d"
    r"|\d ?(?:st|nd|rd|th) (?:stage|part|payment)|\d ?(?:/|of|von|de|sur) ?\d)|\b\d{1,2} ?%",
    re.I,
)
"""A product line that is one of several payments."""

_LONGEST_NAME = 100
_MOST = 40
_PART = (
    r"(?:stages?|phases?|milestones?|steps?|lots?|los|etappen?|abschnitte?|étapes?|fases?|hitos?|meilensteine?|jalons?|tranches?|raten?|instal?ments?"
    r"|payments?|teilzahlung(?:en)?|teilrechnung(?:en)?|échéances?|versements?|pagos?|plazos?|invoices?|rechnung(?:en)?|factures?|facturas?)"
)
_NUMBERED = re.compile(
    rf"(?<!\w)(?P<part>{_PART} ?\d{{1,2}})(?!\d|[.,]\d)\s*[:.)–-]?\s*(?P<name>[^:;|]{{0,80}}?)[\s,:=–-]*$", re.I
)
_NAMED = re.compile(rf"(?<!\w){_PART} ?\d{{1,2}}(?!\d|[.,]\d)", re.I)
_LISTED = re.compile(rf"(?<!\w){_PART}(?: plan| schedule| payments?)?\s?:\s", re.I)
_ITEM_NAME = re.compile(r"[^\W\d_][^\d;:]{1,60}?[\s,:=(–-]*$")
_THE_OTHER = (
    r"(?: (?:the|die|der|den|les?|la|los?|another|weitere|otros|autres))?(?: (?:other|others|rest|remaining|second|last|same|anderen?|übrigen?"
    r"|restlichen?|zweiten?|letzten?|autres?|derniers?|otr[oa]s|restantes|resto))?(?: half| hälfte| moitié| mitad)?"
)
"""«And the other 640»."""
_NO_THING = re.compile(
    rf"(?:^|[,:;(=+&–—-]|(?<!\w)(?:and|und|et|y|e|then|dann|puis|luego|a|of|an?other|further|weitere|by|with|for|from|at|is|are|be|us|you|ihnen|euch|vous"
    rf"|nous|uns|first|agreed|price[ds]?|sum|fee|flat|fixed|only|just|pay|pays|paid|bill|bills|billed|invoice[ds]?|charge[ds]?|deposit|transfer|send"
    rf"|zahle?n?|zahlt|bezahl\w+|rechnung\w*|stellen|payons|payez|paie|versement|acompte|factur\w+|pag\w+|cobr\w+|anzahlung|rest|balance)){_THE_OTHER}\s*$",
    re.I,
)
"""Text before a payment; after the name of an item, the amount is the price of the item."""
_CONDITION = re.compile(
    r"(?P<name>\s*,?\s?(?:is |are |due |payable |ist |fällig )*(?:now|today|up ?front|in advance|at once|sofort|jetzt|vorab|maintenant|ahora"
    r"|(?:with|on|when|once|at|after|upon|before|bei|nach|wenn|sobald|zum|mit|à|au|après|quand|lorsque|dès"
    r"|al|a la|tras|cuando|con) [^\W\d_][^,;.|/]{1,60}?"
    rf"|(?:in|im|en|am|on|by|bis|au|el|le) (?:\d{{1,2}}(?:st|nd|rd|th|\.)? ?)?(?:of |de |early |late |mid-?|anfang |ende )?(?:{MONTH_NAMES})(?!\w)))"
    rf"(?:\s*[,;.|/)]|\s(?:and|und|et|y|then|dann|puis|luego){_THE_OTHER}\s*$|\s*$)",
    re.I,
)
_WEEKDAY = re.compile(rf"(?<!\w)(?:{alternatives(WEEKDAYS)})", re.I)
_GROUPED = re.compile(r"\d[.,']\d{3}")
_JOINS = re.compile(
    r"^\W*(?:and|und|et|y|then|dann|puis|luego|plus|the (?:rest|remaining)(?: of)?|another|weitere)*\W*|\W+$", re.I
)


def stated_payments(sentences: Sequence[Sentence]) -> tuple[list[Stage], Sentence | None]:
    """The first sentence with two payments or more, or numbered lines with one each."""
    amounts = [amount for sentence in sentences for amount in amounts_in(sentence.written)]
    if not amounts and not any(" / " in sentence.written for sentence in sentences):
        return [], None
    wholes = frozenset(amount.value for amount in amounts)
    for sentence in sentences:
        if parts := _in_one(sentence.written, wholes):
            return list(parts), sentence
    lines = [(sentence, part) for sentence in sentences for part in _numbered(sentence.written)]
    if len(lines) >= 2:
        named = {item.casefold() for sentence in sentences for item in _NAMED.findall(sentence.written)}
        if len(named) == len(lines):
            return [part for _, part in lines][:_MOST], lines[0][0]
    return [], None


def divided_billing(sentences: Sequence[Sentence]) -> Iterator[tuple[Sentence, str]]:
    """Sentences that divide the price or the invoices, with the words: by shares, places, or payments that add up."""
    read = [_division(sentence.words) for sentence in sentences]
    stated = stated_payments(sentences)[1] if any(amounts for _, amounts in read) else None
    for sentence, (words, _) in zip(sentences, read, strict=True):
        if words or sentence is stated:
            yield sentence, words or sentence.written[:_LONGEST_NAME]


@lru_cache(maxsize=8192)
def _division(words: str) -> tuple[str, bool]:
    """The words of a sentence that divide a price or its bills, and whether it names amounts."""
    match = split_into_shares(words)
    if match is None and (found := one_by_one(words)) and _BILLED.search(words):
        match = found
    return match[0] if match else "", bool(amounts_in(words))


_BILLED = re.compile(
    r"(?<!\w)(?:send (?:your|the|an) account|invoic|bill|pay|paid|charg|settl|rechnung|abrechn|abgerechn|verrechn|be?zahl|zahl|vergüt|beglich|begleich"
    r"|factur|régl|paie|pag|cobr)"
)


@lru_cache(maxsize=8192)
def _in_one(written: str, wholes: frozenset[Decimal]) -> tuple[Stage, ...]:
    amounts = amounts_in(written)
    if len(amounts) < 2:
        return ()
    if listed := _LISTED.search(written):
        return _items(written, listed.end(), amounts)
    return _conditions(written, amounts, wholes)


def _items(written: str, begin: int, amounts: Sequence[Amount]) -> tuple[Stage, ...]:
    """«Milestones: design 3,000, install 6,000»: a name before each amount, and nothing else."""
    ends = [begin, *(amount.end for amount in amounts)]
    names = [written[end : amount.start] for end, amount in zip(ends, amounts, strict=False)]
    named = [_JOINS.sub("", name) for name in names]
    fit = all(_ITEM_NAME.match(name) for name in named) and all(
        _is_payment(item) and item.start >= begin for item in amounts
    )
    return tuple(_stage(name, item) for name, item in zip(named, amounts, strict=True)) if fit else ()


def _conditions(written: str, amounts: Sequence[Amount], wholes: frozenset[Decimal]) -> tuple[Stage, ...]:
    """«$4,000 on order, $8,000 when it runs»: a condition after each amount; a further amount may be the total.

    Small numbers without a currency are payments only where they add up to an amount of the ticket.
    """
    ends = [*(amount.start for amount in amounts[1:]), len(written)]
    parts: list[tuple[Amount, str]] = []
    for amount, end in zip(amounts, ends, strict=True):
        match = _CONDITION.match(written[amount.end : end])
        begin = written[: amount.start][-60:]
        if match and _NO_THING.search(begin) and not _WEEKDAY.search(match["name"]) and _is_payment(amount):
            parts.append((amount, match["name"]))
    whole = sum((part.value for part, _ in parts), Decimal(0))
    if len(parts) > 2 and 2 * parts[0][0].value == whole:
        whole = parts.pop(0)[0].value
    if whole not in wholes:
        parts = [
            (part, name) for part, name in parts if not part.bare or _GROUPED.search(written[part.start : part.end])
        ]
        whole = sum((part.value for part, _ in parts), Decimal(0))
    rest = [amount.value for amount in amounts if amount not in [part for part, _ in parts]]
    if len(parts) < 2 or any(value != whole for value in rest):
        return ()
    return tuple(_stage(_JOINS.sub("", name), amount) for amount, name in parts)


@lru_cache(maxsize=8192)
def _numbered(written: str) -> tuple[Stage, ...]:
    """«Stage 1: Cabling, $4,000»: one payment per line, or per part between slashes."""
    found: list[Stage] = []
    for piece in written.split(" / "):
        amounts = amounts_in(piece)
        name = _NUMBERED.search(piece[: amounts[0].start]) if len(amounts) == 1 else None
        if name and _is_payment(amounts[0]) and len(piece) - amounts[0].end < _LONGEST_NAME:
            found.append(_stage(name["name"].strip() or name["part"], amounts[0]))
    return tuple(found)


def _is_payment(amount: Amount) -> bool:
    return amount.role in (AmountRole.PRICE, AmountRole.PART_PAYMENT)


def _stage(name: str, amount: Amount) -> Stage:
    words = name.strip(" ,:=(–-")
    return Stage((words[:1].upper() + words[1:])[:_LONGEST_NAME] or "Payment", amount=amount.value)
