"""A page of cases judged at once, in a process of its own: what goes in and comes out is plain data."""

from __future__ import annotations

import gc
import json
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from app.audit.judging import Row, broken, first_look, judge
from app.chart import Chart, parse_chart

Case = dict[str, Any]
_LEVEL = 3


@dataclass(frozen=True, slots=True)
class FirstLook:
    """The rows of cases that need no texts, and which of the others do: place in the page, why, and the outcome without them."""

    rows: list[Row]
    wanted: list[tuple[int, str, str]]


@dataclass(frozen=True, slots=True)
class Judged:
    """The rows of the cases whose texts were read, and all cases of the page packed."""

    rows: list[Row]
    evidence: bytes


def prepare(chart_text: str) -> None:
    """Reads the chart and files its phrases, while the first page is still being fetched.

    What is there by then stays for good: the collector need not look through it again with every page.
    """
    chart_of(chart_text).reader.read("")
    gc.collect()
    gc.freeze()


def look(chart_text: str, now: datetime, cases: Sequence[Case]) -> FirstLook:
    """Judges the cases that their fields settle, and names those whose texts are needed."""
    chart = chart_of(chart_text)
    found = FirstLook([], [])
    for place, case in enumerate(cases):
        try:
            seen = first_look(case, chart, now=now)
        except Exception as fault:  # one strange ticket must not end the audit
            seen = broken(case, type(fault).__name__)
        if isinstance(seen, tuple):
            found.wanted.append((place, *seen))
        else:
            found.rows.append(seen)
    return found


def finish(chart_text: str, now: datetime, cases: Sequence[Case], wanted: Sequence[tuple[int, str, str]]) -> Judged:
    """Judges the cases whose texts have been filled in, and packs the page. Each case keeps why its texts were read or not."""
    chart = chart_of(chart_text)
    reasons = {place: (texts, said) for place, texts, said in wanted}
    rows = []
    for place, (texts, said) in reasons.items():
        rows.append(_safely(cases[place], chart, now=now, texts=texts, fields_said=said))
    kept = [{**case, "texts": reasons[place][0] if place in reasons else ""} for place, case in enumerate(cases)]
    return Judged(rows, packed(kept))


def again(chart_text: str, now: datetime, evidence: bytes) -> list[Row]:
    """The rows of a packed page by another chart, on the evidence that is there."""
    chart = chart_of(chart_text)
    return [_again(case, chart, now) for case in unpacked(evidence)]


def packed(cases: Sequence[Case]) -> bytes:
    """Cases as they are kept."""
    return zlib.compress(
        json.dumps(cases, separators=(",", ":"), ensure_ascii=False).encode("utf-8", "replace"), _LEVEL
    )


def unpacked(evidence: bytes) -> list[Case]:
    """The cases that were packed."""
    cases: list[Case] = json.loads(zlib.decompress(evidence))
    return cases


@lru_cache(maxsize=4)
def chart_of(text: str) -> Chart:
    """The chart of a text, read once in this process."""
    return parse_chart(text)


def _again(case: Case, chart: Chart, now: datetime) -> Row:
    """Texts that the first chart did not need are not there: `unread-texts` marks what this one would have liked to read."""
    try:
        seen = first_look(case, chart, now=now)
        if not isinstance(seen, tuple):
            return seen
        return judge(case, chart, now=now, texts=seen[0] if case.get("texts") else "unread-texts", fields_said=seen[1])
    except Exception as fault:
        return broken(case, type(fault).__name__)


def _safely(case: Case, chart: Chart, *, now: datetime, texts: str, fields_said: str) -> Row:
    try:
        return judge(case, chart, now=now, texts=texts, fields_said=fields_said)
    except Exception as fault:
        return broken(case, type(fault).__name__)
