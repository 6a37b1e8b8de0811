"""Changes of decisions in the transaction that ends a run, so that a crash leaves both or neither."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from app.domain.enums import ClosedReason, DecisionStatus, Mode, Outcome, RunKind, Trigger
from app.storage.clock import instant_text
from app.storage.decision_rows import DecisionRow, keep_chart, to_values, update_decision
from app.storage.manual_actions import DELETE_EXTRA, add_action, cancel_actions, create_actions
from app.storage.runs import Change, RunRow, has_queued_classification, insert_run, new_run
from app.storage.steps import insert_steps
from app.storage.tables import decisions, runs
from app.storage.trail import A_PERSON

_WAITING = (DecisionStatus.AWAITING_REVIEW, DecisionStatus.PLANNED)


def recorded(
    run: RunRow, decision: DecisionRow, plan: list[dict[str, Any]], *, chart_text: str, recheck_after: datetime | None
) -> Change:
    """Stores a decision with its plan and chart, ties it to the run, and closes older decisions that await review.

    A dry run's decision closes only those of dry runs. `recheck_after`: queues a recheck for this time.
    """

    def change(db: Connection) -> None:
        keep_chart(db, decision, chart_text)
        _close_older(db, run, decision)
        db.execute(sa.update(decisions).where(decisions.c.ticket_id == decision.ticket_id).values(recheck_at=None))
        db.execute(sa.insert(decisions).values(to_values(decision)))
        db.execute(sa.update(runs).where(runs.c.id == run.id).values(decision_id=decision.id))
        insert_steps(db, run.id, decision.id, plan)
        if recheck_after is not None:
            recheck = new_run(run.ticket_id, RunKind.RECHECK, Trigger.UPDATE, run.mode, decision.decided_at)
            insert_run(db, recheck | {"not_before": instant_text(recheck_after)})

    return change


def settled(
    decision_id: str, *, to: DecisionStatus, message: str, now: datetime, project_id: int | None = None
) -> Change:
    """Sets the status of a decision whose run has ended; an applied one leaves its manual actions to people."""
    values: dict[str, Any] = {"status": to, "message": message, "updated_at": instant_text(now)}
    if project_id is not None:
        values["project_id"] = project_id

    def change(db: Connection) -> None:
        update_decision(db, decision_id, **values)
        if to is DecisionStatus.APPLIED:
            create_actions(db, decision_id, now=now)
        elif to is DecisionStatus.UNDONE:
            cancel_actions(db, decision_id)

    return change


def closed_as_outdated(
    decision: DecisionRow, *, reason: str, asked: tuple[Outcome | None, str, str], now: datetime
) -> Change:
    """Closes an outdated decision and opens the run that decides the ticket again, for a person.

    `asked`: the outcome, reason and name of the person who had chosen. A classification that is queued already decides then.
    """
    values = new_run(decision.ticket_id, RunKind.CLASSIFY, Trigger.UPDATE, Mode.REVIEW, now)
    values |= {"outcome": asked[0], "reason": asked[1], "requested_by": asked[2]}

    def change(db: Connection) -> str:
        queued = has_queued_classification(db, decision.ticket_id)
        message = f"{reason} Nothing was written; the ticket is decided again"
        message += ", as requested since." if queued else " and waits for a person."
        closed = {"status": DecisionStatus.REJECTED, "closed_reason": ClosedReason.OUTDATED, "message": message}
        update_decision(db, decision.id, **closed, updated_at=instant_text(now))
        if not queued:
            insert_run(db, values)
        return message

    return change


def rechecked(
    decision_id: str, *, observed_state: dict[str, Any], recheck_at: datetime | None, now: datetime,
    note: str | None = None,
) -> Change:  # fmt: skip
    """Stores what a recheck observed. `note`: a new message of the decision."""
    values: dict[str, Any] = {"observed_state": observed_state}
    values["recheck_at"] = instant_text(recheck_at) if recheck_at else None
    values |= {"message": note, "updated_at": instant_text(now)} if note is not None else {}
    return lambda db: update_decision(db, decision_id, **values)


def asked(run: RunRow, decision_id: str, *, question: str, now: datetime) -> Change:
    """A question about an applied decision, tied to the run that wrote its note; an undone decision asks nothing."""
    applied = (decisions.c.id == decision_id, decisions.c.status == DecisionStatus.APPLIED)
    values = {"message": question, "updated_at": instant_text(now)}

    def change(db: Connection) -> None:
        db.execute(sa.update(decisions).where(*applied).values(values))
        db.execute(sa.update(runs).where(runs.c.id == run.id).values(decision_id=decision_id))

    return change


def found_too_many(decision_id: str, *, message: str, action: str, now: datetime) -> Change:
    """Adds a sentence about records too many to the decision, and the action that it leaves to a person, once."""

    def change(db: Connection) -> None:
        known = db.execute(sa.select(decisions.c.message).where(decisions.c.id == decision_id)).scalar()
        if known is not None and message not in known:
            update_decision(db, decision_id, message=f"{known} {message}".lstrip(), updated_at=instant_text(now))
        add_action(db, decision_id, kind=DELETE_EXTRA, text=action, now=now)

    return change


def ticket_deleted(ticket_id: int, *, message: str, now: datetime) -> Change:
    """Closes what waits for a person about a deleted ticket."""
    of_ticket = decisions.c.ticket_id == ticket_id
    rejected = {"status": DecisionStatus.REJECTED, "message": message, "updated_at": instant_text(now)}

    def change(db: Connection) -> None:
        db.execute(sa.update(decisions).where(of_ticket, decisions.c.status.in_(_WAITING)).values(rejected))
        db.execute(sa.update(decisions).where(of_ticket).values(recheck_at=None))

    return change


def _close_older(db: Connection, run: RunRow, decision: DecisionRow) -> None:
    """Closes decisions of the ticket that await review: answered where a person chose the outcome, else replaced."""
    older = [decisions.c.ticket_id == decision.ticket_id, decisions.c.status == DecisionStatus.AWAITING_REVIEW]
    if decision.mode is Mode.DRY_RUN:
        older.append(decisions.c.mode == Mode.DRY_RUN)
    for row in db.execute(sa.select(decisions.c.id, decisions.c.outcome, decisions.c.document).where(*older)).all():
        document = {**row.document, "replaced_by": decision.id}
        closed_reason, message = ClosedReason.REPLACED, f"Replaced by the newer decision {decision.id}."
        if row.outcome == Outcome.REVIEW and run.outcome:
            closed_reason = ClosedReason.ANSWERED
            by = run.requested_by or A_PERSON
            message = f"{by[0].upper()}{by[1:]} answered {run.outcome}; the decision {decision.id} follows from it."
            document["answered"] = {"by": by, "outcome": run.outcome, "reason": run.reason}
        values = {"status": DecisionStatus.REJECTED, "closed_reason": closed_reason, "message": message}
        update_decision(db, row.id, **values, document=document)
