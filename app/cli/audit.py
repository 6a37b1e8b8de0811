"""`miniprojects audit`: the chart over past tickets, with a report; the same tickets by another chart. Writes nothing to ConnectWise."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated

import typer

from app.audit.report.figures import answers
from app.audit_jobs.context import YEARS, AuditRequest
from app.audit_jobs.report_files import check_folder, write, write_what_if
from app.audit_jobs.service import AuditService
from app.audit_jobs.totals import tallied
from app.audit_jobs.views import audit_json
from app.chart import Chart, load_chart
from app.cli import audit_output as lines
from app.cli.context import reach, typed, with_parts
from app.container import Container
from app.storage.audits import AuditRow
from app.workflow import ConflictError, NotFoundError, StoreUnavailable, WorkerCrashed

_A_YEAR = timedelta(days=365)
_GOES_ON = "miniprojects audit --resume goes on with it."
_MORE = "May be given several times."


def moment(text: str) -> datetime:
    """A date or an instant; without a zone it is UTC."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        raise typer.BadParameter(f"“{text}” is no date; write 2026-01-31, or 2026-01-31T08:00:00Z") from None
    if found.year not in YEARS:
        raise typer.BadParameter(f"“{text}” lies outside the years {YEARS[0]} to {YEARS[-1]}")
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def audit(
    since: Annotated[str | None, typer.Option(help="Tickets entered from this date on; default: a year ago.")] = None,
    until: Annotated[str | None, typer.Option(help="Up to, not including, this date; default: now.")] = None,
    board: Annotated[list[str] | None, typer.Option(help=f"Only this board, by name or id. {_MORE}")] = None,
    company: Annotated[list[str] | None, typer.Option(help=f"Only this company, by name or id. {_MORE}")] = None,
    status: Annotated[list[str] | None, typer.Option(help=f"Only tickets in this status now. {_MORE}")] = None,
    output: Annotated[Path, typer.Option(help="Folder for the report: HTML, CSV and JSON.")] = Path("audit"),
    resume: Annotated[
        bool, typer.Option("--resume", help="Go on with the last audit that did not come to its end.")
    ] = False,
    chart: Annotated[
        Path | None, typer.Option(help="What if: this chart over an audit's kept tickets, without ConnectWise.")
    ] = None,
    named: Annotated[
        str,
        typer.Option(
            "--audit",
            help="With --resume or --chart: which audit; default: the last one. Alone: writes its report again.",
            callback=typed,
        ),
    ] = "",
) -> None:
    """What would the chart have done with past tickets, was it right, and what did misplaced work cost?

    Looks at each ticket as it was when it came in, and at what became of it. Writes nothing to ConnectWise. Can be stopped at
    any time; --resume goes on.
    """
    filters = (since, until, board, company, status)
    if (resume or chart or named) and any(filters):
        raise typer.BadParameter(
            "an audit keeps the range and filters it began with; leave them out beside --resume, --chart and --audit"
        )
    if resume and chart:
        raise typer.BadParameter("--resume goes on with an audit, --chart looks at one that has ended; one of the two")
    if named and not (resume or chart):
        with_parts(lambda parts: _report_again(_service(parts), named, output))
        return
    if chart:
        other = load_chart(chart)
        with_parts(lambda parts: _what_if(_service(parts), named, other, output))
        return
    asked = None if resume else _asked(since, until, board, company, status)
    if with_parts(lambda parts: _run(_service(parts), named, asked, output)).state != "done":
        raise typer.Exit(1)


def _asked(
    since: str | None, until: str | None, board: list[str] | None, company: list[str] | None, status: list[str] | None
) -> AuditRequest:
    now = datetime.now(UTC)
    end = now if until is None else moment(until)
    begin = end - _A_YEAR if since is None else moment(since)
    return AuditRequest(begin, end, *(tuple(map(_id_or_name, given or ())) for given in (board, company, status)))


