"""Instants as text and ids that sort by time."""

from __future__ import annotations

import secrets
from datetime import UTC, datetime
from itertools import count as count_from

_COUNTER = count_from(0)
_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"


def stamp(moment: datetime) -> str:
    """UTC text of fixed width with microseconds, such as `2026-06-01T10:00:03.000000Z`."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def moment_of(text: str) -> datetime:
    """The instant that `stamp` wrote."""
    return datetime.strptime(text, "%Y-%m-%dT%H:%M:%S.%fZ").replace(tzinfo=UTC)


def new_id(now: datetime) -> str:
    """26 characters: milliseconds, a count and chance, so that ids of one process sort in the order they were made."""
    count = next(_COUNTER) & 0xFFFFFF
    number = (int(now.timestamp() * 1000) << 80) | (count << 56) | secrets.randbits(56)
    digits = []
    for _ in range(26):
        number, digit = divmod(number, 32)
        digits.append(_ALPHABET[digit])
    return "".join(reversed(digits))
