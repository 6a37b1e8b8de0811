"""An unexpected error fails the run and its decision; the text of the error is never shown."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from app.sandbox import Sandbox
from app.workflow import WorkflowContext
from tests.support.harness import house, sample

MINI = "Fit the replacement"


def broken(*_: Any, **__: Any) -> Any:
    raise ValueError("a secret of the ticket")


async def test_an_error_before_the_decision_fails_the_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    sandbox = Sandbox()
    async with house(sandbox, f"sqlite:///{tmp_path}/a.db") as (service, context):
        monkeypatch.setattr(context.references, "read", broken)
        view = await service.reclassify(sample(sandbox, MINI))
    assert (view.decision, view.status) == (None, 409)
    assert view.error == "Internal error (ValueError). See the service log for details."


@pytest.mark.parametrize("when", ["writing", "recording"])
async def test_an_error_while_a_plan_is_applied_fails_the_decision(
    when: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sandbox = Sandbox()
    async with house(sandbox, f"sqlite:///{tmp_path}/a.db") as (service, context):
        _break(context, when, monkeypatch)
        view = await service.reclassify(sample(sandbox, MINI))
    decision = view.decision or {}
    assert decision["status"] == "failed"
    assert decision["said"] == "Internal error (ValueError). See the service log for details."


def _break(context: WorkflowContext, when: str, monkeypatch: pytest.MonkeyPatch) -> None:
    if when == "writing":
        monkeypatch.setattr(context.writer, "patch", broken)
    else:
        monkeypatch.setattr(context.steps, "settle", broken)
