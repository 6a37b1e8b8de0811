"""A line to a sandbox: requests as the API member sends them, at a clock that the test moves."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from app.sandbox import ApiResponse, Fault, Sandbox, credentials

NOW = datetime(2026, 6, 3, 10, 0, tzinfo=UTC)


class Line:
    """Sends requests and holds every answer to the contract."""

    def __init__(self, **switches: Any) -> None:
        self.time = NOW
        self.sandbox = Sandbox(now=lambda: self.time)
        self.sandbox.switches.change(switches)
        self.store = self.sandbox.store

    def wait(self, **time: float) -> None:
        """Lets time pass."""
        self.time += timedelta(**time)

    def ask(
        self, method: str, path: str, body: Any = None, *, headers: dict[str, str] | None = None, fault: Fault | None = None,
        **query: Any,
    ) -> ApiResponse:  # fmt: skip
        """One request; `body` becomes JSON unless it is bytes."""
        raw = body if isinstance(body, bytes) else b"" if body is None else json.dumps(body).encode()
        target = f"/v2026_1/apis/3.0{path}" + (f"?{urlencode(query)}" if query else "")
        answer = self.sandbox.handle(method, target, {**credentials(), **(headers or {})}, raw, fault)
        assert self.sandbox.violations == []
        return answer

    def get(self, path: str, **query: Any) -> Any:
        """What a GET finds."""
        answer = self.ask("GET", path, **query)
        assert answer.status == 200, answer.body
        return json.loads(answer.body)

    def post(self, path: str, body: Any = None) -> Any:
        """What a POST answers when it is taken."""
        answer = self.ask("POST", path, body)
        assert answer.status in (200, 201), answer.body
        return json.loads(answer.body)

    def patch(self, path: str, **wish: Any) -> ApiResponse:
        """A PATCH in object form."""
        operations = [{"op": "replace", "path": name, "value": value} for name, value in wish.items()]
        return self.ask("PATCH", path, operations)

    def ticket(self, **changes: Any) -> dict[str, Any]:
        """A new ticket on the service desk."""
        made: dict[str, Any] = self.post(
            "/service/tickets", {"summary": "Printer jams", "company": {"id": 250}, **changes}
        )
        return made

    def project(self, **changes: Any) -> dict[str, Any]:
        """A new project."""
        body = {
            "name": "Network refresh", "board": {"id": 20}, "company": {"id": 250}, "billingMethod": "FixedFee", "billingAmount": 5000,
            "estimatedStart": "2026-06-01T00:00:00Z", "estimatedEnd": "2026-08-31T00:00:00Z",
        }  # fmt: skip
        made: dict[str, Any] = self.post("/project/projects", body | changes)
        return made

    def phase(self, project_id: int, **changes: Any) -> dict[str, Any]:
        """A new phase."""
        made: dict[str, Any] = self.post(
            f"/project/projects/{project_id}/phases", {"description": "Delivery", **changes}
        )
        return made

    def converted(self, **changes: Any) -> tuple[int, int, int]:
        """A ticket made into a project ticket: its id, the project's and the phase's."""
        ticket, project = self.ticket(**changes), self.project()
        phase = self.phase(project["id"])
        self.post(f"/service/tickets/{ticket['id']}/convert", {"phase": {"id": phase["id"]}, "wbsCode": "1.1"})
        return ticket["id"], project["id"], phase["id"]

    def board_value(self, board_id: int, kind: str, name: str) -> dict[str, Any]:
        """The reference of a board's status, type, subtype, item or team by name."""
        found = self.get(f"/service/boards/{board_id}/{kind}", conditions=f'name="{name}"')
        return {"id": found[0]["id"]}


def errors_of(answer: ApiResponse) -> dict[str, str]:
    """Inner code by field of a refusal."""
    body = json.loads(answer.body)
    return {each["field"]: each["code"] for each in body["errors"] or ()}
