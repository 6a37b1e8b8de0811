"""The command line: `miniprojects`. Each command reads its own settings; what goes wrong is one sentence, never a traceback."""

from __future__ import annotations

import sys

import typer

from app.chart import ChartError
from app.cli import audit, callbacks, chart, doctor, service, tickets
from app.flows import FlowError, StoreUnavailable
from app.manage import BadSite, ManageError
from app.settings import SettingsError
from app.wiring import BadDatabase

app = typer.Typer(
    name="miniprojects",
    help="Service ticket, mini-project or project? Decides by the chart and carries it out in ConnectWise Manage.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
app.command()(service.serve)
app.command()(service.demo)
app.command()(service.sandbox)
app.command("doctor")(doctor.run)
app.command()(tickets.classify)
app.command()(tickets.reclassify)
app.command()(tickets.undo)
app.command()(audit.audit)
app.add_typer(chart.app, name="chart")
app.add_typer(callbacks.app, name="callbacks")

_CONFIGURATION = (SettingsError, BadSite, BadDatabase, ChartError)
_TROUBLE = (ManageError, FlowError, StoreUnavailable)


def main() -> None:
    """Runs the command of this process's arguments. Exit 0: done; 1: it could not be done; 2: usage or settings."""
    try:
        app()
    except _CONFIGURATION as mistake:
        _say(mistake, hint="Settings come from the environment or .env; .env.example explains each.")
        sys.exit(2)
    except _TROUBLE as trouble:
        _say(trouble, hint="miniprojects doctor looks at each part.")
        sys.exit(1)
    except KeyboardInterrupt:
        sys.exit(130)


def _say(trouble: Exception, *, hint: str) -> None:
    print(f"{trouble}\n{hint}", file=sys.stderr)


__all__ = ["app", "main"]
