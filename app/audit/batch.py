"""Evaluates a page of tickets at once in a worker process. Arguments and results are JSON or sums, which are fast to transfer."""

from __future__ import annotations

import gc
import zlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache

import msgspec
from msgspec import structs

from app import json_codec
from app.audit.evaluate import Row, broken, evaluate, first_look
from app.audit.kept_ticket import KeptTicket, SiteFacts
from app.audit.totals import Totals
from app.chart import Chart, parse_chart
from app.domain.ticket import TicketRecord

_LEVEL = 3


_PAGE = msgspec.json.Decoder(list[KeptTicket])


@dataclass(frozen=True, slots=True)
class BatchResult:
    """For each ticket its id, the chart's and the actual outcome, and its row as JSON; and the totals of all."""

    tickets: list[tuple[int, str, str, str]] = field(default_factory=list)
    total: Totals = field(default_factory=Totals)

    def add(self, row: Row) -> None:
        """Adds the row of one ticket."""
        self.tickets.append((row["id"], row["chart"], row["hindsight"], json_codec.written(row).decode()))
        self.total.add(row)


@dataclass(frozen=True, slots=True)
class FirstLook:
    """What was found without texts, those tickets as JSON, and which others need their texts: place in the page, why, and
    the outcome without them."""

    found: BatchResult
    tickets: bytes
    wanted: list[tuple[int, str, str]]


@dataclass(frozen=True, slots=True)
class Evaluated:
    """What was found with texts, and the tickets as JSON, each with why its texts were read."""

    found: BatchResult
    tickets: bytes


def prepare(chart_text: str) -> None:
    """Parses the chart and indexes its phrases while the first page is still being read.

    What exists then stays for good, so the garbage collector need not scan it with every page.
    """
    chart_of(chart_text).reader.read("")
    gc.collect()
    gc.freeze()


def look(chart_text: str, now: datetime, page: bytes, site: SiteFacts) -> FirstLook:
    """Evaluates the tickets that their fields settle, and names those whose texts are needed."""
    chart = chart_of(chart_text)
    found, wanted, settled = BatchResult(), [], []
    for place, ticket in enumerate(decode_tickets(page)):
        try:
            row = first_look(ticket, chart, now=now, site=site)
        except Exception as fault:  # one strange ticket must not end the audit
            row = broken(ticket.id or 0, type(fault).__name__)
        if isinstance(row, tuple):
            wanted.append((place, *row))
        else:
            found.add(row)
            settled.append(ticket)
    return FirstLook(found, encode_tickets(settled), wanted)


def finish(
    chart_text: str, now: datetime, filled: bytes, wanted: Sequence[tuple[int, str, str]], site: SiteFacts
) -> Evaluated:
    """Evaluates the tickets whose texts have been added."""
    chart = chart_of(chart_text)
    found, tickets = BatchResult(), []
    for (_, texts, without_texts), ticket in zip(wanted, decode_tickets(filled), strict=True):
        found.add(_evaluated(ticket, chart, now=now, texts=texts, without_texts=without_texts, site=site))
        tickets.append(structs.replace(ticket, texts=texts))
    return Evaluated(found, encode_tickets(tickets))


def evaluate_kept(chart_text: str, now: datetime, evidence: bytes) -> list[Row]:
    """The rows of a packed page by another chart, on the evidence that is there."""
    chart = chart_of(chart_text)
    return [evaluate_again(ticket, chart, now) for ticket in unpack(evidence)]


def evaluate_again(ticket: KeptTicket, chart: Chart, now: datetime) -> Row:
    """The row of a kept ticket by another chart.

    Texts that the first chart did not need are not there; `unread-texts` marks tickets whose texts this one would read.
    """
    bare = structs.replace(ticket, notes=[], tasks=[], initial_description="")
    try:
        seen = first_look(bare, chart, now=now)
        if not isinstance(seen, tuple):
            return seen
        texts = seen[0] if ticket.texts else "unread-texts"
        return evaluate(ticket, chart, now=now, texts=texts, without_texts=seen[1])
    except Exception as fault:
        return broken(ticket.id or 0, type(fault).__name__)


def pack(*lists: bytes) -> bytes:
    """Tickets as they are kept: one compressed list, from lists in JSON."""
    return zlib.compress(b"[%b]" % b",".join(page[1:-1] for page in lists if len(page) > len(b"[]")), _LEVEL)


def unpack(evidence: bytes) -> list[KeptTicket]:
    """The tickets that were packed."""
    return decode_tickets(zlib.decompress(evidence))


def encode_tickets(tickets: Sequence[TicketRecord]) -> bytes:
    """Tickets as a JSON list."""
    return msgspec.json.encode(tickets)


def decode_tickets(page: bytes) -> list[KeptTicket]:
    """The tickets of a JSON list. A page that release 0.1.0 kept has nulls, and is read leniently."""
    try:
        return _PAGE.decode(page)
    except msgspec.DecodeError:
        return [KeptTicket.from_json(ticket) for ticket in json_codec.read(page)]


@lru_cache(maxsize=4)
def chart_of(text: str) -> Chart:
    """The chart of a text, parsed once in this process."""
    return parse_chart(text)


def _evaluated(
    ticket: TicketRecord, chart: Chart, *, now: datetime, texts: str, without_texts: str, site: SiteFacts
) -> Row:
    try:
        return evaluate(ticket, chart, now=now, texts=texts, without_texts=without_texts, site=site)
    except Exception as fault:
        return broken(ticket.id or 0, type(fault).__name__)
