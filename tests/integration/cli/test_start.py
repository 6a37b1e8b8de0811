"""How little is imported before a command runs, and the list of commands."""

from __future__ import annotations

import subprocess
import sys

import pytest
import typer

from app.cli.commands import RootGroup, app
from tests.support.command import ROOT

HEAVY = ("sqlalchemy", "fastapi", "httpx", "alembic", "procrastinate", "jinja2", "rich", "yaml", "uvicorn")
IMPORTED = f"""
import sys
sys.argv[0] = "miniprojects"
from app.cli import main
try:
    main()
finally:
    print("heavy:", *(name for name in {HEAVY!r} if name in sys.modules))
"""


@pytest.mark.slow
@pytest.mark.parametrize("words", [["--version"], ["--help"], ["nonsense"]], ids=lambda words: words[0])
def test_version_help_and_a_mistyped_command_import_no_heavy_module(words: list[str]) -> None:
    ended = subprocess.run(
        [sys.executable, "-c", IMPORTED, *words], cwd=ROOT, capture_output=True, text=True, timeout=60, check=False
    )
    assert ended.returncode == (2 if words == ["nonsense"] else 0)
    assert ended.stdout.splitlines()[-1] == "heavy:"


@pytest.mark.parametrize("name", RootGroup.lazy)
def test_the_list_of_commands_shows_the_first_sentence_of_each_commands_help(name: str) -> None:
    root = typer.main.get_command(app)
    assert isinstance(root, RootGroup)
    command = root.get_command(None, name)
    assert command.get_short_help_str(limit=1000) == RootGroup.lazy[name].summary
