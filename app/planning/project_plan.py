"""A conversion: project or phase of a running one, phases of work and payments, people, convert, the ticket's place, notes.

Source of the order and the bodies: API schemas Project, ProjectPhase, ProjectTeamMember, ProjectContact and
ConvertToProject (2026.11): project and phase must exist before the ticket can be converted into them. Product lines are set first,
so that an amount is never billed both by a line and by the fee.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.chart import Chart
from app.domain.facts import JobFacts
from app.domain.ticket import TicketRecord
from app.planning.billing_steps import brief_problems, line_steps, milestones
from app.planning.blockers import blockers, guard, id_of, note_step, note_text, reference, ticket_path
from app.planning.board_mapping import RULED, restored
from app.planning.brief.model import Brief
from app.planning.brief_notes import made_note, with_brief
from app.planning.manual_actions import ManualAction, action_sentences
from app.planning.model import Look, Problem, Step, StepKind
from app.planning.paths import COUNTED, PROJECTS
from app.planning.people import contact_steps, team_records, team_steps
from app.planning.phase_tickets import phase_ticket_steps
from app.planning.plan import Plan
from app.planning.progress_steps import progress_steps
from app.planning.project_payload import (
    ProjectInputs,
    payment_body,
    phase_body,
    project_body,
    project_inputs,
    ticket_wish,
)
from app.planning.reference_lists import ReferenceLists, ReferenceNotFound
from app.planning.revenue_targets import project_revenue, revenue_problems
from app.planning.texts import mark, plain
from app.planning.time_steps import time_steps

_RESTORED = ("board", "status", "type", "subType", "item", "team", "department", "location")
_MAY_BE_EMPTY = ("type", "subType", "item", "team")
_CONVERTED = "/project/tickets/{convert.id}"
_CHECKED = (
    "billingMethod",
    "billingAmount",
    "billSeparatelyFlag",
    "hourlyRate",
    "department",
    "location",
    "budgetHours",
)
PAYMENTS = "Payments"


def plan_project(
    brief: Brief, facts: JobFacts, ticket: TicketRecord, lists: ReferenceLists, chart: Chart, *,
    decision_id: str, note: str,
) -> Plan:  # fmt: skip
    """The steps of a conversion; problems instead of guesses."""
    problems = [*blockers(ticket, chart), *brief_problems(brief)]
    if reference(ticket.company) is None:
        text = "The ticket has no company; a project needs one. Set it and run the ticket again."
        return Plan(problems=(*problems, Problem("company-unknown", text)), brief=brief)
    try:
        job = project_inputs(brief, facts, ticket, lists, chart, decision_id=decision_id)
        body, wish = project_body(job), ticket_wish(job)
        team, team_actions = team_steps(brief, lists, chart, job.at)
    except ReferenceNotFound as missing:
        return Plan(problems=(*problems, missing.problem), brief=brief)
    members = [record for record, _ in team_records(brief, lists)[0]]
    path = project_revenue(ticket, body, wish, job.board, lists, chart, members=members)
    lines, unknown = line_steps(brief, ticket, decision_id)
    problems += [*unknown, *revenue_problems(path, chart, accepted=bool(brief.revenue.by))]
    actions = (*brief.manual_actions, *team_actions, *path.actions())
    todos = action_sentences(actions, chart.note_language)
    lines += time_steps(brief, ticket, body)
    steps = [*_before(job, body, lines), *team, *contact_steps(brief, job.at), *_after(job, wish, todos, note)]
    return Plan(tuple(steps), tuple(problems), todos, _in_order(actions), brief, _proposals(brief, chart))


def _in_order(actions: tuple[ManualAction, ...]) -> tuple[ManualAction, ...]:
    """Each action once."""
    return tuple(action for number, action in enumerate(actions) if action not in actions[:number])


def _proposals(brief: Brief, chart: Chart) -> tuple[str, ...]:
    return brief.proposals(amounts_from_text=chart.project.billing.amounts_from_text == "allow")


def _before(job: ProjectInputs, body: dict[str, Any], lines: list[Step]) -> list[Step]:
    """Steps before the conversion: the project, its phases of work and its payments."""
    made = [] if job.joins else [_create("project", "Create the project", PROJECTS, body, look=_own_project(job))]
    return [
        guard(job.ticket, unbilled=True),
        _count("count", ticket_path(job.ticket), "Count the attached records"),
        *lines,
        *made,
        *_structure(job),
        *_payments(job),
    ]


def _after(job: ProjectInputs, wish: dict[str, Any], todos: tuple[str, ...], note: str) -> list[Step]:
    """The conversion and the steps after it."""
    title = "Set status, sorting, place, billing flags and budget of the project ticket"
    return [
        _convert(job),
        Step(
            "ticket",
            StepKind.PATCH,
            title,
            "PATCH",
            _CONVERTED,
            wish=wish,
            restore=restored(job.ticket, tuple(wish)),
            yields=tuple(member for member in RULED if member in wish),
        ),
        _count("count-after", _CONVERTED, "The conversion lost no records", compare_with="count"),
        *phase_ticket_steps(job),
        *progress_steps(job),
        _project_note(todos, job),
        note_step(f"{_CONVERTED}/notes", with_brief(note, job.brief, job.chart.note_language), mark(job.decision_id)),
        _place_again(wish),
    ]


def _own_project(job: ProjectInputs) -> Look:
    """Our project again: the customer's, with our mark in its description."""
    return Look(
        PROJECTS, f"company/id={id_of(job.ticket.company) or 0}", contains={"description": mark(job.decision_id)}
    )


