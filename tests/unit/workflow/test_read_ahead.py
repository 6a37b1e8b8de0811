"""What is read ahead of the next write: up to that write, never a step whose earlier write is still in doubt."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any, cast

import pytest

from app.domain.enums import StepStatus
from app.planning.model import Look, Step, StepKind
from app.storage import RunRow, StepRow
from app.workflow.context import WorkflowContext
from app.workflow.steps.apply_plan import _Progress
from app.workflow.steps.read_plan import counted_paths

NOW = datetime(2026, 12, 1, 12, tzinfo=UTC)
PHASES = "/project/projects/{project.id}/phases"


def step(key: str, kind: StepKind, path: str, **members: Any) -> Step:
    return Step(key, kind, key, "GET" if kind in (StepKind.GUARD, StepKind.COUNT) else "POST", path, **members)


PLAN = (
    step("guard", StepKind.GUARD, "/service/tickets/4711"),
    step("count", StepKind.COUNT, "/service/tickets/4711", counts={"notes": "/service/tickets/4711/notes/count"}),
    step("project", StepKind.CREATE, "/project/projects", look=Look("/project/projects", "company/id=250")),
    step("phase-1", StepKind.CREATE, PHASES, look=Look(PHASES)),
    step("team-1", StepKind.CREATE, "/project/projects/{project.id}/teamMembers"),
)


def progress(*, written: Sequence[str] = (), ended: Sequence[str] = (), uptime: float = 0.0) -> _Progress:
    """A run of the plan. `written`: keys of steps whose write was sent at 0 by the clock that `uptime` shows."""
    rows = [
        StepRow(
            "r1", number, "d1", each.key, each.to_json(), StepStatus.DONE if each.key in ended else StepStatus.PLANNED, None, None, None,
            "", None, NOW.isoformat() if each.key in written else None, None,
        )
        for number, each in enumerate(PLAN)
    ]  # fmt: skip
    sent = {(row.run_id, row.position, row.written_at): 0.0 for row in rows if row.written_at}
    context = SimpleNamespace(
        writer=None, now=lambda: NOW, uptime=lambda: uptime, unanswered=sent,
        config=SimpleNamespace(in_doubt=timedelta(seconds=45)),
    )  # fmt: skip
    return _Progress(cast(WorkflowContext, context), cast(RunRow, None), rows, {})


def ahead(of: _Progress, key: str, result: Any = None) -> list[str]:
    row = next(row for row in of.steps if row.key == key)
    return [wanted.path for wanted in of._upcoming(row, result or {})]


def test_everything_up_to_the_next_write_is_read_ahead() -> None:
    assert ahead(progress(), "guard") == ["/service/tickets/4711/notes", "/project/projects"]
    assert ahead(progress(ended=("count",)), "guard") == ["/project/projects"]


def test_what_depends_on_an_unknown_record_is_not_read_ahead() -> None:
    assert ahead(progress(), "project") == []
    assert ahead(progress(), "project", {"id": 900}) == ["/project/projects/900/phases"]


@pytest.mark.parametrize(("uptime", "read"), [(44.0, []), (46.0, ["/project/projects/900/phases"])])
def test_a_step_in_doubt_is_not_read_before_its_time(uptime: float, read: list[str]) -> None:
    assert ahead(progress(written=("phase-1",), uptime=uptime), "project", {"id": 900}) == read


def test_what_was_empty_before_a_conversion_is_not_counted_after_it() -> None:
    counts = {name: f"/project/tickets/4711/{name}/count" for name in ("notes", "documents", "tasks")}
    after = step("count-after", StepKind.COUNT, "/project/tickets/4711", counts=counts, compare_with="count")
    assert list(counted_paths(after, {"count": {"notes": 3, "documents": 0, "tasks": None}})) == ["notes"]
    assert list(counted_paths(step("count", StepKind.COUNT, "/x", counts=counts), {})) == list(counts)
