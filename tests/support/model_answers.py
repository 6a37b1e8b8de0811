"""Answers of a model for tests: completions in the form of the chat-completions protocol."""

from __future__ import annotations

import json
from typing import Any

from app.domain.enums import Criterion
from app.reading.model.request import ReaderRequest

UNKNOWN_ROW = {"sentences": [], "quote": "", "why": "", "says": "unknown"}


def completion(content: str, *, finish_reason: str = "stop", tokens: int = 1200, **message: Any) -> dict[str, Any]:
    """A completion with this text."""
    choice = {
        "index": 0,
        "finish_reason": finish_reason,
        "message": {"role": "assistant", "content": content} | message,
    }
    return {"id": "c-1", "object": "chat.completion", "choices": [choice], "usage": {"total_tokens": tokens}}


def row(says: str, sentence: int, quote: str, why: str = "stated") -> dict[str, Any]:
    """One row of an answer."""
    return {"sentences": [sentence], "quote": quote, "why": why, "says": says}


def answer(
    rows: dict[str, dict[str, Any]], *, facts: list[dict[str, Any]] | None = None, doubts: dict[str, str] | None = None
) -> dict[str, Any]:
    """A whole answer; rows that are not given say nothing."""
    questions = [{"row": name, "question": question} for name, question in (doubts or {}).items()]
    every = {criterion.value: rows.get(criterion.value, UNKNOWN_ROW) for criterion in Criterion}
    return {"work": "the work", "facts": facts or [], "rows": every, "open_questions": questions}


def answered(*arguments: Any, **options: Any) -> dict[str, Any]:
    """A completion with an answer, see `answer`."""
    return completion(json.dumps(answer(*arguments, **options), ensure_ascii=False))


def line_with(request: ReaderRequest, words: str) -> int:
    """The number of the line that holds these words."""
    return next(line.number for line in request.lines if words in line.text)


def answer_to(
    body: dict[str, Any], rows: dict[str, tuple[str, str]], *, doubts: dict[str, str] | None = None
) -> dict[str, Any]:
    """A completion for a request as a server receives it: for each row its side, and the words that it quotes."""
    lines = body["messages"][1]["content"].splitlines()
    found = {}
    for name, (says, quote) in rows.items():
        number = next((line[1 : line.index("]")] for line in lines if line.startswith("[") and quote in line), "0")
        found[name] = row(says, int(number), quote)
    return answered(found, doubts=doubts)
