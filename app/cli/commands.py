"""The commands of `miniprojects`. Each reads its own settings; what goes wrong is a sentence with what to do, never a traceback."""

from __future__ import annotations

import contextlib
import io
import os
import sys
from importlib import metadata
from pathlib import Path
from typing import Annotated

import typer

from app.chart import ChartError
from app.cli import audit, callbacks, chart, doctor, service, tickets
from app.connectwise import BadSite, Conflict, ConnectWiseError, NotAServiceTicket, NotFound
from app.container import BadDatabase
from app.settings import SettingsError
from app.workflow import StoreUnavailable, WorkflowError

_SETTINGS = "Settings come from the environment or .env; .env.example explains each."
_CHART = "miniprojects chart check tells every mistake in a chart."
_DOCTOR = "miniprojects doctor looks at each part."

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


def _print_version(wanted: bool) -> None:
    if wanted:
        print(f"miniprojects {metadata.version('miniprojects')}")
        raise typer.Exit


@app.callback()
def _options(
    version: Annotated[
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Print the version and end.")
    ] = False,
) -> None:
    """What stands before a command."""


def run() -> None:
    """Runs the command of this process's arguments; ends the process."""
    _prepare_output()
    try:
        _run()
    except (SettingsError, BadDatabase) as mistake:
        _end(2, mistake, _SETTINGS)
    except BadSite as mistake:
        _end(2, f"CWM_SITE: {mistake}", _SETTINGS)
    except ChartError as mistakes:
        _end(2, mistakes, _CHART)
    except StoreUnavailable as away:
        _end(1, away, away.hint)
    except ConnectWiseError as trouble:
        told = isinstance(trouble, NotFound | NotAServiceTicket | Conflict)
        _end(1, trouble, "" if told else _DOCTOR)
    except WorkflowError as trouble:
        _end(1, trouble)
    except OSError as refused:
        _end(1, _of_system(refused))
    except KeyboardInterrupt:
        sys.exit(130)


def _prepare_output() -> None:
    """Output that is closed goes nowhere; a letter that it cannot show becomes a question mark."""
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        if stream is None:
            setattr(sys, name, Path(os.devnull).open("w", encoding="utf-8"))  # noqa: SIM115 - lasts as long as the process
        elif isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")


def _run() -> None:
    """The command, and what it has printed out of our hands; whoever read it may have gone (`| head -1`), without a word."""
    try:
        try:
            app()
        finally:
            sys.stdout.flush()
    except BrokenPipeError:
        _drop_output()
        sys.exit(1)
    except OSError:
        _drop_output()
        raise


def _drop_output() -> None:
    """What is left of the output goes nowhere, so that Python does not try once more at its end."""
    with contextlib.suppress(OSError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _end(code: int, trouble: Exception | str, hint: str = "") -> None:
    print("\n".join(filter(None, (str(trouble), hint))), file=sys.stderr)
    sys.exit(code)


def _of_system(refused: OSError) -> str:
    """What the system does not let us do, such as writing a file."""
    why = refused.strerror or type(refused).__name__
    return f"{refused.filename or 'The system refuses to go on'}: {why}."


__all__ = ["app", "run"]
