"""One function carries a run on, from wherever the journal says it is. The dispatcher decides when."""

from __future__ import annotations

from dataclasses import replace

import structlog

from app.connectwise import ConnectWiseError, NotAServiceTicket, NotFound
from app.storage import DecisionRow, OwnershipLost, RunRow, StepRow, StoreUnavailable
from app.workflow.context import WorkflowContext
from app.workflow.errors import RunAborted, WriteNotApplied, WriteOutcomeUnknown, WritesPaused
from app.workflow.steps.apply_plan import carry_out, guarded, made_so_far, over_the_limit, wait_out_doubt, waiting_time
from app.workflow.tickets.classify import REVIEW_MODE, triage
from app.workflow.tickets.mode_gate import BRAKE_LOOKS_EVERY, BY_ITSELF, brake
from app.workflow.tickets.recheck import GONE, is_gone, look
from app.workflow.tickets.staleness import outdated
from app.workflow.tickets.undo import prepare_undo, standing_after

log = structlog.get_logger()

_TRIES_WITHOUT_EFFECT = 5


async def advance(parts: WorkflowContext, run: RunRow) -> None:
    """Works on a claimed run until it ends, fails, or must wait. Whatever happens is said in the journal."""
    try:
        await _say_how_it_went(parts, run)
    except (OwnershipLost, StoreUnavailable) as lost:
        log.warning("run.let-go", run=run.id, ticket=run.ticket_id, why=type(lost).__name__)


async def _say_how_it_went(parts: WorkflowContext, run: RunRow) -> None:
    try:
        await _work(parts, run)
    except (OwnershipLost, StoreUnavailable):
        raise
    except WriteOutcomeUnknown as doubt:
        await parts.runs.wait(run, until=doubt.until, message=str(doubt), now=parts.now())
    except WritesPaused as braked:
        until = parts.now() + BRAKE_LOOKS_EVERY
        await parts.runs.wait(run, until=until, message=str(braked), now=parts.now(), counts=False)
    except (WriteNotApplied, ConnectWiseError) as trouble:
        await _wait_or_fail(parts, run, trouble)
    except RunAborted as stop:
        await _fail(parts, run, str(stop), why="the plan stopped at a step; the decision says at which")
    except Exception as fault:
        log.exception("run.fault", run=run.id, ticket=run.ticket_id)
        await _fail(
            parts,
            run,
            f"A fault in the service ({type(fault).__name__}); its log has the place.",
            why=type(fault).__name__,
        )


async def _work(parts: WorkflowContext, run: RunRow) -> None:
    if run.kind == "look":
        await look(parts, run)
        return
    if run.decision_id is None:
        decision = await triage(parts, run)
    else:
        decision = await parts.decisions.get(run.decision_id)
        if decision is None or decision.status != "running":
            await parts.runs.end(run, message="Nothing is to be carried out.", now=parts.now())
    if decision is not None and decision.status == "running":
        await _carry_on(parts, replace(run, decision_id=decision.id), decision, waited=run.decision_id is not None)


async def _carry_on(parts: WorkflowContext, run: RunRow, decision: DecisionRow, *, waited: bool) -> None:
    brake(parts, run)
    if run.kind == "undo":
        steps = await prepare_undo(parts, run, decision.id)
    else:
        steps = await parts.steps.of_plan(decision.id)
        if run.kind == "triage" and await _asks_first(parts, run, decision.id, steps):
            return
        if waited and guarded(steps):
            for row in steps:
                wait_out_doubt(parts, row)
            if why := await outdated(parts, decision, steps):
                await _decide_again(parts, run, decision, steps, why)
                return
    message = await carry_out(parts, run, steps)
    await _applied(parts, run, decision.id, message)


