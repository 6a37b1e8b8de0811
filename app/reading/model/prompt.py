"""System text, schema and version of the model's instructions."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from functools import cache, lru_cache
from importlib.resources import files
from typing import Any, cast

import yaml

from app.domain.enums import Criterion, FactType, Polarity

MOST_FACTS = 12
MOST_QUESTIONS = 3
_SAYS = ("project", "service", "unknown")


@lru_cache(maxsize=8)
def _system_text(guidance: tuple[tuple[str, str], ...], hours_per_month: str) -> str:
    types = "\n".join(f"- {kind.value}: {_texts()['fact_types'][kind.value]}" for kind in FactType)
    return _filled(_texts()["system"], {
        **dict(guidance), "hours_per_month": hours_per_month, "fact_types": types, "form": _form(),
    }).strip()  # fmt: skip


def system_text(guidance: Mapping[str, str], *, hours_per_month: str = "120") -> str:
    """What the model is told before the ticket.

    `guidance`: the chart's paragraph for each row, and `general`; `hours_per_month`: its capacity of one person.
    """
    return _system_text(tuple(guidance.items()), hours_per_month)


@cache
def answer_schema() -> dict[str, Any]:
    """JSON Schema of an answer: every member is required, as strict output demands."""
    text, number = {"type": "string"}, {"type": "integer"}
    row = _object({
        "sentences": {"type": "array", "items": number}, "quote": text, "why": text,
        "says": {"type": "string", "enum": list(_SAYS)},
    })  # fmt: skip
    fact = _object({
        "type": {"type": "string", "enum": [kind.value for kind in FactType]},
        "polarity": {"type": "string", "enum": [polarity.value for polarity in Polarity]},
        "sentence": number, "quote": text,
    })  # fmt: skip
    rows = [criterion.value for criterion in Criterion]
    question = _object({"row": {"type": "string", "enum": rows}, "question": text})
    return _object({
        "work": text, "facts": {"type": "array", "items": fact}, "rows": _object(dict.fromkeys(rows, row)),
        "open_questions": {"type": "array", "items": question},
    })  # fmt: skip


def prompt_version(system: str) -> str:
    """Short identity of instructions and schema; another text is another version."""
    content = json.dumps([system, answer_schema()], sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(content.encode("utf-8", "replace")).hexdigest()[:12]


def _object(members: dict[str, Any]) -> dict[str, Any]:
    return {"type": "object", "additionalProperties": False, "properties": members, "required": list(members)}


def _form() -> str:
    row = '{"sentences": [4], "quote": "…", "why": "…", "says": "project|service|unknown"}'
    rows = ", ".join(f'"{criterion.value}": {row if not place else "{…}"}' for place, criterion in enumerate(Criterion))
    return (
        '{"work": "…", "facts": [{"type": "…", "polarity": "…", "sentence": 3, "quote": "…"}], '
        f'"rows": {{{rows}}}, "open_questions": [{{"row": "finance", "question": "…"}}]}}\n'
        'A row without a hint is {"sentences": [], "quote": "", "why": "", "says": "unknown"}.'
    )


def _filled(text: str, values: Mapping[str, str]) -> str:
    """The text with its placeholders filled; other braces stay."""
    for name, value in values.items():
        text = text.replace(f"{{{name}}}", value)
    return text


@cache
def _texts() -> dict[str, Any]:
    source = files("app.reading.model") / "instructions.yaml"
    return cast("dict[str, Any]", yaml.safe_load(source.read_text(encoding="utf-8")))