def _structure(job: ProjectInputs) -> list[Step]:
    """The template of the kind of work, where the chart names one, then phases of our own."""
    at = f"{job.at}/phases"
    steps = []
    if job.template is not None:
        of_project = Look("/project/tickets", "project/id={project.id}")
        steps.append(Step(
            "template", StepKind.ACTION, f"Apply the project template {job.template.get('name')}", "POST",
            f"{job.at}/applyTemplate/{job.template['id']}", look=Look(at), makes=(of_project, Look(at)),
        ))  # fmt: skip
    for count, phase in enumerate(job.phases, 1):
        body = phase_body(phase, job)
        match: dict[str, Any] = {"description": phase.name}
        contains = {"notes": mark(job.decision_id)} if job.joins else {}
        if job.template is None and not job.joins:
            body["wbsCode"] = match["wbsCode"] = str(count)
        look = Look(at, match=match, contains=contains)
        steps.append(_create(f"phase-{count}", f"Create the phase “{plain(phase.name)}”", at, body, look=look))
    return steps


def _payments(job: ProjectInputs) -> list[Step]:
    """A phase of payments with one milestone for each; the ticket and its hours are never in them."""
    payments = milestones(job.brief, job.chart.project.billing)
    if not payments:
        return []
    at, found = f"{job.at}/phases", {"notes": mark(job.decision_id)}
    body = {"description": PAYMENTS, "notes": mark(job.decision_id), "budgetHours": 0.0}
    steps = [
        _create(
            "payments",
            "Create the phase of payments",
            at,
            body,
            look=Look(at, match={"description": PAYMENTS}, contains=found),
        )
    ]
    for count, payment in enumerate(payments, 1):
        milestone = payment_body(payment, job, "payments")
        milestone["description"] = f"{count}. {milestone['description']}"[:100]
        match = {"description": milestone["description"]}
        steps.append(
            _create(
                f"payment-{count}",
                f"Create the payment “{plain(payment.label)}”",
                at,
                milestone,
                look=Look(at, match=match, contains=found),
            )
        )
    return steps


def _convert(job: ProjectInputs) -> Step:
    """Into our first phase, or the template's; the ticket becomes the first one there."""
    target = "phase-1" if job.phases else "template"
    plain_code = job.template is None and not job.joins
    code: Any = "1.1" if plain_code else {"$text": f"{{{target}.wbsCode}}.1"}
    body = {
        "recordType": "ProjectTicket",
        "project": {"id": job.reference},
        "phase": {"id": {"$ref": f"{target}.id"}},
        "wbsCode": code,
    }
    expect = {"project/id": job.reference, "phase/id": {"$ref": f"{target}.id"}}
    renumbered = Look("/project/tickets", f"phase/id={{{target}.id}}", match={"summary": job.ticket.summary})
    return Step(
        "convert", StepKind.CONVERT, "Convert the ticket into the project's first phase", "POST",
        f"{ticket_path(job.ticket)}/convert", body=body, expect=expect, look=renumbered, restore=_old_place(job.ticket),
    )  # fmt: skip


def _old_place(ticket: TicketRecord) -> dict[str, Any]:
    """The ticket's place before, for undo; only optional members may be empty."""
    old = restored(ticket, _RESTORED)
    return {member: value for member, value in old.items() if value is not None or member in _MAY_BE_EMPTY}


def _place_again(wish: Mapping[str, Any]) -> Step:
    """A workflow rule of the project board may have changed the department, which decides the revenue account."""
    kept = {member: wish[member] for member in ("department", "location")}
    title = "Check department and location again"
    return Step("place", StepKind.PATCH, title, "PATCH", _CONVERTED, wish=kept)


def _count(key: str, path: str, title: str, *, compare_with: str | None = None) -> Step:
    counts = {name: f"{path}/{name}/count" for name in COUNTED}
    return Step(key, StepKind.COUNT, title, "GET", path, counts=counts, compare_with=compare_with)


def _project_note(todos: tuple[str, ...], job: ProjectInputs) -> Step:
    """What was made and what a person has to do; the number of a new project is filled in when it is known."""
    at, our_mark = f"{job.at}/notes", mark(job.decision_id)
    number = str(job.joins) if job.joins else "{project.id}"
    text = note_text(made_note(job.brief, todos, job.chart.note_language, number=number), our_mark)
    body = {"text": text if job.joins else {"$text": text}}
    look = Look(at, contains={"text": our_mark})
    return _create(
        "project-note", "Note what was made and what a person has to do", at, body, look=look, kind=StepKind.NOTE
    )


def _create(
    key: str, title: str, path: str, body: dict[str, Any], *, look: Look, kind: StepKind = StepKind.CREATE
) -> Step:
    expect = {member: body[member] for member in _CHECKED if member in body}
    return Step(key, kind, title, "POST", path, body=body, look=look, expect=expect)
