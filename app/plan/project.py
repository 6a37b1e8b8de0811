"""A conversion: project, template or phases, people, convert, the ticket's own flags and place, notes.

Source of the order and the bodies: API schemas Project, ProjectPhase, ProjectTeamMember, ProjectContact and
ConvertToProject (2026.11): project and phase must exist before the ticket can be converted into them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from app.chart import Chart, Decision, JobFacts
from app.plan.amounts import number
from app.plan.billing import (
    Money,
    billing_todos,
    keeps_agreement,
    money_of,
    phase_billing,
    project_billing,
    ticket_flags,
)
from app.plan.boards import need_board, open_status, place, restored, sorting
from app.plan.catalogue import Catalogue, Missing, Record
from app.plan.common import (
    Case,
    guard,
    id_of,
    note_step,
    note_text,
    reference,
    ticket_path,
    unread,
    why_not,
)
from app.plan.days import Span, day, span_of
from app.plan.model import Look, Plan, Problem, Step, StepKind
from app.plan.people import Team, contact_steps, contact_todos, team_of, team_steps
from app.plan.structure import Phase, budget_of, phases_of
from app.plan.targets import misses, project_revenue
from app.plan.text import cut, mark, plain

PROJECTS = "/project/projects"
TEMPLATES = "/project/projectTemplates/"
COUNTED = ("notes", "timeentries", "scheduleentries", "documents", "configurations", "products", "tasks", "activities")
_RESTORED = ("board", "status", "type", "subType", "item", "team", "department", "location")
_MAY_BE_EMPTY = ("type", "subType", "item", "team")
_MADE = f"{PROJECTS}/{{project.id}}"
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


@dataclass(frozen=True, slots=True)
class Job:
    """What a conversion is made from, looked up once."""

    facts: JobFacts
    case: Case
    chart: Chart
    catalogue: Catalogue
    board: Record
    price: Money
    span: Span
    team: Team
    template: Record | None
    decision_id: str

    @property
    def phases(self) -> list[Phase]:
        """The phases to create; a template brings its own, unless phases of ours carry money."""
        return phases_of(self.facts, self.chart, self.price, self.span) if self.own_phases else []

    @property
    def own_phases(self) -> bool:
        """Whether phases of ours are needed."""
        return self.template is None or self.price.by_phase


def plan_project(
    decision: Decision, case: Case, catalogue: Catalogue, chart: Chart, *, decision_id: str, now: datetime, note: str
) -> Plan:
    """The steps of a conversion; problems instead of guesses."""
    problems = why_not(case, chart)
    if reference(case.get("company")) is None:
        problems.append(Problem("company-unknown", "The ticket has no company; a project needs one."))
    try:
        job = _job(decision.facts, case, catalogue, chart, decision_id=decision_id, now=now)
        body, ticket = _project_body(job), _ticket_wish(job)
        team, team_todos = team_steps(job.team, case, catalogue, chart)
    except Missing as missing:
        return Plan(problems=(*problems, missing.problem))
    path = project_revenue(case, body, ticket, job.board, catalogue, chart)
    problems += [*job.price.problems, *misses(path, chart)]
    todos = (*_todos(job), *team_todos, *unread(case), *(() if path.known else (path.words(),)))
    steps = [
        guard(case, unbilled=True),
        _count(case, "count", "service", "Count what hangs on the ticket"),
        _create("project", "Create the project", PROJECTS, body, look=_own_project(job)),
        *_structure(job),
        *team,
        *contact_steps(case),
        _convert(job),
        Step("ticket", StepKind.PATCH, "Set status, sorting, place, billing flags and budget of the project ticket", "PATCH",
             ticket_path(case, kind="project"), wish=ticket, restore=restored(case, tuple(ticket))),
        _count(case, "count-after", "project", "Nothing got lost by the conversion", compare_with="count"),
        *_todo_note(todos, decision_id),
        note_step(f"{ticket_path(case, kind='project')}/notes", note, mark(decision_id)),
        _place_again(case, ticket),
    ]  # fmt: skip
    return Plan(tuple(steps), tuple(problems), todos)


def _job(facts: JobFacts, case: Case, catalogue: Catalogue, chart: Chart, *, decision_id: str, now: datetime) -> Job:
    by_kind = {str(kind): name for kind, name in chart.project.templates.items()}
    named = by_kind.get(facts.kind or "")
    return Job(
        facts, case, chart, catalogue,
        board=need_board(catalogue, chart.project.board, for_projects=True),
        price=money_of(facts, chart),
        span=span_of(facts, chart, now.date()),
        team=team_of(facts, case, catalogue, chart),
        template=catalogue.need(TEMPLATES, named, what="project template") if named else None,
        decision_id=decision_id,
    )  # fmt: skip


def _project_body(job: Job) -> dict[str, Any]:
    chosen, facts, case = job.chart.project, job.facts, job.case
    body: dict[str, Any] = {
        "name": cut(f"#{case['id']} {case.get('summary') or 'Ticket'}", 100),
        "description": f"Made from service ticket {case['id']}. {mark(job.decision_id)}",
        "board": {"id": job.board["id"]},
        "company": reference(case.get("company")),
        "estimatedStart": day(job.span.start),
        "estimatedEnd": day(job.span.end),
        "budgetAnalysis": chosen.budget_analysis,
        "budgetFlag": True,
        **place(case, job.board, job.catalogue, department=chosen.department, location=chosen.location),
        **project_billing(job.price, facts, case, job.chart),
        **_named(job),
    }
    if budget := budget_of(job.phases, facts):
        body["budgetHours"] = number(budget)
    if job.team.manager is not None:
        body["manager"] = {"id": job.team.manager["id"]}
    for member in ("contact", "site"):
        if found := reference(case.get(member)):
            body[member] = found
    return body


def _named(job: Job) -> dict[str, Any]:
    """Status, type and billing terms that the chart names, by their ids; a closed status is refused."""
    chosen = job.chart.project
    types = {str(kind): name for kind, name in chosen.types.items()}
    wanted = {
        "status": ("/project/statuses", chosen.status, "project status"),
        "type": ("/project/projectTypes", types.get(job.facts.kind or "", chosen.type), "project type"),
        "billingTerms": ("/finance/billingTerms", chosen.billing.terms, "billing terms"),
    }
    found = {member: job.catalogue.need(path, name, what=what) for member, (path, name, what) in wanted.items() if name}
    if found.get("status", {}).get("closedFlag"):
        raise Missing(
            Problem("status-closed", f"The project status “{chosen.status}” is a closed one. Name an open one.")
        )
    return {member: {"id": record["id"]} for member, record in found.items()}


def _own_project(job: Job) -> Look:
    """Our project again: the customer's, with our mark in its description."""
    return Look(
        PROJECTS, f"company/id={id_of(job.case.get('company')) or 0}", contains={"description": mark(job.decision_id)}
    )


