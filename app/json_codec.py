"""JSON read and written fast. What orjson does not take goes the slower way, so that a strange text costs time and nothing else."""

from __future__ import annotations

import json
import math
import re
from typing import Any

import orjson

NO_TEXT = re.compile("[\x00\ud800-\udfff]")
"""What JSON may carry and a database may not: NUL, half a surrogate pair."""


def read(text: bytes | str) -> Any:
    """The value of a JSON text; None for a number beyond all numbers. Raises ValueError or RecursionError for what is no JSON."""
    try:
        return orjson.loads(text)
    except ValueError:
        return json.loads(text, parse_float=_finite, parse_constant=_no_number)


def written(value: Any) -> bytes:
    """A value as small as it gets. NUL stays an escape; half a surrogate pair, which UTF-8 cannot hold, becomes “?”."""
    try:
        return orjson.dumps(value)
    except TypeError:
        return json.dumps(value, separators=(",", ":"), ensure_ascii=False).encode("utf-8", "replace")


def _finite(text: str) -> float | None:
    value = float(text)
    return value if math.isfinite(value) else None


def _no_number(_text: str) -> None:
    return None
