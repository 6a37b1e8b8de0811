"""The totals of the demo: outcomes, what the sandbox's records show of them, and why the rest waits."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from app.cli.brief_view import label

Decision = Mapping[str, Any]
WAITS = "waits"
_STATUSES = {"applied": "applied", "awaiting-review": WAITS, "failed": "failed"}


def status_word(decision: Decision) -> str:
    """How a decision ended, in one word; empty for a ticket that stays as it is."""
    return _STATUSES.get(str(decision["status"]), "")


def waiting_lines(decided: Sequence[Decision]) -> Iterator[str]:
    """One line for each reason for which decisions wait."""
    waiting = [decision for decision in decided if status_word(decision) == WAITS]
    unclear = [decision for decision in waiting if decision["outcome"] == "review"]
    fields = [_open_fields(decision) for decision in waiting if decision["outcome"] != "review"]
    incomplete = [names for names in fields if names]
    clicks = len(fields) - len(incomplete)
    if clicks:
        yield f"{clicks} for one click: nothing but text supports them."
    if incomplete:
        counted = Counter(label(name).lower() for names in incomplete for name in names).most_common()
        named = ", ".join(f"{name} ({number})" for name, number in counted)
        yield f"{len(incomplete)} for a value that no source gives, or two give differently: {named}."
    if unclear:
        yield f"{len(unclear)} for an answer: neither records nor text say what kind of work it is."


def _open_fields(decision: Decision) -> list[str]:
    brief = decision.get("brief") or {}
    return [str(open_field["field"]) for open_field in brief.get("waits_for") or ()]
