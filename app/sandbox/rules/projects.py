"""Projects and phases: boards, defaults, inherited billing, teams, recap."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.sandbox.engine.api_errors import ApiError, invalid, not_found
from app.sandbox.engine.api_request import ApiRequest
from app.sandbox.engine.store import Record, Store, shown
from app.sandbox.engine.switches import Switches
from app.sandbox.rules.ticket_checks import TicketChecks
from app.sandbox.rules.tickets import Tickets

TABLE = "/project/projects"


class Projects:
    """The rules of projects."""

    def __init__(self, store: Store, switches: Switches, tickets: Tickets) -> None:
        self._store = store
        self._switches = switches
        self._tickets = tickets
        self._checks = TicketChecks(store, switches)

    def need(self, project_id: int) -> Record:
        """The project, read-only, or 404."""
        project = self._store.table(TABLE).peek(project_id)
        if project is None:
            raise not_found(f"Project {project_id}")
        return project

    def phases(self, project_id: int) -> list[Record]:
        """The phases of a project in WBS order, read-only."""
        rows = self._store.view(f"{TABLE}/{project_id}/phases").rows()
        return sorted(
            rows, key=lambda phase: [int(part) if part.isdigit() else 0 for part in str(phase["wbsCode"]).split(".")]
        )

    def prepared_project(self, record: Record) -> Record:
        """A new project with ConnectWise's defaults; a service board is refused."""
        board = self._store.find("/service/boards", record.get("board") or {})
        if board is None or not board.get("projectFlag"):
            raise invalid("project", "board/name", message="The board is no project board.")
        default = next(row for row in self._store.view("/project/statuses").rows() if row["defaultFlag"])
        defaults = {
            "status": shown(default), "department": board["department"], "location": board["location"], "billTime": "Billable",
            "billExpenses": "Billable", "billProducts": "Billable", "billingRateType": "WorkRole", "budgetAnalysis": "ActualHours",
            "closedFlag": False, "billingAmount": 0.0, "actualHours": 0.0, "percentComplete": 0.0,
        }  # fmt: skip
        made = defaults | record
        self._checks.check_place(made)
        return made

    def checked_project(self, project: Record) -> None:
        """Checks a changed project."""
        board = self._store.find("/service/boards", project.get("board") or {"id": 0})
        if board is None or not board.get("projectFlag"):
            raise invalid("project", "board/name", message="The board is no project board.")
        self._checks.check_place(project)
        status = self._store.find("/project/statuses", project.get("status") or {"id": 0})
        project["closedFlag"] = bool(status and status.get("closedFlag"))

    def prepared_phase(self, record: Record, project_id: int) -> Record:
        """A new phase with defaults."""
        self.need(project_id)
        default = next(row for row in self._store.view("/project/phaseStatuses").rows() if row["defaultFlag"])
        parent = self._parent_code(record, project_id)
        known = {str(phase.get("wbsCode")) for phase in self.phases(project_id)}
        if record.get("wbsCode") in known:
            raise invalid("phase", "wbsCode", code="ObjectExists", message="The project has a phase at this place.")
        code = next(code for number in range(1, len(known) + 2) if (code := f"{parent}{number}") not in known)
        made = {
            "wbsCode": code,
            "status": shown(default),
            "billSeparatelyFlag": False,
            "projectId": project_id,
        } | record
        self.checked_phase(made)
        return made

    def checked_phase(self, phase: Record) -> None:
        """Refuses separate billing without a method."""
        if phase.get("billSeparatelyFlag") and not phase.get("billingMethod"):
            message = "The billingMethod field is required."
            raise invalid("phase", "billingMethod", code="MissingRequiredField", message=message)

    def shown_phase(self, phase: Record, project_id: int) -> Record:
        """A phase shows the project's method and amount unless it is billed separately."""
        if phase.get("billSeparatelyFlag"):
            return phase
        project = self.need(project_id)
        return phase | {"billingMethod": project.get("billingMethod"), "billingAmount": project.get("billingAmount")}

    def tickets_of(self, project_id: int, phase_id: int | None = None) -> list[Record]:
        """The tickets of a project or of one phase, read-only."""
        return [
            ticket for ticket in self._tickets.all()
            if (ticket.get("project") or {}).get("id") == project_id
            and (phase_id is None or (ticket.get("phase") or {}).get("id") == phase_id)
        ]  # fmt: skip

    def prepared_ticket(self, body: Mapping[str, Any]) -> Record:
        """A project ticket before it is created: company, board and project follow from the phase's project."""
        project, phase = self.find_phase(body)
        count = len(self.tickets_of(project["id"], phase["id"]))
        given = {name: value for name, value in body.items() if name not in ("project", "phase")}
        return {"wbsCode": f"{phase['wbsCode']}.{count + 1}"} | given | {
            "company": project["company"], "board": project["board"], "project": shown(project),
            "phase": {"id": phase["id"], "name": phase["description"]},
            "department": body.get("department") or project["department"], "location": body.get("location") or project["location"],
        }  # fmt: skip

    def find_phase(self, body: Mapping[str, Any]) -> tuple[Record, Record]:
        """The project and phase of a body; refuses unknown or closed ones and a phase of another project."""
        phase_id = (body.get("phase") or {}).get("id")
        wanted = (body.get("project") or {}).get("id")
        projects = self._store.table(TABLE)
        if wanted is not None and wanted not in projects:
            raise invalid("ticket", "project/id", message="The project was not found.")
        for project in projects.rows():
            phase = self._store.view(f"{TABLE}/{project['id']}/phases").peek(phase_id or 0)
            if phase is None:
                continue
            if wanted is not None and wanted != project["id"]:
                raise invalid("ticket", "phase/id", message="The phase belongs to another project.")
            self._refuse_closed(project, phase)
            return project, phase
        raise invalid("ticket", "phase/id", message="The phase was not found.")

    def delete_project(self, project_id: int) -> None:
        """Refuses while tickets belong to it; its parts go with it."""
        if self.tickets_of(project_id):
            raise ApiError(409, "InvalidObject", "The project has tickets.")
        for part in ("phases", "teamMembers", "contacts", "notes"):
            self._store.table(f"{TABLE}/{project_id}/{part}").clear()

    def delete_phase(self, project_id: int, phase_id: int) -> None:
        """Refuses while tickets or phases belong to it."""
        if self.tickets_of(project_id, phase_id):
            raise ApiError(409, "InvalidObject", "The phase has tickets.")
        if any((phase.get("parentPhase") or {}).get("id") == phase_id for phase in self.phases(project_id)):
            raise ApiError(409, "InvalidObject", "The phase has phases below it.")

    def add_member(self, entry: Mapping[str, Any]) -> None:
        """A schedule entry with `addMemberToProjectFlag` puts its member on the team of the ticket's project."""
        ticket = self._store.table("/tickets").peek(entry.get("objectId") or 0) or {}
        project_id = (ticket.get("project") or {}).get("id")
        member = entry.get("member") or {}
        if not project_id or not member:
            return
        team = self._store.table(f"{TABLE}/{project_id}/teamMembers")
        if any((row.get("member") or {}).get("id") == member.get("id") for row in team.rows()):
            return
        role = self._store.find("/project/securityRoles", {"id": entry.get("projectRoleId") or 2})
        if role is None:
            raise invalid("scheduleEntry", "projectRoleId")
        reference = {"id": role["id"], "identifier": role["name"]}
        self._store.add(
            f"{TABLE}/{project_id}/teamMembers", {"member": member, "projectRole": reference, "projectId": project_id}
        )

    def recap(self, request: ApiRequest) -> tuple[int, Any]:
        """Billing of a project by line: project, phases, tickets. Read-only."""
        project = self.need(request.number())
        phases = [self.shown_phase(phase, project["id"]) for phase in self.phases(project["id"])]
        lines = _recap_lines(project, phases, self.tickets_of(project["id"]))
        return 200, lines if self._switches.recap_lines else lines[0]

    def _refuse_closed(self, project: Record, phase: Record) -> None:
        if project.get("closedFlag"):
            raise invalid("ticket", "project/id", code="InvalidObject", message="The project is closed.")
        status = self._store.find("/project/phaseStatuses", phase.get("status") or {"id": 0})
        if status and status.get("closedFlag"):
            raise invalid("ticket", "phase/id", code="InvalidObject", message="The phase is closed.")

    def _parent_code(self, record: Record, project_id: int) -> str:
        parent = record.get("parentPhase")
        if not parent:
            return ""
        found = self._store.view(f"{TABLE}/{project_id}/phases").peek(parent.get("id") or 0)
        if found is None:
            raise invalid("phase", "parentPhase/id", message="The parent phase is not of this project.")
        return f"{found['wbsCode']}."


