"""Builds the request for one ticket. The same ticket, chart and settings give the same bytes."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from app.domain.billing_periods import Periods
from app.domain.ticket import TicketRecord
from app.reading.model.examples import Example, example_text, nearest
from app.reading.model.numbered_ticket import TicketLine, entry_day, ticket_lines
from app.reading.model.prompt import answer_schema, prompt_version, system_text
from app.reading.model.redaction import Redaction

MOST_ANSWER_TOKENS = 2_000
_CHARACTERS_OF_TOKEN = 3.5
BATCH_URL = "/v1/chat/completions"


@dataclass(frozen=True, slots=True)
class RequestOptions:
    """What a request depends on besides ticket and chart."""

    guidance: Mapping[str, str]
    """The chart's paragraphs, by row and `general`."""
    model: str = "default"
    redact: bool = True
    hours_per_month: str = "120"
    examples: Sequence[Example] = ()


@dataclass(frozen=True, slots=True)
class ReaderRequest:
    """One request, and what is needed to understand its answer."""

    key: str
    """Hash of model, instructions and ticket. Examples have no part in it: a decision can be repeated after new ones."""
    body: Mapping[str, Any]
    lines: tuple[TicketLine, ...]
    """The lines as sent."""
    redaction: Redaction
    day: date
    """The day of entry, by which dates in quotes are read."""

    @property
    def estimated_tokens(self) -> int:
        """Rough number of tokens of request and answer, for the daily limit."""
        size = sum(len(message["content"]) for message in self.body["messages"])
        return int(size / _CHARACTERS_OF_TOKEN) + MOST_ANSWER_TOKENS // 2

    def to_batch_line(self) -> str:
        """The request in the OpenAI batch format."""
        line = {"custom_id": self.key, "method": "POST", "url": BATCH_URL, "body": self.body}
        return json.dumps(line, ensure_ascii=False, separators=(",", ":"))


def build_request(ticket: TicketRecord, periods: Periods, options: RequestOptions) -> ReaderRequest:
    """The request for a ticket as of its day of entry."""
    lines = ticket_lines(ticket, periods, entry_day(ticket))
    redaction = Redaction.of(ticket, [line.text for line in lines], active=options.redact)
    sent = tuple(replace(line, text=redaction.mask(line.text)) for line in lines)
    system = system_text(options.guidance, hours_per_month=options.hours_per_month)
    shown = "\n".join(line.shown for line in sent)
    body = {
        "model": options.model,
        "messages": [
            {"role": "system", "content": system},
            {"role": "user", "content": _user_text(ticket, shown, options)},
        ],
        "temperature": 0,
        "max_tokens": MOST_ANSWER_TOKENS,
        "response_format": {
            "type": "json_schema",
            "json_schema": {"name": "chart_rows", "strict": True, "schema": answer_schema()},
        },
    }
    return ReaderRequest(_key(options.model, prompt_version(system), shown), body, sent, redaction, entry_day(ticket))


def _user_text(ticket: TicketRecord, shown: str, options: RequestOptions) -> str:
    chosen = nearest(ticket, options.examples)
    if not chosen:
        return f"The ticket:\n{shown}"
    examples = "\n\n".join(example_text(example, redact=options.redact) for example in chosen)
    return f"Earlier tickets of this provider, as people decided them:\n\n{examples}\n\nThe ticket:\n{shown}"


def _key(model: str, version: str, shown: str) -> str:
    content = json.dumps([model, version, shown], ensure_ascii=False)
    return hashlib.sha256(content.encode("utf-8", "replace")).hexdigest()
