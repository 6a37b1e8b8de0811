"""Who works on a project and whom it is for: manager, team with roles, contacts."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from app.chart import Chart
from app.domain.facts import JobFacts
from app.planning.amounts import number, usable_hours
from app.planning.blockers import Case, as_record, id_of, name_of, records
from app.planning.manual_actions import ManualAction, todo
from app.planning.model import Look, Problem, Step, StepKind
from app.planning.phases import Phase
from app.planning.reference_lists import Record, ReferenceLists, ReferenceNotFound

MEMBERS = "/system/members"
ROLES = "/project/securityRoles"
_PROJECT = "/project/projects/{project.id}"


@dataclass(frozen=True, slots=True)
class Team:
    """The manager and everyone who works on the project, as member records."""

    manager: Record | None
    members: tuple[Record, ...]
    todos: tuple[ManualAction, ...] = ()


def team_of(facts: JobFacts, case: Case, catalogue: ReferenceLists, chart: Chart) -> Team:
    """The manager by the chart's rule and the scheduled members; Missing where the chart demands a manager and there is none."""
    manager = _manager(facts, case, catalogue, chart)
    if manager is None and chart.project.manager_required:
        text = "Nobody is known who could manage the project. Give the ticket an owner or name a manager in the chart."
        raise ReferenceNotFound(Problem("manager-missing", text))
    found = [(name, _member(catalogue, name)) for name in facts.members]
    members = {member["id"]: member for _, member in found if member is not None}
    strangers = tuple(name for name, member in found if member is None)
    todos = (todo("not-on-team", names=strangers),) if strangers else ()
    if manager is not None:
        members = {manager["id"]: manager} | members
    return Team(manager, tuple(members.values()), todos)


def team_steps(
    team: Team, case: Case, catalogue: ReferenceLists, chart: Chart
) -> tuple[list[Step], list[ManualAction]]:
    """Everyone joins the project's team with a role; what cannot be done is for a person."""
    chosen, at = chart.project, f"{_PROJECT}/teamMembers"
    role = _role(catalogue, chosen.role, manager=False)
    lead = _role(catalogue, chosen.manager_role, manager=True) or role
    hours = _scheduled_hours(case)
    steps, todos = [], list(team.todos)
    for count, member in enumerate(team.members, 1):
        is_manager = team.manager is not None and member["id"] == team.manager["id"]
        own = lead if is_manager else role
        name = str(member.get("identifier"))
        if own is None:
            todos.append(todo("no-role", name=name))
            continue
        body: dict[str, Any] = {"member": {"id": member["id"]}, "projectRole": {"id": own["id"]}}
        if planned := usable_hours(hours.get(name.casefold())):
            body["hours"] = number(planned)
        title = f"{name} joins the project's team as {own.get('name') or own['id']}"
        look = Look(at, match={"member": {"id": member["id"]}})
        steps.append(Step(f"team-{count}", StepKind.CREATE, title, "POST", at, body=body, look=look))
    return steps, todos


def contact_steps(case: Case) -> list[Step]:
    """The ticket's contact and the people in copy that ConnectWise knows become project contacts."""
    at = f"{_PROJECT}/contacts"
    found = [id_of(person) for person in (case.get("contact"), *records(case.get("contactsCc")))]
    return [
        Step(f"contact-{count}", StepKind.CREATE, "A contact of the ticket becomes a contact of the project", "POST", at,
             body={"contact": {"id": contact}}, look=Look(at, match={"contact": {"id": contact}}), optional=True)
        for count, contact in enumerate(dict.fromkeys(one for one in found if one), 1)
    ]  # fmt: skip


def contact_todos(case: Case, facts: JobFacts, phases: list[Phase]) -> list[ManualAction]:
    """Contacts by phase, which a project contact cannot carry, and those whom ConnectWise does not know yet."""
    people = (as_record(case.get("contact")), *records(case.get("contactsCc")))
    known = {name_of(one).casefold() for one in people if id_of(one)}
    by_phase = [(phase.contact, phase.name) for phase in phases if phase.contact]
    todos = [todo("contact-of-phase", phase=phase, contact=contact) for contact, phase in by_phase]
    named = dict.fromkeys([*(contact for contact, _ in by_phase), *facts.contacts])
    strangers = tuple(name for name in named if name.strip() and name.casefold() not in known)
    if strangers:
        todos.append(todo("add-contacts", names=strangers))
    if not by_phase and len(facts.contacts) > 1:
        todos.append(todo("contacts-by-phase"))
    return todos


def _manager(facts: JobFacts, case: Case, catalogue: ReferenceLists, chart: Chart) -> Record | None:
    """The chart's manager for the kind of work, else for all, else the ticket's owner, else who is scheduled first."""
    by_kind = {str(kind): name for kind, name in chart.project.managers.items()}
    named = by_kind.get(facts.kind or "", chart.project.manager)
    if named:
        return catalogue.need(MEMBERS, named, what="member", member="identifier")
    owner = as_record(case.get("owner"))
    for name in (owner.get("identifier"), *facts.members):
        if isinstance(name, str) and (member := _member(catalogue, name)):
            return member
    return None


def _member(catalogue: ReferenceLists, identifier: str) -> Record | None:
    return catalogue.find(MEMBERS, identifier, member="identifier") if identifier.strip() else None


def _role(catalogue: ReferenceLists, name: str | None, *, manager: bool) -> Record | None:
    """The project role that the chart names, else the first that is, or is not, a manager's."""
    if name:
        return catalogue.need(ROLES, name, what="project role")
    return next((role for role in catalogue.active(ROLES) if bool(role.get("managerRoleFlag")) is manager), None)


def _scheduled_hours(case: Case) -> dict[str, Decimal]:
    """Hours that each member is scheduled for on the ticket."""
    hours: dict[str, Decimal] = {}
    for entry in records(case.get("scheduleEntries")):
        member = entry.get("member")
        name = member if isinstance(member, str) else str(as_record(member).get("identifier") or "")
        try:
            planned = Decimal(str(entry.get("hours") or 0))
        except InvalidOperation:
            continue
        if planned.is_finite():
            hours[name.casefold()] = hours.get(name.casefold(), Decimal(0)) + planned
    return hours
