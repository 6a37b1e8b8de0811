"""`classify --cases`: a file of cases, decided offline, one decision a line as JSON on standard output."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import typer

from app.chart import Chart, Outcome, decide

_OFFLINE = {
    "code": "offline",
    "text": "The steps need ConnectWise's boards and lists: run miniprojects classify TICKET_ID for a plan.",
}


def decide_cases(path: Path, chart: Chart) -> int:
    """Prints the decision of each case in input order; lines that are no case are said on standard error and counted."""
    wrong = 0
    try:
        with path.open(encoding="utf-8", errors="replace") as lines:
            for number, line in enumerate(lines, 1):
                if not line.strip():
                    continue
                case, mistake = _case(line)
                if case is None:
                    wrong += 1
                    print(f"{path.name}, line {number}: {mistake}; the line is left out.", file=sys.stderr)
                else:
                    print(json.dumps(decision_of(case, chart, number=number), ensure_ascii=False))
    except OSError as error:
        raise typer.BadParameter(f"{path} cannot be read: {error.strerror or type(error).__name__}") from None
    return wrong


def _case(line: str) -> tuple[dict[str, Any] | None, str]:
    try:
        case = json.loads(line)
    except (ValueError, RecursionError) as error:
        return None, f"not JSON ({getattr(error, 'msg', type(error).__name__)})"
    return (case, "") if isinstance(case, dict) else (None, "not a JSON object")


def decision_of(case: Mapping[str, Any], chart: Chart, *, number: int) -> dict[str, Any]:
    """The decision of a case in the interface's form; judged as of the moment the ticket was entered."""
    decision = decide(case, chart)
    document = decision.to_json()
    ticket_id = case.get("id")
    plain = decision.outcome in (Outcome.SERVICE_TICKET, Outcome.REVIEW)
    return {
        "id": f"case-{number}",
        "ticket_id": ticket_id if isinstance(ticket_id, int) else None,
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
    try:
        moment = datetime.fromisoformat(str(case.get("dateEntered")))
    except ValueError:
        moment = datetime.now(UTC)
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
