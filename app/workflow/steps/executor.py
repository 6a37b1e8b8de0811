"""Carries out one step: look, commit the intent, write, read back. Any step may be done again at any time.

ConnectWise has no idempotency key, so each kind of step first looks whether an earlier try has already had its
effect; only then it writes, and only what reading back shows counts as done.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from app.connectwise import BadRequest, ConnectWiseClient, Forbidden, NotFound
from app.planning.model import Step, StepKind
from app.workflow.errors import RunAborted, WriteNotApplied
from app.workflow.steps.preconditions import Record, find, look_at_ticket, used
from app.workflow.steps.record_diff import differences, member_at, slice_of

Intend = Callable[[Any], Awaitable[None]]
"""Commits what is about to be written; takes what was there before."""


@dataclass(frozen=True, slots=True)
class Settled:
    """How a step ended. `status`: done, already-done, or left (a person's work stays, `said` tells which)."""

    status: str
    result: Any = None
    before: Any = None
    message: str = ""


@dataclass(frozen=True, slots=True)
class Again:
    """The guard of a run that goes on after a wait; `made`: the paths of what it has made before."""

    guard: Step
    made: Sequence[str] = ()


class StepExecutor:
    """The only place that writes to ConnectWise for a ticket."""

    def __init__(self, manage: ConnectWiseClient) -> None:
        self._manage = manage
        self._ways: dict[StepKind, Callable[[Step, Intend, Mapping[str, Any]], Awaitable[Settled]]] = {
            StepKind.GUARD: self._guard,
            StepKind.COUNT: self._count,
            StepKind.PATCH: self._patch,
            StepKind.CREATE: self._create,
            StepKind.NOTE: self._create,
            StepKind.ACTION: self._act,
            StepKind.CONVERT: self._convert,
            StepKind.CONVERT_BACK: self._convert,
            StepKind.REMOVE: self._remove,
        }

    async def do(self, step: Step, intend: Intend, records: Mapping[str, Any]) -> Settled:
        """Does one resolved step. Raises Stopped, WriteNotApplied or a ConnectWiseError; then it may be done again."""
        if step.after and records.get(step.after) is None:
            return Settled("left")
        return await self._ways[step.kind](step, intend, records)

    async def _guard(self, step: Step, _intend: Intend, _records: Mapping[str, Any]) -> Settled:
        record, why, message = await look_at_ticket(self._manage, step, so="nothing was written")
        if why:
            raise RunAborted(why if record is None else f"{why} Run the ticket again.")
        return Settled("done", {"lastUpdated": member_at(record, "_info/lastUpdated")}, message=message)

    async def look_again(self, again: Again, write: Step) -> None:
        """Before a write to the ticket, some time after its guard: raises Stopped when a person has changed it since."""
        _, why, _ = await look_at_ticket(self._manage, again.guard, so="the ticket stays as it is", write=write)
        if why:
            stays = f" What was made before stays: {_names(list(again.made))}." if again.made else ""
            raise RunAborted(f"{why}{stays} Undo the decision, then run the ticket again.")

    async def _count(self, step: Step, _intend: Intend, records: Mapping[str, Any]) -> Settled:
        found = await asyncio.gather(*(self._count_one(path) for path in step.counts.values()))
        counts = dict(zip(step.counts, found, strict=True))
        earlier = records.get(step.compare_with or "") or {}
        missing = [
            f"{name} ({earlier[name]} before, {counts[name]} now)"
            for name in counts
            if earlier.get(name) is not None and counts[name] is not None and counts[name] < earlier[name]
        ]
        if missing:
            raise RunAborted(
                f"After the conversion these are fewer than before: {', '.join(missing)}. Look at the ticket."
            )
        unknown = [name for name in counts if counts[name] is None or earlier.get(name, 0) is None]
        return Settled("done", counts, message=f"Could not be counted: {_names(unknown)}." if unknown else "")

    async def _count_one(self, path: str) -> int | None:
        try:
            return await self._manage.count(path)
        except (NotFound, Forbidden):
            return None

    async def _patch(self, step: Step, intend: Intend, _records: Mapping[str, Any]) -> Settled:
        record = await self._manage.get(step.path)
        before = slice_of(record, step.wish)
        wanted = {**step.wish, **step.expect}
        if not differences(wanted, record):
            return Settled("already-done", slice_of(record, wanted), before=before)
        shown = step.wish.keys() - differences(step.wish, record)
        changed = [member for member in differences(step.only_if, record) if member not in shown]
        # What is empty already is not removed again.
        empty = {member for member in shown if step.wish[member] is None}
        wish = {member: value for member, value in step.wish.items() if member not in (*changed, *empty)}
        if changed and not (step.member_wise and wish):
            return Settled("left", before=before, message=f"Left as it is, because {_names(changed)} changed since.")
        wanted = {member: value for member, value in wanted.items() if member not in changed}
        await intend(before)
        shown_now = await self._set(step.path, wish)
        ignored = differences(wanted, shown_now)
        late = {member: wish[member] for member in ignored if member in wish}
        if late and "board" in wish and "board" not in late:
            # Rules of the new board may have set them on arrival; nobody else can have, so soon.
            shown_now = await self._set(step.path, late)
            ignored = differences(wanted, shown_now)
        if ignored:
            raise WriteNotApplied(
                f"ConnectWise accepted the change of {step.path}, but {_names(ignored)} did not take the wanted value. "
                "Check workflow rules and the API member's rights, or try the other CWM_PATCH_FORM."
            )
        message = f"{_names(changed)} stays as a person made it." if changed else ""
        return Settled("done", slice_of(shown_now, wanted), message=message)

    async def _set(self, path: str, wish: Mapping[str, Any]) -> Record:
        """Writes, then reads back: the answer to a PATCH may show what was asked for although nothing was done."""
        await self._manage.patch(path, wish)
        return await self._manage.get(path)

    async def _create(self, step: Step, intend: Intend, _records: Mapping[str, Any]) -> Settled:
        found = await find(self._manage, step.look) if step.look else None
        if found is not None:
            return Settled("already-done", await self._as_wished(step, found))
        await intend(None)
        answer = await self._post(step)
        made = await self._manage.find(f"{step.path.rstrip('/')}/{answer.get('id')}")
        if made is None:
            raise WriteNotApplied(
                f"ConnectWise answered that it had made the record at {step.path}, but it is not there."
            )
        return Settled("done", await self._as_wished(step, made))

    async def _post(self, step: Step) -> Record:
        """Creates; a note that is refused goes once more on one line, since some ConnectWise take no line breaks."""
        try:
            return await self._manage.post(step.path, step.body)
        except BadRequest:
            if step.kind is not StepKind.NOTE or "\n" not in str(step.body.get("text")):
                raise
        lines = (line.strip() for line in str(step.body["text"]).split("\n"))
        text = " / ".join(line for line in lines if line)
        return await self._manage.post(step.path, {**step.body, "text": text})

    async def _as_wished(self, step: Step, made: Record) -> Record:
        """The record of this step, which must show what was wished; where it does not, it is read once more."""
        if differences(step.expect, made):
            made = await self._manage.find(f"{step.path.rstrip('/')}/{made.get('id')}") or made
        ignored = differences(step.expect, made)
        if ignored:
            message = f"The record is there at {step.path}, but {_names(ignored)} did not take the value. Set it by hand, then approve."
            raise RunAborted(message, result=made)
        return made

    async def _act(self, step: Step, intend: Intend, _records: Mapping[str, Any]) -> Settled:
        found = await find(self._manage, step.look) if step.look else None
        status = "done" if found is None else "already-done"
        if found is None:
            await intend(None)
            await self._manage.post(step.path, step.body)
            found = await find(self._manage, step.look) if step.look else None
        if step.look is not None and found is None:
            raise WriteNotApplied(f"ConnectWise accepted {step.path}, but nothing came of it.")
        made = [
            f"{look.path.rstrip('/')}/{record['id']}"
            for look in step.makes
            for record in await self._manage.list(look.path, look.conditions)
        ]
        return Settled(status, {**(found or {}), "made": made})

    async def _convert(self, step: Step, intend: Intend, _records: Mapping[str, Any]) -> Settled:
        target = _other_side(step)
        converted = await self._converted(step, target)
        if converted is not None:
            return Settled("already-done", _belongs(step, converted))
        if why := await self._carried_on(step):
            return Settled("left", message=f"The ticket and its project stay as they are, because {why}.")
        await intend(None)
        answer = await self._manage.post(step.path, step.body)
        if answer.get("success") is False:
            raise RunAborted(
                "ConnectWise refused the conversion. Convert the ticket by hand to see its reason, or undo."
            )
        converted = await self._converted(step, target)
        if converted is None:
            raise WriteNotApplied(
                "ConnectWise answered that it had converted the ticket, but the ticket is where it was."
            )
        return Settled("done", _belongs(step, converted))

    async def _carried_on(self, step: Step) -> str:
        """Why a ticket is not converted back, as the end of a sentence, or empty."""
        if step.only_if:
            changed = differences(step.only_if, await self._manage.get(step.path.removesuffix("/convert")))
            if changed:
                return f"{_names(changed)} changed since"
        try:
            return await used(self._manage, step)
        except Forbidden:
            return "the rights of the API member do not let it see whether time on it is billed"

    async def _converted(self, step: Step, target: str) -> Any:
        """The ticket on its other side, under its old id or, as some ConnectWise may do, under a new one."""
        found = await self._manage.find(target)
        kind = str((found or {}).get("recordType") or "ServiceTicket")
        if step.kind is StepKind.CONVERT_BACK and kind != "ServiceTicket":
            return None  # older versions show a project's ticket on the service path as well
        return await find(self._manage, step.look) if found is None and step.look else found

    async def _remove(self, step: Step, intend: Intend, _records: Mapping[str, Any]) -> Settled:
        if step.look is not None:
            made = await find(self._manage, step.look)
            step = step.about(made["id"]) if made else step
        record = await self._manage.find(step.path) if step.look is None or made else None
        if record is None:
            return Settled("already-done")
        changed = differences(step.only_if, record)
        try:
            why = f"{_names(changed)} changed since" if changed else await used(self._manage, step)
        except Forbidden:
            why = "the rights of the API member do not let it see whether somebody uses it"
        if why:
            return Settled("left", message=f"{step.path} stays in ConnectWise, because {why}.")
        await intend(None)
        await self._manage.delete(step.path)
        if await self._manage.find(step.path) is not None:
            raise WriteNotApplied(f"ConnectWise answered that it had removed {step.path}, but it is still there.")
        return Settled("done")


def _other_side(step: Step) -> str:
    """Where a ticket lives after the conversion that `step.path` asks for."""
    here, there = ("/service/", "/project/") if step.kind is StepKind.CONVERT else ("/project/", "/service/")
    return step.path.replace(here, there, 1).removesuffix("/convert")


def _belongs(step: Step, ticket: Mapping[str, Any]) -> dict[str, Any]:
    """The converted ticket, which must belong to the project and phase that the step named."""
    elsewhere = differences(step.expect, ticket)
    if elsewhere:
        raise RunAborted(f"The ticket is converted already, but by somebody else: {_names(elsewhere)} differs.")
    kept = ("id", "project", "phase", "board", "status", "wbsCode")
    return slice_of(ticket, dict.fromkeys(kept))


def _names(members: list[str]) -> str:
    return ", ".join(members)
