"""Amounts of money as people write them."""

from __future__ import annotations

import re
from decimal import Decimal, InvalidOperation

_WORDS = {
    "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10, "eleven": 11, "twelve": 12,
    "fifteen": 15, "twenty": 20, "thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "seventy": 70, "eighty": 80, "ninety": 90,
}  # fmt: skip
_TIMES = (
    (re.compile(r"\d\s?(?:k|tsd\.?|thousand|tausend|mille)(?![\w'])"), 1000),
    (re.compile(r"\d\s?(?:m|mn|mio\.?|million(?:en|s|es)?)(?![\w'])"), 1_000_000),
)
_IN_WORDS = re.compile(r"(\w+) (hundred|thousand)(?: and)?(?: (\w+))?")


def number_of(text: str) -> Decimal | None:
    """The number in an amount: `1,140`, `1.320 €`, `6.2k`, `$1.2m`, `two hundred and eighty pounds`; None without one."""
    if match := _IN_WORDS.search(text):
        whole = _WORDS.get(match[1], 0) * (100 if match[2] == "hundred" else 1000)
        return Decimal(whole + _WORDS.get(match[3] or "", 0)) if whole else None
    times = next((Decimal(number) for pattern, number in _TIMES if pattern.search(text)), Decimal(1))
    digits = re.sub(r"[^\d.,]", "", text).strip(".,")
    digits = re.sub(r"[.,](?=\d{3}(?:\D|$))", "", digits).replace(",", ".")
    try:
        return Decimal(digits) * times if digits else None
    except InvalidOperation:
        return None
