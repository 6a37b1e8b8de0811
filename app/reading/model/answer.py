"""Reads what an endpoint sent back: whatever it is, only statements with a quote that stands in the ticket remain."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, TypeVar

from app.domain.enums import Criterion, FactType, PointsTo, Polarity, Reader
from app.domain.facts import Fact, Quote, ReaderAnswer, RowStatement
from app.reading.model.numbered_ticket import TicketLine
from app.reading.model.prompt import MOST_FACTS, MOST_QUESTIONS
from app.reading.model.request import ReaderRequest
from app.reading.values.fact_values import value_of
from app.reading.verify import occurs_in

_Enum = TypeVar("_Enum", bound=StrEnum)
_LONGEST_CONTENT = 60_000
_LONGEST_TEXT = 300
_MOST_SENTENCES = 12
_THOUGHTS = re.compile(r"<think(?:ing)?>.*?</think(?:ing)?>", re.DOTALL | re.IGNORECASE)
_DECODER = json.JSONDecoder()


@dataclass(frozen=True, slots=True)
class ModelReading:
    """What the model found in one ticket."""

    answer: ReaderAnswer = field(default_factory=ReaderAnswer)
    """Rows and facts whose quotes verify; quotes are in the ticket's own words."""
    answered: frozenset[Criterion] = frozenset()
    """Rows of which the answer says something usable, `unknown` included."""
    doubts: Mapping[Criterion, str] = field(default_factory=dict)
    """Rows with an open question. A question needs no quote: it can lead to a review only."""
    work: str = ""
    dropped: int = 0
    """Facts and row statements left out since their quotes do not verify."""
    problem: str = ""
    """Why the answer cannot be used at all; empty if it can."""

    @property
    def usable(self) -> bool:
        """Whether it says anything of the rows that is not merely claimed."""
        proven = self.answer.rows or self.doubts or not self.dropped
        return not self.problem and bool(self.answered and proven)


def read_answer(completion: Any, request: ReaderRequest) -> ModelReading:
    """The reading of a completion's JSON, as the endpoint or a batch file holds it."""
    content, problem = _content(completion)
    if problem:
        return ModelReading(problem=problem)
    found = _object_in(content)
    if found is None:
        return ModelReading(problem="The model did not answer in the JSON that was asked for.")
    return _Book(request).read(found)


def tokens_of(completion: Any) -> int:
    """Tokens of request and answer as the endpoint counted them; 0 where it did not."""
    usage = completion.get("usage") if isinstance(completion, dict) else None
    total = usage.get("total_tokens") if isinstance(usage, dict) else None
    return total if isinstance(total, int) and not isinstance(total, bool) and 0 < total < 10**9 else 0


def _content(completion: Any) -> tuple[str, str]:
    """The text of the first choice, or the reason why there is none."""
    choices = completion.get("choices") if isinstance(completion, dict) else None
    choice = choices[0] if isinstance(choices, list) and choices and isinstance(choices[0], dict) else {}
    message = choice.get("message")
    message = message if isinstance(message, dict) else {}
    if isinstance(message.get("refusal"), str) and message["refusal"].strip():
        return "", "The model refused to answer."
    content = message.get("content")
    if isinstance(content, list):
        parts = [part.get("text") for part in content if isinstance(part, dict)]
        content = "".join(part for part in parts if isinstance(part, str))
    if not isinstance(content, str) or not content.strip():
        return "", "The model gave no answer."
    if choice.get("finish_reason") == "length" or len(content) > _LONGEST_CONTENT:
        return "", "The answer of the model was cut off."
    return content, ""


def _object_in(content: str) -> dict[str, Any] | None:
    """The first JSON object with rows, also within a code fence or after thoughts."""
    text = _THOUGHTS.sub("", content)
    at = text.find("{")
    tries = 0
    while at >= 0 and tries < 20:
        tries += 1
        try:
            found, _ = _DECODER.raw_decode(text, at)
        except (ValueError, RecursionError):
            found = None
        if isinstance(found, dict) and isinstance(found.get("rows"), dict):
            return found
        at = text.find("{", at + 1)
    return None


