"""Applies the steps of a run, starting at the first one that is not done."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

import structlog

from app.connectwise import ConnectWiseError, Wanted
from app.domain.enums import StepStatus
from app.planning.blockers import sign_note
from app.planning.model import Step, StepKind
from app.storage import RunRow, StepRow
from app.storage.clock import instant_text
from app.workflow.context import WorkflowContext
from app.workflow.errors import RunAborted, WriteNotApplied, WriteOutcomeUnknown, WritesPaused
from app.workflow.steps.executor import GuardAgain, StepExecutor
from app.workflow.steps.read_plan import READS_ONLY, is_left, reads_before
from app.workflow.steps.reference_resolver import resolve
from app.workflow.steps.step_result import StepResult
from app.workflow.write_pause import current_pause

log = structlog.get_logger()

ENDED = (StepStatus.DONE, StepStatus.ALREADY_DONE, StepStatus.LEFT)
"""Statuses of steps that are not executed again."""


async def apply_plan(context: WorkflowContext, run: RunRow, steps: list[StepRow], *, signature: str = "") -> list[str]:
    """Executes each step that is not done, in order; returns the messages of the steps. Raises what stopped it.

    A run that continues after a wait checks its guard again before its first write to the ticket. `signature`: the line of
    its notes that names people.
    """
    records = {row.key: row.result for row in steps if row.status in ENDED}
    progress = _Progress(context, run, steps, records=records, signature=signature)
    nothing_written = all(row.written_at is None for row in steps)
    messages = [row.message for row in steps if row.status in ENDED]
    guarded = None if nothing_written else guarded_write(steps)
    for row in steps:
        is_guard = row.step["kind"] == StepKind.GUARD
        if row.status in ENDED and not (is_guard and nothing_written):
            continue
        check_guard = guarded is not None and guarded[0] == row.key
        again = GuardAgain(guarded[1], _created(steps, progress.records)) if guarded and check_guard else None
        messages.append(await progress.execute(row, again))
    return [sentence for sentence in dict.fromkeys(messages) if sentence]


def created_paths(steps: list[StepRow]) -> list[str]:
    """The paths of the records that the plan has created so far."""
    return _created(steps, {row.key: row.result for row in steps if row.status in ENDED})


def guarded_write(steps: list[StepRow]) -> tuple[str, Step] | None:
    """The key of the first step that writes to the ticket, and the guard of the plan; None where that is done."""
    guard = next((Step.from_json(row.step) for row in steps if row.step["kind"] == StepKind.GUARD), None)
    if guard is None:
        return None
    ticket = (guard.path, f"{guard.path}/convert")
    first = next((row for row in steps if row.step["method"] != "GET" and row.step["path"] in ticket), None)
    return None if first is None or first.status in ENDED else (first.key, guard)


def unknown_until(context: WorkflowContext, row: StepRow) -> datetime | None:
    """Until when ConnectWise may still execute a write of this step; None where that is over or nothing was sent.

    To look earlier would find nothing, and a write that is still on its way would then be repeated. Counted by a clock that
    no change of time affects; a process that did not send it counts from when it first saw it.
    """
    if row.written_at is None or row.status is not StepStatus.PLANNED:
        return None
    moment = context.uptime()
    since = context.unanswered.setdefault((row.run_id, row.position, row.written_at), moment)
    left = context.config.in_doubt - timedelta(seconds=moment - since)
    return context.now() + left if left > timedelta(0) else None


def _created(steps: list[StepRow], records: Mapping[str, Any]) -> list[str]:
    paths: list[str] = []
    for step in (Step.from_json(row.step) for row in steps):
        result = records.get(step.key)
        if step.kind not in (StepKind.CREATE, StepKind.ACTION) or not isinstance(result, Mapping):
            continue
        if step.kind is StepKind.ACTION:
            paths += map(str, result.get("made") or ())
        else:
            paths.append(f"{resolve(step, records).path.rstrip('/')}/{result.get('id')}")
    return paths


def _signed(step: Step, signature: str) -> Step:
    """A note with the line that names people; any other step as it is."""
    text = step.body.get("text") if isinstance(step.body, Mapping) else None
    if step.kind is not StepKind.NOTE or not signature or not isinstance(text, str):
        return step
    return replace(step, body={**step.body, "text": sign_note(text, signature)})


@dataclass
class _Progress:
    """A run under execution; `records`: results of the steps done so far, by key."""

    context: WorkflowContext
    run: RunRow
    steps: Sequence[StepRow]
    records: dict[str, Any]
    signature: str = ""

    def __post_init__(self) -> None:
        self._executor = StepExecutor(self.context.writer)

    async def execute(self, row: StepRow, again: GuardAgain | None) -> str:
        """Executes one step and records how it ended; returns its message. An optional step may fail."""
        if until := unknown_until(self.context, row):
            raise WriteOutcomeUnknown(until)
        step = _signed(resolve(Step.from_json(row.step), self.records), self.signature)
        try:
            result = await self._write(row, step, again)
        except (RunAborted, WriteNotApplied, ConnectWiseError) as error:
            if isinstance(error, ConnectWiseError) and error.waiting_helps:
                raise
            if isinstance(error, WriteNotApplied) and not step.optional:
                raise
            message = f"{error} {step.fallback}".strip()
            await self._failed(row, error, message)
            if not step.optional:
                raise
            result = StepResult(StepStatus.FAILED, message=message)
        self.records[row.key] = result.result
        return result.message

    async def _write(self, row: StepRow, step: Step, again: GuardAgain | None) -> StepResult:
        resolved = step.to_json()

        async def intend(before: Any) -> None:
            if pause := await current_pause(self.context):
                raise WritesPaused(pause.sentence)
            if again is not None:
                await self._executor.check_guard_again(again, step)
            now = self.context.now()
            sent = (row.run_id, row.position, instant_text(now))
            await self.context.steps.intend(self.run, row, resolved=resolved, before=before, now=now)
            self.context.unanswered[sent] = self.context.uptime()

        result = await self._executor.execute(
            step, intend, self.records, earlier=row.before if row.written_at else None,
            upcoming=lambda result: list(self._upcoming(row, result)),
        )  # fmt: skip
        await self.context.steps.settle(
            self.run, row, status=result.status, message=result.message, now=self.context.now(), result=result.result,
            resolved=resolved, before=result.before,
        )  # fmt: skip
        self.context.forget_unanswered(row.run_id, row.position)
        log.info("step.settled", run=self.run.id, ticket=self.run.ticket_id, step=row.key, status=result.status)
        return result

    def _upcoming(self, row: StepRow, result: Any) -> Iterator[Wanted]:
        """What the steps after this one read before the next write, as far as that is known from its probable result.

        A step whose earlier write is still in doubt is not read ahead.
        """
        records = {**self.records, row.key: result}
        position = next(number for number, each in enumerate(self.steps) if each.key == row.key)
        for later in self.steps[position + 1 :]:
            if later.status in ENDED:
                continue
            try:
                step = resolve(Step.from_json(later.step), records)
            except RunAborted:
                return
            if unknown_until(self.context, later):
                return
            if not is_left(step, records):
                yield from reads_before(step, records)
                if step.kind not in READS_ONLY:
                    return

    async def _failed(self, row: StepRow, error: Exception, message: str) -> None:
        created, now = getattr(error, "result", None), self.context.now()
        await self.context.steps.settle(
            self.run, row, status=StepStatus.FAILED, message=message, now=now, result=created
        )
