"""`miniprojects audit`: apply the chart to past tickets and report; compare with another chart. Writes nothing to ConnectWise."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated

import typer

from app.audit.report.answers import answers
from app.audit_jobs.context import YEARS, AuditRequest
from app.audit_jobs.report_files import check_folder, write, write_what_if
from app.audit_jobs.service import AuditService
from app.audit_jobs.totals import tallied
from app.audit_jobs.views import audit_json
from app.chart import Chart, load_chart
from app.cli import audit_output as output_lines
from app.cli.command_group import Command, command_group
from app.cli.context import By, encodable, require_access, with_parts
from app.storage.audits import AuditRow
from app.workflow import ConflictError, NotFoundError, StoreUnavailable, WorkerCrashed

app = command_group()

_YEAR = timedelta(days=365)
_RESUME_HINT = "Run miniprojects audit --resume to continue."
_REPEATABLE = "May be given several times."


def instant(text: str) -> datetime:
    """A date or an instant; UTC if it names no zone."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        raise typer.BadParameter(f"Invalid date “{text}”. Expected YYYY-MM-DD or 2026-01-31T08:00:00Z.") from None
    if found.year not in YEARS:
        raise typer.BadParameter(f"Invalid date “{text}”. Expected a year from {YEARS[0]} to {YEARS[-1]}.")
    return found if found.tzinfo else found.replace(tzinfo=UTC)


Since = Annotated[
    str | None, typer.Option(help="Tickets entered on or after this date.  [default: a year ago]", metavar="DATE")
]
Until = Annotated[str | None, typer.Option(help="Tickets entered before this date.  [default: now]", metavar="DATE")]
Boards = Annotated[list[str] | None, typer.Option(help=f"Only this board, by name or id. {_REPEATABLE}")]
Companies = Annotated[list[str] | None, typer.Option(help=f"Only this company, by name or id. {_REPEATABLE}")]
Statuses = Annotated[list[str] | None, typer.Option(help=f"Only tickets whose current status this is. {_REPEATABLE}")]
Output = Annotated[Path, typer.Option(help="Folder for the report: HTML, CSV and JSON.", metavar="FOLDER")]
Resume = Annotated[bool, typer.Option("--resume", help="Continue the last unfinished audit.")]
Anonymously = Annotated[bool, typer.Option("--anonymous", help="Report without customers' names, to share it.")]
OtherChart = Annotated[
    Path | None,
    typer.Option(help="Apply this chart to the saved tickets of an audit; needs no ConnectWise.", metavar="FILE"),
]
AuditId = Annotated[
    str,
    typer.Option(
        "--audit",
        help="With --resume or --chart: which audit (default: the last). Alone: write its report again.",
        metavar="AUDIT_ID",
        callback=encodable,
    ),
]


@app.command("audit", cls=Command)
def audit(
    since: Since = None, until: Until = None, board: Boards = None, company: Companies = None, status: Statuses = None,
    output: Output = Path("audit"), resume: Resume = False, chart: OtherChart = None, audit_id: AuditId = "", by: By = "",
    anonymous: Anonymously = False,
) -> None:  # fmt: skip
    """Apply the chart to past tickets and write a report. Writes nothing to ConnectWise.

    Decides each ticket by what was known when it was entered, and compares the decision with what the records show now. It
    can be stopped at any time; --resume continues.
    """
    if (resume or chart or audit_id) and any((since, until, board, company, status)):
        raise typer.BadParameter(
            "An audit keeps its range and filters. Leave them out with --resume, --chart and --audit."
        )
    if resume and chart:
        raise typer.BadParameter("Give either --resume (continue an audit) or --chart (compare with a finished one).")
    if audit_id and not (resume or chart):
        with_parts(lambda parts: _write_report_again(parts.audits, audit_id, output, anonymous=anonymous))
    elif chart:
        other = load_chart(chart)
        with_parts(lambda parts: _what_if(parts.audits, audit_id, other, output))
    else:
        request = None if resume else _request(since, until, board, company, status)
        if (
            with_parts(lambda parts: _run(parts.audits, audit_id, request, output, by=by, anonymous=anonymous)).state
            != "done"
        ):
            raise typer.Exit(1)


