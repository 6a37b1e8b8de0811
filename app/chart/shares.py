"""Words that divide a job or its price into parts: «hotel by hotel», «30% … 70%», «£800 on order, £800 when it runs»."""

from __future__ import annotations

import re
from functools import lru_cache

from app.chart.phrases import MONEY
from app.chart.text import spoken

_ONE_BY_ONE = re.compile(
    r"(?<!\w)(?!(?:side|face|little|word|day|time|step|hand|point|year|night|letter|page|tag|wort|punkt|schritt|jour|mot|día|punto|seite)\b)"
    r"([^\W\d_]{3,15}) (?:by|after|für|um|nach|par|après|por|tras|a) \1(?!\w)"
)
_BETWEEN = frozenset(["by", "after", "für", "um", "nach", "par", "après", "por", "tras", "a"])


@lru_cache(maxsize=8192)
def one_by_one(words: str) -> re.Match[str] | None:
    """«Hotel by hotel», «Schule für Schule»: work or bills that go through a list of places."""
    return None if _BETWEEN.isdisjoint(spoken(words)) else _ONE_BY_ONE.search(words)


_CONDITION = r"(?:with|on|when|once|at|after|upon|before|bei|nach|wenn|sobald|mit|à|au|après|quand|lorsque|dès|al|a la|tras|cuando|con)"
_SHARES = re.compile(
    r"\b\d{2} ?(?:%|pct|percent|prozent|pour cent|por ciento)[^!?]{2,200}?\b\d{2} ?(?:%|pct|percent|prozent|pour cent|por ciento)"
    r"|(?<![\d/])(?:[1-9][05] ?/ ?){1,3}[1-9][05](?![\d/%])|\b(?:thirds|drittel|tiers|tercios) (?:each|jeweils|chacun|cada)\b"
    rf"|{MONEY} {_CONDITION}\b[^!?;]{{2,80}}?{MONEY} {_CONDITION}\b"
)
_IN_SHARES = frozenset(["#", "thirds", "drittel", "tiers", "tercios"])


@lru_cache(maxsize=8192)
def split_into_shares(words: str) -> re.Match[str] | None:
    """Shares of a price: «30% … 70%», «40/40/20», «£800 on order, £800 when it runs»."""
    return None if _IN_SHARES.isdisjoint(spoken(words)) else _SHARES.search(words)