def _recap_lines(project: Record, phases: list[Record], tickets: list[Record]) -> list[Record]:
    company = (project.get("company") or {}).get("name")
    lines = [_line(project, "Project", project["name"], project.get("billingAmount"), company, tree="1")]
    for phase in phases:
        amount = phase.get("billingAmount") if phase.get("billSeparatelyFlag") else None
        lines.append(_line(phase, "Phase", phase["description"], amount, company, tree=f"1.{phase['wbsCode']}"))
        own = [ticket for ticket in tickets if (ticket.get("phase") or {}).get("id") == phase["id"]]
        lines += [_line(one, "Ticket", one["summary"], None, company, tree=f"1.{one['wbsCode']}") for one in own]
    return lines


def _line(record: Record, kind: str, name: str, amount: Any, company: Any, *, tree: str) -> Record:
    billed = float(record.get("~billed", 0.0))
    return {
        "iD": record["id"], "recID": record["id"], "recType": kind, "treeID": tree, "displayID": str(record["id"]), "description": name,
        "companyName": company, "isProject": kind == "Project", "isPhase": kind == "Phase", "isTicket": kind == "Ticket", "isIssue": False,
        "billingMethod": record.get("billingMethod"), "billingAmount": f"{float(amount or 0):.2f}", "wbsCode": record.get("wbsCode"),
        "revenueEstimate": float(amount or 0), "revenueActual": billed, "revenueBilled": billed,
        "revenueUnbilled": max(0.0, float(amount or 0) - billed), "costActual": 0.0, "costEstimate": 0.0,
        "status": (record.get("status") or {}).get("name"), "overrideFlag": bool(record.get("billSeparatelyFlag")),
    }  # fmt: skip