def _id_or_name(text: str) -> int | str:
    return int(text) if text.isascii() and text.isdigit() else typed(text)


def _service(parts: Container) -> AuditService:
    return parts.audits


async def _report_again(service: AuditService, named: str, output: Path) -> None:
    check_folder(output)
    row = await service.get(named)
    if not row.seen:
        why = row.message or f"it is {row.state}, and no ticket has been kept yet."
        raise ConflictError(f"There is nothing to report of the audit {row.id}: {why}")
    if row.state != "done":
        lines.say(f"This audit is {row.state}, not done: what follows is of the {row.seen:,} tickets found so far.")
    await _show_end(service, row, output)


async def _show_end(service: AuditService, row: AuditRow, output: Path) -> None:
    """Says the answers, then writes the report: whatever becomes of the files, the answers are there."""
    if row.seen:
        totals = row.totals or (await tallied(service.parts, row.id)).to_json()
        lines.show_end(audit_json(replace(row, totals=totals))["remarks"], answers(totals), row.suggestions or [])
        lines.show_files(await write(service.parts, row, output))


async def _run(service: AuditService, named: str, asked: AuditRequest | None, output: Path) -> AuditRow:
    check_folder(output)
    if asked is not None:
        await reach(service.parts.reader)
    row = await service.resume(named or None) if asked is None else await service.begin(asked)
    try:
        row = await _to_its_end(service, row, "Going on with" if asked is None else "Begun:")
    except StoreUnavailable as away:
        lines.say(
            f"{away} What is kept stays: free the disk or mend the database, then miniprojects audit --resume goes on."
        )
        raise
    except (asyncio.CancelledError, OSError):
        _say_where_it_stopped(await service.leave(row.id))
        raise
    finally:
        await service.stop()
    if row.message:
        lines.say(row.message)
    await _show_end(service, row, output)
    if row.state != "done":
        lines.say(_GOES_ON)
    return row


async def _to_its_end(service: AuditService, row: AuditRow, began: str) -> AuditRow:
    lines.say(f"{began} audit {row.id}, {AuditRequest.from_json(row.asked).words}. Nothing is written to ConnectWise.")
    row = await _followed(service, row)
    if row.state == "done" and row.totals and row.totals["tickets"]:
        lines.say("Looking for thresholds that fit better …")
        try:
            row = await service.suggest(row.id)
        except WorkerCrashed as trouble:
            lines.say(str(trouble))
    return row


async def _followed(service: AuditService, row: AuditRow) -> AuditRow:
    """The audit once it has ended. Where nobody takes what is told of it any more, it is broken off as by Ctrl-C."""
    task, refused = asyncio.current_task(), list[OSError]()
    with lines.progress() as told:

        def tell(now: AuditRow) -> None:
            try:
                told(now)
            except OSError as error:
                refused.append(error)
                if task is not None:
                    task.cancel()

        try:
            return await service.finish(row.id, tell)
        except asyncio.CancelledError:
            if refused:
                raise refused[0] from None
            raise


def _say_where_it_stopped(row: AuditRow) -> None:
    if row.state == "done":
        lines.say(f"The audit has come to its end; miniprojects audit --audit {row.id} writes its report.")
    elif row.is_open:
        lines.say(f"Another process works on it and ends it after the page under way. {_GOES_ON}")
    else:
        lines.say(f"{row.message} {_GOES_ON}")


async def _what_if(service: AuditService, named: str, chart: Chart, output: Path) -> None:
    row = (
        await service.get(named)
        if named
        else await service.parts.audits.latest("done", "cancelled", "failed", seen=True)
    )
    if row is None:
        raise NotFoundError(
            "There is no audit yet whose tickets could be looked at again; run miniprojects audit first."
        )
    try:
        found = await service.what_if(row.id, chart)
    finally:
        await service.stop()
    lines.show_what_if(found, write_what_if(found, output))
