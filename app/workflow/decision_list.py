"""The list of decisions: pages without briefs, and a version that changes with what a page shows."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from app.connectwise.links import link_to, ticket_link
from app.storage import DecisionRow
from app.workflow.context import WorkflowContext
from app.workflow.views import Page, decision_json

_LEFT_OUT = ("brief", "read")
"""Large members that only a single decision shows."""


@dataclass(frozen=True, slots=True)
class PageRequest:
    """Which decisions, and how many. `before`: the last id of the page before."""

    ticket_id: int | None = None
    outcome: str | None = None
    status: str | None = None
    trigger: str | None = None
    since: datetime | None = None
    limit: int = 50
    before: str | None = None


async def decision_page(context: WorkflowContext, request: PageRequest) -> Page:
    """Decisions, newest first."""
    rows = await context.decisions.page(**asdict(request) | {"limit": request.limit + 1}, with_evidence=False)
    rows, has_more = rows[: request.limit], len(rows) > request.limit
    items = await shown_decisions(context, rows)
    slim = [{name: value for name, value in item.items() if name not in _LEFT_OUT} for item in items]
    return Page(slim, rows[-1].id if has_more else None)


async def page_version(context: WorkflowContext, request: PageRequest) -> str:
    """A digest that differs once a page shows something else; reads no documents."""
    states = await context.decisions.states(**asdict(request) | {"limit": request.limit + 1})
    return hashlib.sha256(json.dumps(states, default=str).encode()).hexdigest()[:32]


async def shown_decisions(context: WorkflowContext, rows: Sequence[DecisionRow]) -> list[dict[str, Any]]:
    """Decisions with their steps and the comments of people."""
    config, ids = context.reader.config, [row.id for row in rows]
    steps, comments = await context.steps.of_decisions(ids), await context.runs.comments_on(ids)
    return [
        decision_json(
            row,
            [step for step in steps if step.decision_id == row.id],
            [run for run in comments if run.decision_id == row.id],
            link=link_to(ticket_link(config.origin, config.company), row.ticket_id),
        )
        for row in rows
    ]
