"""Divisions of a job, its price or its hours: «hotel by hotel», «30% … 70%», «design 60 h, build 110 h»."""

from __future__ import annotations

import re
from functools import lru_cache

from app.reading.language_data import alternatives, words_of
from app.reading.segments import word_set
from app.reading.values.dates import WEEKDAYS
from app.reading.values.hour_words import HOUR_WORDS, is_no_work
from app.reading.values.number_patterns import MONEY

_ONE_BY_ONE = re.compile(
    r"(?<!\w)(?!(?:side|face|little|word|day|time|step|hand|point|year|night|letter|page|tag|wort|punkt|schritt|jour|mot|día|punto|seite)\b)"
    r"([^\W\d_]{3,15}) (?:by|after|für|um|nach|par|après|por|tras|a) \1(?!\w)"
)
_BETWEEN = frozenset(["by", "after", "für", "um", "nach", "par", "après", "por", "tras", "a"])


@lru_cache(maxsize=8192)
def one_by_one(words: str) -> re.Match[str] | None:
    """Work or invoices by place: «hotel by hotel», «Schule für Schule»."""
    return None if _BETWEEN.isdisjoint(word_set(words)) else _ONE_BY_ONE.search(words)


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
    return None if _IN_SHARES.isdisjoint(word_set(words)) else _SHARES.search(words)


_IN_DAYS = ("pt", "days", "tage", "jours", "días")
_HOUR_WORDS = HOUR_WORDS | frozenset(_IN_DAYS)
_PART_HOURS = re.compile(
    r"(?<!\w)(?P<part>[^\W\d_]{3,20}(?: [^\W\d_]{2,15}){0,2}),? ?[:=(–-]? ?(?P<many>\d{1,3})"
    rf" ?(?P<unit>{alternatives([*words_of('hours', 'units'), *_IN_DAYS])})"
    r"(?![\w/])(?=\s*(?:[,;.)+&]|(?:and|und|et|y)(?!\w)|$))"
)
_NO_PART = re.compile(
    rf"(?:{alternatives(WEEKDAYS)}"
    r"|for|since|about|after|every|within|last|next|another|down|only|some|over|takes?|took|travel|fahrt|anfahrt|seit|nach|etwa|noch|depuis|pendant"
    r"|environ|desde|hace|durante|unas)(?!\w)"
)


@lru_cache(maxsize=8192)
def hours_by_part(words: str) -> tuple[int, str]:
    """Total hours of a sentence with hours for each part, and its words: «design 60 h, build 110 h»."""
    present = word_set(words)
    if "#" not in present or _HOUR_WORDS.isdisjoint(present):
        return 0, ""
    found = [
        match
        for match in _PART_HOURS.finditer(words)
        if not _NO_PART.match(match["part"]) and not is_no_work(words, match.start("many"), match.end("unit"))
    ]
    if len({match["part"] for match in found}) < 2:
        return 0, ""
    return sum(int(item["many"]) * (8 if item["unit"] in _IN_DAYS else 1) for item in found), ", ".join(
        item[0] for item in found
    )