class _Book:
    """The lines of one request, against which quotes are compared."""

    def __init__(self, request: ReaderRequest) -> None:
        self._lines = {line.number: line for line in request.lines}
        self._redaction = request.redaction
        self._day = request.day
        self._dropped = 0

    def read(self, found: Mapping[str, Any]) -> ModelReading:
        facts = self._facts(found.get("facts"))
        rows, answered = self._rows(found["rows"], {number for _, number in facts})
        work = found.get("work")
        return ModelReading(
            ReaderAnswer(tuple(fact for fact, _ in facts), rows),
            frozenset(answered),
            self._doubts(found.get("open_questions"), rows),
            self._own_text(work),
            self._dropped,
        )

    def _facts(self, given: Any) -> list[tuple[Fact, int]]:
        found: list[tuple[Fact, int]] = []
        for item in (given if isinstance(given, list) else [])[: MOST_FACTS * 2]:
            kind, polarity = _member(FactType, item, "type"), _member(Polarity, item, "polarity")
            line = self._line_of(item, "sentence") if kind and polarity else None
            if kind and polarity and line and line.counts:
                quote = self._redaction.unmask(item["quote"].strip())
                found.append(
                    (
                        Fact(kind, polarity, value_of(kind, quote, self._day), quote, line.source, Reader.MODEL),
                        line.number,
                    )
                )
            else:
                self._dropped += 1
        return found[:MOST_FACTS]

    def _line_of(self, item: Any, member: str) -> TicketLine | None:
        """The line that an item quotes: the one it names, else the first one that holds the quote."""
        quote = item.get("quote") if isinstance(item, dict) else None
        if not isinstance(quote, str) or len(quote) > _LONGEST_TEXT:
            return None
        number = item.get(member)
        named = self._lines.get(number) if isinstance(number, int) else None
        if named and occurs_in(quote.strip(), named.text):
            return named
        return next((line for line in self._lines.values() if occurs_in(quote.strip(), line.text)), None)

    def _rows(self, given: Mapping[str, Any], proven: set[int]) -> tuple[tuple[RowStatement, ...], list[Criterion]]:
        """Row statements that a quote proves. `proven`: lines of verified facts, which prove a row that names them."""
        rows, answered = [], []
        for criterion in Criterion:
            item = given.get(criterion.value)
            says = _member(PointsTo, item, "says")
            if says is None or not isinstance(item, dict):
                continue
            if says is PointsTo.UNKNOWN:
                answered.append(criterion)
                continue
            quotes = self._quotes(item, proven)
            if quotes:
                answered.append(criterion)
                rows.append(RowStatement(criterion, says, quotes, self._own_text(item.get("why")), Reader.MODEL))
            else:
                self._dropped += 1
        return tuple(rows), answered

    def _quotes(self, item: Mapping[str, Any], proven: set[int]) -> tuple[Quote, ...]:
        """The verified quotes of a row. Older mail proves nothing unless the row also names a line that counts."""
        given = item.get("sentences")
        numbers = [n for n in given[:_MOST_SENTENCES] if isinstance(n, int)] if isinstance(given, list) else []
        named = [self._lines[number] for number in numbers if number in self._lines]
        line = self._line_of({**item, "sentence": numbers[0] if numbers else None}, "sentence")
        if line and (line.counts or any(other.counts for other in named)):
            return (Quote(self._redaction.unmask(item["quote"].strip()), line.source),)
        cited = [other for other in named if other.counts and other.number in proven]
        return tuple(Quote(self._redaction.unmask(other.text[:_LONGEST_TEXT]), other.source) for other in cited[:1])

    def _doubts(self, given: Any, rows: tuple[RowStatement, ...]) -> dict[Criterion, str]:
        """Open questions by row; a row that says something has none."""
        said = {row.criterion for row in rows}
        found: dict[Criterion, str] = {}
        for item in (given if isinstance(given, list) else [])[: 2 * MOST_QUESTIONS]:
            row = _member(Criterion, item, "row")
            if row and row not in said and len(found) < MOST_QUESTIONS:
                found.setdefault(row, self._own_text(item.get("question")))
        return found

    def _own_text(self, text: Any) -> str:
        """The model's own words on one line; masks stay masked."""
        return " ".join(text[:_LONGEST_TEXT].split()) if isinstance(text, str) else ""


def _member(kind: type[_Enum], item: Any, name: str) -> _Enum | None:
    """A member of an enumeration by its value; None for anything else."""
    value = item.get(name) if isinstance(item, dict) else None
    try:
        return kind(value.strip().lower()) if isinstance(value, str) else None
    except ValueError:
        return None
