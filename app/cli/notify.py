"""`notify`: where messages to people go, and a test message."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Annotated

import typer

from app.cli import context
from app.cli.command_group import Command, command_group
from app.cli.decision_view import say
from app.container import Container
from app.notify import TestResult, check_targets
from app.settings import SettingsError

app = command_group("Show where messages to people go, and send a test message.")

Json = Annotated[bool, typer.Option("--json", help="Print JSON instead of lines.")]
_NOBODY = "NOTIFY_URLS is empty: nobody is told. See deploy/docs/notifications.md."


@app.command("list", cls=Command)
def list_targets(as_json: Json = False) -> None:
    """Show each target, whom it is for, and how many messages were sent, wait or failed. Shows no addresses."""

    async def work(parts: Container) -> tuple[list[dict[str, str]], dict[str, int]]:
        targets = [{"target": each.label, "audience": each.audience} for each in parts.notify.targets]
        return targets, await parts.notify.counts()

    targets, counts = context.with_parts(work)
    if as_json:
        print(json.dumps({"targets": targets, "messages": counts}, ensure_ascii=False, indent=2))
        return
    for target in targets:
        say(f"{target['target']}: for {target['audience']}")
    if not targets:
        say(_NOBODY)
    if counts:
        say(f"Messages: {', '.join(f'{number} {state}' for state, number in sorted(counts.items()))}.")


@app.command("test", cls=Command)
def send_test(as_json: Json = False) -> None:
    """Send a test message to each target now, also in quiet hours. Exit 1 if one does not accept it."""

    async def work(parts: Container) -> list[TestResult]:
        check_targets(parts.notify.targets)
        return await parts.notify.test()

    results = context.with_parts(work)
    if as_json:
        print(json.dumps([asdict(result) for result in results], ensure_ascii=False, indent=2))
    elif not results:
        raise SettingsError(_NOBODY)
    for result in () if as_json else results:
        say(f"{result.target}: {result.problem or 'accepted'}")
    if any(result.problem for result in results):
        raise typer.Exit(1)
