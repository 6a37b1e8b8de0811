"""The steps that put manager, team and contacts on a project."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

from app.chart import Chart
from app.planning.amounts import number, usable_hours
from app.planning.blockers import id_of
from app.planning.brief.model import Brief, TeamMember
from app.planning.manual_actions import ManualAction, manual_action
from app.planning.model import Look, Step, StepKind
from app.planning.paths import MEMBERS, ROLES
from app.planning.reference_lists import Record, ReferenceLists
from app.planning.working_days import day


def manager_record(brief: Brief, lists: ReferenceLists) -> Record | None:
    """The member record of the manager; ReferenceNotFound where ConnectWise does not have the member."""
    name = brief.manager.value
    return lists.need(MEMBERS, name, what="member", member="identifier") if name else None


def team_records(brief: Brief, lists: ReferenceLists) -> tuple[list[tuple[Record, TeamMember]], list[ManualAction]]:
    """The active members of the team, the manager first; the others become manual actions."""
    team = {member.identifier.casefold(): member for member in brief.team.value or ()}
    manager = brief.manager.value
    if manager:
        team = {manager.casefold(): team.get(manager.casefold(), TeamMember(manager))} | team
    found = [(lists.find(MEMBERS, one.identifier, member="identifier"), one) for one in team.values()]
    strangers = tuple(member.identifier for record, member in found if record is None)
    actions = [manual_action("not-on-team", names=strangers)] if strangers else []
    return [(record, member) for record, member in found if record is not None], actions


def team_steps(
    brief: Brief, lists: ReferenceLists, chart: Chart, project: str
) -> tuple[list[Step], list[ManualAction]]:
    """Everyone joins the project's team with role, hours and dates. `project`: the path of the project."""
    at = f"{project}/teamMembers"
    role = _role(lists, chart.project.role, manager=False)
    lead = _role(lists, chart.project.manager_role, manager=True) or role
    records, actions = team_records(brief, lists)
    steps: list[Step] = []
    for count, (record, member) in enumerate(records, 1):
        is_manager = bool(brief.manager.value) and member.identifier.casefold() == str(brief.manager.value).casefold()
        project_role = lead if is_manager else role
        name = str(record.get("identifier"))
        if project_role is None:
            actions.append(manual_action("no-role", name=name))
            continue
        body = {"member": {"id": record["id"]}, "projectRole": {"id": project_role["id"]}, **_planned(member, record)}
        title = f"{name} joins the project's team as {project_role.get('name') or project_role['id']}"
        look = Look(at, match={"member": {"id": record["id"]}})
        steps.append(Step(f"team-{count}", StepKind.CREATE, title, "POST", at, body=body, look=look))
    return steps, actions


def _planned(member: TeamMember, record: Record) -> dict[str, Any]:
    body: dict[str, Any] = {}
    if planned := usable_hours(member.hours):
        body["hours"] = number(planned)
    work_role = (
        {"name": member.work_role}
        if member.work_role
        else {"id": id_of(record.get("workRole"))}
        if id_of(record.get("workRole"))
        else None
    )
    if work_role:
        body["workRole"] = work_role
    spans: tuple[tuple[str, date | None], ...] = (("startDate", member.start), ("endDate", member.end))
    return body | {name: day(moment) for name, moment in spans if moment}


def contact_steps(brief: Brief, project: str) -> Iterator[Step]:
    """The contacts that ConnectWise knows become contacts of the project."""
    at = f"{project}/contacts"
    found = [contact.id for contact in brief.contacts.value or () if contact.id]
    for count, contact in enumerate(dict.fromkeys(found), 1):
        yield Step(
            f"contact-{count}", StepKind.CREATE, "A contact of the ticket becomes a contact of the project", "POST", at,
            body={"contact": {"id": contact}}, look=Look(at, match={"contact": {"id": contact}}), optional=True,
        )  # fmt: skip


def _role(lists: ReferenceLists, name: str | None, *, manager: bool) -> Record | None:
    """The project role that the chart names, else the first that is, or is not, a manager's."""
    if name:
        return lists.need(ROLES, name, what="project role")
    return next((role for role in lists.active(ROLES) if bool(role.get("managerRoleFlag")) is manager), None)
