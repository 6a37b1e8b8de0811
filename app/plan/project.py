"""A conversion: project, phases, people, convert, the project ticket's own flags, notes.

Source of the order and the bodies: API schemas Project, ProjectPhase, ProjectTeamMember, ProjectContact and
ConvertToProject (2026.11): project and phase must exist before the ticket can be converted into them.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from app.chart import Chart, Decision
from app.plan.billing import Money, money_of, phase_money
from app.plan.catalogue import BOARDS, Catalogue, Missing
from app.plan.common import (
    Case,
    as_record,
    cut,
    day,
    guard,
    id_of,
    mark,
    money,
    note_step,
    reference,
    ticket_path,
    why_not,
)
from app.plan.model import Look, Plan, Problem, Step, StepKind
from app.plan.revenue import revenue_path
from app.plan.structure import Phase, dates_of, phases_of

_PROJECT = {"$ref": "project.id"}
_LISTS = "/project/projects"
_COUNTED = ("notes", "timeentries", "scheduleentries", "documents", "configurations", "products", "tasks", "activities")
_RESTORED = ("board", "status", "type", "subType", "item", "team", "department", "location", "owner")


def plan_project(
    decision: Decision, case: Case, catalogue: Catalogue, chart: Chart, *, decision_id: str, now: datetime, note: str
) -> Plan:
    """The steps of a conversion; problems instead of guesses."""
    problems = why_not(case)
    if reference(case.get("company")) is None:
        problems.append(Problem("company-unknown", "The ticket has no company; a project needs one."))
    price = money_of(decision.facts, chart)
    try:
        body, todos = _project_body(decision, case, catalogue, chart, price, decision_id=decision_id, today=now.date())
    except Missing as missing:
        return Plan(problems=(*problems, missing.problem))
    revenue = _revenue(case, body, catalogue, chart)
    if revenue.known and not revenue.reaches:
        text = f"{revenue.words()} It would miss “{chart.revenue.account}”. Correct the GL mapping in ConnectWise or the chart."
        problems.append(Problem("revenue-misses", text))
    todos += () if revenue.known else (revenue.words(),)
    phases = phases_of(decision.facts, chart, price)
    steps = [
        guard(case, members=("board", "type", "company")),
        _count(case, "count", "service", "Count what hangs on the ticket"),
        _create("project", "Create the project", _LISTS, body, look=_own_project(case, decision_id)),
        *_phase_steps(phases, price, chart, decision_id),
        *_people(decision, case, catalogue, chart),
        *_contacts(case),
        _convert(case),
        *_ticket_flags(decision, case, chart),
        _count(case, "count-after", "project", "Nothing got lost by the conversion", compare_with="count"),
        *_todo_note(todos, decision_id),
        note_step(f"{ticket_path(case, kind='project')}/notes", note, decision_id),
    ]
    return Plan(tuple(steps), tuple(problems), todos)


def _project_body(
    decision: Decision, case: Case, catalogue: Catalogue, chart: Chart, price: Money, *, decision_id: str, today: date
) -> tuple[dict[str, Any], tuple[str, ...]]:
    chosen, facts = chart.project, decision.facts
    board = catalogue.need(BOARDS, chosen.board, what="project board")
    if not board.get("projectFlag"):
        raise Missing(Problem("board-not-project", f"“{chosen.board}” is no project board. Name one in the chart."))
    start, end = dates_of(facts, today, chosen.default_days)
    body: dict[str, Any] = {
        "name": cut(f"#{case['id']} {case.get('summary') or 'Ticket'}", 100),
        "description": f"Made from service ticket {case['id']}. {mark(decision_id)}",
        "board": {"id": board["id"]},
        "company": reference(case.get("company")),
        "billingMethod": price.method.value,
        "billingRateType": chosen.billing.rate_type,
        "estimatedStart": day(start),
        "estimatedEnd": day(end),
        "billTime": chosen.billing.bill_time,
        "billExpenses": chosen.billing.bill_expenses,
        "billProducts": chosen.billing.bill_products,
        "billProjectAfterClosedFlag": chosen.billing.bill_after_close,
        "budgetAnalysis": chosen.budget_analysis,
        "budgetFlag": True,
        "department": {"id": catalogue.need("/system/departments", chosen.department, what="department")["id"]},
        "location": _location(case, board, catalogue, chart),
    }
    if price.amount is not None:
        body["billingAmount"] = money(price.amount)
    if facts.hours:
        body["budgetHours"] = float(facts.hours)
    body |= _named(chart, catalogue, decision)
    body |= _from_ticket(case)
    if facts.po_number:
        body["customerPO"] = facts.po_number[:50]
    if manager := chosen.manager or as_record(case.get("owner")).get("identifier") or next(iter(facts.members), None):
        body["manager"] = {"identifier": manager}
    return body, price.todos


def _named(chart: Chart, catalogue: Catalogue, decision: Decision) -> dict[str, Any]:
    """Status, type and billing terms that the chart names, by their ids."""
    chosen = chart.project
    wanted = {
        "status": ("/project/statuses", chosen.status, "project status"),
        "type": ("/project/projectTypes", chosen.types.get(decision.facts.kind or "", chosen.type), "project type"),
        "billingTerms": ("/finance/billingTerms", chosen.billing.terms, "billing terms"),
    }
    return {
        member: {"id": catalogue.need(path, name, what=what)["id"]}
        for member, (path, name, what) in wanted.items()
        if name
    }


def _from_ticket(case: Case) -> dict[str, Any]:
    members = {name: reference(case.get(name)) for name in ("contact", "site", "opportunity")}
    return {name: value for name, value in members.items() if value}


def _location(case: Case, board: Any, catalogue: Catalogue, chart: Chart) -> dict[str, Any]:
    """The chart's location, else the ticket's, else the project board's."""
    if chart.project.location:
        return {"id": catalogue.need("/system/locations", chart.project.location, what="location")["id"]}
    found = reference(case.get("location")) or reference(board.get("location"))
    if found is None:
        raise Missing(
            Problem(
                "location-missing", "Neither the ticket nor the project board has a location; name one in the chart."
            )
        )
    return found


