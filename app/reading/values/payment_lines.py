"""Payment plans over several sentences: a payment a line, with the price in another sentence."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from fractions import Fraction

from app.reading.segments import Sentence
from app.reading.values.billing_amounts import AmountInText, Role, amounts_in_sentence
from app.reading.values.payment_parts import (
    StatedPayment,
    StatedPlan,
    Token,
    due_of,
    is_whole,
    label_of,
    labelled,
    plan_of,
    share_tokens,
    size_of,
)
from app.reading.values.payment_words import BULLET, DUE_AFTER, FRACTION, NUMBERED, PAID, PAY_WORDS, REST, is_payment

_THOUSANDS = r"(?P<value>\d{1,3}(?:[.,'’ ]\d{3})+)"
_BARE_FIRST = re.compile(rf"\s*(?:[-*•·–]\s)?{_THOUSANDS}(?![\d.,]*\d)(?=\s)")
_BARE_LAST = re.compile(rf"[\s:,–-]{_THOUSANDS}[\s.]*$")


def across(sentences: Sequence[Sentence], today: date) -> StatedPlan | None:
    """A list with one payment a line: shares that make a whole, numbered and dated payments, or numbers that make up the price."""
    return (
        _shares(sentences, today)
        or _fractions(sentences, today)
        or _amounts(sentences, today)
        or _bare_numbers(sentences, today)
    )


def _shares(sentences: Sequence[Sentence], today: date) -> StatedPlan | None:
    shares = [
        (one, tokens[0]) for one in sentences
        if len(tokens := share_tokens(one.written.lower())) == 1
        and (BULLET.match(one.written) or DUE_AFTER.match(one.written.lower(), tokens[0].end))
    ]  # fmt: skip
    if len(shares) < 2 or not is_whole([token for _, token in shares]):
        return None
    return plan_of([labelled([token], one.written, today)[0] for one, token in shares], shares[0][0])


def _fractions(sentences: Sequence[Sentence], today: date) -> StatedPlan | None:
    """ "Half is invoiced now. The other half is invoiced at the end." """
    found = []
    for one in sentences:
        text = one.written.lower()
        matches = list(FRACTION.finditer(text))
        if len(matches) == 1 and PAID.search(text):
            found.append((one, Token(*matches[0].span(), None, Fraction(1, size_of(matches[0]["size"])))))
    if len(found) < 2 or sum((token.share or 0) for _, token in found) != 1:
        return None
    return plan_of([labelled([token], one.written, today)[0] for one, token in found], found[0][0])


def _amounts(sentences: Sequence[Sentence], today: date) -> StatedPlan | None:
    lines = [
        (number, one, amount) for number, one in enumerate(sentences) if (amount := _line_payment(one)) is not None
    ]
    payments = [_of_line(one, amount, number, today) for number, (_, one, amount) in enumerate(lines, 1)]
    if len(lines) == 1 and (rest := _rest_after(sentences[lines[0][0] + 1 :], today)) is not None:
        payments.append(rest)
    if len(payments) < 2:
        return None
    return plan_of(payments, lines[0][1], frozenset((number, amount.start) for number, _, amount in lines))


def _line_payment(one: Sentence) -> AmountInText | None:
    """The one amount of a line that states a payment: numbered, or an item with its due date or event."""
    amounts = amounts_in_sentence(one.written)
    text = one.written.lower()
    if len(amounts) != 1:
        return None
    first = amounts[0].start == 0
    numbered = NUMBERED.search(text[: amounts[0].start]) and PAY_WORDS.search(text)
    item = (first or BULLET.match(one.written) or PAID.search(text)) and is_payment(amounts[0], text)
    return amounts[0] if numbered or item else None


def _of_line(one: Sentence, amount: AmountInText, number: int, today: date) -> StatedPayment:
    due = due_of(one.written.lower()[amount.end :], today)
    return StatedPayment(
        _line_label(one.written, amount.start, amount.end) or f"Payment {number}", amount.value, due=due
    )


def _rest_after(sentences: Sequence[Sentence], today: date) -> StatedPayment | None:
    """ "The balance follows at go-live." in the next sentence but one: it takes what the deposit leaves."""
    for one in sentences[:2]:
        text = one.written.lower()
        rest = REST.match(text)
        if rest is not None and not amounts_in_sentence(one.written):
            return StatedPayment(label_of(one.written), due=due_of(text[rest.end() :], today))
    return None


def _bare_numbers(sentences: Sequence[Sentence], today: date) -> StatedPlan | None:
    """ "3,000 on order. 3,000 at sign-off.": numbers without a currency whose sum is an amount of the text."""
    prices = {
        one.value for each in sentences for one in amounts_in_sentence(each.written) if one.role in (Role.TOTAL, Role.PRICE)
    }  # fmt: skip
    lines = [(number, one, match) for number, one in enumerate(sentences) if (match := _bare(one)) is not None]
    values = [Decimal(re.sub(r"\D", "", match["value"])) for _, _, match in lines]
    if len(lines) < 2 or sum(values, Decimal(0)) not in prices:
        return None
    payments = [
        StatedPayment(
            _line_label(one.written, match.start("value"), match.end("value")) or f"Payment {number}", value,
            due=due_of(one.written.lower()[match.end("value") :], today),
        )
        for number, ((_, one, match), value) in enumerate(zip(lines, values, strict=True), 1)
    ]  # fmt: skip
    return plan_of(payments, lines[0][1], frozenset((number, match.start("value")) for number, _, match in lines))


def _bare(one: Sentence) -> re.Match[str] | None:
    """The number of a line that is paid at an event, or of a numbered line."""
    first = _BARE_FIRST.match(one.written)
    if first is not None and DUE_AFTER.match(one.written.lower(), first.end()):
        return first
    last = _BARE_LAST.search(one.written)
    return last if last is not None and NUMBERED.search(one.written.lower()[: last.start()]) else None


def _line_label(written: str, start: int, end: int) -> str:
    """The words next to a line's amount."""
    return label_of(BULLET.sub("", written[:start])) or label_of(written[end:])
