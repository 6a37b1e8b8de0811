"""A project ticket for each further phase that comes from a task of the ticket, with its hours and days.

The converted ticket is the first phase's; without tickets, no time could be booked on the others.
Source: API schema `ProjectTicket` (2026.11), which takes the phase and budget hours when it is created.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from app.planning.amounts import number
from app.planning.billing_steps import billing_flags
from app.planning.brief.model import Phase
from app.planning.model import Look, Step, StepKind
from app.planning.project_payload import ProjectInputs
from app.planning.texts import cut, mark, plain
from app.planning.working_days import day, within

TICKETS = "/project/tickets"


def phase_ticket_steps(job: ProjectInputs) -> Iterator[Step]:
    """The tickets to create after the conversion; none where tasks do not give the phases."""
    if job.joins or job.template is not None or not _from_tasks(job):
        return
    for count, phase in enumerate(job.phases[1:], 2):
        body = _body(phase, count, job)
        look = Look(TICKETS, f"phase/id={{phase-{count}.id}}", match={"summary": body["summary"]})
        expect = {member: body[member] for member in ("budgetHours",) if member in body}
        yield Step(
            f"task-ticket-{count}", StepKind.CREATE, f"Create a ticket in the phase “{plain(phase.name)}”", "POST", TICKETS,
            body=body, look=look, expect=expect,
        )  # fmt: skip


def _from_tasks(job: ProjectInputs) -> bool:
    return any(source.place == "tasks" for source in job.brief.phases.sources) and not job.brief.phases.by


def _body(phase: Phase, count: int, job: ProjectInputs) -> dict[str, Any]:
    body: dict[str, Any] = {
        "summary": cut(phase.name, 100),
        "project": {"id": job.reference},
        "phase": {"id": {"$ref": f"phase-{count}.id"}},
        "board": {"id": job.board["id"]},
        "initialInternalAnalysis": mark(job.decision_id),
        **billing_flags(job.brief, job.chart.project.billing),
    }
    if phase.hours is not None:
        body["budgetHours"] = number(phase.hours)
    start, end = within(job.span, phase.start, phase.end)
    days = (("estimatedStartDate", start), ("requiredDate", end))
    return body | {member: day(moment) for member, moment in days if moment}
