"""Checks that tell the role of an amount by the words between it and its neighbours."""

from __future__ import annotations

import re
from collections.abc import Callable

from app.reading.values.billing_words import Role, TaxBasis
from app.reading.values.role_words import (
    AGREED_WAS,
    BASE_AFTER,
    BUDGET,
    BUDGET_AFTER,
    CAP_AFTER,
    CAP_BEFORE,
    DAILY_BEFORE,
    DAY,
    DEPOSIT_AFTER,
    DEPOSIT_BEFORE,
    DISCOUNT_AFTER,
    DISCOUNT_BEFORE,
    EACH,
    EACH_BEFORE,
    EXTRA_AFTER,
    EXTRA_BEFORE,
    GOODS_AFTER,
    GOODS_BEFORE,
    GROSS,
    GROSS_BEFORE,
    HOUR,
    HOURLY_BEFORE,
    NET,
    NET_BEFORE,
    NOT_PAID,
    NOT_THIS,
    OF_WHICH,
    OPTION,
    PAST,
    PLUS_BEFORE,
    PO_BEFORE,
    PRICED,
    PRICED_AFTER,
    RECEIVED,
    RECURRING,
    RECURRING_BEFORE,
    TAX_AFTER,
    TAX_BEFORE,
    TOTAL_AFTER,
    TOTAL_WORD,
    TRAVEL,
)

Check = Callable[[str, str, str, str], object]


def _deposit(before: str, clause: str, after: str, _: str) -> object:
    return DEPOSIT_BEFORE.search(clause) or DEPOSIT_AFTER.match(after)


def _received(before: str, clause: str, after: str, behind: str) -> bool:
    paid = RECEIVED.search(behind) or RECEIVED.search(clause)
    if not paid:
        return False
    text = behind if RECEIVED.search(behind) else clause
    return not NOT_PAID.search(text[: paid.start()]) and bool(
        _deposit(before, clause, after, behind)
        or re.search(r"already|bereits|schon|déjà|ya(?!\w)", f"{clause}{behind}")
    )


def _recurs(before: str, clause: str, after: str, _: str) -> object:
    return RECURRING.match(after) or RECURRING_BEFORE.search(clause)


def _caps(before: str, clause: str, after: str, behind: str) -> bool:
    capped = CAP_BEFORE.search(before) or CAP_AFTER.match(after)
    return bool(capped) and not re.search(rf"(?<!\w)(?:{TRAVEL})(?!\w)[^,;]{{0,25}}$", before)


def _taxes(before: str, clause: str, after: str, _: str) -> object:
    return TAX_BEFORE.search(before) or (PLUS_BEFORE.search(before) and TAX_AFTER.match(after))


def _past(before: str, clause: str, after: str, _: str) -> object:
    return (PAST.search(clause) and not AGREED_WAS.search(clause)) or NOT_THIS.search(before)


ROLE_CHECKS: tuple[tuple[Role, Check], ...] = (
    (Role.RATE, lambda before, clause, after, behind: HOUR.match(after) or HOURLY_BEFORE.search(clause)),
    (Role.DAY_RATE, lambda before, clause, after, behind: DAY.match(after) or DAILY_BEFORE.search(clause)),
    (Role.RECURRING, _recurs),
    (Role.UNIT, lambda before, clause, after, behind: EACH.match(after) or EACH_BEFORE.search(clause)),
    (Role.TAX, _taxes),
    (Role.PO, lambda before, clause, after, behind: PO_BEFORE.search(before)),
    (Role.RECEIVED, _received),
    (Role.DEPOSIT, _deposit),
    (Role.CAP, _caps),
    (Role.OPTION, lambda before, clause, after, behind: OPTION.search(before[-45:]) or OPTION.search(behind[:30])),
    (
        Role.DISCOUNT,
        lambda before, clause, after, behind: DISCOUNT_BEFORE.search(clause) or DISCOUNT_AFTER.match(after),
    ),
    (Role.PART, lambda before, clause, after, behind: OF_WHICH.search(before)),
    (Role.TOTAL, lambda before, clause, after, behind: TOTAL_WORD.search(clause) or TOTAL_AFTER.match(after)),
    (Role.BASE, lambda before, clause, after, behind: BASE_AFTER.match(after)),
    (Role.EXTRA, lambda before, clause, after, behind: EXTRA_BEFORE.search(clause) or EXTRA_AFTER.match(after)),
    (Role.PAST, _past),
    (Role.BUDGET, lambda before, clause, after, behind: BUDGET.search(clause) or BUDGET_AFTER.match(after)),
    (Role.TOTAL, lambda before, clause, after, behind: PRICED_AFTER.match(after)),
    (Role.GOODS, lambda before, clause, after, behind: GOODS_BEFORE.search(clause) or GOODS_AFTER.match(after)),
    (Role.TOTAL, lambda before, clause, after, behind: PRICED.search(clause)),
)
"""The first check that holds gives the role. Arguments: words since the amount before, their last clause, words up to the next
amount, their first clause."""


def tax_basis(clause: str, after: str) -> TaxBasis:
    """Whether the words next to an amount call it net or gross."""
    if GROSS.match(after) or GROSS_BEFORE.search(clause):
        return TaxBasis.GROSS
    return TaxBasis.NET if NET.match(after) or NET_BEFORE.search(clause) else TaxBasis.UNKNOWN