async def _decide_again(
    parts: WorkflowContext, run: RunRow, decision: DecisionRow, steps: list[StepRow], why: str
) -> None:
    """Ends a plan that nothing was written of and has the ticket decided anew; what is half done is for a person to undo."""
    if any(row.written_at for row in steps):
        stays = f" What was made before stays: {', '.join(made)}." if (made := made_so_far(steps)) else ""
        raise RunAborted(f"{why} The ticket stays as it is.{stays} Undo the decision, then run the ticket again.")
    asked = decision.document.get("asked") or {}
    await parts.decisions.decide_again(
        run, decision, why=why, outcome=asked.get("outcome"), reason=asked.get("reason") or "", now=parts.now()
    )
    log.warning("decision.outdated", ticket=run.ticket_id, decision=decision.id)


async def _asks_first(parts: WorkflowContext, run: RunRow, decision_id: str, steps: list[StepRow]) -> bool:
    if any(row.written_at for row in steps):
        return False
    by_itself = run.trigger in BY_ITSELF
    sentence = REVIEW_MODE if by_itself and parts.config.mode == "review" else None
    if sentence is None:
        taken = await parts.steps.taken_of_the_hour(parts.now(), but_for=decision_id)
        sentence = over_the_limit(taken, [row.step for row in steps], most=parts.config.max_writes_per_hour)
    if sentence is None:
        return False
    await parts.decisions.settle(run, decision_id, to="awaiting-review", message=sentence, now=parts.now())
    log.warning("writes.ask-first", ticket=run.ticket_id, decision=decision_id)
    return True


async def _applied(parts: WorkflowContext, run: RunRow, decision_id: str, message: list[str]) -> None:
    plan, to = await parts.steps.of_plan(decision_id), "applied"
    if run.kind == "undo":
        to = standing_after(plan, await parts.steps.of_undo(decision_id))
        message = message if to == "undone" else ["Nothing was taken back.", *message]
    project = next((row.result for row in plan if row.key == "project"), None)
    project_id = project.get("id") if isinstance(project, dict) and to == "applied" else None
    await parts.decisions.settle(
        run, decision_id, to=to, message=" ".join(message), now=parts.now(), project_id=project_id
    )
    log.info("decision.settled", ticket=run.ticket_id, decision=decision_id, status=to)


async def _wait_or_fail(parts: WorkflowContext, run: RunRow, trouble: WriteNotApplied | ConnectWiseError) -> None:
    decision_id = await _decision_of(parts, run)
    if isinstance(trouble, NotFound | NotAServiceTicket) and not decision_id:
        state = "missing" if isinstance(trouble, NotFound) else "ended"
        await parts.runs.end(run, message=str(trouble), now=parts.now(), state=state)
        return
    too_old = parts.now() - run.created_at > parts.config.give_up_after
    if isinstance(trouble, WriteNotApplied):
        helps, asked = run.attempts < _TRIES_WITHOUT_EFFECT, None
    else:
        helps, asked = trouble.waiting_helps, trouble.retry_after
    if too_old or not helps:
        gone = isinstance(trouble, NotFound) and run.kind != "undo" and await is_gone(parts, run.ticket_id)
        await _fail(parts, run, GONE if gone else str(trouble), why=type(trouble).__name__)
        return
    until = parts.now() + waiting_time(run.attempts, first=parts.config.first_wait, asked=asked)
    await parts.runs.wait(run, until=until, message=str(trouble), now=parts.now())
    log.info("run.waits", run=run.id, ticket=run.ticket_id, until=until.isoformat(), why=type(trouble).__name__)


async def _decision_of(parts: WorkflowContext, run: RunRow) -> str | None:
    """The decision that the run has by now; triage may have made it after the run was claimed."""
    current = await parts.runs.get(run.id)
    return current.decision_id if current else run.decision_id


async def _fail(parts: WorkflowContext, run: RunRow, message: str, *, why: str) -> None:
    decision_id = await _decision_of(parts, run)
    if decision_id:
        await parts.decisions.settle(
            run, decision_id, to="failed", message=message, now=parts.now(), run_state="failed"
        )
    else:
        await parts.runs.end(run, message=message, now=parts.now(), state="failed")
    log.error("run.failed", run=run.id, ticket=run.ticket_id, decision=decision_id, why=why)
