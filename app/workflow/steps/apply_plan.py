"""Carries out the steps of a run from the first one that is not done, and says how it ended."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

import structlog

from app.connectwise import ConnectWiseError
from app.planning.model import Step, StepKind
from app.storage import RunRow, StepRow, count_writes
from app.storage.clock import moment_of
from app.workflow.context import WorkflowContext
from app.workflow.errors import RunAborted, WriteOutcomeUnknown
from app.workflow.steps.executor import Again, Settled, StepExecutor
from app.workflow.steps.reference_resolver import resolve

log = structlog.get_logger()

ENDED = ("done", "already-done", "left")
"""How a step stands that is not done again."""


def over_the_limit(taken: int, plan: Sequence[Mapping[str, Any]], *, most: int) -> str | None:
    """The sentence that asks a person, when the plan's writes would exceed the hour's number; else None.

    `taken`: the writes of the last hour and those that runs under way may still send.
    """
    planned = count_writes(plan)
    if taken + planned <= most:
        return None
    return (
        f"{taken} writes in the last hour or under way and {planned} planned exceed MAX_WRITES_PER_HOUR ({most}); "
        "approve to go on."
    )


async def carry_out(parts: WorkflowContext, run: RunRow, steps: list[StepRow]) -> list[str]:
    """Does each step that is not done, in order; returns what the steps said. Raises what stopped it.

    A run that goes on after a wait looks at its guard again before it first writes to the ticket itself.
    """
    records = {row.key: row.result for row in steps if row.status in ENDED}
    nothing_written = all(row.wrote_at is None for row in steps)
    said = [row.said for row in steps if row.status in ENDED]
    hands = StepExecutor(parts.writer)
    waited = None if nothing_written else guarded(steps)
    for row in steps:
        is_guard = row.step["kind"] == StepKind.GUARD.value
        if row.status in ENDED and not (is_guard and nothing_written):
            continue
        again = Again(waited[1], _made(steps, records)) if waited and waited[0] == row.key else None
        settled = await _one(parts, run, row, hands, records, again)
        records[row.key] = settled.result
        said.append(settled.said)
    return [sentence for sentence in dict.fromkeys(said) if sentence]


def made_so_far(steps: list[StepRow]) -> list[str]:
    """The paths of what the plan has made so far."""
    return _made(steps, {row.key: row.result for row in steps if row.status in ENDED})


def guarded(steps: list[StepRow]) -> tuple[str, Step] | None:
    """The key of the step that first writes to the ticket itself, and the guard of the plan; None where that is done."""
    guard = next((Step.from_json(row.step) for row in steps if row.step["kind"] == StepKind.GUARD.value), None)
    if guard is None:
        return None
    ticket = (guard.path, f"{guard.path}/convert")
    first = next((row for row in steps if row.step["method"] != "GET" and row.step["path"] in ticket), None)
    return None if first is None or first.status in ENDED else (first.key, guard)


def _made(steps: list[StepRow], records: Mapping[str, Any]) -> list[str]:
    """The paths of what the plan has made so far."""
    made: list[str] = []
    for step in (Step.from_json(row.step) for row in steps):
        result = records.get(step.key)
        if step.kind not in (StepKind.CREATE, StepKind.ACTION) or not isinstance(result, Mapping):
            continue
        if step.kind is StepKind.ACTION:
            made += map(str, result.get("made") or ())
        else:
            made.append(f"{resolve(step, records).path.rstrip('/')}/{result.get('id')}")
    return made


async def _one(
    parts: WorkflowContext, run: RunRow, row: StepRow, hands: StepExecutor, records: dict[str, Any], again: Again | None
) -> Settled:
    wait_out_doubt(parts, row)
    step = resolve(Step.from_json(row.step), records)
    resolved = step.to_json()

    async def intend(before: Any) -> None:
        if again is not None:
            await hands.look_again(again, step)
        await parts.steps.intend(run, row, resolved=resolved, before=before, now=parts.now())

    try:
        settled = await hands.do(step, intend, records)
    except (RunAborted, ConnectWiseError) as trouble:
        if isinstance(trouble, ConnectWiseError) and trouble.waiting_helps:
            raise
        result = getattr(trouble, "result", None)
        said = f"{trouble} {step.fallback}".strip()
        await parts.steps.settle(run, row, status="failed", said=said, now=parts.now(), result=result)
        if not step.optional:
            raise
        return Settled("failed", said=said)
    await parts.steps.settle(
        run, row, status=settled.status, said=settled.said, now=parts.now(), result=settled.result,
        resolved=resolved, before=settled.before,
    )  # fmt: skip
    log.info("step.settled", run=run.id, ticket=run.ticket_id, step=row.key, status=settled.status)
    return settled


def wait_out_doubt(parts: WorkflowContext, row: StepRow) -> None:
    """Raises WriteOutcomeUnknown while ConnectWise may still be at the write of a step.

    To look too early would find nothing, and what is still on its way would then be done twice.
    """
    if row.wrote_at is not None and row.status == "planned":
        until = moment_of(row.wrote_at) + parts.config.in_doubt
        if parts.now() < until:
            raise WriteOutcomeUnknown(until)


def waiting_time(attempts: int, *, first: float, asked: float | None) -> timedelta:
    """How long to wait before the next try: what ConnectWise asked for, else doubling, at most five minutes."""
    doubled = min(first * 2**attempts, 300.0)
    return timedelta(seconds=max(doubled, asked or 0.0))
