"""One function carries a run on, from wherever the journal says it is. The dispatcher decides when."""

from __future__ import annotations

import structlog

from app.flows.carry_out import carry_out, count_writes, over_the_limit, plan_of, waiting_time
from app.flows.config import FlowParts
from app.flows.errors import NoEffect, Stopped
from app.flows.triage import triage
from app.flows.undo import prepare_undo
from app.journal import OwnershipLost, RunRow, StepRow, StoreUnavailable
from app.manage import ManageError, NotAServiceTicket, NotFound

log = structlog.get_logger()

_TRIES_WITHOUT_EFFECT = 5


async def advance(parts: FlowParts, run: RunRow) -> None:
    """Works on a claimed run until it ends, fails, or must wait. Whatever happens is said in the journal."""
    try:
        await _work(parts, run)
    except (OwnershipLost, StoreUnavailable) as lost:
        log.warning("run.let-go", run=run.id, ticket=run.ticket_id, why=type(lost).__name__)
    except (NoEffect, ManageError) as trouble:
        await _wait_or_fail(parts, run, trouble)
    except Stopped as stop:
        await _fail(parts, run, str(stop))
    except Exception as fault:
        log.exception("run.fault", run=run.id, ticket=run.ticket_id)
        await _fail(parts, run, f"A fault in the service ({type(fault).__name__}); its log has the place.")


async def _work(parts: FlowParts, run: RunRow) -> None:
    if run.decision_id is None:
        decision = await triage(parts, run)
        if decision is None:
            return
        if decision.status != "running":
            await parts.runs.end(run, said=decision.said, now=parts.now())
            return
        decision_id = decision.id
    else:
        decision_id = run.decision_id
    if run.kind == "undo":
        steps = await prepare_undo(parts, run, decision_id)
    else:
        steps = await plan_of(parts, decision_id)
        if run.kind == "triage" and await _asks_first(parts, run, decision_id, steps):
            return
    left = await carry_out(parts, run, steps)
    await _applied(parts, run, decision_id, left)


async def _asks_first(parts: FlowParts, run: RunRow, decision_id: str, steps: list[StepRow]) -> bool:
    if any(row.wrote_at for row in steps):
        return False
    sentence = await over_the_limit(parts, count_writes(steps))
    if sentence is None:
        return False
    await parts.decisions.move(decision_id, to="awaiting-review", said=sentence, now=parts.now())
    await parts.runs.end(run, said=sentence, now=parts.now())
    log.warning("writes.limit-reached", ticket=run.ticket_id, decision=decision_id)
    return True


async def _applied(parts: FlowParts, run: RunRow, decision_id: str, left: list[str]) -> None:
    said = " ".join(left)
    to = "undone" if run.kind == "undo" else "applied"
    project = next((row.result for row in await plan_of(parts, decision_id) if row.key == "project"), None)
    project_id = project.get("id") if isinstance(project, dict) and to == "applied" else None
    await parts.decisions.move(decision_id, to=to, said=said, now=parts.now(), project_id=project_id)
    await parts.runs.end(run, said=said or to, now=parts.now())
    log.info("decision.settled", ticket=run.ticket_id, decision=decision_id, status=to)


async def _wait_or_fail(parts: FlowParts, run: RunRow, trouble: NoEffect | ManageError) -> None:
    undecided = not await _decision_of(parts, run)
    if isinstance(trouble, NotFound | NotAServiceTicket) and undecided:
        await _end_quietly(parts, run, str(trouble), missing=isinstance(trouble, NotFound))
        return
    too_old = parts.now() - run.created_at > parts.config.give_up_after
    if isinstance(trouble, NoEffect):
        helps, asked = run.attempts < _TRIES_WITHOUT_EFFECT, None
    else:
        helps, asked = trouble.waiting_helps, trouble.retry_after
    if too_old or not helps:
        await _fail(parts, run, str(trouble))
        return
    until = parts.now() + waiting_time(run.attempts, first=parts.config.first_wait, asked=asked)
    try:
        await parts.runs.wait(run, until=until, said=str(trouble), now=parts.now())
    except (OwnershipLost, StoreUnavailable):
        log.warning("run.let-go", run=run.id, ticket=run.ticket_id, why="could not record the wait")
    else:
        log.info("run.waits", run=run.id, ticket=run.ticket_id, until=until.isoformat(), why=type(trouble).__name__)


async def _end_quietly(parts: FlowParts, run: RunRow, said: str, *, missing: bool) -> None:
    try:
        await parts.runs.end(run, said=said, now=parts.now(), state="missing" if missing else "ended")
    except (OwnershipLost, StoreUnavailable):
        log.warning("run.let-go", run=run.id, ticket=run.ticket_id, why="could not record the end")


async def _decision_of(parts: FlowParts, run: RunRow) -> str | None:
    """The decision that the run has by now; triage may have made it after the run was claimed."""
    current = await parts.runs.get(run.id)
    return current.decision_id if current else run.decision_id


async def _fail(parts: FlowParts, run: RunRow, said: str) -> None:
    try:
        decision_id = await _decision_of(parts, run)
        if decision_id:
            await parts.decisions.move(decision_id, to="failed", said=said, now=parts.now())
        await parts.runs.end(run, said=said, now=parts.now(), state="failed")
        log.error("run.failed", run=run.id, ticket=run.ticket_id, decision=decision_id)
    except (OwnershipLost, StoreUnavailable):
        log.warning("run.let-go", run=run.id, ticket=run.ticket_id, why="could not record the failure")
