"""The value of a fact, parsed from its quote: amounts, hours, numbers of people or parts, days. Never taken from a reader."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date
from functools import lru_cache

from app.domain.enums import FactType
from app.domain.facts import FactValue
from app.reading.segments import Sentence
from app.reading.values.dates import time_points
from app.reading.values.durations import NUMBER_WORDS, count
from app.reading.values.money import AmountRole, amounts_in
from app.reading.values.work_hours import stated_hours

_COUNTED = re.compile(rf"(?<![\w.,:/-])(\d{{1,3}}|{NUMBER_WORDS})(?![\w:/]|[.,]\d)")
_ORDER = re.compile(r"(?<![\w.])[a-z]{0,4}[-/]?\d[\w/.-]{1,20}\w(?!\w)", re.IGNORECASE)
_OTHER_ROLES = (AmountRole.SEPARATE, AmountRole.REJECTED)


@lru_cache(maxsize=8192)
def value_of(kind: FactType, quote: str, today: date) -> FactValue | None:
    """The value of a quote for a type of fact; None where it has none, or several that differ."""
    parse = _PARSERS.get(kind)
    return parse(quote.lower(), today) if parse else None


def _amount(words: str, _today: date, *roles: AmountRole) -> FactValue | None:
    amounts = [amount for amount in amounts_in(words) if amount.role not in _OTHER_ROLES]
    fitting = [amount for amount in amounts if amount.role in roles] or amounts
    values = {amount.value for amount in fitting}
    return FactValue(amount=values.pop()) if len(values) == 1 else None


def _price(words: str, today: date) -> FactValue | None:
    return _amount(words, today, AmountRole.PRICE)


def _cap(words: str, today: date) -> FactValue | None:
    return _amount(words, today, AmountRole.CAP)


def _rate(words: str, today: date) -> FactValue | None:
    return _amount(words, today, AmountRole.RATE)


def _hours(words: str, _today: date) -> FactValue | None:
    stated = stated_hours([Sentence(words, words, "", words)])
    return FactValue(hours=stated.hours) if stated else None


def _count(words: str, _today: date) -> FactValue | None:
    numbers = {number for match in _COUNTED.finditer(words) if (number := count(match[1]))}
    return FactValue(count=numbers.pop()) if len(numbers) == 1 else None


def _period(words: str, today: date) -> FactValue | None:
    days = sorted(point.day for point in time_points(words, today))
    return FactValue(first_day=days[0], last_day=days[-1]) if days else None


def _order_number(words: str, _today: date) -> FactValue | None:
    numbers = {match[0].upper() for match in _ORDER.finditer(words)}
    return FactValue(name=numbers.pop()) if len(numbers) == 1 else None


_PARSERS: Mapping[FactType, Callable[[str, date], FactValue | None]] = {
    FactType.QUOTE_ACCEPTED: _price,
    FactType.FIXED_PRICE: _price,
    FactType.AMOUNT: _price,
    FactType.CHARGEABLE: _price,
    FactType.CAP: _cap,
    FactType.RATE: _rate,
    FactType.BUDGET_HOURS: _hours,
    FactType.HOURS_BY_PART: _hours,
    FactType.SEVERAL_VISITS: _count,
    FactType.SEVERAL_PEOPLE: _count,
    FactType.STAGED_BILLING: _count,
    FactType.WORK_PERIOD: _period,
    FactType.PURCHASE_ORDER: _order_number,
}


_COMPARED = ("amount", "hours", "count", "first_day", "last_day")


def same_value(first: FactValue | None, second: FactValue | None) -> bool:
    """Whether two values agree: equal in each member that both have."""
    pairs = ((getattr(first, member, None), getattr(second, member, None)) for member in _COMPARED)
    return all(left is None or right is None or left == right for left, right in pairs)
