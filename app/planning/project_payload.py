"""The bodies of a conversion: the project, its phases of work and payments, the wish for the project ticket.

Source: API schemas Project, ProjectPhase and ProjectTicket (2026.11).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from app.chart import Chart
from app.domain.facts import JobFacts
from app.domain.ticket import TicketRecord
from app.planning.amounts import number
from app.planning.billing_steps import billing_flags, payment_phase, phase_billing, project_billing
from app.planning.blockers import id_of, linked, reference
from app.planning.board_mapping import (
    DEPARTMENTS,
    LOCATIONS,
    SortingRules,
    at_board,
    need_board,
    open_status,
    place,
    sorting,
    sorting_lists,
)
from app.planning.brief.model import Brief, Payment, Phase
from app.planning.model import Problem
from app.planning.paths import BILLING_TERMS, PROJECT_STATUSES, PROJECT_TYPES, PROJECTS, ROLES, TEMPLATES
from app.planning.people import manager_record
from app.planning.reference_lists import BOARDS, Record, ReferenceLists, ReferenceNotFound
from app.planning.revenue import revenue_lists
from app.planning.texts import cut, mark
from app.planning.working_days import Span, day, within


@dataclass(frozen=True, slots=True)
class ProjectInputs:
    """Inputs of a conversion, resolved once."""

    brief: Brief
    facts: JobFacts
    ticket: TicketRecord
    chart: Chart
    lists: ReferenceLists
    board: Record
    span: Span
    manager: Record | None
    template: Record | None
    decision_id: str

    @property
    def joins(self) -> int | None:
        """The id of the running project that the work joins."""
        choice = self.brief.project.value
        return choice.join if choice else None

    @property
    def at(self) -> str:
        """The path of the project."""
        return f"{PROJECTS}/{self.joins}" if self.joins else f"{PROJECTS}/{{project.id}}"

    @property
    def reference(self) -> Any:
        """The project's id in a body."""
        return self.joins or {"$ref": "project.id"}

    @property
    def phases(self) -> tuple[Phase, ...]:
        """The phases of work to create; a template brings its own, unless ours carry a rate."""
        ours = self.template is None or self.brief.rate.value is not None
        phases = (self.brief.phases.value or ()) if ours else ()
        if self.joins and phases:
            return (Phase(self.brief.name.value or phases[0].name, self.brief.budget_hours.value, *self._days()), *())
        return phases

    def _days(self) -> tuple[Any, Any]:
        return self.span.start, self.span.end


def project_inputs(
    brief: Brief, facts: JobFacts, ticket: TicketRecord, lists: ReferenceLists, chart: Chart, *, decision_id: str
) -> ProjectInputs:
    """Resolves the inputs of a conversion; ReferenceNotFound names a missing record."""
    joins = brief.project.value and brief.project.value.join
    template = None if joins else _template_name(facts, chart)
    start, end = brief.start.value, brief.end.value
    if start is None or end is None:
        raise ReferenceNotFound(
            Problem("days-unknown", "Start and end of the work are not known. Enter them in the brief.")
        )
    return ProjectInputs(
        brief, facts, ticket, chart, lists,
        board=need_board(lists, chart.project.board, for_projects=True),
        span=Span(start, max(start, end)),
        manager=manager_record(brief, lists),
        template=lists.need(TEMPLATES, template, what="project template") if template else None,
        decision_id=decision_id,
    )  # fmt: skip


def project_body(job: ProjectInputs) -> dict[str, Any]:
    """The body of the project: description, dates, billing, department and location."""
    chosen, ticket, brief = job.chart.project, job.ticket, job.brief
    scope = (brief.description.value or "").strip()
    body: dict[str, Any] = {
        "name": cut(f"#{ticket.id} {brief.name.value or 'Ticket'}", 100),
        "description": f"{scope}\n\nMade from service ticket {ticket.id}. {mark(job.decision_id)}".strip(),
        "board": {"id": job.board["id"]},
        "company": reference(ticket.company),
        "estimatedStart": day(job.span.start),
        "estimatedEnd": day(job.span.end),
        "budgetAnalysis": chosen.budget_analysis,
        "budgetFlag": True,
        **place(ticket, job.board, job.lists, department=chosen.department, location=chosen.location),
        **project_billing(brief, ticket, chosen.billing),
        **named(job),
    }
    if brief.budget_hours.value:
        body["budgetHours"] = number(brief.budget_hours.value)
    if job.manager is not None:
        body["manager"] = {"id": job.manager["id"]}
    if brief.confidential.value == "hidden":
        body["doNotDisplayInPortalFlag"] = True
    for member in ("contact", "site"):
        if found := reference(linked(ticket, member)):
            body[member] = found
    return body


