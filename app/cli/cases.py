"""`classify --cases`: decide a file of cases offline; one decision a line as JSON on standard output."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import typer

from app.chart import Chart, decide
from app.cli.model_answers import RecordedReader
from app.domain.enums import Outcome
from app.domain.ticket import TicketRecord

_OFFLINE = {
    "code": "offline",
    "text": "A plan needs the lists of ConnectWise. Run miniprojects classify TICKET_ID for a plan.",
}
_TEXTS = ("summary", "initialDescription")
_RECORDS = ("board", "company", "contact", "agreement", "opportunity", "notes", "scheduleEntries", "tasks", "products")
_FORMAT = "Expected one ticket a line, each a JSON object (JSON Lines)."
_MOST_REPORTED = 20
"""Invalid lines reported one by one. More of them mean another kind of file and are counted."""


def decide_cases(path: Path, chart: Chart, answers: RecordedReader | None = None) -> int:
    """Print the decision of each case in input order; return the number of invalid lines, reported on standard error.

    A file without a case counts as one invalid line. `answers`: recorded answers of the model-backed reader.
    """
    invalid = decided = 0
    for number, line in _lines(path):
        case, mistake = _case(line)
        if case is None:
            invalid += 1
            _report(f"{path.name}, line {number}: {mistake}. Line skipped.", invalid)
        else:
            decided += 1
            print(json.dumps(decision_of(case, chart, number=number, answers=answers), ensure_ascii=False))
    if invalid > _MOST_REPORTED:
        print(f"{path.name}: {invalid} invalid lines in total.", file=sys.stderr)
    if answers is not None:
        print(f"Model-backed reader: {answers.summary}", file=sys.stderr)
    if not decided:
        print(f"{path.name} contains no case. {_FORMAT}", file=sys.stderr)
    return invalid if decided else max(invalid, 1)


def _lines(path: Path) -> Iterator[tuple[int, str]]:
    """Lines that are not blank, numbered from 1."""
    try:
        with path.open(encoding="utf-8-sig", errors="replace") as lines:
            for number, line in enumerate(lines, 1):
                if line.strip():
                    yield number, line
    except OSError as error:
        raise typer.BadParameter(f"Cannot read {path}: {error.strerror or type(error).__name__}") from None


def _report(sentence: str, number: int) -> None:
    if number <= _MOST_REPORTED:
        print(sentence, file=sys.stderr)


def _case(line: str) -> tuple[dict[str, Any] | None, str]:
    """The case of a line, or what is wrong with it. Every member may be missing."""
    try:
        case = json.loads(line.strip())
    except json.JSONDecodeError as error:
        return None, f"not JSON ({error.msg.removesuffix(' at')} at column {error.colno})"
    except (ValueError, RecursionError) as error:
        return None, f"not readable JSON ({type(error).__name__})"
    if not isinstance(case, dict):
        kind = "a JSON list" if isinstance(case, list) else "a single JSON value"
        return None, f"{kind}, expected a JSON object with one ticket"
    return (case, "") if _is_ticket(case) else (None, _missing(case))


def _is_ticket(case: Mapping[str, Any]) -> bool:
    """Whether there is anything to decide by: a text, or an id with a related record."""
    texts = [case.get(name) for name in _TEXTS]
    notes = case.get("notes")
    texts += [note.get("text") for note in notes if isinstance(note, dict)] if isinstance(notes, list) else []
    if any(isinstance(text, str) and text.strip() for text in texts):
        return True
    return case.get("id") is not None and any(
        isinstance(case.get(name), dict | list) and case[name] for name in _RECORDS
    )


def _missing(case: Mapping[str, Any]) -> str:
    misfit = next((name for name in _TEXTS if case.get(name) is not None and not isinstance(case[name], str)), None)
    if misfit:
        return f"not a ticket: {misfit} is not text"
    return "not a ticket: no summary, initialDescription or notes with text, and no related records with an id"


def decision_of(
    case: Mapping[str, Any], chart: Chart, *, number: int, answers: RecordedReader | None = None
) -> dict[str, Any]:
    """The decision of a case as JSON, made as of the instant the ticket was entered."""
    ticket = TicketRecord.from_json(case)
    decision = decide(ticket, chart) if answers is None else answers.decide(ticket, chart)
    document = decision.to_json()
    ticket_id = case.get("id")
    has_no_plan = decision.outcome in (Outcome.SERVICE_TICKET, Outcome.REVIEW)
    return {
        "id": f"case-{number}",
        "ticket_id": ticket_id if isinstance(ticket_id, int) and not isinstance(ticket_id, bool) else None,
        "decided_at": _entered(case),
        "trigger": "cases",
        "mode": "dry-run",
        **document,
        "plan": {"steps": [], "problems": [] if has_no_plan else [_OFFLINE], "todos": []},
        "status": {Outcome.SERVICE_TICKET: "nothing-to-do", Outcome.REVIEW: "awaiting-review"}.get(
            decision.outcome, "planned"
        ),
        "project_id": None,
    }


def _entered(case: Mapping[str, Any]) -> str:
    """When the ticket was entered, in UTC; the current time if that is unknown."""
    try:
        entered = datetime.fromisoformat(str(case.get("dateEntered")))
        moment = entered.astimezone(UTC) if entered.tzinfo else entered.replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        moment = datetime.now(UTC)
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")
