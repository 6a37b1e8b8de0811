"""Starts, follows, cancels and resumes audits, and runs them in the background."""

from __future__ import annotations

import asyncio
import contextlib
import os
import socket
from datetime import timedelta
from typing import Any
from uuid import uuid4

import structlog

from app.audit.totals import Totals
from app.audit_jobs.context import AuditContext, AuditRequest
from app.audit_jobs.runner import AuditRun, Progress
from app.audit_jobs.totals import suggested, tallied
from app.audit_jobs.views import audit_json
from app.audit_jobs.what_if import WhatIf, what_if
from app.audit_jobs.worker_pool import WorkerPool
from app.chart import Chart
from app.connectwise import ConnectWiseError
from app.storage import A_PERSON, OwnershipLost, StoreUnavailable, TrailEntry
from app.storage.audits import AuditRow
from app.workflow.errors import ConflictError, NotFoundError, WorkerCrashed

log = structlog.get_logger()

_LONGEST_WAIT = timedelta(minutes=5)


def _nothing(_audit: AuditRow) -> None:
    return


class AuditService:
    """Audits for the HTTP API and the command line."""

    def __init__(self, parts: AuditContext) -> None:
        self.parts = parts
        self.owner = f"{socket.gethostname()[:60]}:{os.getpid()}:{uuid4().hex[:8]}"
        self._pool = WorkerPool(parts.executor)
        self._task: asyncio.Task[None] | None = None
        self._wake = asyncio.Event()
        self._stopping = False
        self._failed_suggestion = ""
        self._lock = asyncio.Lock()

    async def start(self) -> None:
        """Run open audits in the background, one after the other."""
        self._stopping = False
        self._task = asyncio.create_task(self._loop())

    async def stop(self) -> None:
        """Stop; a running audit resumes after its last page at the next start."""
        self._stopping = True
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
            self._task = None
        self._pool.close()

    async def begin(self, asked: AuditRequest, chart: Chart | None = None, *, by: str = "") -> AuditRow:
        """Queue an audit by the current chart or by another one. Sends no request yet."""
        chosen = chart or self.parts.chart.current()
        stamp = (chosen.stamp.version, chosen.stamp.sha256, chosen.text)
        kept = {**asked.to_json(), "link": self.parts.link}
        row = await self.parts.audits.open(kept, chart=stamp, entry=self._entry(by, "started an audit"))
        self._wake.set()
        return row

    async def get(self, audit_id: str) -> AuditRow:
        """An audit in its current state."""
        row = await self.parts.audits.get(audit_id)
        if row is None:
            raise NotFoundError(f"There is no audit {audit_id}.")
        return row

    async def recent(self) -> list[dict[str, Any]]:
        """The newest audits, without their totals."""
        return [audit_json(row) for row in await self.parts.audits.recent()]

    async def cancel(self, audit_id: str, *, by: str = "") -> AuditRow:
        """Cancel an audit after its current page; its results are kept."""
        row = await self.get(audit_id)
        entry = self._entry(by, "stopped an audit", audit_id)
        if not await self.parts.audits.cancel(audit_id, now=self.parts.now(), entry=entry):
            raise ConflictError(f"The audit has ended already ({row.state}).")
        return await self.get(audit_id)

    async def leave(self, audit_id: str) -> AuditRow:
        """Cancel an audit whose `finish` was interrupted: at once if this process ran it, else after its current page."""
        await self.parts.audits.cancel(audit_id, now=self.parts.now())
        row = await self.get(audit_id)
        if row.state == "running" and row.owner == self.owner:
            with contextlib.suppress(OwnershipLost):
                await self._cancelled(row, await tallied(self.parts, audit_id))
        return await self.get(audit_id)

    async def resume(self, audit_id: str | None = None, *, by: str = "") -> AuditRow:
        """Reopen the named audit, or the newest unfinished one, after its last page."""
        row = (
            await self.get(audit_id)
            if audit_id
            else await self.parts.audits.latest("queued", "running", "cancelled", "failed")
        )
        if row is None:
            raise NotFoundError("There is no audit to resume: none was started, or each has ended.")
        if row.state == "done":
            raise ConflictError(f"The audit {row.id} has ended already.")
        if row.seen and not await self.parts.audits.keeps(row.id):
            raise ConflictError(
                f"What the audit {row.id} found of each ticket was forgotten after its time; begin a new one."
            )
        entry = self._entry(by, "resumed an audit", row.id)
        await self.parts.audits.reopen(row.id, now=self.parts.now(), entry=entry)
        self._wake.set()
        return await self.get(row.id)

    def _entry(self, by: str, what: str, audit_id: str = "") -> TrailEntry:
        return TrailEntry(by or A_PERSON, what, self.parts.now(), detail=audit_id)

    async def finish(self, audit_id: str, progress: Progress = _nothing) -> AuditRow:
        """Run an audit to its end in this process; follow it if another process runs it."""
        while (row := await self.get(audit_id)).is_open:
            if not await self.work(progress, only=audit_id):
                progress(row)
                wait = (row.not_before - self.parts.now()).total_seconds()
                await asyncio.sleep(min(max(wait, 0.05), self.parts.poll))
        return row

    async def work(self, progress: Progress = _nothing, *, only: str | None = None) -> bool:
        """Run one open audit if there is one that no other process holds."""
        async with self._lock:
            return await self._work(progress, only)

    async def _work(self, progress: Progress, only: str | None) -> bool:
        audit = await self.parts.audits.claim(self.owner, now=self.parts.now(), only=only, is_dead=self._is_dead)
        if audit is None:
            return False
        run = AuditRun(self.parts, audit, self._pool, progress)
        try:
            await self._carry_on(run)
        except OwnershipLost:
            log.warning("audit.taken-over", audit=audit.id)
        except StoreUnavailable:
            raise
        except (ConnectWiseError, WorkerCrashed) as trouble:
            await self._trouble(run.audit, trouble)
        except Exception as fault:
            log.exception("audit.fault", audit=audit.id)
            await self._fail(run.audit, f"A fault in the service ({type(fault).__name__}); its log has the place.")
        return True

    async def _carry_on(self, run: AuditRun) -> None:
        if refusal := await run.pages():
            await self._fail(run.audit, refusal)
            return
        if run.audit.cancel and not run.complete:
            await self._cancelled(run.audit, run.total)
            return
        message = "" if run.audit.seen else f"There is no ticket {AuditRequest.from_json(run.audit.asked).words}."
        await self.parts.audits.settle(
            run.audit, "done", message=message, now=self.parts.now(), totals=run.total.to_json()
        )

    async def _cancelled(self, audit: AuditRow, total: Totals) -> None:
        kept = f" after ticket {audit.cursor}; results until then are kept" if audit.seen else ""
        totals, now = total.to_json(), self.parts.now()
        await self.parts.audits.settle(audit, "cancelled", message=f"Cancelled{kept}.", now=now, totals=totals)

    async def _trouble(self, audit: AuditRow, trouble: ConnectWiseError | WorkerCrashed) -> None:
        """After a failure of ConnectWise or a worker: schedule a retry after the last page, or fail the audit."""
        message = str(trouble)
        helps = isinstance(trouble, WorkerCrashed) or trouble.waiting_helps
        if not helps or audit.attempts + 1 >= self.parts.tries:
            await self._fail(audit, message)
            return
        pause = min(self.parts.first_wait * 2**audit.attempts, _LONGEST_WAIT)
        if isinstance(trouble, ConnectWiseError) and trouble.retry_after:
            pause = max(pause, timedelta(seconds=trouble.retry_after))
        now = self.parts.now()
        text = f"{message} Retry in {pause.total_seconds():.0f} s, after ticket {audit.cursor}."
        await self.parts.audits.wait(audit, until=now + pause, message=text, now=now)

    async def _fail(self, audit: AuditRow, message: str) -> None:
        kept = (
            f" Results up to ticket {audit.cursor} are kept; resume the audit to continue from there."
            if audit.cursor
            else ""
        )
        totals = (await tallied(self.parts, audit.id)).to_json()
        await self.parts.audits.settle(audit, "failed", message=message + kept, now=self.parts.now(), totals=totals)

    async def what_if(self, audit_id: str, chart: Chart) -> WhatIf:
        """Evaluate an audit's kept tickets by another chart, without ConnectWise."""
        return await what_if(self.parts, self._pool, await self.get(audit_id), chart)

    async def suggest(self, audit_id: str) -> AuditRow:
        """Search for thresholds that fit these tickets better, and store them."""
        row = await self.get(audit_id)
        await self.parts.audits.suggest(row.id, await suggested(self.parts, row, self._pool))
        return await self.get(row.id)

    async def _loop(self) -> None:
        while not self._stopping:
            self._wake.clear()
            try:
                while await self.work():
                    pass
                await self._suggest_for_the_latest()
            except StoreUnavailable as away:
                log.error("store.unavailable", why=str(away))
            except Exception:
                log.exception("audit.fault")
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(self.parts.poll):
                    await self._wake.wait()

    async def _suggest_for_the_latest(self) -> None:
        """Search thresholds for the latest audit; a failed search is not repeated."""
        row = await self.parts.audits.latest("done")
        if row is None or row.suggestions is not None or row.id == self._failed_suggestion:
            return
        try:
            await self.suggest(row.id)
        except StoreUnavailable:
            raise
        except Exception:
            self._failed_suggestion = row.id
            log.exception("audit.no-suggestions", audit=row.id)

    def _is_dead(self, owner: str) -> bool:
        """Whether a claim belongs to an ended process of this machine; for other machines only the lease decides."""
        host, _, rest = owner.partition(":")
        number = rest.partition(":")[0]
        if host != socket.gethostname()[:60] or not number.isdigit():
            return False
        if int(number) == os.getpid():
            return True  # This process holds one audit at a time, so an earlier process had the same number.
        try:
            os.kill(int(number), 0)
        except ProcessLookupError:
            return True
        except OSError:
            return False
        return False
