"""The root command `miniprojects`: subcommands by name, failures as sentences, output that may close early."""

from __future__ import annotations

import contextlib
import io
import os
import sys
from importlib import metadata
from pathlib import Path
from typing import Annotated, Any, ClassVar

import typer
from typer.exceptions import TyperException

from app.cli.command_group import Group, LazyCommand, command_group
from app.cli.interrupts import INTERRUPTED

_HELP = "Classifies ConnectWise service tickets as service ticket, mini-project or project and acts on the result."


class RootGroup(Group):
    """The commands of `miniprojects`. A failure becomes a sentence on standard error and an exit code."""

    lazy: ClassVar[dict[str, LazyCommand]] = {
        "serve": LazyCommand("app.cli.service", "Run the service: receive callbacks, decide, and act as MODE allows."),
        "demo": LazyCommand(
            "app.cli.demo", "Run the product on this machine: a sandbox ConnectWise, the service, sample tickets."
        ),
        "sandbox": LazyCommand("app.cli.sandbox", "Run the sandbox ConnectWise Manage alone, in memory."),
        "doctor": LazyCommand("app.cli.doctor", "Check settings, ConnectWise access, rights, names and the database."),
        "classify": LazyCommand(
            "app.cli.tickets", "Show the decision and the plan of a ticket, or decide a file of cases."
        ),
        "reclassify": LazyCommand("app.cli.tickets", "Run a ticket again and show the decision."),
        "undo": LazyCommand("app.cli.tickets", "Undo an applied decision."),
        "decisions": LazyCommand(
            "app.cli.decisions",
            "List, read, approve, reject and answer decisions, and change their briefs.",
            is_group=True,
        ),
        "actions": LazyCommand(
            "app.cli.actions", "List manual actions of applied plans, and mark them as done.", is_group=True
        ),
        "runs": LazyCommand("app.cli.runs", "List runs that make no progress, and take them over.", is_group=True),
        "audit": LazyCommand("app.cli.audit", "Apply the chart to past tickets and write a report."),
        "cases": LazyCommand(
            "app.cli.labelled",
            "List and export what people answered, overruled and corrected, as labelled cases.",
            is_group=True,
        ),
        "reader": LazyCommand(
            "app.cli.reader", "Write batch requests of the model-backed reader, and store the answers.", is_group=True
        ),
        "chart": LazyCommand("app.cli.chart", "Check, test, compare and score chart files.", is_group=True),
        "users": LazyCommand("app.cli.users", "List, add and remove people, and replace their tokens.", is_group=True),
        "writes": LazyCommand("app.cli.writes", "Pause and resume writing to ConnectWise.", is_group=True),
        "backup": LazyCommand("app.cli.copies", "Copy the database to a new file, also while the service runs."),
        "restore": LazyCommand("app.cli.copies", "Replace the database by a copy."),
        "notify": LazyCommand(
            "app.cli.notify", "Show where messages to people go, and send a test message.", is_group=True
        ),
        "callbacks": LazyCommand(
            "app.cli.callbacks", "List, create and remove this service's callback entries.", is_group=True
        ),
    }

    def invoke(self, ctx: Any) -> Any:
        """Run the subcommand; an expected failure ends with its sentence and its exit code."""
        try:
            return super().invoke(ctx)
        except (TyperException, typer.Exit, typer.Abort, BrokenPipeError):
            raise
        except Exception as error:
            from app.cli.failures import failure_of  # noqa: PLC0415 - knows the errors of every package

            failure = failure_of(error)
            if failure is None:
                raise
            typer.echo(failure.text, err=True)
            raise typer.Exit(failure.exit_code) from None


app = command_group(_HELP, cls=RootGroup)


def _print_version(asked: bool) -> None:
    if asked:
        print(f"miniprojects {metadata.version('miniprojects')}")
        raise typer.Exit


@app.callback()
def _options(
    version: Annotated[
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Print the version and exit.")
    ] = False,
) -> None:
    """Options before a command."""


def run() -> None:
    """Run the command of this process's arguments; end the process."""
    _prepare_output()
    try:
        _run()
    except OSError as error:
        print(f"Input or output failed: {error.strerror or type(error).__name__}.", file=sys.stderr)
        sys.exit(1)
    except KeyboardInterrupt:
        sys.exit(INTERRUPTED)


def _prepare_output() -> None:
    """Send closed output nowhere; print a question mark for a letter that the terminal cannot show."""
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        if stream is None:
            setattr(sys, name, Path(os.devnull).open("w", encoding="utf-8"))  # noqa: SIM115 - lasts as long as the process
        elif isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")


def _run() -> None:
    """Run and flush. If the reader of the output is gone (`| head -1`), exit with 1 and print nothing."""
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
    """Redirect the rest of the output to nowhere, so that Python does not try again at exit."""
    with contextlib.suppress(OSError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


__all__ = ["app", "run"]
