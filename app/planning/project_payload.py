"""The bodies of a conversion: the project, its phases, the wish for the project ticket.

Source: API schemas Project, ProjectPhase and ProjectTicket (2026.11).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from app.chart import Chart
from app.domain.facts import JobFacts
from app.planning.amounts import number
from app.planning.billing import Money, keeps_agreement, money_of, phase_billing, project_billing, ticket_flags
from app.planning.blockers import Case, id_of, reference
from app.planning.board_mapping import need_board, open_status, place, sorting
from app.planning.model import Problem
from app.planning.people import Team, team_of
from app.planning.phases import Phase, budget_of, phases_of
from app.planning.reference_lists import Record, ReferenceLists, ReferenceNotFound
from app.planning.texts import cut, mark
from app.planning.working_days import Span, day, span_of

TEMPLATES = "/project/projectTemplates/"


@dataclass(frozen=True, slots=True)
class ProjectInputs:
    """What a conversion is made from, looked up once."""

    facts: JobFacts
    case: Case
    chart: Chart
    catalogue: ReferenceLists
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


def job_of(
    facts: JobFacts, case: Case, catalogue: ReferenceLists, chart: Chart, *, decision_id: str, now: datetime
) -> ProjectInputs:
    """Looks up what a conversion needs; Missing names what is not there."""
    by_kind = {str(kind): name for kind, name in chart.project.templates.items()}
    named = by_kind.get(facts.kind or "")
    return ProjectInputs(
        facts, case, chart, catalogue,
        board=need_board(catalogue, chart.project.board, for_projects=True),
        price=money_of(facts, chart),
        span=span_of(facts, chart, now.date()),
        team=team_of(facts, case, catalogue, chart),
        template=catalogue.need(TEMPLATES, named, what="project template") if named else None,
        decision_id=decision_id,
    )  # fmt: skip


def project_body(job: ProjectInputs) -> dict[str, Any]:
    """The project to create: what it is, when, how it is billed, where its revenue goes."""
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
        **named(job),
    }
    if budget := budget_of(job.phases, facts):
        body["budgetHours"] = number(budget)
    if job.team.manager is not None:
        body["manager"] = {"id": job.team.manager["id"]}
    for member in ("contact", "site"):
        if found := reference(case.get(member)):
            body[member] = found
    return body


def named(job: ProjectInputs) -> dict[str, Any]:
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
        raise ReferenceNotFound(
            Problem("status-closed", f"The project status “{chosen.status}” is a closed one. Name an open one.")
        )
    return {member: {"id": record["id"]} for member, record in found.items()}


def phase_body(phase: Phase, job: ProjectInputs) -> dict[str, Any]:
    """A phase to create, without its place in the plan."""
    body: dict[str, Any] = {"description": phase.name, "notes": mark(job.decision_id)}
    body |= phase_billing(phase.amount, job.price, job.facts, job.case, job.chart)
    if body.get("billSeparatelyFlag"):
        body |= {member: value for member, value in named(job).items() if member == "billingTerms"}
    if phase.hours is not None:
        body["budgetHours"] = number(phase.hours)
    for member, moment in (("scheduledStart", phase.start), ("scheduledEnd", phase.end)):
        if moment:
            body[member] = day(moment)
    return body


def ticket_wish(job: ProjectInputs) -> dict[str, Any]:
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
    hours = job.phases[0].hours if job.phases else budget_of((), job.facts)
    if hours is not None:
        wish["budgetHours"] = number(hours)
    if reference(case.get("owner")):
        wish["owner"] = reference(case.get("owner"))
    if id_of(case.get("agreement")) and not keeps_agreement(job.price, job.chart):
        wish["agreement"] = None
    return wish
