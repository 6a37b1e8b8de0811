"""Output of `miniprojects audit`: progress bar on a terminal, plain lines elsewhere, then the answers."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

from app.audit.report.answers import QUESTIONS
from app.audit.report.figures import shown
from app.audit_jobs.what_if import WhatIf, what_if_json
from app.storage.audits import AuditRow

_LINE_INTERVAL = 5.0
"""Seconds between two lines of progress."""
_MOST_TICKETS = 20


def say(text: str) -> None:
    """Print one plain line; ticket text in it is never read as markup."""
    print(text, flush=True)


@contextmanager
def progress() -> Iterator[Callable[[AuditRow], None]]:
    """A function that shows how far an audit is: as a bar on a terminal, else as a line every few seconds."""
    console = Console(stderr=True)
    if not console.is_terminal:
        yield _ProgressLines().show
        return
    columns = (
        TextColumn("{task.description}"), BarColumn(bar_width=None), MofNCompleteColumn(), TextColumn("{task.fields[rate]}"), TimeElapsedColumn(),
        TimeRemainingColumn(),
    )  # fmt: skip
    with Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task("Tickets", total=None, rate="")
        rate = _Rate()

        def show(row: AuditRow) -> None:
            rate.update(row)
            bar.update(
                task,
                completed=row.seen,
                total=row.expected,
                rate=f"{rate.per_second:,.0f}/s",
                description=row.message[:60] or "Tickets",
            )

        yield show


class _Rate:
    """Tickets a second since the first count."""

    def __init__(self) -> None:
        self._began = time.monotonic()
        self._first: int | None = None
        self.per_second = 0.0

    def update(self, row: AuditRow) -> None:
        """Include a new count."""
        if self._first is None:
            self._first = row.seen
        self.per_second = (row.seen - self._first) / max(time.monotonic() - self._began, 0.001)


class _ProgressLines:
    """Plain lines at most every few seconds, and one for each new problem."""

    def __init__(self) -> None:
        self._rate = _Rate()
        self._last = float("-inf")
        self._message = ""

    def show(self, row: AuditRow) -> None:
        """Print how far an audit is, if it is time."""
        self._rate.update(row)
        if row.message and row.message != self._message:
            say(row.message)
        self._message = row.message
        if time.monotonic() - self._last < _LINE_INTERVAL or row.expected is None:
            return
        self._last = time.monotonic()
        rate = self._rate.per_second
        share = f" ({100 * row.seen // row.expected} %)" if row.expected else ""
        ahead = f", {rate:,.0f} per second, about {(row.expected - row.seen) / rate:,.0f} s left" if rate else ""
        say(f"{row.seen:,} of {row.expected:,} tickets{share}{ahead}")


def show_end(remarks: Sequence[str], sentences: Sequence[str], suggestions: Sequence[Mapping[str, Any]]) -> None:
    """Print the answers to the owner's questions, suggestions and remarks."""
    for question, sentence in zip(QUESTIONS, sentences, strict=True):
        say(f"{question}\n  {sentence}")
    for suggestion in suggestions:
        _show_suggestion(suggestion)
    for remark in remarks:
        say(f"Note: {remark}")


def _show_suggestion(suggestion: Mapping[str, Any]) -> None:
    change = suggestion["change"]
    counted = f"{change['right']:+d} right, {change['wrong']:+d} wrong, {change['asks']:+d} questions"
    setting = f"{suggestion['place']} {suggestion['then']} instead of {suggestion['now']}"
    say(f"Suggestion: {setting}: {shown(change['tickets'])} tickets change, {counted}.")
    say("  Not applied; try it with --chart.")


def show_files(files: Sequence[Path]) -> None:
    """Print where the report is."""
    for file in files:
        say(f"Report: {file}")


def show_what_if(found: WhatIf, files: Sequence[Path]) -> None:
    """Print what another chart would change."""
    document = what_if_json(found)
    tickets, version = shown(document["before"]["tickets"]), found.chart.stamp.version
    say(f"Chart version {version} over the {tickets} tickets of audit {found.audit.id}: {len(found.changed):,} change.")
    better = [change["better"] for change in document["changed"]]
    say(f"  {better.count(True)} agree better with the records, {better.count(False)} agree less.")
    for change in document["changed"][:_MOST_TICKETS]:
        say(
            f"  {change['id']}  {change['from']} → {change['to']} (records: {change['hindsight']})  {_plain(change['summary'])}"
        )
    if len(found.changed) > _MOST_TICKETS:
        say(f"  … and {len(found.changed) - _MOST_TICKETS:,} more, in the files")
    for figure in document["figures"]:
        say(f"  {figure['title']}: {shown(figure['before'])} → {shown(figure['after'])}")
    if found.without_texts:
        say(
            f"Note: {found.without_texts} tickets are decided by their fields alone: this chart would read their texts, which "
            "the audit did not save."
        )
    show_files(files)


def _plain(text: str) -> str:
    """A ticket's text without characters that could control a terminal."""
    return "".join(char if char.isprintable() else " " for char in text)
