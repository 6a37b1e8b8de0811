"""Shared by moves and conversions: references, tickets that need a person, the guard, notes."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

import msgspec

from app.chart import Chart, eligibility_rules
from app.domain import eligibility
from app.domain.customer_records import Agreement
from app.domain.reference import Reference
from app.domain.sale_records import Opportunity
from app.domain.ticket import TicketRecord
from app.planning.model import Look, Problem, Step, StepKind
from app.planning.reference_lists import Record
from app.planning.texts import plain, without_controls

Linked = Reference | Agreement | Opportunity
"""What a ticket refers to."""

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


def reference(value: Linked | Mapping[str, Any] | None) -> dict[str, Any] | None:
    """A reference by id, of the ticket or of a record of ConnectWise, or None; ids are above zero."""
    found = value.id if isinstance(value, Linked) else value.get("id") if isinstance(value, Mapping) else None
    return {"id": found} if isinstance(found, int) and not isinstance(found, bool) and found > 0 else None


def id_of(value: Linked | Mapping[str, Any] | None) -> int | None:
    """The id of a reference."""
    found = reference(value)
    return found["id"] if found else None


def name_of(value: Linked | Mapping[str, Any] | None) -> str:
    """The name of a reference."""
    if isinstance(value, Mapping):
        return str(value.get("name") or "")
    return value.name if value else ""


@cache
def _attributes() -> Mapping[str, str]:
    """Members of a ticket by their name in ConnectWise."""
    return {member.encode_name: member.name for member in msgspec.structs.fields(TicketRecord)}


def linked(ticket: TicketRecord, member: str) -> Linked | None:
    """What the ticket refers to by this member, under its name in ConnectWise."""
    found = getattr(ticket, _attributes()[member])
    return found if isinstance(found, Linked) else None


def value_of(ticket: TicketRecord, member: str) -> Any:
    """The value of a member in the form of a wish: a reference by id, None where it is empty."""
    found = getattr(ticket, _attributes()[member])
    return reference(found) if isinstance(found, Linked) else None if found == "" else found


def as_record(value: Any) -> Record:
    """A record, or an empty one."""
    return value if isinstance(value, Mapping) else {}


def records(value: Any) -> list[Record]:
    """The records of a list; other elements are ignored."""
    return [each for each in value if isinstance(each, Mapping)] if isinstance(value, list | tuple) else []


def blockers(ticket: TicketRecord, chart: Chart) -> list[Problem]:
    """Why a ticket needs a person before it is moved or converted, by `domain.eligibility`."""
    found = eligibility.blockers(ticket, eligibility_rules(chart))
    return [Problem(blocker.code, f"{plain(blocker.text)} Decide by hand.") for blocker in found]


def guard(ticket: TicketRecord, *, unbilled: bool = False) -> Step:
    """Stops the run if a person has changed a member that the decision depends on. `unbilled`: also if time on it is billed."""
    expect: dict[str, Any] = {
        f"{name}/id": found for name in GUARDED if (found := id_of(linked(ticket, name))) is not None
    }
    expect |= {f"{name}/id": None for name in _EMPTY_IS_A_VALUE if reference(linked(ticket, name)) is None}
    if isinstance(ticket.summary, str):
        expect["summary"] = ticket.summary
    if ticket.closed_flag is False:
        expect["closedFlag"] = False
    time = f'chargeToType="ServiceTicket" and chargeToId={int(ticket.id or 0)}'
    billed = billed_time(time, means="time on the ticket is billed already")
    return Step(
        "guard", StepKind.GUARD, "Check that the ticket is unchanged since the decision", "GET", ticket_path(ticket),
        expect=expect, unused=(billed,) if unbilled else (),
    )  # fmt: skip


def billed_time(conditions: str, *, means: str) -> Look:
    """Time entries under these conditions that are billed."""
    billed = '","'.join(eligibility.TIME_ENTRY_BILLED)
    return Look("/time/entries", f'{conditions} and status in ("{billed}")', means=means)


def ticket_path(ticket: TicketRecord, *, kind: str = "service") -> str:
    """The ticket's own path, as service or project ticket."""
    return f"/{kind}/tickets/{int(ticket.id or 0)}"


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


def sign_note(text: str, signature: str) -> str:
    """A note with a line before its mark; the mark stays the last line."""
    body, _, last_line = text.rpartition("\n")
    return note_text(body, f"{signature}\n{last_line}")
