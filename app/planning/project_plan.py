"""A conversion: project, template or phases, people, convert, the ticket's own flags and place, notes.

Source of the order and the bodies: API schemas Project, ProjectPhase, ProjectTeamMember, ProjectContact and
ConvertToProject (2026.11): project and phase must exist before the ticket can be converted into them.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from app.chart import Chart, Decision
from app.planning.billing import billing_todos
from app.planning.blockers import Case, blockers, guard, id_of, note_step, note_text, reference, ticket_path, unread
from app.planning.board_mapping import restored
from app.planning.manual_actions import ManualAction, said, todo, under_heading
from app.planning.model import Look, Plan, Problem, Step, StepKind
from app.planning.people import contact_steps, contact_todos, team_steps
from app.planning.project_payload import ProjectInputs, job_of, phase_body, project_body, ticket_wish
from app.planning.reference_lists import ReferenceLists, ReferenceNotFound
from app.planning.revenue_targets import misses, project_revenue
from app.planning.texts import mark, plain

PROJECTS = "/project/projects"
COUNTED = ("notes", "timeentries", "scheduleentries", "documents", "configurations", "products", "tasks", "activities")
_RESTORED = ("board", "status", "type", "subType", "item", "team", "department", "location")
_MAY_BE_EMPTY = ("type", "subType", "item", "team")
_MADE = f"{PROJECTS}/{{project.id}}"
_CONVERTED = "/project/tickets/{convert.id}"
_PROJECT = {"$ref": "project.id"}
_CHECKED = (
    "billingMethod",
    "billingAmount",
    "billSeparatelyFlag",
    "hourlyRate",
    "department",
    "location",
    "budgetHours",
)


def plan_project(
    decision: Decision,
    case: Case,
    catalogue: ReferenceLists,
    chart: Chart,
    *,
    decision_id: str,
    now: datetime,
    note: str,
) -> Plan:
    """The steps of a conversion; problems instead of guesses."""
    problems = blockers(case, chart)
    if reference(case.get("company")) is None:
        text = "The ticket has no company; a project needs one. Set it and run the ticket again."
        return Plan(problems=(*problems, Problem("company-unknown", text)))
    try:
        job = job_of(decision.facts, case, catalogue, chart, decision_id=decision_id, now=now)
        body, ticket = project_body(job), ticket_wish(job)
        team, team_todos = team_steps(job.team, case, catalogue, chart)
    except ReferenceNotFound as missing:
        return Plan(problems=(*problems, missing.problem))
    path = project_revenue(case, body, ticket, job.board, catalogue, chart, members=job.team.members)
    problems += [*job.price.problems, *misses(path, chart)]
    left = [*_todos(job), *team_todos, *unread(case), *([] if path.known else [todo("gl-unread")])]
    todos = said(left, chart.note_language)
    steps = [*_before(job, body), *team, *contact_steps(case), *_after(job, ticket, todos, note)]
    return Plan(tuple(steps), tuple(problems), todos)


def _before(job: ProjectInputs, body: dict[str, Any]) -> list[Step]:
    """What must be there before the ticket can be converted: the project and its phases."""
    return [
        guard(job.case, unbilled=True),
        _count("count", ticket_path(job.case), "Count what hangs on the ticket"),
        _create("project", "Create the project", PROJECTS, body, look=_own_project(job)),
        *_structure(job),
    ]


def _after(job: ProjectInputs, ticket: dict[str, Any], todos: tuple[str, ...], note: str) -> list[Step]:
    """The conversion and what is set and said once the ticket is in the project."""
    title = "Set status, sorting, place, billing flags and budget of the project ticket"
    return [
        _convert(job),
        Step(
            "ticket", StepKind.PATCH, title, "PATCH", _CONVERTED, wish=ticket, restore=restored(job.case, tuple(ticket))
        ),
        _count("count-after", _CONVERTED, "Nothing got lost by the conversion", compare_with="count"),
        *_todo_note(todos, job),
        note_step(f"{_CONVERTED}/notes", note, mark(job.decision_id)),
        _place_again(ticket),
    ]


def _own_project(job: ProjectInputs) -> Look:
    """Our project again: the customer's, with our mark in its description."""
    return Look(
        PROJECTS, f"company/id={id_of(job.case.get('company')) or 0}", contains={"description": mark(job.decision_id)}
    )


