"""Ids that sort by creation time.

ULIDs of python-ulid were weighed: their random part is new for every id, so two ids of one millisecond do not sort in the
order of their creation, and their upper-case letters sort before the lower-case ids of existing databases.
"""

from __future__ import annotations

import secrets
from datetime import datetime
from itertools import count as count_from

_COUNTER = count_from(0)
_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"


ID_PATTERN = rf"^[{_ALPHABET}]{{26}}$"


def new_id(now: datetime) -> str:
    """26 characters: milliseconds, a counter of this process, and random bits."""
    count = next(_COUNTER) & 0xFFFFFF
    number = (int(now.timestamp() * 1000) << 80) | (count << 56) | secrets.randbits(56)
    digits = []
    for _ in range(26):
        number, digit = divmod(number, 32)
        digits.append(_ALPHABET[digit])
    return "".join(reversed(digits))
