"""Project templates. Applying one is not idempotent: a second time adds everything again."""

from __future__ import annotations

from typing import Any

from app.sandbox.engine.api_errors import not_found
from app.sandbox.engine.api_request import ApiRequest
from app.sandbox.engine.store import Record, Store, shown
from app.sandbox.rules.projects import TABLE, Projects
from app.sandbox.rules.tickets import Tickets

TEMPLATES = "/project/projectTemplates"


class ProjectTemplates:
    """Applies templates and shows work plans."""

    def __init__(self, store: Store, projects: Projects, tickets: Tickets) -> None:
        self._store = store
        self._projects = projects
        self._tickets = tickets

    def apply(self, request: ApiRequest) -> tuple[int, Any]:
        """Adds one template's phases and tickets to a project."""
        self._add(request.number(0), request.number(1), request.actor)
        return 201, self._plan(request.number(0))

    def apply_many(self, request: ApiRequest) -> tuple[int, Any]:
        """Adds several templates, in the order of the body."""
        for reference in request.body or ():
            self._add(request.number(), int((reference or {}).get("id") or 0), request.actor)
        return 201, self._plan(request.number())

    def apply_named(self, project: Record, actor: str) -> None:
        """Adds the template that a new project names."""
        template_id = (project.get("projectTemplate") or {}).get("id") or project.get("projectTemplateId")
        if template_id:
            self._add(project["id"], int(template_id), actor)

    def workplan(self, request: ApiRequest) -> tuple[int, Any]:
        """The phases of a project."""
        return 200, self._plan(request.number())

    def template_plan(self, request: ApiRequest) -> tuple[int, Any]:
        """The phases of a template."""
        template = self._need(request.number())
        rows = self._store.view(f"{TEMPLATES}/{template['id']}/projectTemplatePhases").rows()
        phases = [{"id": phase["id"], "description": phase["description"]} for phase in rows]
        return 200, [{"templateId": template["id"], "phases": phases}]

    def _need(self, template_id: int) -> Record:
        found = self._store.table(TEMPLATES).peek(template_id)
        if found is None:
            raise not_found(f"Template {template_id}")
        return found

    def _add(self, project_id: int, template_id: int, actor: str) -> None:
        project = self._projects.need(project_id)
        template = self._need(template_id)
        for phase in self._store.view(f"{TEMPLATES}/{template_id}/projectTemplatePhases").rows():
            wanted: Record = {"description": phase["description"], "budgetHours": phase.get("budgetHours")}
            wanted["markAsMilestoneFlag"] = bool(phase.get("markAsMilestone"))
            if phase.get("phaseBilledSeparately"):
                wanted |= {"billSeparatelyFlag": True, "billingMethod": project["billingMethod"], "billingAmount": 0.0}
            made = self._store.add(
                f"{TABLE}/{project_id}/phases", self._projects.prepared_phase(wanted, project_id), by=actor
            )
            self._add_tickets(project, template_id, phase, made, actor)
        self._store.table(TABLE)[project_id] |= {"projectTemplate": shown(template), "projectTemplateId": template_id}

    def _add_tickets(self, project: Record, template_id: int, phase: Record, made: Record, actor: str) -> None:
        for ticket in self._store.view(f"{TEMPLATES}/{template_id}/projectTemplateTickets").rows():
            if ticket.get("~phase") == phase["id"]:
                body = {"summary": ticket["description"], "project": {"id": project["id"]}, "phase": {"id": made["id"]}}
                self._tickets.create(self._projects.prepared_ticket(body), actor, kind="project")

    def _plan(self, project_id: int) -> Record:
        project = self._projects.need(project_id)
        phases = [
            {
                "id": phase["id"], "description": phase["description"], "wbsCode": phase["wbsCode"], "projectId": project["id"],
                "budgetHours": phase.get("budgetHours"), "billPhaseSeparately": bool(phase.get("billSeparatelyFlag")),
                "status": phase.get("status"), "parentPhase": phase.get("parentPhase"),
            }
            for phase in self._projects.phases(project_id)
        ]  # fmt: skip
        return {"projectId": project["id"], "phases": phases}
