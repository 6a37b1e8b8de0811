"""`writes status`, `pause`, `resume`: the switch that pauses every write to ConnectWise."""

from __future__ import annotations

import json
from typing import Annotated

import typer

from app.cli import context, decision_view
from app.cli.command_group import Command, command_group
from app.container import Container
from app.workflow.write_pause import WritePause

app = command_group("Pause and resume writing to ConnectWise.")

Json = Annotated[bool, typer.Option("--json", help="Print JSON instead of a sentence.")]


@app.command("status", cls=Command)
def status(as_json: Json = False) -> None:
    """Show whether writing is paused, by whom and since when."""
    _report(context.with_parts(lambda parts: parts.desk.pause()), as_json=as_json)


@app.command("pause", cls=Command)
def pause(
    reason: Annotated[str, typer.Option(help="Why; shown to others.", callback=context.reason)] = "",
    by: context.By = "",
    as_json: Json = False,
) -> None:
    """Pause every write, also after a restart. Runs wait before their next write; tickets are still decided."""
    _report(context.with_parts(lambda parts: parts.desk.pause_writes(by=by, reason=reason)), as_json=as_json)


@app.command("resume", cls=Command)
def resume(by: context.By = "", as_json: Json = False) -> None:
    """Resume writing; waiting runs continue within 15 seconds."""

    async def work(parts: Container) -> WritePause | None:
        await parts.desk.resume_writes(by=by)
        return await parts.desk.pause()

    _report(context.with_parts(work), as_json=as_json)


def _report(found: WritePause | None, *, as_json: bool) -> None:
    if as_json:
        shown = {"paused": found is not None} | (found.to_json() if found else {"by": None, "at": None, "reason": None})
        print(json.dumps(shown, ensure_ascii=False, indent=2))
        return
    if found is None:
        decision_view.say("Writing is allowed, as far as MODE allows it.")
        return
    decision_view.say(f"{found.sentence} {f'Reason: {found.reason}' if found.reason else ''}".rstrip())
