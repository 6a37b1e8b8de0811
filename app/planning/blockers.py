"""Shared by moves and conversions: references, tickets that need a person, the guard, notes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.chart import Chart, eligibility_rules
from app.domain import eligibility
from app.domain.ticket import TicketRecord
from app.planning.model import Look, Problem, Step, StepKind
from app.planning.reference_lists import Record
from app.planning.texts import plain, without_controls

Case = Mapping[str, Any]

GUARDED = ("board", "status", "type", "company", "owner", "agreement")
_EMPTY_IS_A_VALUE = ("type", "agreement")
"""Members whose change from empty to a value matters; a new owner of an unassigned ticket does not."""
PERMANENT_BLOCKERS = ("ticket-closed", "ticket-in-project", "ticket-merged", "time-billed")
"""Problems that no approval can solve: the ticket cannot be moved or converted."""
_OF_BRIEF = ("brief-", "revenue-unproven", "product-unknown")
_MOST_NOTE = 8000


def needs_brief(code: str) -> bool:
    """Whether a problem is settled by a person's values in the brief; until then the plan cannot be approved."""
    return code.startswith(_OF_BRIEF)


def reference(value: Any) -> dict[str, Any] | None:
    """A reference by id, or None; ids are above zero."""
    found = value.get("id") if isinstance(value, Mapping) else None
    return {"id": found} if isinstance(found, int) and not isinstance(found, bool) and found > 0 else None


def id_of(value: Any) -> int | None:
    """The id of a reference."""
    found = reference(value)
    return found["id"] if found else None


def name_of(value: Any) -> str:
    """The name of a reference, or the text itself."""
    if isinstance(value, str):
        return value
    return str(value.get("name") or "") if isinstance(value, Mapping) else ""


def as_record(value: Any) -> Record:
    """A record, or an empty one."""
    return value if isinstance(value, Mapping) else {}


def records(value: Any) -> list[Record]:
    """The records of a list; other elements are ignored."""
    return [each for each in value if isinstance(each, Mapping)] if isinstance(value, list | tuple) else []


def blockers(case: Case, chart: Chart) -> list[Problem]:
    """Why a ticket needs a person before it is moved or converted, by `domain.eligibility`."""
    ticket = case if isinstance(case, TicketRecord) else TicketRecord.from_json(case)
    found = eligibility.blockers(ticket, eligibility_rules(chart))
    return [Problem(blocker.code, f"{plain(blocker.text)} Decide by hand.") for blocker in found]


def guard(case: Case, *, unbilled: bool = False) -> Step:
    """Stops the run if a person has changed a member that the decision depends on. `unbilled`: also if time on it is billed."""
    expect: dict[str, Any] = {f"{name}/id": found for name in GUARDED if (found := id_of(case.get(name))) is not None}
    expect |= {f"{name}/id": None for name in _EMPTY_IS_A_VALUE if reference(case.get(name)) is None}
    if isinstance(case.get("summary"), str):
        expect["summary"] = case["summary"]
    if case.get("closedFlag") is False:
        expect["closedFlag"] = False
    time = f'chargeToType="ServiceTicket" and chargeToId={int(case["id"])}'
    billed = billed_time(time, means="time on the ticket is billed already")
    return Step(
        "guard", StepKind.GUARD, "Check that the ticket is unchanged since the decision", "GET", ticket_path(case),
        expect=expect, unused=(billed,) if unbilled else (),
    )  # fmt: skip


def billed_time(conditions: str, *, means: str) -> Look:
    """Time entries under these conditions that are billed."""
    billed = '","'.join(eligibility.TIME_ENTRY_BILLED)
    return Look("/time/entries", f'{conditions} and status in ("{billed}")', means=means)


def ticket_path(case: Case, *, kind: str = "service") -> str:
    """The ticket's own path, as service or project ticket."""
    return f"/{kind}/tickets/{int(case['id'])}"


def note_step(
    path: str, text: str, last_line: str, *, key: str = "note", title: str = "Note with the filled-in chart",
    after: str = "",
) -> Step:  # fmt: skip
    """An internal note without mail; its last line is the mark by which it is found again."""
    body = {
        "text": note_text(text, last_line), "internalAnalysisFlag": True, "detailDescriptionFlag": False, "resolutionFlag": False,
        "processNotifications": False,
    }  # fmt: skip
    look = Look(path, contains={"text": last_line})
    return Step(key, StepKind.NOTE, title, "POST", path, body=body, look=look, after=after)


def note_text(text: str, last_line: str) -> str:
    """A note of at most 8,000 characters whose last line is always whole."""
    body = without_controls(text)
    return f"{body[: _MOST_NOTE - len(last_line) - 1]}\n{last_line}".lstrip("\n")
