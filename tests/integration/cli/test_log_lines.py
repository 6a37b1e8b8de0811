"""What a log line may hold: where a fault happened and of what kind, never its message, whoever writes the line."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.command import ROOT

pytestmark = pytest.mark.slow

FAULTS = """
import asyncio, logging, os, signal, sys, threading, time, urllib.request, urllib.error
from types import SimpleNamespace
from app.domain.enums import Role
from app.people import Person
from app.cli.sockets import listening, serve
from app.api import create_app
from app.logging_setup import configure_logging

configure_logging("{form}", "info")
app = create_app()
token = "a-token-of-the-test-of-logs"

async def authenticate(_token):
    return Person("Ann", Role.ADMIN, "id")

app.state.parts = SimpleNamespace(people=SimpleNamespace(authenticate=authenticate))

async def fails(_request):
    raise ValueError("secret of ticket 4711")

async def forgotten():
    raise KeyError("secret of a task")

async def leaves_a_task(_request):
    task = asyncio.get_running_loop().create_task(forgotten())
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    del task
    from starlette.responses import PlainTextResponse
    return PlainTextResponse("ok")

app.add_route("/fails", fails)
app.add_route("/leaves", leaves_a_task)

def visit(port):
    for path in ("fails", "leaves"):
        try:
            address = f"http://127.0.0.1:{{port}}/{{path}}"
            asked = urllib.request.Request(address, headers={{"Authorization": f"Bearer {{token}}"}})
            urllib.request.urlopen(asked, timeout=20).read()
        except urllib.error.HTTPError as error:
            assert error.code == 500
    logging.getLogger("somebody").warning("two\\nlines")
    logging.getLogger("somebody").error("with a fault", exc_info=ValueError("secret"))
    os.kill(os.getpid(), signal.SIGTERM)

with listening("127.0.0.1", 0) as sockets:
    threading.Thread(target=visit, args=(sockets[0].getsockname()[1],), daemon=True).start()
    serve(app, sockets, stop_seconds=5)
"""


def said(folder: Path, form: str) -> list[str]:
    """The log of a service in which everything goes wrong."""
    ended = subprocess.run(
        [sys.executable, "-c", FAULTS.format(form=form)], cwd=folder, env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert (ended.returncode, ended.stdout) == (0, "")
    assert "secret" not in ended.stderr
    return ended.stderr.splitlines()


def test_every_line_is_json_without_a_message_of_a_fault(tmp_path: Path) -> None:
    lines = [json.loads(line) for line in said(tmp_path, "json")]
    assert [(one["event"], one["level"], one.get("fault")) for one in lines] == [
        ("web.fault", "error", "ValueError"),
        ("Task exception was never retrieved", "error", "KeyError"),
        ("two", "warning", None),
        ("with a fault", "error", "ValueError"),
    ]
    assert lines[0]["place"][-1].endswith(" fails")
    assert lines[1]["logger"] == "asyncio"


def test_lines_for_a_console_hold_no_more(tmp_path: Path) -> None:
    assert len(said(tmp_path, "console")) == 4
