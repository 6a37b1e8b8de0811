"""Executes one step: look, commit the intent, write, read back. Every step may be repeated at any time.

ConnectWise has no idempotency key, so each kind of step first looks whether an earlier attempt has had its effect; only
then it writes, and only what reading back shows counts as done.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from app.connectwise import BadRequest, ConnectWiseClient, Forbidden, NotFound
from app.domain.enums import StepStatus
from app.planning.model import Step, StepKind
from app.workflow.errors import RunAborted, WriteNotApplied
from app.workflow.steps.patching import execute_patch
from app.workflow.steps.preconditions import Record, check_ticket, find, used
from app.workflow.steps.read_plan import (
    READS_ONLY,
    counted_paths,
    expected_result,
    is_left,
    other_side,
    reads_after,
    reads_before,
)
from app.workflow.steps.record_diff import differences, member_at, slice_of
from app.workflow.steps.step_reads import StepReads
from app.workflow.steps.step_result import Intend, StepResult, Upcoming, nothing_upcoming


@dataclass(frozen=True, slots=True)
class GuardAgain:
    """The guard of a run that continues after a wait; `made`: the paths of the records it has created."""

    guard: Step
    made: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class _Attempt:
    """One attempt at a step."""

    intend: Intend
    records: Mapping[str, Any]
    upcoming: Upcoming


class StepExecutor:
    """Writes to ConnectWise for a ticket; nothing else does."""

    def __init__(self, client: ConnectWiseClient) -> None:
        self._reads = StepReads(client)
        self._methods: dict[StepKind, Callable[[Step, _Attempt], Awaitable[StepResult]]] = {
            StepKind.GUARD: self._guard,
            StepKind.COUNT: self._count,
            StepKind.CREATE: self._create,
            StepKind.NOTE: self._create,
            StepKind.ACTION: self._act,
            StepKind.CONVERT: self._convert,
            StepKind.CONVERT_BACK: self._convert,
            StepKind.REMOVE: self._remove,
        }

    async def execute(
        self, step: Step, intend: Intend, records: Mapping[str, Any], *, earlier: Any = None,
        upcoming: Upcoming = nothing_upcoming,
    ) -> StepResult:  # fmt: skip
        """Executes one resolved step; `earlier`: the values before an earlier attempt's write, `upcoming`: what may be read ahead.

        Raises RunAborted, WriteNotApplied or ConnectWiseError; it may be repeated then.
        """
        if is_left(step, records):
            return StepResult(StepStatus.LEFT, message=step.fallback)
        if self._reads.is_empty:
            ahead = upcoming({}) if step.kind in READS_ONLY else ()
            await self._reads.prefetch([*reads_before(step, records), *ahead])
        if step.kind is StepKind.PATCH:
            return await execute_patch(self._reads, step, intend, earlier=earlier, upcoming=upcoming)
        return await self._methods[step.kind](step, _Attempt(intend, records, upcoming))

    async def _wrote(self, step: Step, answer: Any, attempt: _Attempt) -> None:
        """Reads back what a step has written, together with what the next write needs."""
        upcoming = attempt.upcoming(expected_result(step, answer))
        await self._reads.prefetch([*reads_after(step, answer), *upcoming])

    async def _guard(self, step: Step, _attempt: _Attempt) -> StepResult:
        record, why, message = await check_ticket(self._reads, step, consequence="nothing was written")
        if why:
            raise RunAborted(why if record is None else f"{why} Run the ticket again.")
        return StepResult(StepStatus.DONE, {"lastUpdated": member_at(record, "_info/lastUpdated")}, message=message)

    async def check_guard_again(self, again: GuardAgain, write: Step) -> None:
        """Checks the guard before a late write to the ticket. Raises RunAborted when a person has changed it since."""
        _, why, _ = await check_ticket(
            self._reads.unplanned(), again.guard, consequence="the ticket stays as it is", write=write
        )
        if why:
            stays = f" What was made before stays: {_names(list(again.made))}." if again.made else ""
            raise RunAborted(f"{why}{stays} Undo the decision, then run the ticket again.")

    async def _count(self, step: Step, attempt: _Attempt) -> StepResult:
        earlier = attempt.records.get(step.compare_with or "") or {}
        paths = counted_paths(step, attempt.records)
        found = await asyncio.gather(*(self._count_one(path, earlier.get(name)) for name, path in paths.items()))
        counts = dict(zip(paths, found, strict=True))
        missing = [
            f"{name} ({earlier[name]} before, {count} now)"
            for name, count in counts.items()
            if count is not None and count < (earlier.get(name) or 0)
        ]
        if missing:
            raise RunAborted(
                f"After the conversion these are fewer than before: {', '.join(missing)}. Look at the ticket."
            )
        unknown = [name for name in step.counts if counts.get(name, 0) is None or earlier.get(name, 0) is None]
        return StepResult(
            StepStatus.DONE, counts, message=f"Could not be counted: {_names(unknown)}." if unknown else ""
        )

    async def _count_one(self, path: str, earlier: int | None) -> int | None:
        """The count; where it is less than before, as ConnectWise itself counts, since records can be counted in two ways."""
        try:
            count = await self._reads.count(path)
            if earlier is not None and count < earlier:
                return await self._reads.unplanned().count(path)
        except (NotFound, Forbidden):
            return None
        return count

    async def _create(self, step: Step, attempt: _Attempt) -> StepResult:
        found = await find(self._reads, step.look) if step.look else None
        if found is not None:
            return StepResult(StepStatus.ALREADY_DONE, await self._as_desired(step, found))
        await attempt.intend(None)
        answer = await self._post(step)
        await self._wrote(step, answer, attempt)
        made = await self._reads.find(f"{step.path.rstrip('/')}/{answer.get('id')}")
        if made is None:
            raise WriteNotApplied(
                f"ConnectWise answered that it had made the record at {step.path}, but it is not there."
            )
        return StepResult(StepStatus.DONE, await self._as_desired(step, made))

    async def _post(self, step: Step) -> Record:
        """Creates; a refused note is sent once more on one line, since some ConnectWise versions refuse line breaks."""
        try:
            return await self._reads.post(step.path, step.body)
        except BadRequest:
            if step.kind is not StepKind.NOTE or "\n" not in str(step.body.get("text")):
                raise
        lines = (line.strip() for line in str(step.body["text"]).split("\n"))
        text = " / ".join(line for line in lines if line)
        return await self._reads.post(step.path, {**step.body, "text": text})

    async def _as_desired(self, step: Step, made: Record) -> Record:
        """The record of this step with its desired values; where it does not show them, it is read once more."""
        if differences(step.expect, made):
            made = await self._reads.unplanned().find(f"{step.path.rstrip('/')}/{made.get('id')}") or made
        ignored = differences(step.expect, made)
        if ignored:
            message = f"The record is there at {step.path}, but {_names(ignored)} did not take the value. Set it by hand, then approve."
            raise RunAborted(message, result=made)
        return made

    async def _act(self, step: Step, attempt: _Attempt) -> StepResult:
        found = await find(self._reads, step.look) if step.look else None
        status = StepStatus.DONE if found is None else StepStatus.ALREADY_DONE
        if found is None:
            await attempt.intend(None)
            await self._wrote(step, await self._reads.post(step.path, step.body), attempt)
            found = await find(self._reads, step.look) if step.look else None
        if step.look is not None and found is None:
            raise WriteNotApplied(f"ConnectWise accepted {step.path}, but nothing came of it.")
        made = [
            f"{look.path.rstrip('/')}/{record['id']}"
            for look in step.makes
            for record in await self._reads.list(look.path, look.conditions)
        ]
        return StepResult(status, {**(found or {}), "made": made})

    async def _convert(self, step: Step, attempt: _Attempt) -> StepResult:
        target = other_side(step)
        converted = await self._converted(step, target)
        if converted is not None:
            return StepResult(StepStatus.ALREADY_DONE, _belongs(step, converted))
        if why := await self._carried_on(step):
            return StepResult(StepStatus.LEFT, message=f"The ticket and its project stay as they are, because {why}.")
        await attempt.intend(None)
        answer = await self._reads.post(step.path, step.body)
        await self._wrote(step, answer, attempt)
        if answer.get("success") is False:
            raise RunAborted(
                "ConnectWise refused the conversion. Convert the ticket by hand to see its reason, or undo."
            )
        converted = await self._converted(step, target)
        if converted is None:
            raise WriteNotApplied(
                "ConnectWise answered that it had converted the ticket, but the ticket is where it was."
            )
        return StepResult(StepStatus.DONE, _belongs(step, converted))

    async def _carried_on(self, step: Step) -> str:
        """Why a ticket is not converted back, as the end of a sentence; empty where it may be."""
        if step.only_if:
            changed = differences(step.only_if, await self._reads.get(step.path.removesuffix("/convert")))
            if changed:
                return f"{_names(changed)} changed since"
        try:
            return await used(self._reads, step)
        except Forbidden:
            return "the rights of the API member do not let it see whether time on it is billed"

    async def _converted(self, step: Step, target: str) -> Any:
        """The converted ticket, under its old id or under a new one, as some ConnectWise versions give."""
        found = await self._reads.find(target)
        kind = str((found or {}).get("recordType") or "ServiceTicket")
        if step.kind is StepKind.CONVERT_BACK and kind != "ServiceTicket":
            return None  # older versions show a project's ticket on the service path as well
        return await find(self._reads, step.look) if found is None and step.look else found

    async def _remove(self, step: Step, attempt: _Attempt) -> StepResult:
        if step.look is not None:
            made = await find(self._reads, step.look)
            step = step.about(made["id"]) if made else step
        record = await self._reads.find(step.path) if step.look is None or made else None
        if record is None:
            return StepResult(StepStatus.ALREADY_DONE, {"removed": step.path})
        changed = differences(step.only_if, record)
        try:
            why = f"{_names(changed)} changed since" if changed else await used(self._reads, step)
        except Forbidden:
            why = "the rights of the API member do not show whether a person uses it"
        if why:
            return StepResult(StepStatus.LEFT, message=f"{step.path} stays in ConnectWise, because {why}.")
        await attempt.intend(None)
        await self._reads.delete(step.path)
        await self._wrote(step, {}, attempt)
        if await self._reads.find(step.path) is not None:
            raise WriteNotApplied(f"ConnectWise answered that it had removed {step.path}, but it is still there.")
        return StepResult(StepStatus.DONE, {"removed": step.path})


def _belongs(step: Step, ticket: Mapping[str, Any]) -> dict[str, Any]:
    """The converted ticket. Raises RunAborted unless it belongs to the project and phase of the step."""
    elsewhere = differences(step.expect, ticket)
    if elsewhere:
        raise RunAborted(f"The ticket was already converted by someone else: {_names(elsewhere)} differs.")
    kept = ("id", "project", "phase", "board", "status", "wbsCode")
    return slice_of(ticket, dict.fromkeys(kept))


def _names(members: list[str]) -> str:
    return ", ".join(members)
