"""What the audit says on a terminal: a bar with rate and time left, plain lines where nobody watches, the end in a few lines."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

from app.audit.report.figures import shown
from app.audit_jobs.what_if import WhatIf, what_if_json
from app.storage.audits import AuditRow

_EVERY_SECONDS = 5.0
_MOST_SHOWN = 20


def say(text: str) -> None:
    """One plain line; what a ticket says is never read as markup."""
    print(text, flush=True)


@contextmanager
def progress() -> Iterator[Callable[[AuditRow], None]]:
    """What is told of an audit's way: a bar on a terminal, a line every few seconds elsewhere."""
    console = Console(stderr=True)
    if not console.is_terminal:
        yield _Lines().told
        return
    columns = (
        TextColumn("{task.description}"), BarColumn(bar_width=None), MofNCompleteColumn(), TextColumn("{task.fields[rate]}"), TimeElapsedColumn(),
        TimeRemainingColumn(),
    )  # fmt: skip
    with Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task("Tickets", total=None, rate="")
        pace = _Pace()

        def told(row: AuditRow) -> None:
            pace.seen(row)
            bar.update(
                task,
                completed=row.seen,
                total=row.expected,
                rate=f"{pace.rate:,.0f}/s",
                description=row.message[:60] or "Tickets",
            )

        yield told


class _Pace:
    """Tickets a second since we began to look."""

    def __init__(self) -> None:
        self._began = time.monotonic()
        self._first: int | None = None
        self.rate = 0.0

    def seen(self, row: AuditRow) -> None:
        """Takes a new count in."""
        if self._first is None:
            self._first = row.seen
        self.rate = (row.seen - self._first) / max(time.monotonic() - self._began, 0.001)


class _Lines:
    """Plain lines, not more often than every few seconds, and one for each new trouble."""

    def __init__(self) -> None:
        self._pace = _Pace()
        self._last = float("-inf")
        self._message = ""

    def told(self, row: AuditRow) -> None:
        """Says how far an audit has come."""
        self._pace.seen(row)
        if row.message and row.message != self._message:
            say(row.message)
        self._message = row.message
        if time.monotonic() - self._last < _EVERY_SECONDS or row.expected is None:
            return
        self._last = time.monotonic()
        left = (row.expected - row.seen) / self._pace.rate if self._pace.rate else None
        share = f" ({100 * row.seen // row.expected} %)" if row.expected else ""
        ahead = f", {self._pace.rate:,.0f} a second, about {left:,.0f} s left" if left is not None else ""
        say(f"{row.seen:,} of {row.expected:,} tickets{share}{ahead}")


def show_end(remarks: Sequence[str], sentences: Sequence[str], suggestions: Sequence[Mapping[str, Any]]) -> None:
    """The answers to the owner's three questions, and what to know of them."""
    questions = ("Which tickets would move?", "Is the chart right?", "What has misplaced work cost?")
    for question, sentence in zip(questions, sentences, strict=True):
        say(f"{question}\n  {sentence}")
    for one in suggestions:
        change = one["change"]
        counted = f"{change['right']:+d} right, {change['wrong']:+d} wrong, {change['asks']:+d} questions"
        say(
            f"Suggestion: {one['place']} {one['then']} instead of {one['now']}: {shown(change['tickets'])} tickets change, {counted}."
        )
        say("  Not applied; try it with --chart.")
    for remark in remarks:
        say(f"Note: {remark}")


def show_files(files: Sequence[Path]) -> None:
    """Where the report is."""
    for file in files:
        say(f"Report: {file}")


def show_what_if(found: WhatIf, files: Sequence[Path]) -> None:
    """What another chart would change."""
    document = what_if_json(found)
    tickets, version = shown(document["before"]["tickets"]), found.chart.stamp.version
    say(f"Chart version {version} over the {tickets} tickets of audit {found.audit.id}: {len(found.changed):,} change.")
    better = [one["better"] for one in document["changed"]]
    say(f"  {better.count(True)} come nearer to what the records show, {better.count(False)} go away from it.")
    for one in document["changed"][:_MOST_SHOWN]:
        say(f"  {one['id']}  {one['from']} → {one['to']} (records: {one['hindsight']})  {_plain(one['summary'])}")
    if len(found.changed) > _MOST_SHOWN:
        say(f"  … and {len(found.changed) - _MOST_SHOWN:,} more, in the files")
    for one in document["figures"]:
        say(f"  {one['title']}: {shown(one['before'])} → {shown(one['after'])}")
    if found.without_texts:
        say(
            f"Note: of {found.without_texts} tickets this chart would have read the texts, which the audit did not need; they are judged by fields."
        )
    show_files(files)


def _plain(text: str) -> str:
    """A ticket's text without what could steer a terminal."""
    return "".join(char if char.isprintable() else " " for char in text)