def _request(
    since: str | None, until: str | None, board: list[str] | None, company: list[str] | None, status: list[str] | None
) -> AuditRequest:
    now = datetime.now(UTC)
    end = now if until is None else instant(until)
    begin = end - _YEAR if since is None else instant(since)
    return AuditRequest(begin, end, *(tuple(map(_id_or_name, given or ())) for given in (board, company, status)))


def _id_or_name(text: str) -> int | str:
    return int(text) if text.isascii() and text.isdigit() else encodable(text)


async def _write_report_again(service: AuditService, audit_id: str, output: Path, *, anonymous: bool) -> None:
    check_folder(output)
    row = await service.get(audit_id)
    if not row.seen:
        why = row.message or f"it is {row.state} and has no tickets yet."
        raise ConflictError(f"Audit {row.id} has nothing to report: {why}")
    if row.state != "done":
        output_lines.say(f"This audit is {row.state}. The report covers the {row.seen:,} tickets found so far.")
    await _report(service, row, output, anonymous=anonymous)


async def _report(service: AuditService, row: AuditRow, output: Path, *, anonymous: bool) -> None:
    """Print the answers, then write the report: the answers are shown even if a file cannot be written."""
    if row.seen:
        totals = row.totals or (await tallied(service.parts, row.id)).to_json()
        remarks = audit_json(replace(row, totals=totals))["remarks"]
        output_lines.show_end(remarks, answers(totals), row.suggestions or [])
        output_lines.show_files(await write(service.parts, row, output, anonymous=anonymous))


async def _run(
    service: AuditService, audit_id: str, request: AuditRequest | None, output: Path, *, by: str, anonymous: bool
) -> AuditRow:
    check_folder(output)
    if request is not None:
        await require_access(service.parts.reader)
    row = await (service.resume(audit_id or None, by=by) if request is None else service.begin(request, by=by))
    try:
        row = await _run_to_end(service, row, "Continuing" if request is None else "Started")
    except StoreUnavailable as away:
        output_lines.say(f"{away} Saved tickets are kept. Free the disk or repair the database. {_RESUME_HINT}")
        raise
    except (asyncio.CancelledError, OSError):
        _report_stop(await service.leave(row.id))
        raise
    finally:
        await service.stop()
    if row.message:
        output_lines.say(row.message)
    await _report(service, row, output, anonymous=anonymous)
    if row.state != "done":
        output_lines.say(_RESUME_HINT)
    return row


async def _run_to_end(service: AuditService, row: AuditRow, began: str) -> AuditRow:
    words = AuditRequest.from_json(row.asked).words
    output_lines.say(f"{began}: audit {row.id}, {words}. Nothing is written to ConnectWise.")
    row = await _follow(service, row)
    if row.state == "done" and row.totals and row.totals["tickets"]:
        output_lines.say("Searching for thresholds that fit better …")
        try:
            row = await service.suggest(row.id)
        except WorkerCrashed as trouble:
            output_lines.say(str(trouble))
    return row


async def _follow(service: AuditService, row: AuditRow) -> AuditRow:
    """The audit once it has ended. If its output is closed, it is stopped as by Ctrl+C."""
    task, closed = asyncio.current_task(), list[OSError]()
    with output_lines.progress() as show:

        def report(current: AuditRow) -> None:
            try:
                show(current)
            except OSError as error:
                closed.append(error)
                if task is not None:
                    task.cancel()

        try:
            return await service.finish(row.id, report)
        except asyncio.CancelledError:
            if closed:
                raise closed[0] from None
            raise


def _report_stop(row: AuditRow) -> None:
    if row.state == "done":
        output_lines.say(f"The audit is done. Run miniprojects audit --audit {row.id} to write its report.")
    elif row.is_open:
        output_lines.say(f"Another process is running this audit and stops it after the current page. {_RESUME_HINT}")
    else:
        output_lines.say(f"{row.message} {_RESUME_HINT}")


async def _what_if(service: AuditService, audit_id: str, chart: Chart, output: Path) -> None:
    if audit_id:
        row: AuditRow | None = await service.get(audit_id)
    else:
        row = await service.parts.audits.latest("done", "cancelled", "failed", seen=True)
    if row is None:
        raise NotFoundError("There is no audit with saved tickets. Run miniprojects audit first.")
    try:
        found = await service.what_if(row.id, chart)
    finally:
        await service.stop()
    output_lines.show_what_if(found, write_what_if(found, output))
