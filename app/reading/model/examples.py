"""Answered cases of the operator as examples for the model, nearest first."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from app.domain.enums import Criterion, Outcome, PointsTo
from app.domain.ticket import TicketRecord
from app.reading.model.redaction import Redaction
from app.reading.sources import ticket_texts

MOST_EXAMPLES = 8
_LONGEST_EXAMPLE = 600
_LEAST_SIMILARITY = 0.05
_WORD = re.compile(r"[^\W\d_]{3,}")


@dataclass(frozen=True, slots=True)
class Example:
    """One answered case. `rows`: sides that a person has stated; the outcome is translated into what the rows mean."""

    ticket: TicketRecord
    outcome: Outcome
    rows: Mapping[Criterion, PointsTo] = field(default_factory=dict)
    why: str = ""

    @property
    def text(self) -> str:
        """The words that the case is compared by."""
        return " ".join(text for text, _ in ticket_texts(self.ticket))


def nearest(ticket: TicketRecord, examples: Sequence[Example], *, most: int = MOST_EXAMPLES) -> list[Example]:
    """The cases whose words are most like the ticket's, most like first; the ticket itself is no example."""
    others = [example for example in examples if not _is_same(example.ticket, ticket)]
    if not others:
        return []
    texts = [example.text for example in others]
    rarity = _rarity(texts)
    target = _weights(" ".join(text for text, _ in ticket_texts(ticket)), rarity)
    scored = [(_similarity(target, _weights(text, rarity)), number) for number, text in enumerate(texts)]
    best = sorted((pair for pair in scored if pair[0] >= _LEAST_SIMILARITY), key=lambda pair: (-pair[0], pair[1]))
    return [others[number] for _, number in best[:most]]


def example_text(example: Example, *, redact: bool) -> str:
    """One example as it is sent: its words, and what a person decided of its rows."""
    text = " ".join(example.text.split())[:_LONGEST_EXAMPLE]
    shown = Redaction.of(example.ticket, [text], active=redact).mask(text)
    rows = ", ".join(f"{row.value} {side.value}" for row, side in _sides(example).items())
    why = f" Because: {' '.join(example.why.split())[:200]}" if example.why else ""
    return f"Ticket: {shown}\nA person decided: {rows}.{why}"


def _sides(example: Example) -> dict[Criterion, PointsTo]:
    """The stated rows; without any, those that the outcome implies."""
    if example.rows:
        return {row: example.rows[row] for row in Criterion if row in example.rows}
    if example.outcome is Outcome.SERVICE_TICKET:
        return {Criterion.FINANCE: PointsTo.SERVICE}
    if example.outcome is Outcome.MINI_PROJECT:
        return {row: PointsTo.PROJECT if row is Criterion.FINANCE else PointsTo.SERVICE for row in Criterion}
    return {Criterion.FINANCE: PointsTo.PROJECT, Criterion.DURATION: PointsTo.PROJECT}


def _is_same(first: TicketRecord, second: TicketRecord) -> bool:
    same_id = first.id is not None and first.id == second.id
    return same_id or (first.summary == second.summary and first.initial_description == second.initial_description)


def _words(text: str) -> Counter[str]:
    return Counter(word.casefold() for word in _WORD.findall(text[:4_000]))


def _rarity(texts: Iterable[str]) -> dict[str, float]:
    """How rare each word is among the examples."""
    sets = [set(_words(text)) for text in texts]
    counts = Counter(word for words in sets for word in words)
    return {word: math.log(1 + len(sets) / count) for word, count in counts.items()}


def _weights(text: str, rarity: Mapping[str, float]) -> dict[str, float]:
    return {word: count**0.5 * rarity.get(word, 0.0) for word, count in _words(text).items()}


def _similarity(first: Mapping[str, float], second: Mapping[str, float]) -> float:
    shared = sum(weight * second[word] for word, weight in first.items() if word in second)
    size = math.sqrt(sum(w * w for w in first.values()) * sum(w * w for w in second.values()))
    return shared / size if size else 0.0
