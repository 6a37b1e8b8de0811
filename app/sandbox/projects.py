"""Projects and phases: project boards only, defaults, inherited billing, templates."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from app.sandbox.contract import Operation
from app.sandbox.refusals import invalid, not_found
from app.sandbox.store import Record, Store, shown

TABLE = "/project/projects"


class Projects:
    """The rules of projects."""

    def __init__(self, store: Store, now: Callable[[], datetime]) -> None:
        self._store = store
        self._now = now

    def need(self, project_id: int) -> Record:
        """The project, or 404."""
        project = self._store.table(TABLE).get(project_id)
        if project is None:
            raise not_found(f"Project {project_id}")
        return project

    def prepared_project(self, record: Record) -> Record:
        """A new project with ConnectWise's defaults; a service board is refused."""
        board = self._store.find("/service/boards", record.get("board") or {})
        if board is None or not board.get("projectFlag"):
            raise invalid("project", "board/name", message="The board is no project board.")
        default = next(status for status in self._store.table("/project/statuses").values() if status["defaultFlag"])
        defaults = {
            "status": shown(default), "department": board["department"], "location": board["location"], "billTime": "Billable", "closedFlag": False,
            "billingAmount": 0.0, "actualHours": 0.0,
        }  # fmt: skip
        return defaults | record

    def prepared_phase(self, record: Record, project_id: int) -> Record:
        """A new phase; with billing of its own it needs a method."""
        self.need(project_id)
        if record.get("billSeparatelyFlag") and not record.get("billingMethod"):
            raise invalid(
                "phase", "billingMethod", code="MissingRequiredField", message="The billingMethod field is required."
            )
        number = len(self._store.table(f"{TABLE}/{project_id}/phases")) + 1
        return {"wbsCode": str(number), "billSeparatelyFlag": False, "projectId": project_id} | record

    def shown_phase(self, phase: Record, project_id: int) -> Record:
        """A phase shows the project's method and amount unless it is billed separately."""
        if phase.get("billSeparatelyFlag"):
            return phase
        project = self.need(project_id)
        return phase | {"billingMethod": project.get("billingMethod"), "billingAmount": project.get("billingAmount")}

    def apply_template(self, asked: Operation, _body: Any, _query: Mapping[str, str]) -> tuple[int, Any]:
        """Adds two phases named after the template."""
        project_id, template_id = int(asked.params[0]), int(asked.params[1])
        self.need(project_id)
        template = self._store.table("/project/projectTemplates").get(template_id) or self._store.table(
            "/project/projectTemplates/"
        ).get(template_id)
        if template is None:
            raise not_found(f"Template {template_id}")
        for name in ("Preparation", "Delivery"):
            phase = self.prepared_phase({"description": f"{template['name']}: {name}"}, project_id)
            self._store.add(f"{TABLE}/{project_id}/phases", phase)
        return 200, {"id": project_id}

    def workplan(self, asked: Operation, _body: Any, _query: Mapping[str, str]) -> tuple[int, Any]:
        """The phases of a project."""
        project = self.need(int(asked.params[0]))
        return 200, {"id": project["id"]}

    def recap(self, asked: Operation, _body: Any, _query: Mapping[str, str]) -> tuple[int, Any]:
        """Billing of a project, to look at only."""
        project = self.need(int(asked.params[0]))
        return 200, {"iD": project["id"], "billingMethod": project.get("billingMethod")}
