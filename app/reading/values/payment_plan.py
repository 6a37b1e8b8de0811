"""Payment plans that a text states: shares, thirds, the rest, n payments of n amounts, dated payments.

A payment plan is a separate list, apart from the phases of work. Discounts and tax rates are not shares.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import NamedTuple

from app.reading.segments import Sentence
from app.reading.values.billing_amounts import AmountInText, Role, amounts_in_sentence
from app.reading.values.billing_words import count_of
from app.reading.values.dates import time_points
from app.reading.values.payment_words import (
    BULLET,
    COUNTED,
    DUE_AFTER,
    EVERY,
    FOR_MONTHS,
    FRACTION,
    FRACTION_OF,
    FROM,
    NO_SHARE_AFTER,
    NO_SHARE_BEFORE,
    NUMBERED,
    PAID,
    PAY_WORDS,
    PERCENT,
    RATIO,
    REST,
    SHARE_OF_OTHERS,
    SPLIT_IN,
    TIMES,
    TRIM,
    is_payment,
)
from app.reading.values.work_dates import days_named


@dataclass(frozen=True, slots=True)
class StatedPayment:
    """One payment: an amount or a share of the price; neither where it takes the rest."""

    label: str
    amount: Decimal | None = None
    share: Fraction | None = None
    due: date | None = None


@dataclass(frozen=True, slots=True)
class StatedPlan:
    """The payments of a text. `used`: sentence and place of each amount that is a payment and no price."""

    payments: tuple[StatedPayment, ...]
    quote: str
    source: str
    used: frozenset[tuple[int, int]] = frozenset()


class _Token(NamedTuple):
    start: int
    end: int
    amount: Decimal | None
    share: Fraction | None
    """Neither: the rest."""


_MOST_PAYMENTS = 60
_LONGEST_LABEL = 80


def stated_plan(sentences: Sequence[Sentence], today: date) -> StatedPlan | None:
    """The payment plan of a text, or None. `today`: the day from which dates without a year are counted."""
    for number, sentence in enumerate(sentences):
        text = sentence.written.lower()
        for read in (_by_shares, _by_fractions, _by_count, _by_split, _by_amounts):
            plan = read(text, sentence, number, today)
            if plan is not None:
                return plan
    return _across(sentences, today)


def _plan(
    payments: Sequence[StatedPayment], sentence: Sentence, used: frozenset[tuple[int, int]] = frozenset()
) -> StatedPlan:
    return StatedPlan(tuple(payments[:_MOST_PAYMENTS]), sentence.written[:200], sentence.source, used)


def _by_shares(text: str, sentence: Sentence, _: int, today: date) -> StatedPlan | None:
    """ "12.5% on order, 87.5% on completion", "30% deposit, remainder at handover", "40/40/20"."""
    tokens = _with_rest(_share_tokens(text), text)
    if len(tokens) >= 2 and _whole(tokens):
        return _plan(_labelled(tokens, sentence.written, today), sentence)
    for match in RATIO.finditer(text):
        parts = [Fraction(part.strip().replace(",", ".")) / 100 for part in match[0].split("/")]
        if sum(parts) == 1:
            return _plan([StatedPayment(f"Payment {n}", share=part) for n, part in enumerate(parts, 1)], sentence)
    return None


def _share_tokens(text: str) -> list[_Token]:
    found = []
    for match in PERCENT.finditer(text):
        other = NO_SHARE_AFTER.match(text, match.end()) or SHARE_OF_OTHERS.match(text, match.end())
        other = other or NO_SHARE_BEFORE.search(text[: match.start()][-25:])
        share = Fraction(match["share"].replace(",", ".")) / 100
        if not other and 0 < share < 1:
            found.append(_Token(match.start(), match.end(), None, share))
    return found


def _with_rest(tokens: list[_Token], text: str) -> list[_Token]:
    """The tokens with "the rest" behind the last of them, where the text says so."""
    rest = REST.search(text, tokens[-1].end) if tokens else None
    known = sum((one.share for one in tokens if one.share), Fraction(0))
    if rest is None or known >= 1:
        return tokens
    return [*tokens, _Token(rest.start(), rest.end(), None, 1 - known if known else None)]


def _whole(tokens: Sequence[_Token]) -> bool:
    """Whether shares make a whole; thirds in rounded percent do."""
    total = sum((one.share for one in tokens if one.share), Fraction(0))
    return abs(total - 1) <= Fraction(len(tokens), 200) if len({one.share for one in tokens}) == 1 else total == 1


def _by_fractions(text: str, sentence: Sentence, _: int, today: date) -> StatedPlan | None:
    """ "Half on order, half at the end", "a third now, a third in May, the rest after the move"."""
    if not PAY_WORDS.search(text) or COUNTED.search(text):
        return None
    found = [(match, _size(match["size"])) for match in FRACTION.finditer(text)]
    if not found:
        return None
    size = found[0][1]
    tokens = [_Token(match.start(), match.end(), None, Fraction(1, size)) for match, own in found if own == size]
    tokens = _with_rest(tokens, text)
    if len(tokens) == 1 and re.match(r"\s*(?:each|jeweils|chacun|cada)(?!\w)", text[tokens[0].end :]):
        return _plan([StatedPayment(f"Payment {n}", share=Fraction(1, size)) for n in range(1, size + 1)], sentence)
    if len(tokens) >= 2 and sum((one.share or 0) for one in tokens) == 1:
        return _plan(_labelled(tokens, sentence.written, today), sentence)
    return None


def _by_split(text: str, sentence: Sentence, _: int, today: date) -> StatedPlan | None:
    """ "Paid in thirds: on order, at half-way, on sign-off"."""
    match = SPLIT_IN.search(text)
    if match is None or not PAY_WORDS.search(text):
        return None
    many = FRACTION_OF[match["size"]]
    labels = _listed(sentence.written[match.end() :], many) or [f"Payment {n} of {many}" for n in range(1, many + 1)]
    dues = _dues(text, many, today)
    return _plan([StatedPayment(label, share=Fraction(1, many), due=_due(label, today) or due)
                  for label, due in zip(labels, dues, strict=True)], sentence)  # fmt: skip


def _size(written: str) -> int:
    return int(written[2]) if written.startswith("1/") else FRACTION_OF[written]


def _by_count(text: str, sentence: Sentence, number: int, today: date) -> StatedPlan | None:
    """ "12 monthly instalments of $1,250 from January", "three equal thirds: at kick-off, at go-live, at acceptance"."""
    amounts = amounts_in_sentence(sentence.written)
    for amount in amounts:
        many = _times(amount, amounts, text)
        counted = amount.role in (Role.PAYMENT, Role.RECURRING, Role.UNIT) or PAY_WORDS.search(text)
        if 2 <= many <= _MOST_PAYMENTS and counted:
            dues = _dues(text, many, today)
            payments = [StatedPayment(f"Payment {n} of {many}", amount.value, due=due) for n, due in enumerate(dues, 1)]
            return _plan(payments, sentence, frozenset([(number, amount.start)]))
    match = COUNTED.search(text)
    many = (count_of(match["many"]) or 0) if match else 0
    if match is None or not 2 <= many <= _MOST_PAYMENTS or not PAY_WORDS.search(text):
        return None
    labels = _listed(sentence.written[match.end() :], many) or [f"Payment {n} of {many}" for n in range(1, many + 1)]
    dues = _dues(text, many, today)
    named = [
        replace(StatedPayment(label, share=Fraction(1, many)), due=_due(label, today) or due)
        for label, due in zip(labels, dues, strict=True)
    ]
    return _plan(named, sentence)


def _times(amount: AmountInText, amounts: Sequence[AmountInText], text: str) -> int:
    """How often an amount is paid: counted before it, "3 x 4,000", or each month for as many months as make up the price."""
    if amount.role is Role.PAYMENT:
        return int(amount.quantity or 0)
    months = FOR_MONTHS.search(text)
    if amount.role is Role.RECURRING or (amount.role is Role.UNIT and months):
        many = count_of(months["many"]) or 0 if months else 0
        return many if any(one.value == amount.value * many for one in amounts if one is not amount) else 0
    times = TIMES.search(text[: amount.start])
    return count_of(times["many"]) or 0 if times else 0


def _listed(after: str, many: int) -> list[str]:
    """The labels behind a colon, where there are as many as payments."""
    match = re.match(r"[^:]{0,20}:\s*(?P<list>.+)", after, re.S)
    parts = re.split(r",|(?<!\w)(?:and|und|et|y|sowie)(?!\w)", match["list"]) if match else []
    labels = [label for part in parts if (label := _label(part))]
    return labels if len(labels) == many else []


def _dues(text: str, many: int, today: date) -> list[date | None]:
    """A due date for each of several payments that recur from a month on; None where the text names none."""
    named = days_named(text, today)
    if len(named) == many:
        return [day.first for day in named]
    begin = FROM.search(text)
    step = next((months for pattern, months in EVERY if pattern.search(text)), 0)
    first = _due(text[begin.end() :], today) if begin and step else None
    if first is None:
        return [None] * many
    months = [first.month - 1 + step * count for count in range(many)]
    return [
        first.replace(year=first.year + month // 12, month=month % 12 + 1, day=min(first.day, 28)) for month in months
    ]


def _by_amounts(text: str, sentence: Sentence, number: int, today: date) -> StatedPlan | None:
    """ "$4,000 with the order, $2,500 on delivery, the rest at handover", "5,000 on 1 February, 5,000 on 1 March"."""
    parts = [one for one in amounts_in_sentence(sentence.written) if is_payment(one, text)]
    tokens = [_Token(one.start, one.end, one.value, None) for one in parts]
    rest = REST.search(text, tokens[-1].end) if tokens else None
    if rest is not None and not any(one.role is Role.RECEIVED for one in amounts_in_sentence(sentence.written)):
        tokens.append(_Token(rest.start(), rest.end(), None, None))
    if len(tokens) < 2:
        return None
    return _plan(_labelled(tokens, sentence.written, today), sentence, frozenset((number, one.start) for one in parts))


def _across(sentences: Sequence[Sentence], today: date) -> StatedPlan | None:
    """A list with one payment a line: shares that make a whole, or numbered and dated payments with amounts."""
    shares = [
        (one, tokens[0]) for one in sentences
        if len(tokens := _share_tokens(one.written.lower())) == 1
        and (BULLET.match(one.written) or DUE_AFTER.match(one.written.lower(), tokens[0].end))
    ]  # fmt: skip
    if len(shares) >= 2 and _whole([token for _, token in shares]):
        payments = [_labelled([token], one.written, today)[0] for one, token in shares]
        return _plan(payments, shares[0][0])
    lines = [
        (number, one, amount) for number, one in enumerate(sentences) if (amount := _line_payment(one)) is not None
    ]
    if len(lines) < 2:
        return None
    payments = [StatedPayment(_line_label(one.written, amount) or f"Payment {n}", amount.value, due=_due(one.written.lower()[amount.end :], today))
                for n, (_, one, amount) in enumerate(lines, 1)]  # fmt: skip
    return _plan(payments, lines[0][1], frozenset((number, amount.start) for number, _, amount in lines))


def _line_payment(one: Sentence) -> AmountInText | None:
    """The one amount of a line that states a payment: numbered, or an item with its due date or event."""
    amounts = amounts_in_sentence(one.written)
    text = one.written.lower()
    if len(amounts) != 1:
        return None
    numbered = NUMBERED.search(text[: amounts[0].start]) and PAY_WORDS.search(text)
    item = (BULLET.match(one.written) or PAID.search(text)) and is_payment(amounts[0], text)
    return amounts[0] if numbered or item else None


def _line_label(written: str, amount: AmountInText) -> str:
    """The words next to a line's amount."""
    before = _label(BULLET.sub("", written[: amount.start]))
    return before or _label(written[amount.end :])


def _labelled(tokens: Sequence[_Token], written: str, today: date) -> list[StatedPayment]:
    """Each payment with the words up to the next one as its label and due date."""
    ends = [*(token.start for token in tokens[1:]), len(written)]
    made = []
    for number, (token, end) in enumerate(zip(tokens, ends, strict=True), 1):
        words = written[token.end : end]
        label = _label(words) or f"Payment {number}"
        made.append(StatedPayment(label, token.amount, token.share, _due(words.lower(), today)))
    equal = {one.share for one in made if one.share}
    if len(equal) == 1 and made[0].share and len(made) > 1 and all(one.share for one in made):
        return [replace(one, share=Fraction(1, len(made))) for one in made]
    return made


def _label(words: str) -> str:
    text = TRIM.sub("", " ".join(words.split()))
    return (text[:1].upper() + text[1:])[:_LONGEST_LABEL] if len(text) > 1 else ""


def _due(words: str, today: date) -> date | None:
    """The day, or the first day of the month, that words name."""
    point = next(iter(time_points(words.lower().strip(" .,;:"), today)), None)
    if point is None or point.days > 31:
        return None
    return point.day.replace(day=1) if point.days >= 28 else point.day