def _structure(job: Job) -> list[Step]:
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
        body = _phase_body(phase, job)
        match: dict[str, Any] = {"description": phase.name}
        if job.template is None:
            body["wbsCode"] = match["wbsCode"] = str(count)
        steps.append(
            _create(f"phase-{count}", f"Create the phase “{plain(phase.name)}”", at, body, look=Look(at, match=match))
        )
    return steps


def _phase_body(phase: Phase, job: Job) -> dict[str, Any]:
    body: dict[str, Any] = {"description": phase.name, "notes": mark(job.decision_id)}
    body |= phase_billing(phase.amount, job.price, job.facts, job.case, job.chart)
    if body.get("billSeparatelyFlag"):
        body |= {member: value for member, value in _named(job).items() if member == "billingTerms"}
    if phase.hours is not None:
        body["budgetHours"] = number(phase.hours)
    for member, moment in (("scheduledStart", phase.start), ("scheduledEnd", phase.end)):
        if moment:
            body[member] = day(moment)
    return body


def _convert(job: Job) -> Step:
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
    return Step(
        "convert", StepKind.CONVERT, "Convert the ticket into the project's first phase", "POST",
        f"{ticket_path(job.case)}/convert", body=body, expect=expect, restore=_old_place(job.case),
    )  # fmt: skip


def _old_place(case: Case) -> dict[str, Any]:
    """Where the ticket was, for undo; empty is only what a ticket may have empty."""
    old = restored(case, _RESTORED)
    return {member: value for member, value in old.items() if value is not None or member in _MAY_BE_EMPTY}


def _ticket_wish(job: Job) -> dict[str, Any]:
    """What the API can set on one project ticket. Its billing method and rate it can only show."""
    case, catalogue, chosen = job.case, job.catalogue, job.chart.project
    wish: dict[str, Any] = {
        "status": {"id": open_status(case, catalogue, job.board, names={}, named=None)["id"]},
        **{
            member: value
            for member, value in sorting(case, catalogue, job.board, types={}, subtypes={}, items={}).items()
            if value is not None
        },
        **place(case, job.board, catalogue, department=chosen.department, location=chosen.location),
        **ticket_flags(job.chart),
    }
    if job.phases and job.phases[0].hours is not None:
        wish["budgetHours"] = number(job.phases[0].hours)
    if reference(case.get("owner")):
        wish["owner"] = reference(case.get("owner"))
    if id_of(case.get("agreement")) and not keeps_agreement(job.price, job.chart):
        wish["agreement"] = None
    return wish


def _place_again(case: Case, ticket: Mapping[str, Any]) -> Step:
    """A workflow rule of the project board may have changed the department meanwhile; revenue hangs on it."""
    kept = {member: ticket[member] for member in ("department", "location")}
    title = "Department and location are still as they should be"
    return Step("place", StepKind.PATCH, title, "PATCH", ticket_path(case, kind="project"), wish=kept)


def _count(case: Case, key: str, kind: str, title: str, *, compare_with: str | None = None) -> Step:
    at = ticket_path(case, kind=kind)
    counts = {name: f"{at}/{name}/count" for name in COUNTED}
    return Step(key, StepKind.COUNT, title, "GET", at, counts=counts, compare_with=compare_with)


def _todos(job: Job) -> list[str]:
    """What ConnectWise's API cannot do, for a person."""
    todos = billing_todos(job.price, job.facts, job.case, job.chart)
    if job.facts.restricted:
        todos.append("Restrict the project to its team; access to projects is set by security roles in ConnectWise.")
    return todos + contact_todos(job.case, job.facts, job.phases)


def _todo_note(todos: tuple[str, ...], decision_id: str) -> list[Step]:
    if not todos:
        return []
    at = f"{_MADE}/notes"
    text = note_text("\n".join(["To do by hand:", *(f"- {todo}" for todo in todos)]), mark(decision_id))
    look = Look(at, contains={"text": mark(decision_id)})
    return [_create("project-note", "Note what a person has to do", at, {"text": text}, look=look, kind=StepKind.NOTE)]


def _create(
    key: str, title: str, path: str, body: dict[str, Any], *, look: Look, kind: StepKind = StepKind.CREATE
) -> Step:
    expect = {member: body[member] for member in _CHECKED if member in body}
    return Step(key, kind, title, "POST", path, body=body, look=look, expect=expect)
