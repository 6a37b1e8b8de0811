"""Answers in the OpenAI batch format: one line a request, with `custom_id` and `response.body`."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from app import json_codec

_LONGEST_KEY = 64
_LONGEST_LINE = 400_000


@dataclass
class BatchAnswers:
    """Completions by the key of their request, and what is wrong with the other lines."""

    by_key: dict[str, dict[str, Any]] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)
    """One sentence a line, without its content."""


def parse_answers(lines: Iterable[str]) -> BatchAnswers:
    """The answers of a batch file. Failed requests and unreadable lines are reported; the last answer to a key counts."""
    found = BatchAnswers()
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        key, body, problem = _parsed(line)
        if problem:
            found.problems.append(f"line {number}: {problem}")
        else:
            found.by_key[key] = body
    return found


def _parsed(line: str) -> tuple[str, dict[str, Any], str]:
    """Key, completion and, where the line holds none, the reason."""
    if len(line) > _LONGEST_LINE:
        return "", {}, "longer than an answer can be"
    try:
        item = json_codec.read(line)
    except (ValueError, RecursionError):
        return "", {}, "not JSON"
    key = item.get("custom_id") if isinstance(item, dict) else None
    if not isinstance(key, str) or not 0 < len(key) <= _LONGEST_KEY:
        return "", {}, "no custom_id of a request"
    response = item.get("response")
    status = response.get("status_code", 200) if isinstance(response, dict) else None
    if status != 200:
        return "", {}, "the request failed" + (f" ({status})" if isinstance(status, int) else "")
    body = response.get("body")
    if not isinstance(body, dict):
        return "", {}, "no response.body"
    return key, body, ""
