"""Fast JSON with orjson. Texts and values that it rejects fall back to the standard library."""

from __future__ import annotations

import json
import math
import re
from typing import Any

import orjson

NO_TEXT = re.compile("[\x00\ud800-\udfff]")
"""Characters that JSON allows and databases reject: NUL, half a surrogate pair."""


def read(text: bytes | str) -> Any:
    """The value of a JSON text; None for NaN and infinity. Raises ValueError or RecursionError for invalid JSON."""
    try:
        return orjson.loads(text)
    except ValueError:
        return json.loads(text, parse_float=_finite, parse_constant=_no_number)


def written(value: Any) -> bytes:
    """The compact JSON of a value. NUL stays an escape; half a surrogate pair, which UTF-8 cannot encode, becomes “?”."""
    try:
        return orjson.dumps(value)
    except TypeError:
        return json.dumps(value, separators=(",", ":"), ensure_ascii=False).encode("utf-8", "replace")


def _finite(text: str) -> float | None:
    value = float(text)
    return value if math.isfinite(value) else None


def _no_number(_text: str) -> None:
    return None
