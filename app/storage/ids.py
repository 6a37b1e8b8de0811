"""Ids that sort by the time they were made."""

from __future__ import annotations

import secrets
from datetime import datetime
from itertools import count as count_from

_COUNTER = count_from(0)
_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"


def new_id(now: datetime) -> str:
    """26 characters: milliseconds, a count and chance, so that ids of one process sort in the order they were made."""
    count = next(_COUNTER) & 0xFFFFFF
    number = (int(now.timestamp() * 1000) << 80) | (count << 56) | secrets.randbits(56)
    digits = []
    for _ in range(26):
        number, digit = divmod(number, 32)
        digits.append(_ALPHABET[digit])
    return "".join(reversed(digits))
