"""A page of cases judged at once, in a process of its own: what goes in and comes out is JSON or sums, which travel fast."""

from __future__ import annotations

import gc
import zlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from typing import Any

from app import json_codec
from app.audit.evaluate import Row, broken, first_look, judge
from app.audit.totals import Tally
from app.chart import Chart, parse_chart

Case = dict[str, Any]
_LEVEL = 3


@dataclass(frozen=True, slots=True)
class Found:
    """What was found: for each ticket its id, what the chart and hindsight say, and its row as JSON; and the sums of all."""

    tickets: list[tuple[int, str, str, str]] = field(default_factory=list)
    total: Tally = field(default_factory=Tally)

    def add(self, row: Row) -> None:
        """Takes in what was found of one ticket."""
        self.tickets.append((row["id"], row["chart"], row["hindsight"], json_codec.written(row).decode()))
        self.total.add(row)


@dataclass(frozen=True, slots=True)
class FirstLook:
    """What was found without texts, the cases that this settles as JSON, and which of the others need theirs: place in the page,
    why, and the outcome without them."""

    found: Found
    cases: bytes
    wanted: list[tuple[int, str, str]]


@dataclass(frozen=True, slots=True)
class Judged:
    """What was found with texts, and the cases as JSON, each with why its texts were read."""

    found: Found
    cases: bytes


def prepare(chart_text: str) -> None:
    """Reads the chart and files its phrases, while the first page is still being fetched.

    What is there by then stays for good: the collector need not look through it again with every page.
    """
    chart_of(chart_text).reader.read("")
    gc.collect()
    gc.freeze()


def look(chart_text: str, now: datetime, page: bytes) -> FirstLook:
    """Judges the cases that their fields settle, and names those whose texts are needed."""
    chart = chart_of(chart_text)
    found, wanted, settled = Found(), [], []
    for place, case in enumerate(json_codec.read(page)):
        try:
            row = first_look(case, chart, now=now)
        except Exception as fault:  # one strange ticket must not end the audit
            row = broken(case, type(fault).__name__)
        if isinstance(row, tuple):
            wanted.append((place, *row))
        else:
            found.add(row)
            settled.append({**case, "texts": ""})
    return FirstLook(found, json_codec.written(settled), wanted)


def finish(chart_text: str, now: datetime, filled: bytes, wanted: Sequence[tuple[int, str, str]]) -> Judged:
    """Judges the cases whose texts have been filled in."""
    chart = chart_of(chart_text)
    found, cases = Found(), []
    for (_, texts, said), case in zip(wanted, json_codec.read(filled), strict=True):
        found.add(_safely(case, chart, now=now, texts=texts, fields_said=said))
        cases.append({**case, "texts": texts})
    return Judged(found, json_codec.written(cases))


def again(chart_text: str, now: datetime, evidence: bytes) -> list[Row]:
    """The rows of a packed page by another chart, on the evidence that is there."""
    chart = chart_of(chart_text)
    return [row_again(case, chart, now) for case in unpacked(evidence)]


def row_again(case: Case, chart: Chart, now: datetime) -> Row:
    """The row of a kept case by another chart. Texts that the first chart did not need are not there: `unread-texts` marks what this one would have
    liked to read."""
    bare = {**case, "notes": [], "tasks": [], "initialDescription": None}
    try:
        seen = first_look(bare, chart, now=now)
        if not isinstance(seen, tuple):
            return seen
        return judge(case, chart, now=now, texts=seen[0] if case.get("texts") else "unread-texts", fields_said=seen[1])
    except Exception as fault:
        return broken(case, type(fault).__name__)


def packed(*lists: bytes) -> bytes:
    """Cases as they are kept: one list, from lists in JSON."""
    return zlib.compress(b"[%b]" % b",".join(one[1:-1] for one in lists if len(one) > len(b"[]")), _LEVEL)


def unpacked(evidence: bytes) -> list[Case]:
    """The cases that were packed."""
    cases: list[Case] = json_codec.read(zlib.decompress(evidence))
    return cases


@lru_cache(maxsize=4)
def chart_of(text: str) -> Chart:
    """The chart of a text, read once in this process."""
    return parse_chart(text)


def _safely(case: Case, chart: Chart, *, now: datetime, texts: str, fields_said: str) -> Row:
    try:
        return judge(case, chart, now=now, texts=texts, fields_said=fields_said)
    except Exception as fault:
        return broken(case, type(fault).__name__)
