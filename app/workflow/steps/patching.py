"""Executes a PATCH step: what must take effect is proved, what rules of the board or people set meanwhile stays."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from app.domain.enums import StepStatus
from app.planning.model import Step
from app.workflow.errors import WriteNotApplied
from app.workflow.steps.preconditions import Record, is_moved
from app.workflow.steps.read_plan import reads_after
from app.workflow.steps.record_diff import differences, member_at, same, slice_of
from app.workflow.steps.step_reads import StepReads
from app.workflow.steps.step_result import Intend, StepResult, Upcoming, nothing_upcoming


async def execute_patch(
    reads: StepReads, step: Step, intend: Intend, *, earlier: Any = None, upcoming: Upcoming = nothing_upcoming
) -> StepResult:
    """Writes the members that differ and may be written, and reads back. `earlier`: the values before an earlier attempt.

    The members in `step.yields` are asked for once, with the move itself: a workflow rule of the board, or a person, that
    sets them otherwise right after it is not overridden.
    """
    record = await reads.get(step.path)
    before = slice_of(record, step.wish)
    wanted = {**step.wish, **step.expect}
    if _took_effect(step, earlier, record):
        wanted = _firm(step, wanted)
    if not differences(wanted, record):
        return _result(StepStatus.ALREADY_DONE, step, record, before=before)
    wish, changed = _writable(step, wanted, record)
    if changed and not (step.member_wise and wish):
        return StepResult(
            StepStatus.LEFT, before=before, message=f"Left as it is, because {_names(changed)} changed since."
        )
    wanted = {member: value for member, value in wanted.items() if member not in changed}
    await intend(before)
    shown = await _Write(reads, step, upcoming).written(wish, _firm(step, wanted))
    kept = f"{_names(changed)} stays as a person made it." if changed else ""
    message = " ".join(filter(None, (kept, _lost(step, record, shown))))
    return _result(StepStatus.DONE, step, shown, before=None, changed=changed, message=message)


def _lost(step: Step, before: Record, after: Record) -> str:
    """A sentence where a move took the agreement from the ticket, as ConnectWise may do with a restricted one."""
    agreement = before.get("agreement")
    if not agreement or after.get("agreement") or "agreement" in step.wish or "board" not in step.wish:
        return ""
    return (
        f"ConnectWise has removed agreement {member_at(agreement, 'id')} from the ticket with the move; "
        "set it again by hand if the work belongs to it."
    )


def _took_effect(step: Step, earlier: Any, record: Record) -> bool:
    """Whether an earlier attempt's write shows: a member has the wanted value that it did not have before."""
    if not isinstance(earlier, Mapping):
        return False
    before = {member: value for member, value in step.wish.items() if not same(value, earlier.get(member))}
    return len(differences(before, record)) < len(before)


def _writable(step: Step, wanted: Mapping[str, Any], record: Record) -> tuple[dict[str, Any], list[str]]:
    """The members to write, and those that a person has changed. An empty member is not removed again."""
    shown = step.wish.keys() - differences(step.wish, record)
    changed = [member for member in differences(step.only_if, record) if member not in shown and member in wanted]
    empty = {member for member in shown if step.wish[member] is None}
    wish = {
        member: value for member, value in step.wish.items() if member in wanted and member not in (*changed, *empty)
    }
    return wish, changed


@dataclass(frozen=True, slots=True)
class _Write:
    """The write of a PATCH step."""

    reads: StepReads
    step: Step
    upcoming: Upcoming

    async def written(self, wish: Mapping[str, Any], firm: Mapping[str, Any]) -> Record:
        """The record after the write. Raises WriteNotApplied where a member that is ours did not take its value."""
        step = self.step
        shown = await self._set(wish)
        if any(
            wish[member] is not None and member_at(shown, member) is None for member in step.yields if member in wish
        ):
            shown = await self.reads.unplanned().get(step.path)  # an answer may omit a member
        ignored = differences(firm, shown)
        late = {member: wish[member] for member in ignored if member in wish}
        if late and (step.optional or ("board" in wish and "board" not in late)):
            # Only rules of the new board can set members so soon after the move. A run does not repeat an optional step.
            shown = await self._set(late)
            ignored = differences(firm, shown)
        if ignored:
            where = (
                "The ticket has moved" if is_moved(step, shown) else f"ConnectWise accepted the change of {step.path}"
            )
            raise WriteNotApplied(
                f"{where}, but {_names(ignored)} did not take the wanted value. "
                "Check workflow rules and the API member's rights, or try the other CWM_PATCH_FORM."
            )
        return shown

    async def _set(self, wish: Mapping[str, Any]) -> Record:
        """Writes, then reads back: the answer to a PATCH may show the new values although nothing was applied."""
        answer = await self.reads.patch(self.step.path, wish)
        await self.reads.prefetch([*reads_after(self.step, answer), *self.upcoming(None)])
        return await self.reads.get(self.step.path)


def _result(
    status: StepStatus, step: Step, shown: Record, *, before: Any, changed: Sequence[str] = (), message: str = ""
) -> StepResult:  # fmt: skip
    """The result with what the record shows, and a sentence for each member that a person has set."""
    wanted = {member: value for member, value in {**step.wish, **step.expect}.items() if member not in changed}
    others = [member for member in differences(wanted, shown) if member in step.yields]
    stays = f"{_names(others)} of the ticket stays as a workflow rule or a person set it." if others else ""
    return StepResult(status, slice_of(shown, wanted), before=before, message=" ".join(filter(None, (message, stays))))


def _firm(step: Step, wanted: Mapping[str, Any]) -> dict[str, Any]:
    """The members that must take the wanted value."""
    return {member: value for member, value in wanted.items() if member not in step.yields}


def _names(members: Sequence[str]) -> str:
    return ", ".join(members)
