"""Agreed money of a job: the whole price, else a cap or a rate. Doubtful amounts are excluded and listed."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import lru_cache

from app.domain.facts import Reason, Stage
from app.reading.evidence import Evidence, Mention
from app.reading.segments import Sentence
from app.reading.values.money import Amount, AmountRole, amounts_in, of_more_work

_MOST_LEFT_OUT = 5
_LONGEST_QUOTE = 80
_NEVER_SILENT = (AmountRole.RATE, AmountRole.CAP, AmountRole.SEPARATE, AmountRole.PER_UNIT)
_ROUND = Decimal("0.03")
"""Tolerance for prices written in round thousands."""
_FIXED = re.compile(
    r"(?<!\w)(?:(?:fix(?:ed)?|flat|firm|set)[ -](?:price[ds]?|fees?|cost|sum|amount)|lump[ -]sum|\w*festpreis\w*|fixpreis\w*|pauschal\w*"
    r"|zum festen preis|forfait\w*|prix (?:ferme|fixe)|precio (?:cerrado|fijo)|tanto alzado)(?!\w)"
)
_NOT_FIXED = re.compile(
    r"(?<!\w)(?:no|not|not a|isn't|kein\w*|nicht|ohne|sans|pas de|sin|without|rather than|instead of|statt|former|old|last year's)"
    r"(?: an?| any| the| zum)? $"
)
_GONE = re.compile(
    r"(?<!\w)(?:reject\w*|declin\w*|refus\w*|turned down|abgelehnt|rechazad\w*|refusé\w*|last year|letztes jahr|l'an dernier|el año pasado)(?!\w)"
)
_WHOLE = re.compile(
    r"(?<!\w)(?:fixed|flat|lump sum|total\w*|altogether|all in|in all|option|variante?|\w*preis|pauschal\w*|gesamt\w*|insgesamt|forfait\w*"
    r"|prix|precio|price)(?!\w)[^;\d]{0,25}$"
)
_WHOLE_AFTER = re.compile(
    r"[ ,(]{0,2}(?:net|netto|ht)? ?(?:fixed|flat|pauschal|all in|lump sum|festpreis|fest|forfait\w*|cerrado|altogether|in total|in all|zusammen"
    r"|insgesamt|the lot|au total|en total)(?!\w)"
)
_OPTION = re.compile(r"(?<!\w)(?:option|variante?|package|paket|opción|opcion) ([a-z]|\d)(?!\w)")
_OPTION_BEFORE = re.compile(rf"{_OPTION.pattern}[^\d,;]{{0,25}}$")
_BY_TIME = re.compile(
    r"(?<!\w)(?:time (?:and|&|\+) materials?|t ?& ?m|nach (?:zeit)?aufwand|au temps passé|en régie|por horas|by the hour|hourly basis)(?!\w)"
)
_REFUSES = re.compile(
    r"\W*(?:but |however,? |aber |mais |pero )?(?:(?:the|der|die|le|la|el|our) )?(?:customer|client|kundin|kunde|board|they|he|she|it|this"
    r"|that|cliente|er|sie)?"
    r" ?(?:has |have |had |was |is |been |hat |wurde |l'a |lo ha |ha ){0,2}(?:not accepted|rejected|declined|refused|turned (?:it|this|that|us) down"
    r"|abgelehnt|refusé|rechazado|said no)(?: (?:it|this|that|the (?:price|offer|quote)|das angebot|den preis))?\W*$"
)
"""A whole sentence that rejects the sentence before it."""
_GROSS_AFTER = re.compile(
    r"\W{0,3}(?:gross|brutto|ttc|(?:incl\w*|inkl\w*|with|mit)\.? (?:vat|tax\w*|gst|mwst|ust|tva|iva)|iva incluido)(?!\w)"
)
_TAXED = (Decimal("1.04"), Decimal("1.28"))
"""Range of gross to net price."""
_OPEN = ("quote_request", "wish", "undecided", "open_finance")


@dataclass(frozen=True, slots=True)
class Agreed:
    """The money of a job: a price, or a cap and a rate, or nothing certain."""

    price: Decimal | None = None
    cap: Decimal | None = None
    rate: Decimal | None = None
    others: tuple[Decimal, ...] = ()
    """Other amounts named as the whole price, or a cap or rate next to a price that is not called fixed."""
    open: bool = False
    """A fixed price is agreed; the ticket does not state the amount."""
    left_out: tuple[str, ...] = ()
    """Quotes of amounts that might be agreed and were not used."""


@dataclass(frozen=True, slots=True)
class _Claim:
    value: Decimal
    reason: Reason
    fixed: bool = True
    """The sentence calls it a fixed price, or it comes from a record."""
    rounded: bool = False
    """Written in thousands, so it may be rounded."""


def agreed_money(evidence: Evidence, stages: Sequence[Stage], sources: list[Reason]) -> Agreed:
    """Selects a fixed price, else a cap, else a rate, else a price that is only accepted."""
    claims = [*_recorded(evidence, stages), *_said_prices(evidence), *_options(evidence)]
    fixed = any(claim.fixed for claim in claims) or _is_fixed(evidence)
    if _is_refused(evidence):
        fixed, claims = False, []
    if not fixed and any(map(_is_by_time, evidence.planned)):
        claims = []
    cap, rate = _only(evidence, AmountRole.CAP), _only(evidence, AmountRole.RATE)
    if claims and (fixed or not cap or cap[0].value != claims[0].value):
        best = next((claim for claim in claims if claim.fixed), claims[0])
        sources += [best.reason] if best.reason.text else []
        rivals = [] if fixed else [entry[0].value for entry in (cap, rate) if entry]
        others = dict.fromkeys([*_others(best.value, claims, stages), *rivals])
        found = Agreed(best.value, others=tuple(others))
    elif fixed:
        found = Agreed(open=True)
    else:
        found = Agreed(cap=_cited(cap, "Not to exceed", sources), rate=_cited(rate, "Agreed rate", sources))
    return _with_left_out(found, evidence, stages)


def _recorded(evidence: Evidence, stages: Sequence[Stage]) -> Iterator[_Claim]:
    """The sum of stages with amounts, and the revenue of a won opportunity unless it equals the sum of all products."""
    amounts = [stage.amount for stage in stages if stage.amount is not None]
    if amounts and len(amounts) == len(stages):
        yield _Claim(sum(amounts, Decimal(0)), Reason("", ""))
        if evidence.opportunity_amount == sum(line.amount for line in evidence.lines):
            return
    if evidence.opportunity_won and (amount := evidence.opportunity_amount):
        yield _Claim(amount, Reason("Price of the won opportunity", "opportunity.expectedRevenue", str(amount)))


def _said_prices(evidence: Evidence) -> Iterator[_Claim]:
    """Amounts that sentences name as the whole price."""
    for mention in [*evidence.mentions("fixed_price"), *evidence.mentions("accepted")]:
        for amount in _whole_prices(mention):
            reason = Reason("Agreed price", mention.source, mention.sentence.written[:160])
            rounded = "k" in mention.sentence.words[amount.start : amount.end]
            yield _Claim(amount.value, reason, _fixed_words(mention.sentence.words), rounded)


def _whole_prices(mention: Mention) -> list[Amount]:
    """Amounts within the phrase or named as the whole price; else all amounts of the sentence."""
    words = mention.sentence.words
    prices = _without_gross([amount for amount in amounts_in(words) if amount.role is AmountRole.PRICE], words)
    at = words.find(mention.words)
    inside = [amount for amount in prices if at <= amount.start and amount.end <= at + len(mention.words) + 2]
    inside = [amount for amount in inside if not amount.bare] or inside
    if mention.meaning == "accepted":
        inside = [amount for amount in inside if not amount.bare]
        if not inside:
            return []
    named = [
        entry for entry in prices if _WHOLE.search(words[: entry.start][-40:]) or _WHOLE_AFTER.match(words, entry.end)
    ]
    if named:
        return list(dict.fromkeys([*inside[:1], *named]))
    return list(dict.fromkeys([*inside[:1], *(amount for amount in prices if not amount.bare)]))


def _without_gross(prices: list[Amount], words: str) -> list[Amount]:
    """The prices without those that are the gross of another."""
    low, high = _TAXED
    return [
        entry
        for entry in prices
        if not (
            _GROSS_AFTER.match(words, entry.end)
            and any(low * net.value <= entry.value <= high * net.value for net in prices)
        )
    ]


def _options(evidence: Evidence) -> list[_Claim]:
    """The prices of several options where one is accepted, the accepted one first."""
    taken = {name for mention in evidence.mentions("accepted") for name in _OPTION.findall(mention.sentence.words)}
    found = [
        (entry, amount)
        for sentence in (evidence.sentences if taken else ())
        for amount in amounts_in(sentence.words)
        if (entry := _OPTION_BEFORE.search(sentence.words[: amount.start][-40:])) and amount.role is AmountRole.PRICE
    ]
    ordered = sorted(found, key=lambda item: item[0][1] not in taken)
    return [_Claim(amount.value, Reason("Price of an option", "", amount.words), fixed=False) for _, amount in ordered]


def _others(best: Decimal, claims: Iterable[_Claim], stages: Sequence[Stage]) -> Iterator[Decimal]:
    """Whole prices other than the best. A rounded form of it is no other price; neither are parts that add up to it."""
    near = best * _ROUND
    parts = {stage.amount for stage in stages}
    values = dict.fromkeys(
        claim.value
        for claim in claims
        if claim.value > 0 and claim.value not in parts and abs(claim.value - best) > (near if claim.rounded else 0)
    )
    if sum(values) != best:
        yield from values


def _only(evidence: Evidence, role: AmountRole) -> tuple[Amount, Sentence] | None:
    """The cap or the rate of the job; None where the ticket names several."""
    every = [(amount, sentence) for sentence in evidence.planned for amount in amounts_in(sentence.words)]
    found = [entry for entry in every if entry[0].role is role]
    return found[0] if len({amount.value for amount, _ in found}) == 1 else None


def _cited(found: tuple[Amount, Sentence] | None, text: str, sources: list[Reason]) -> Decimal | None:
    if found is None:
        return None
    sources.append(Reason(text, found[1].source, found[0].words))
    return found[0].value


def _is_fixed(evidence: Evidence) -> bool:
    """Whether a fixed price is agreed: not requested, not rejected, not for extra work."""
    unsure = {mention.sentence for mention in evidence.mentions(*_OPEN)}
    mentions = [
        mention.sentence for mention in evidence.mentions("fixed_price", "accepted") if mention.sentence not in unsure
    ]
    return any(
        _fixed_words(entry.words) and not _GONE.search(entry.words) and not of_more_work(entry.words)
        for entry in mentions
    )


def _is_refused(evidence: Evidence) -> bool:
    """Whether the sentence after an amount rejects it."""
    pairs = zip(evidence.sentences, evidence.sentences[1:], strict=False)
    return any(amounts_in(before.words) and _REFUSES.match(after.words) for before, after in pairs)


def _fixed_words(words: str) -> bool:
    return any(not _NOT_FIXED.search(words[: match.start()][-20:]) for match in _FIXED.finditer(words))


def _is_by_time(sentence: Sentence) -> bool:
    return _says_by_time(sentence.words)


@lru_cache(maxsize=8192)
def _says_by_time(words: str) -> bool:
    return bool(_BY_TIME.search(words)) and not of_more_work(words)


def _is_cited(amount: Amount, agreed: bool, *, nothing: bool) -> bool:
    """Whether to list an unused amount; a number without a currency is often an order number."""
    if amount.role is AmountRole.PRICE and amount.bare:
        return agreed and nothing
    return agreed or nothing or amount.role in _NEVER_SILENT


def _with_left_out(found: Agreed, evidence: Evidence, stages: Sequence[Stage]) -> Agreed:
    """Adds quotes of unused amounts: those near the agreed price, or all where nothing is agreed."""
    used = {found.price, found.cap, found.rate, *found.others, *(stage.amount for stage in stages)}
    agreed = {mention.sentence for mention in evidence.mentions("fixed_price", "accepted")}
    nothing = found.price is None and found.cap is None and found.rate is None
    statements = [
        entry for entry in evidence.sentences if nothing and entry not in evidence.planned and _fixed_words(entry.words)
    ]
    words = [
        amount.words
        for sentence in [*evidence.planned, *statements]
        for amount in amounts_in(sentence.words)
        if amount.value not in used and _is_cited(amount, sentence in agreed, nothing=nothing)
    ]
    if found.price is not None:
        words += [sentence.written[:_LONGEST_QUOTE] for sentence in evidence.planned if _is_by_time(sentence)]
    return replace(found, left_out=tuple(dict.fromkeys(words))[:_MOST_LEFT_OUT])
