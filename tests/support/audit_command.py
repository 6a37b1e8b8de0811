"""`python -m tests.support.audit_command`: the audit command alone, as `miniprojects` runs it."""

from __future__ import annotations

import sys

import typer

from app.cli.audit import audit
from app.workflow import StoreUnavailable, WorkflowError

if __name__ == "__main__":
    app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)
    app.command()(audit)
    try:
        app()
    except (WorkflowError, StoreUnavailable) as trouble:
        print(trouble, file=sys.stderr)
        sys.exit(1)