def named(job: ProjectInputs) -> dict[str, Any]:
    """Status, type and billing terms that the chart names, by their ids; a closed status is refused."""
    names = _chosen_names(job.facts, job.chart)
    found = {member: job.lists.need(path, name, what=what) for member, (path, name, what) in names.items()}
    if found.get("status", {}).get("closedFlag"):
        raise ReferenceNotFound(
            Problem(
                "status-closed", f"The project status “{job.chart.project.status}” is a closed one. Name an open one."
            )
        )
    return {member: {"id": record["id"]} for member, record in found.items()}


def _chosen_names(facts: JobFacts, chart: Chart) -> dict[str, tuple[str, str, str]]:
    """Member of the project, to the list and the name in it that the chart chooses, and what it is called."""
    chosen = chart.project
    types = {str(kind): name for kind, name in chosen.types.items()}
    names = {
        "status": (PROJECT_STATUSES, chosen.status, "project status"),
        "type": (PROJECT_TYPES, types.get(facts.kind or "", chosen.type), "project type"),
        "billingTerms": (BILLING_TERMS, chosen.billing.terms, "billing terms"),
    }
    return {member: (path, name, what) for member, (path, name, what) in names.items() if name}


def _template_name(facts: JobFacts, chart: Chart) -> str | None:
    """The template that the chart names for the kind of work."""
    return {str(kind): name for kind, name in chart.project.templates.items()}.get(facts.kind or "")


def project_lists(
    ticket: TicketRecord, facts: JobFacts, lists: ReferenceLists, chart: Chart, *, joins: bool
) -> Iterator[str]:
    """The lists that `plan_project` reads, as far as those loaded tell. ReferenceNotFound: the plan has a problem.

    `joins`: the work joins a running project, so no template is applied.
    """
    if reference(ticket.company) is None:
        return
    yield BOARDS
    if not lists.has(BOARDS):
        return
    board = need_board(lists, chart.project.board, for_projects=True)
    yield from (DEPARTMENTS, LOCATIONS, ROLES, f"{at_board(board)}/statuses")
    if _template_name(facts, chart) and not joins:
        yield TEMPLATES
    yield from (path for path, _, _ in _chosen_names(facts, chart).values())
    yield from sorting_lists(ticket, lists, board, SortingRules())
    yield from revenue_lists(lists)


def phase_body(phase: Phase, job: ProjectInputs) -> dict[str, Any]:
    """A phase of work to create, without its place in the plan."""
    body: dict[str, Any] = {"description": phase.name, "notes": mark(job.decision_id)}
    body |= phase_billing(job.brief, job.ticket, job.chart.project.billing, joins=job.joins is not None)
    if body.get("billSeparatelyFlag"):
        body |= _terms(job)
    if phase.hours is not None:
        body["budgetHours"] = number(phase.hours)
    alone = len(job.phases) == 1 and phase.start is None and phase.end is None
    start, end = (job.span.start, job.span.end) if alone else within(job.span, phase.start, phase.end)
    return body | {
        member: day(moment) for member, moment in (("scheduledStart", start), ("scheduledEnd", end)) if moment
    }


def payment_body(payment: Payment, job: ProjectInputs, parent: str) -> dict[str, Any]:
    """A milestone under the phase of payments. `parent`: the key of that phase's step."""
    body: dict[str, Any] = {
        "description": payment.label,
        "notes": mark(job.decision_id),
        "parentPhase": {"id": {"$ref": f"{parent}.id"}},
    }
    return body | payment_phase(payment, job.brief, job.ticket, job.chart.project.billing) | _terms(job)


def _terms(job: ProjectInputs) -> dict[str, Any]:
    return {member: value for member, value in named(job).items() if member == "billingTerms"}


def ticket_wish(job: ProjectInputs) -> dict[str, Any]:
    """Members that the API can set on a project ticket; its billing method and rate are read-only."""
    ticket, lists, chosen = job.ticket, job.lists, job.chart.project
    wish: dict[str, Any] = {
        "status": {"id": open_status(ticket, lists, job.board, names={}, named=None)["id"]},
        **{
            member: value
            for member, value in sorting(ticket, lists, job.board, SortingRules()).items()
            if value is not None
        },
        **place(ticket, job.board, lists, department=chosen.department, location=chosen.location),
        **billing_flags(job.brief, chosen.billing),
    }
    hours = job.phases[0].hours if job.phases else job.brief.budget_hours.value
    if hours is not None:
        wish["budgetHours"] = number(hours)
    if reference(ticket.owner):
        wish["owner"] = reference(ticket.owner)
    if id_of(ticket.agreement) and job.brief.agreement.value == "remove":
        wish["agreement"] = None
    return wish
