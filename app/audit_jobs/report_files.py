"""The report of an audit as a stream of text and as files. Tickets are read from the database a thousand at a time."""

from __future__ import annotations

import asyncio
import json
import os
from collections.abc import AsyncGenerator, Iterator
from contextlib import aclosing, contextmanager
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO, Any, Literal

from app.audit.report import render
from app.audit.report.anonymous import Anonymous
from app.audit.report.figures import remarks_of
from app.audit.totals import is_listed
from app.audit_jobs.context import AuditContext
from app.audit_jobs.totals import tallied
from app.audit_jobs.views import audit_json
from app.audit_jobs.what_if import WhatIf, what_if_json
from app.storage.audits import AuditRow
from app.storage.database_file import open_private
from app.workflow.errors import ConflictError, WorkflowError

Form = Literal["html", "csv", "json"]
FORMS: tuple[Form, ...] = ("html", "csv", "json")


class ReportNotWritten(WorkflowError):
    """A file of the report could not be written; the text says which and why."""


async def stream(
    parts: AuditContext, audit: AuditRow, form: Form, *, anonymous: bool = False
) -> AsyncGenerator[str, None]:
    """The report in one form, piece by piece; of a running audit, what it has found so far. `anonymous`: without customers.

    Raises ConflictError before the first piece if the tickets were deleted after the retention time.
    """
    if audit.seen and not await parts.audits.keeps(audit.id):
        raise ConflictError(
            f"What the audit {audit.id} found of each ticket was forgotten after its time; its totals are kept."
        )
    names = await _without_names(parts, audit) if anonymous else None
    if form == "csv":
        yield render.csv_head()
        async for rows in _tickets(parts, audit, every=True, names=names):
            yield "".join(map(render.csv_line, rows))
        return
    found = await _document(parts, audit, names)
    head, tail = render.page(found) if form == "html" else (render.json_head(found), "\n]}\n")
    yield head
    first, write = True, render.in_script if form == "html" else _json_line
    async for rows in _tickets(parts, audit, every=False, names=names):
        text = ",\n".join(map(write, rows))
        yield text if first or not text else ",\n" + text
        first = first and not text
    yield tail


def check_folder(folder: Path) -> None:
    """Create the folder of a report. Raises ReportNotWritten if it is not writable, before an audit starts."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with TemporaryFile(dir=folder):
            pass
    except OSError as error:
        raise ReportNotWritten(f"{folder} cannot be written: {error.strerror or type(error).__name__}.") from None


async def write(parts: AuditContext, audit: AuditRow, folder: Path, *, anonymous: bool = False) -> list[Path]:
    """Write all three forms into a folder; each file is complete or absent. `anonymous`: without customers."""
    written = []
    for form in FORMS:
        target = folder / f"audit-{audit.id}{'-anonymous' if anonymous else ''}.{form}"
        try:
            await _write(stream(parts, audit, form, anonymous=anonymous), target)
        except OSError as error:
            raise ReportNotWritten(
                f"{target} cannot be written: {error.strerror or type(error).__name__}. The audit itself is kept."
            ) from None
        written.append(target)
    return written


async def _write(text: AsyncGenerator[str, None], target: Path) -> None:
    with _replacing(target) as file:
        async with aclosing(text) as pieces:
            async for piece in pieces:
                await asyncio.to_thread(file.write, piece)


@contextmanager
def _replacing(target: Path) -> Iterator[IO[str]]:
    """A file for this user only that takes the place of `target` once it is complete: reports hold ticket texts."""
    target.parent.mkdir(parents=True, exist_ok=True)
    partial = target.with_name(f".{target.name}.{os.getpid()}")
    try:
        with open(partial, "w", encoding="utf-8", newline="", errors="replace", opener=open_private) as file:
            yield file
        partial.replace(target)
    finally:
        partial.unlink(missing_ok=True)


async def _without_names(parts: AuditContext, audit: AuditRow) -> Anonymous:
    """Numbers for the customers, in the order of their first tickets."""
    names: dict[str, None] = {}
    async with aclosing(parts.audits.rows(audit.id)) as pages:
        async for rows in pages:
            names |= dict.fromkeys(row["company"] for row in rows)
    return Anonymous(names)


async def _document(parts: AuditContext, audit: AuditRow, names: Anonymous | None) -> dict[str, Any]:
    """The report with the stored totals; those of a running audit are counted now."""
    shown = audit_json(audit)
    totals = audit.totals
    if totals is None:
        totals = (await tallied(parts, audit.id)).to_json()
        shown["remarks"] = [*shown["remarks"], *remarks_of(totals)]
    projects = audit.asked.get("projects")
    if names is not None:
        shown, totals, projects = names.audit(shown), names.totals(totals), names.projects(projects)
    return render.document(shown, totals, audit.suggestions, projects)


async def _tickets(
    parts: AuditContext, audit: AuditRow, *, every: bool, names: Anonymous | None
) -> AsyncGenerator[list[dict[str, Any]], None]:
    link = "" if names else str(audit.asked["link"])
    async with aclosing(parts.audits.rows(audit.id)) as pages:
        async for rows in pages:
            shown = (row for row in rows if every or is_listed(row))
            yield [render.ticket(names.row(row) if names else row, link) for row in shown]


def _json_line(shown: dict[str, Any]) -> str:
    return json.dumps(shown, ensure_ascii=False)


def write_what_if(found: WhatIf, folder: Path) -> list[Path]:
    """Writes what another chart would change: JSON for machines, and the changed tickets as a spreadsheet."""
    name = f"what-if-{found.audit.id}-{found.chart.stamp.sha256[:8]}"
    document = what_if_json(found)
    texts = {
        f"{name}.json": json.dumps(document, ensure_ascii=False, indent=1),
        f"{name}.csv": render.table(document["changed"]),
    }
    written = []
    for file, text in texts.items():
        target = folder / file
        try:
            with _replacing(target) as out:
                out.write(text)
        except OSError as error:
            raise ReportNotWritten(f"{target} cannot be written: {error.strerror or type(error).__name__}.") from None
        written.append(target)
    return written