def _revenue(case: Case, body: dict[str, Any], catalogue: Catalogue, chart: Chart) -> Any:
    ids = {
        "project-type": id_of(body.get("type")),
        "work-type": id_of(case.get("workType")),
        "work-role": id_of(case.get("workRole")),
        "department": id_of(body["department"]),
        "location": id_of(body["location"]),
    }
    return revenue_path(catalogue, ids, account=chart.revenue.account)


def _own_project(case: Case, decision_id: str) -> Look:
    """Our project again: the customer's, with our mark in its description."""
    return Look(_LISTS, f"company/id={id_of(case.get('company')) or 0}", contains={"description": mark(decision_id)})


def _phase_steps(phases: list[Phase], price: Money, chart: Chart, decision_id: str) -> list[Step]:
    at = f"{_LISTS}/{{project.id}}/phases"
    steps = []
    for number, phase in enumerate(phases, 1):
        body: dict[str, Any] = {"description": phase.name, "wbsCode": str(number), "notes": mark(decision_id)}
        body |= phase_money(phase, price, chart)
        if phase.hours is not None:
            body["budgetHours"] = float(phase.hours)
        if phase.start:
            body["scheduledStart"] = day(phase.start)
        if phase.end:
            body["scheduledEnd"] = day(phase.end)
        look = Look(at, match={"description": phase.name, "wbsCode": str(number)})
        steps.append(_create(f"phase-{number}", f"Create the phase “{phase.name}”", at, body, look=look))
    return steps


