"""Numbers of amounts, in digits or words."""

from __future__ import annotations

import re
from decimal import Decimal, InvalidOperation

from app.reading.values.number_words import number_in_words

_DIGIT = re.compile(r"\d")
_TIMES = (
    (re.compile(r"\d\s?(?:k|tsd\.?|thousand|tausend|mille)(?![\w'])"), 1000),
    (re.compile(r"\d\s?(?:m|mn|mio\.?|million(?:en|s|es)?)(?![\w'])"), 1_000_000),
)


def number_of(text: str) -> Decimal | None:
    """The number in an amount: `1,140`, `1.320 €`, `6.2k`, `$1.2m`, `two hundred and eighty pounds`; None without one."""
    if not _DIGIT.search(text):
        number = number_in_words(text)
        return None if number is None else Decimal(number)
    times = next((Decimal(number) for pattern, number in _TIMES if pattern.search(text)), Decimal(1))
    digits = re.sub(r"[^\d.,]", "", text).strip(".,")
    digits = re.sub(r"[.,](?=\d{3}(?:\D|$))", "", digits).replace(",", ".")
    try:
        return Decimal(digits) * times if digits else None
    except InvalidOperation:
        return None
