"""Looks in ConnectWise before a write: is a record there already, does somebody use it, has a person changed the ticket?"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from app.connectwise import ConnectWiseClient, Forbidden, NotFound
from app.planning.model import Look, Step
from app.workflow.steps.record_diff import differences, member_at, same

Record = Mapping[str, Any]
_MAY_BE_TAKEN_OFF = ("agreement/id", "owner/id")
_UNSEEN = "The rights of the API member do not let it read whether time on the ticket is billed."


async def find(manage: ConnectWiseClient, look: Look) -> Any:
    """The first record that the look describes, or None."""
    for record in await manage.list(look.path, look.conditions):
        marked = all(text in str(member_at(record, path) or "") for path, text in look.contains.items())
        lacking = all(text not in str(member_at(record, path) or "") for path, text in look.lacks.items())
        if marked and lacking and not differences(look.match, record):
            return record
    return None


async def used(manage: ConnectWiseClient, step: Step) -> str:
    """What it means that one of the lists finds something, or empty. Raises Forbidden when one cannot be read."""
    for look in step.unused:
        with suppress(NotFound):
            if await find(manage, look) is not None:
                return look.means or f"{look.path} holds a person's work"
    return ""


async def look_at_ticket(
    manage: ConnectWiseClient, guard: Step, *, so: str, write: Step | None = None
) -> tuple[Record | None, str, str]:
    """The ticket, why it must not be written to (or empty), and what of it could not be seen (or empty).

    `so`: what follows from a reason, such as `nothing was written`. What `write` itself has set in an earlier try is no
    person's change.
    """
    record = await manage.find(guard.path)
    if record is None:
        return None, f"The ticket is no service ticket any more: it was deleted or converted; {so}.", ""
    changed = await _changed(manage, guard, record)
    if write is not None:
        changed = [member for member in changed if not _set_by(write, guard, member, record)]
    if changed:
        return record, f"{', '.join(changed)} changed since the decision; {so}.", ""
    try:
        found = await used(manage, guard)
    except Forbidden:
        return record, "", _UNSEEN
    return record, f"{so.capitalize()}, because {found}." if found else "", ""


async def _changed(manage: ConnectWiseClient, guard: Step, record: Record) -> list[str]:
    """The guarded members that a person has changed.

    An answer may leave a member out; a reference that may be taken off is gone when a second answer shows none either.
    """
    changed = differences(guard.expect, record)
    silent = [member for member in changed if member_at(record, member) is None]
    gone = [member for member in silent if member in _MAY_BE_TAKEN_OFF]
    if gone:
        second = await manage.find(guard.path) or {}
        gone = [member for member in gone if member_at(second, member) is None]
    return [member for member in changed if member not in silent or member in gone]


def _set_by(write: Step, guard: Step, member: str, record: Record) -> bool:
    """Whether `write` has set what this member shows, or the rules of the board to which it has moved the ticket."""
    if member.split("/", 1)[0] in write.wish:
        return same(member_at(write.wish, member), member_at(record, member))
    board = member_at(write.wish, "board/id")
    moved = board is not None and board != guard.expect.get("board/id") and same(board, member_at(record, "board/id"))
    return moved and member == "owner/id"
