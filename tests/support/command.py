"""Runs `miniprojects`: in this process for most tests, as a process where signals, pipes or a terminal matter."""

from __future__ import annotations

import contextlib
import logging
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest
import structlog
from typer.testing import CliRunner

from app.cli.commands import app
from app.settings import Settings

ROOT = Path(__file__).resolve().parents[2]
_PASSED_ON = ("PATH", "HOME", "LANG")


@dataclass(frozen=True)
class Ended:
    """Exit code and output of a command."""

    returncode: int
    stdout: str
    stderr: str


def miniprojects(*words: str, folder: Path, settings: Mapping[str, str] | None = None) -> Ended:
    """Run a command in this process, in `folder`, with only these `settings` and the `.env` file of that folder.

    An exception that the command does not turn into a sentence is raised here.
    """
    environment = {name: os.environ[name] for name in _PASSED_ON if name in os.environ}
    environment |= {"COLUMNS": "120", **(settings or {})}
    with pytest.MonkeyPatch.context() as patch, contextlib.chdir(folder), logging_restored():
        for name in os.environ:
            patch.delenv(name)
        for name, value in environment.items():
            patch.setenv(name, value)
        patch.setitem(Settings.model_config, "env_file", ".env")
        result = CliRunner().invoke(app, words, prog_name="miniprojects")
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return Ended(result.exit_code, result.stdout, result.stderr)


def process_words(*words: str) -> list[str]:
    """The words of a process that runs a command."""
    return [sys.executable, "-m", "app.cli", *words]


def process_environment(settings: Mapping[str, str] | None = None) -> dict[str, str]:
    """The environment of such a process: only these settings reach it."""
    clean = {name: os.environ[name] for name in _PASSED_ON if name in os.environ}
    return {**clean, "PYTHONPATH": str(ROOT), "COLUMNS": "120", **(settings or {})}


def miniprojects_process(
    *words: str, folder: Path, settings: Mapping[str, str] | None = None, timeout: float = 120
) -> subprocess.CompletedProcess[str]:
    """Run a command as a process of its own until it ends."""
    return subprocess.run(
        process_words(*words), env=process_environment(settings), cwd=folder, capture_output=True, text=True,
        timeout=timeout, check=False,
    )  # fmt: skip


@contextlib.contextmanager
def logging_restored() -> Iterator[None]:
    """Commands configure logging for the whole process; afterwards it is as before."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    try:
        yield
    finally:
        root.handlers[:] = handlers
        root.setLevel(level)
        structlog.reset_defaults()