def _structure(job: ProjectInputs) -> list[Step]:
    """The template of the kind of work, where the chart names one, then phases of our own."""
    at = f"{_MADE}/phases"
    steps = []
    if job.template is not None:
        of_project = Look("/project/tickets", "project/id={project.id}")
        steps.append(Step(
            "template", StepKind.ACTION, f"Apply the project template {job.template.get('name')}", "POST",
            f"{_MADE}/applyTemplate/{job.template['id']}", look=Look(at), makes=(of_project, Look(at)),
        ))  # fmt: skip
    for count, phase in enumerate(job.phases, 1):
        body = phase_body(phase, job)
        match: dict[str, Any] = {"description": phase.name}
        if job.template is None:
            body["wbsCode"] = match["wbsCode"] = str(count)
        steps.append(
            _create(f"phase-{count}", f"Create the phase “{plain(phase.name)}”", at, body, look=Look(at, match=match))
        )
    return steps


def _convert(job: ProjectInputs) -> Step:
    """Into our first phase, or the template's; the ticket becomes the first one there."""
    target = "phase-1" if job.own_phases else "template"
    code: Any = "1.1" if job.template is None else {"$text": f"{{{target}.wbsCode}}.1"}
    body = {
        "recordType": "ProjectTicket",
        "project": {"id": _PROJECT},
        "phase": {"id": {"$ref": f"{target}.id"}},
        "wbsCode": code,
    }
    expect = {"project/id": _PROJECT, "phase/id": {"$ref": f"{target}.id"}}
    renumbered = Look("/project/tickets", f"phase/id={{{target}.id}}", match={"summary": job.case.get("summary")})
    return Step(
        "convert", StepKind.CONVERT, "Convert the ticket into the project's first phase", "POST",
        f"{ticket_path(job.case)}/convert", body=body, expect=expect, look=renumbered, restore=_old_place(job.case),
    )  # fmt: skip


def _old_place(case: Case) -> dict[str, Any]:
    """Where the ticket was, for undo; empty is only what a ticket may have empty."""
    old = restored(case, _RESTORED)
    return {member: value for member, value in old.items() if value is not None or member in _MAY_BE_EMPTY}


def _place_again(ticket: Mapping[str, Any]) -> Step:
    """A workflow rule of the project board may have changed the department meanwhile; revenue hangs on it."""
    kept = {member: ticket[member] for member in ("department", "location")}
    title = "Department and location are still as they should be"
    return Step("place", StepKind.PATCH, title, "PATCH", _CONVERTED, wish=kept)


def _count(key: str, path: str, title: str, *, compare_with: str | None = None) -> Step:
    counts = {name: f"{path}/{name}/count" for name in COUNTED}
    return Step(key, StepKind.COUNT, title, "GET", path, counts=counts, compare_with=compare_with)


def _todos(job: ProjectInputs) -> list[ManualAction]:
    """What ConnectWise's API cannot do, for a person."""
    todos = billing_todos(job.price, job.facts, job.case, job.chart)
    if job.facts.restricted:
        todos.append(todo("restrict"))
    return todos + contact_todos(job.case, job.facts, job.phases)


def _todo_note(todos: tuple[str, ...], job: ProjectInputs) -> list[Step]:
    if not todos:
        return []
    at = f"{_MADE}/notes"
    decision_id = job.decision_id
    text = note_text(under_heading(todos, job.chart.note_language), mark(decision_id))
    look = Look(at, contains={"text": mark(decision_id)})
    return [_create("project-note", "Note what a person has to do", at, {"text": text}, look=look, kind=StepKind.NOTE)]


def _create(
    key: str, title: str, path: str, body: dict[str, Any], *, look: Look, kind: StepKind = StepKind.CREATE
) -> Step:
    expect = {member: body[member] for member in _CHECKED if member in body}
    return Step(key, kind, title, "POST", path, body=body, look=look, expect=expect)
