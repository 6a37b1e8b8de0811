"""Checks before a write: whether the record exists, a person uses it, or a person has changed the ticket."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from app.connectwise import Forbidden, NotFound
from app.planning.model import Look, Step
from app.workflow.steps.record_diff import differences, member_at, same
from app.workflow.steps.step_reads import StepReads

Record = Mapping[str, Any]
_OPTIONAL_REFERENCES = ("agreement/id", "owner/id")
_UNREADABLE = "The rights of the API member do not let it read whether time on the ticket is billed."


async def find(reads: StepReads, look: Look) -> Any:
    """The first record that the look describes, or None. Read only."""
    return next(iter(await find_all(reads, look)), None)


async def find_all(reads: StepReads, look: Look) -> list[Any]:
    """Every record that the look describes. Read only."""
    return [record for record in await reads.list(look.path, look.conditions) if _fits(look, record)]


def _fits(look: Look, record: Record) -> bool:
    marked = all(text in str(member_at(record, path) or "") for path, text in look.contains.items())
    lacking = all(text not in str(member_at(record, path) or "") for path, text in look.lacks.items())
    return marked and lacking and not differences(look.match, record)


async def used(reads: StepReads, step: Step) -> str:
    """Who uses the record, as the end of a sentence, or empty. Raises Forbidden when a list cannot be read."""
    for look in step.unused:
        with suppress(NotFound):
            if await find(reads, look) is not None:
                return look.means or f"{look.path} holds a person's work"
    return ""


async def check_ticket(
    reads: StepReads, guard: Step, *, consequence: str, write: Step | None = None
) -> tuple[Record | None, str, str]:
    """The ticket, why it must not be written to (or empty), and what of it could not be read (or empty).

    `consequence`: such as `nothing was written`. What `write` has set in an earlier attempt is no person's change.
    """
    record = await reads.find(guard.path)
    if record is None:
        return None, f"The ticket is no longer a service ticket: it was deleted or converted; {consequence}.", ""
    changed = await _changed(reads, guard, record)
    if write is not None:
        changed = [member for member in changed if not _set_by(write, guard, member, record)]
    if changed:
        return record, f"{', '.join(changed)} changed since the decision; {consequence}.", ""
    try:
        found = await used(reads, guard)
    except Forbidden:
        return record, "", _UNREADABLE
    return record, f"{consequence.capitalize()}, because {found}." if found else "", ""


async def _changed(reads: StepReads, guard: Step, record: Record) -> list[str]:
    """The guarded members that a person has changed.

    An answer may omit a member; an optional reference counts as removed when a second answer omits it too.
    """
    changed = differences(guard.expect, record)
    silent = [member for member in changed if member_at(record, member) is None]
    gone = [member for member in silent if member in _OPTIONAL_REFERENCES]
    if gone:
        second = await reads.unplanned().find(guard.path) or {}
        gone = [member for member in gone if member_at(second, member) is None]
    return [member for member in changed if member not in silent or member in gone]


def is_moved(step: Step, record: Record) -> bool:
    """Whether the record is on the board to which the step moves it."""
    board = member_at(step.wish, "board/id")
    return board is not None and same(board, member_at(record, "board/id"))


def _set_by(write: Step, guard: Step, member: str, record: Record) -> bool:
    """Whether `write` has set this member, or the rules of the board to which it moved the ticket."""
    name = member.split("/", 1)[0]
    if name in write.wish and same(member_at(write.wish, member), member_at(record, member)):
        return True
    moved = member_at(write.wish, "board/id") != guard.expect.get("board/id") and is_moved(write, record)
    return moved and (name in write.yields or name == "owner")
