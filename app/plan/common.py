"""What moves and conversions share: who may not be touched, the guard, the note, safe texts and amounts."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from app.plan.catalogue import Record
from app.plan.model import Look, Problem, Step, StepKind

CENT = Decimal("0.01")
Case = Mapping[str, Any]


def reference(value: Any) -> dict[str, Any] | None:
    """A reference by id, or None."""
    found = value.get("id") if isinstance(value, Mapping) else None
    return {"id": found} if isinstance(found, int) and not isinstance(found, bool) else None


def id_of(value: Any) -> int | None:
    """The id of a reference."""
    found = reference(value)
    return found["id"] if found else None


def name_of(value: Any) -> str:
    """The name of a reference."""
    return str(value.get("name") or "") if isinstance(value, Mapping) else ""


def why_not(case: Case) -> list[Problem]:
    """Why a ticket should not be touched: closed, child, parent or merged, or its time is billed."""
    reasons = {
        "ticket-closed": (case.get("closedFlag") is True, "The ticket is closed."),
        "ticket-child": (bool(case.get("parentTicketId")), "The ticket is a child of another ticket."),
        "ticket-parent": (case.get("hasChildTicket") is True, "The ticket has child tickets."),
        "ticket-merged": (
            bool(case.get("mergedParentTicket")) or case.get("hasMergedChildTicketFlag") is True,
            "The ticket is merged with another one.",
        ),
        "time-billed": (any(entry.get("invoiced") for entry in case.get("timeEntries") or ()), "Time on it is billed."),
    }
    return [Problem(code, f"{text} Decide by hand.") for code, (applies, text) in reasons.items() if applies]


def guard(case: Case, *, members: tuple[str, ...]) -> Step:
    """Stops the run when a person has changed one of these members since the decision."""
    expect = {f"{name}/id": found for name in members if (found := id_of(case.get(name))) is not None}
    if case.get("closedFlag") is False:
        expect["closedFlag"] = False
    return Step(
        "guard",
        StepKind.GUARD,
        "Nobody has changed the ticket since the decision",
        "GET",
        ticket_path(case),
        expect=expect,
    )


def ticket_path(case: Case, *, kind: str = "service") -> str:
    """The ticket's own path, as service or project ticket."""
    return f"/{kind}/tickets/{int(case['id'])}"


def mark(decision_id: str) -> str:
    """What our records are found by again."""
    return f"Mini-Projects decision {decision_id}"


def note_step(
    path: str, text: str, decision_id: str, *, key: str = "note", title: str = "Note with the filled-in chart"
) -> Step:
    """An internal note that ends in our mark; nobody is mailed for it."""
    marked = mark(decision_id)
    body = {
        "text": f"{text}\n{marked}", "internalAnalysisFlag": True, "detailDescriptionFlag": False, "resolutionFlag": False,
        "processNotifications": False,
    }  # fmt: skip
    return Step(key, StepKind.NOTE, title, "POST", path, body=body, look=Look(path, contains={"text": marked}))


def money(amount: Decimal) -> float:
    """An amount as ConnectWise takes it: a number with two decimals."""
    return float(amount.quantize(CENT, ROUND_HALF_UP))


def day(moment: date) -> str:
    """A day as ConnectWise carries it on projects and phases."""
    return f"{moment.isoformat()}T00:00:00Z"


def cut(text: str, most: int) -> str:
    """The text on one line, at most so many characters."""
    line = " ".join(text.split())
    return line if len(line) <= most else line[: most - 1].rstrip() + "…"


def split(total: Decimal, shares: list[Decimal]) -> list[Decimal]:
    """Parts of `total` by share, rounded to cents, that add up to it exactly; the last part takes the rest."""
    whole = sum(shares, Decimal(0)) or Decimal(1)
    parts = [(total * share / whole).quantize(CENT, ROUND_HALF_UP) for share in shares[:-1]]
    return [*parts, total - sum(parts, Decimal(0))]


def as_record(value: Any) -> Record:
    """A record, or an empty one."""
    return value if isinstance(value, Mapping) else {}
