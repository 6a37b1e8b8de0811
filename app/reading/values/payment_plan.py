"""Payment plans that a text states: shares, thirds, the rest, n payments of n amounts, dated payments.

A payment plan is a separate list, apart from the phases of work. Discounts and tax rates are not shares.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from fractions import Fraction

from app.reading.segments import Sentence
from app.reading.values.billing_amounts import AmountInText, Role, amounts_in_sentence
from app.reading.values.billing_words import count_of
from app.reading.values.payment_lines import across
from app.reading.values.payment_parts import (
    MOST_PAYMENTS,
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
    with_rest,
)
from app.reading.values.payment_words import (
    COUNTED,
    EVERY,
    FOR_MONTHS,
    FRACTION,
    FRACTION_OF,
    FROM,
    PAY_WORDS,
    RATIO,
    REST,
    SPLIT_IN,
    TIMES,
    is_payment,
)
from app.reading.values.work_dates import days_named


def stated_plan(sentences: Sequence[Sentence], today: date) -> StatedPlan | None:
    """The payment plan of a text, or None. `today`: the day from which dates without a year are counted."""
    for number, sentence in enumerate(sentences):
        text = sentence.written.lower()
        for read in (_by_shares, _by_fractions, _by_count, _by_split, _by_amounts):
            plan = read(text, sentence, number, today)
            if plan is not None:
                return plan
    return across(sentences, today)


def _by_shares(text: str, sentence: Sentence, _: int, today: date) -> StatedPlan | None:
    """ "12.5% on order, 87.5% on completion", "30% deposit, remainder at handover", "40/40/20"."""
    tokens = with_rest(share_tokens(text), text)
    if len(tokens) >= 2 and is_whole(tokens):
        return plan_of(labelled(tokens, sentence.written, today), sentence)
    for match in RATIO.finditer(text):
        parts = [Fraction(part.strip().replace(",", ".")) / 100 for part in match[0].split("/")]
        if sum(parts) == 1:
            return plan_of([StatedPayment(f"Payment {n}", share=part) for n, part in enumerate(parts, 1)], sentence)
    return None


def _by_fractions(text: str, sentence: Sentence, _: int, today: date) -> StatedPlan | None:
    """ "Half on order, half at the end", "a third now, a third in May, the rest after the move"."""
    if not PAY_WORDS.search(text) or COUNTED.search(text):
        return None
    found = [(match, size_of(match["size"])) for match in FRACTION.finditer(text)]
    if not found:
        return None
    size = found[0][1]
    tokens = [Token(match.start(), match.end(), None, Fraction(1, size)) for match, own in found if own == size]
    tokens = with_rest(tokens, text)
    if len(tokens) == 1 and re.match(r"\s*(?:each|jeweils|chacun|cada)(?!\w)", text[tokens[0].end :]):
        return plan_of([StatedPayment(f"Payment {n}", share=Fraction(1, size)) for n in range(1, size + 1)], sentence)
    if len(tokens) >= 2 and sum((one.share or 0) for one in tokens) == 1:
        return plan_of(labelled(tokens, sentence.written, today), sentence)
    return None


def _by_split(text: str, sentence: Sentence, _: int, today: date) -> StatedPlan | None:
    """ "Paid in thirds: on order, at half-way, on sign-off"."""
    match = SPLIT_IN.search(text)
    if match is None or not PAY_WORDS.search(text):
        return None
    many = FRACTION_OF[match["size"]]
    labels = _listed(sentence.written[match.end() :], many) or [f"Payment {n} of {many}" for n in range(1, many + 1)]
    dues = _dues(text, many, today)
    return plan_of([StatedPayment(label, share=Fraction(1, many), due=due_of(label, today) or due)
                  for label, due in zip(labels, dues, strict=True)], sentence)  # fmt: skip


def _by_count(text: str, sentence: Sentence, number: int, today: date) -> StatedPlan | None:
    """ "12 monthly instalments of $1,250 from January", "three equal thirds: at kick-off, at go-live, at acceptance"."""
    amounts = amounts_in_sentence(sentence.written)
    for amount in amounts:
        many = _times(amount, amounts, text)
        counted = amount.role in (Role.PAYMENT, Role.RECURRING, Role.UNIT) or PAY_WORDS.search(text)
        if 2 <= many <= MOST_PAYMENTS and counted:
            dues = _dues(text, many, today)
            payments = [StatedPayment(f"Payment {n} of {many}", amount.value, due=due) for n, due in enumerate(dues, 1)]
            return plan_of(payments, sentence, frozenset([(number, amount.start)]))
    match = COUNTED.search(text)
    many = (count_of(match["many"]) or 0) if match else 0
    if match is None or not 2 <= many <= MOST_PAYMENTS or not PAY_WORDS.search(text):
        return None
    labels = _listed(sentence.written[match.end() :], many) or [f"Payment {n} of {many}" for n in range(1, many + 1)]
    dues = _dues(text, many, today)
    named = [
        replace(StatedPayment(label, share=Fraction(1, many)), due=due_of(label, today) or due)
        for label, due in zip(labels, dues, strict=True)
    ]
    return plan_of(named, sentence)


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
    labels = [label for part in parts if (label := label_of(part))]
    return labels if len(labels) == many else []


def _dues(text: str, many: int, today: date) -> list[date | None]:
    """A due date for each of several payments that recur from a month on; None where the text names none."""
    named = days_named(text, today)
    if len(named) == many:
        return [day.first for day in named]
    begin = FROM.search(text)
    step = next((months for pattern, months in EVERY if pattern.search(text)), 0)
    first = due_of(text[begin.end() :], today) if begin and step else None
    if first is None:
        return [None] * many
    months = [first.month - 1 + step * count for count in range(many)]
    return [
        first.replace(year=first.year + month // 12, month=month % 12 + 1, day=min(first.day, 28)) for month in months
    ]


def _by_amounts(text: str, sentence: Sentence, number: int, today: date) -> StatedPlan | None:
    """ "$4,000 with the order, $2,500 on delivery, the rest at handover", "5,000 on 1 February, 5,000 on 1 March"."""
    parts = [one for one in amounts_in_sentence(sentence.written) if is_payment(one, text)]
    tokens = [Token(one.start, one.end, one.value, None) for one in parts]
    rest = REST.search(text, tokens[-1].end) if tokens else None
    if rest is not None and not any(one.role is Role.RECEIVED for one in amounts_in_sentence(sentence.written)):
        tokens.append(Token(rest.start(), rest.end(), None, None))
    if len(tokens) < 2:
        return None
    return plan_of(labelled(tokens, sentence.written, today), sentence, frozenset((number, one.start) for one in parts))
