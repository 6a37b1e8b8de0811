"""`classify --cases`: a file of cases, decided offline, one decision a line as JSON on standard output."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import typer

from app.chart import Chart, decide
from app.domain.enums import Outcome

_OFFLINE = {
    "code": "offline",
    "text": "The steps need ConnectWise's boards and lists: run miniprojects classify TICKET_ID for a plan.",
}
_TEXTS = ("summary", "initialDescription")
_RECORDS = ("board", "company", "contact", "agreement", "opportunity", "notes", "scheduleEntries", "tasks", "products")
_FORMAT = "A file of cases has one ticket a line, each a JSON object (JSON Lines)."
_MOST_TOLD = 20
"""More lines than these that are no case are counted, not told one by one: it is another kind of file."""


def decide_cases(path: Path, chart: Chart) -> int:
    """Prints the decision of each case in input order; how many lines are no case, each said on standard error.

    A file without any case counts as one such line.
    """
    wrong = decided = 0
    for number, line in _lines(path):
        case, mistake = _case(line)
        if case is None:
            wrong += 1
            _say_mistake(f"{path.name}, line {number}: {mistake}; the line is left out.", wrong)
        else:
            decided += 1
            print(json.dumps(decision_of(case, chart, number=number), ensure_ascii=False))
    if wrong > _MOST_TOLD:
        print(f"{path.name}: {wrong} lines in all are no case.", file=sys.stderr)
    if not decided:
        print(f"{path.name} holds no case. {_FORMAT}", file=sys.stderr)
    return wrong if decided else max(wrong, 1)


def _lines(path: Path) -> Iterator[tuple[int, str]]:
    """Every line that is not blank, with its number from 1."""
    try:
        with path.open(encoding="utf-8-sig", errors="replace") as lines:
            for number, line in enumerate(lines, 1):
                if line.strip():
                    yield number, line
    except OSError as error:
        raise typer.BadParameter(f"{path} cannot be read: {error.strerror or type(error).__name__}") from None


def _say_mistake(sentence: str, number: int) -> None:
    if number <= _MOST_TOLD:
        print(sentence, file=sys.stderr)


def _case(line: str) -> tuple[dict[str, Any] | None, str]:
    """The case of a line, or what is wrong with it. Whatever ConnectWise may leave out may be missing."""
    try:
        case = json.loads(line.strip())
    except json.JSONDecodeError as error:
        return None, f"not JSON ({error.msg.removesuffix(' at')} at column {error.colno})"
    except (ValueError, RecursionError) as error:
        return None, f"not JSON that can be read ({type(error).__name__})"
    if not isinstance(case, dict):
        kind = "a JSON list" if isinstance(case, list) else "a single JSON value"
        return None, f"{kind}, not a JSON object with one ticket"
    return (case, "") if _is_ticket(case) else (None, _why_no_ticket(case))


def _is_ticket(case: Mapping[str, Any]) -> bool:
    """Whether there is anything to decide by: a text, or an id with something of what lies beside a ticket."""
    texts = [case.get(name) for name in _TEXTS]
    notes = case.get("notes")
    texts += [note.get("text") for note in notes if isinstance(note, dict)] if isinstance(notes, list) else []
    if any(isinstance(text, str) and text.strip() for text in texts):
        return True
    return case.get("id") is not None and any(
        isinstance(case.get(name), dict | list) and case[name] for name in _RECORDS
    )


def _why_no_ticket(case: Mapping[str, Any]) -> str:
    odd = next((name for name in _TEXTS if case.get(name) is not None and not isinstance(case[name], str)), None)
    if odd:
        return f"no ticket: its {odd} is no text"
    return "no ticket: it has neither summary, initialDescription nor notes with text, nor records beside its id"


def decision_of(case: Mapping[str, Any], chart: Chart, *, number: int) -> dict[str, Any]:
    """The decision of a case in the interface's form; judged as of the moment the ticket was entered."""
    decision = decide(case, chart)
    document = decision.to_json()
    ticket_id = case.get("id")
    plain = decision.outcome in (Outcome.SERVICE_TICKET, Outcome.REVIEW)
    return {
        "id": f"case-{number}",
        "ticket_id": ticket_id if isinstance(ticket_id, int) and not isinstance(ticket_id, bool) else None,
        "decided_at": _entered(case),
        "trigger": "cases",
        "mode": "dry-run",
        **document,
        "plan": {"steps": [], "problems": [] if plain else [_OFFLINE], "todos": []},
        "status": {Outcome.SERVICE_TICKET: "nothing-to-do", Outcome.REVIEW: "awaiting-review"}.get(
            decision.outcome, "planned"
        ),
        "project_id": None,
    }


def _entered(case: Mapping[str, Any]) -> str:
    """When the ticket was entered, without a zone in UTC; now where that is not known."""
    try:
        entered = datetime.fromisoformat(str(case.get("dateEntered")))
        moment = entered.astimezone(UTC) if entered.tzinfo else entered.replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        moment = datetime.now(UTC)
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")
