"""The command line: `miniprojects`. Imports next to nothing, so that Ctrl+C is quiet from the first moment."""

from __future__ import annotations

from app.cli.interrupts import exit_quietly_on_interrupt


def main() -> None:
    """Run the command of this process's arguments and end the process.

    Exit 0: done; 1: failed; 2: usage or settings; 130: Ctrl+C.
    """
    with exit_quietly_on_interrupt():
        from app.cli.commands import run  # noqa: PLC0415 - imported under the handler above

    run()


__all__ = ["main"]