def _people(decision: Decision, case: Case, catalogue: Catalogue, chart: Chart) -> list[Step]:
    """Scheduled members join the project's team, with a project role."""
    chosen = chart.project
    members = [name for name in decision.facts.members if catalogue.find("/system/members", name, member="identifier")]
    if not members:
        return []
    roles = catalogue.active("/project/securityRoles")
    named = [role for role in roles if role.get("identifier") == chosen.role or role.get("name") == chosen.role]
    role = next(iter(named or [role for role in roles if not role.get("managerRoleFlag")]), None)
    if role is None:
        return []
    at = f"{_LISTS}/{{project.id}}/teamMembers"
    steps = []
    for number, name in enumerate(members, 1):
        body = {"member": {"identifier": name}, "projectRole": {"id": role["id"]}}
        look = Look(at, match={"member": {"identifier": name}})
        steps.append(_create(f"team-{number}", f"{name} joins the project's team", at, body, look=look))
    return steps


def _contacts(case: Case) -> list[Step]:
    """The ticket's contact and the people in copy that ConnectWise knows become project contacts."""
    at = f"{_LISTS}/{{project.id}}/contacts"
    found = [id_of(person) for person in (case.get("contact"), *(case.get("contactsCc") or ()))]
    steps = []
    for number, contact in enumerate(dict.fromkeys(one for one in found if one), 1):
        look = Look(at, match={"contact": {"id": contact}})
        body = {"contact": {"id": contact}}
        steps.append(_create(f"contact-{number}", "A contact of the project", at, body, look=look, optional=True))
    return steps


def _convert(case: Case) -> Step:
    body = {
        "recordType": "ProjectTicket",
        "project": {"id": _PROJECT},
        "phase": {"id": {"$ref": "phase-1.id"}},
        "wbsCode": "1.1",
    }
    expect = {"project/id": _PROJECT, "phase/id": {"$ref": "phase-1.id"}}
    restore = {name: reference(case.get(name)) for name in _RESTORED}
    return Step(
        "convert", StepKind.CONVERT, "Convert the ticket into the project's first phase", "POST",
        f"{ticket_path(case)}/convert", body=body, expect=expect, restore=restore,
    )  # fmt: skip


def _ticket_flags(decision: Decision, case: Case, chart: Chart) -> list[Step]:
    """What the API can set on one project ticket: its billing flags and budget. Method and rate it can only show."""
    chosen = chart.project.billing
    wish: dict[str, Any] = {
        "billTime": chosen.bill_time, "billExpenses": chosen.bill_expenses, "billProducts": chosen.bill_products,
    }  # fmt: skip
    if decision.facts.hours:
        wish["budgetHours"] = float(decision.facts.hours)
    path = ticket_path(case, kind="project")
    return [Step("ticket-flags", StepKind.PATCH, "Set the project ticket's billing flags", "PATCH", path, wish=wish)]


def _count(case: Case, key: str, kind: str, title: str, *, compare_with: str | None = None) -> Step:
    at = ticket_path(case, kind=kind)
    counts = {name: f"{at}/{name}/count" for name in _COUNTED}
    return Step(key, StepKind.COUNT, title, "GET", at, counts=counts, compare_with=compare_with)


def _todo_note(todos: tuple[str, ...], decision_id: str) -> list[Step]:
    """What ConnectWise's API cannot do, for a person."""
    if not todos:
        return []
    at = f"{_LISTS}/{{project.id}}/notes"
    text = "\n".join(["To do by hand:", *(f"- {todo}" for todo in todos), mark(decision_id)])
    look = Look(at, contains={"text": mark(decision_id)})
    return [_create("project-note", "Note what a person has to do", at, {"text": text}, look=look, kind=StepKind.NOTE)]


def _create(
    key: str, title: str, path: str, body: dict[str, Any], *, look: Look, optional: bool = False,
    kind: StepKind = StepKind.CREATE,
) -> Step:  # fmt: skip
    checked = ("billingMethod", "billingAmount", "billSeparatelyFlag", "department", "location", "budgetHours")
    expect = {member: body[member] for member in checked if member in body}
    return Step(key, kind, title, "POST", path, body=body, look=look, expect=expect, optional=optional)
