"""The audit command: in this process for most tests, as a process of its own where signals or kills matter.

As a process: `python -m tests.support.audit_command`.
"""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

import pytest
import structlog
import typer
from typer.testing import CliRunner

from app.audit_jobs.context import AuditContext
from app.cli.audit import audit
from app.workflow import StoreUnavailable, WorkflowError


def command() -> typer.Typer:
    """The audit command alone."""
    app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)
    app.command()(audit)
    return app


def run_audit(*words: str, folder: Path, settings: Mapping[str, str]) -> tuple[int, str, str]:
    """Run the command in this process, in `folder`; its workers are threads. Returns exit code, output and error output."""
    with pytest.MonkeyPatch.context() as patch, contextlib.chdir(folder):
        for name, value in settings.items():
            patch.setenv(name, value)
        patch.setattr("app.container.AuditContext", partial(AuditContext, executor=lambda: ThreadPoolExecutor(2)))
        try:
            result = CliRunner().invoke(command(), words)
        finally:
            structlog.reset_defaults()
    trouble = result.exception
    if isinstance(trouble, WorkflowError | StoreUnavailable):
        return 1, result.stdout, f"{result.stderr}{trouble}\n"
    if trouble is not None and not isinstance(trouble, SystemExit):
        raise trouble
    return result.exit_code, result.stdout, result.stderr


if __name__ == "__main__":
    try:
        command()()
    except (WorkflowError, StoreUnavailable) as trouble:
        print(trouble, file=sys.stderr)
        sys.exit(1)
