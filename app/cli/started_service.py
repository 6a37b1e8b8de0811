"""Runs that a command starts and waits for: the started service, and the report of how the run ended."""

from __future__ import annotations

import json
import sys
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

import typer

from app.cli import context
from app.container import Container
from app.workflow import RunView, Service

Result = TypeVar("Result")


def with_started_service(request: Callable[[Service], Awaitable[Result]]) -> Result:
    """The answer to a request of the started service, which is stopped again afterwards."""
    return with_started_parts(lambda parts: request(parts.service))


def with_started_parts(request: Callable[[Container], Awaitable[Result]]) -> Result:
    """As `with_started_service`, for a request that needs other parts as well."""

    async def work(parts: Container) -> Result:
        await context.require_access(parts.reader)
        await parts.service.start(look_after=False)
        try:
            return await request(parts)
        finally:
            await parts.service.stop()

    return context.with_parts(work)


def report_end(view: RunView, *, as_json: bool) -> None:
    """Print the state of a run; exit 1 unless it has led to a decision that did not fail."""
    decision = view.decision
    if as_json:
        shown: dict[str, Any] = decision or {"run_id": view.run_id, "settled": view.settled, "said": view.error}
        print(json.dumps(shown, ensure_ascii=False, indent=2))
    failed = decision is None or decision["status"] == "failed"
    if not view.settled:
        print(
            f"Still running: {view.error or 'it continues without this command'} (run {view.run_id})", file=sys.stderr
        )
    elif failed:
        message = view.error or (decision or {}).get("said") or "The run failed without a message."
        print(message, file=sys.stderr)
    if view.way_back:
        print(view.way_back["text"], file=sys.stderr)
    if failed or not view.settled:
        raise typer.Exit(1)
