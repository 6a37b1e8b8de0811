"""Audits behind their doors: begin, follow, cancel, resume, and the loop that carries them on in the background."""

from __future__ import annotations

import asyncio
import contextlib
import os
import socket
from datetime import timedelta
from typing import Any
from uuid import uuid4

import structlog

from app.audit.totals import Tally
from app.audit_jobs.context import AuditContext, AuditRequest
from app.audit_jobs.runner import AuditRun, Told
from app.audit_jobs.totals import suggested, tallied
from app.audit_jobs.views import audit_json
from app.audit_jobs.what_if import WhatIf, what_if
from app.audit_jobs.worker_pool import WorkerPool
from app.chart import Chart
from app.connectwise import ConnectWiseError
from app.storage import OwnershipLost, StoreUnavailable
from app.storage.audits import AuditRow
from app.workflow.errors import ConflictError, NotFoundError, WorkerCrashed

log = structlog.get_logger()

_LONGEST_WAIT = timedelta(minutes=5)


def _nothing(_audit: AuditRow) -> None:
    return


class AuditService:
    """What the HTTP API and the command line may ask for about audits."""

    def __init__(self, parts: AuditContext) -> None:
        self.parts = parts
        self.owner = f"{socket.gethostname()[:60]}:{os.getpid()}:{uuid4().hex[:8]}"
        self._hands = WorkerPool(parts.executor)
        self._task: asyncio.Task[None] | None = None
        self._wake = asyncio.Event()
        self._stopping = False
        self._in_vain = ""
        self._lock = asyncio.Lock()

    async def start(self) -> None:
        """Carries open audits on in the background, one after the other."""
        self._stopping = False
        self._task = asyncio.create_task(self._loop())

    async def stop(self) -> None:
        """Stops; an audit under way goes on behind its last page at the next start."""
        self._stopping = True
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
            self._task = None
        self._hands.close()

    async def begin(self, asked: AuditRequest, chart: Chart | None = None) -> AuditRow:
        """Queues an audit by the chart in use, or by another one. Nothing is asked of ConnectWise yet."""
        chosen = chart or self.parts.chart.current()
        stamp = (chosen.stamp.version, chosen.stamp.sha256, chosen.text)
        kept = {**asked.to_json(), "link": self.parts.link}
        row = await self.parts.audits.open(kept, chart=stamp, now=self.parts.now())
        self._wake.set()
        return row

    async def get(self, audit_id: str) -> AuditRow:
        """An audit as it stands."""
        row = await self.parts.audits.get(audit_id)
        if row is None:
            raise NotFoundError(f"There is no audit {audit_id}.")
        return row

    async def recent(self) -> list[dict[str, Any]]:
        """The newest audits, without their totals."""
        return [audit_json(row) for row in await self.parts.audits.recent()]

    async def cancel(self, audit_id: str) -> AuditRow:
        """Ends an audit after the page under way; what it has found stays."""
        row = await self.get(audit_id)
        if not await self.parts.audits.cancel(audit_id, now=self.parts.now()):
            raise ConflictError(f"The audit has ended already ({row.state}).")
        return await self.get(audit_id)

    async def leave(self, audit_id: str) -> AuditRow:
        """Ends an audit whose `finish` was broken off: at once where we have worked on it, else after the page under way."""
        await self.parts.audits.cancel(audit_id, now=self.parts.now())
        row = await self.get(audit_id)
        if row.state == "running" and row.owner == self.owner:
            with contextlib.suppress(OwnershipLost):
                await self._cancelled(row, await tallied(self.parts, audit_id))
        return await self.get(audit_id)

    async def resume(self, audit_id: str | None = None) -> AuditRow:
        """Lets the named audit, or the newest one that has not come to its end, go on from where it stopped."""
        row = (
            await self.get(audit_id)
            if audit_id
            else await self.parts.audits.latest("queued", "running", "cancelled", "failed")
        )
        if row is None:
            raise NotFoundError("There is no audit to go on with: none was begun, or each has come to its end.")
        if row.state == "done":
            raise ConflictError(f"The audit {row.id} has come to its end already.")
        if row.seen and not await self.parts.audits.keeps(row.id):
            raise ConflictError(
                f"What the audit {row.id} found of each ticket was forgotten after its time; begin a new one."
            )
        await self.parts.audits.reopen(row.id, now=self.parts.now())
        self._wake.set()
        return await self.get(row.id)

    async def finish(self, audit_id: str, told: Told = _nothing) -> AuditRow:
        """Carries an audit on until it has ended, here; one that another process works on is followed."""
        while (row := await self.get(audit_id)).is_open:
            if not await self.work(told, only=audit_id):
                told(row)
                wait = (row.not_before - self.parts.now()).total_seconds()
                await asyncio.sleep(min(max(wait, 0.05), self.parts.poll))
        return row

    async def work(self, told: Told = _nothing, *, only: str | None = None) -> bool:
        """Carries one open audit on, if there is one that nobody else works on."""
        async with self._lock:
            return await self._work(told, only)

    async def _work(self, told: Told, only: str | None) -> bool:
        audit = await self.parts.audits.claim(self.owner, now=self.parts.now(), only=only, is_dead=self._is_dead)
        if audit is None:
            return False
        run = AuditRun(self.parts, audit, self._hands, told)
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
        said = "" if run.audit.seen else f"There is no ticket {AuditRequest.from_json(run.audit.asked).words}."
        await self.parts.audits.settle(
            run.audit, "done", message=said, now=self.parts.now(), totals=run.total.to_json()
        )

    async def _cancelled(self, audit: AuditRow, total: Tally) -> None:
        kept = f" after ticket {audit.cursor}; what was found until then stays" if audit.seen else ""
        totals, now = total.to_json(), self.parts.now()
        await self.parts.audits.settle(audit, "cancelled", message=f"Cancelled{kept}.", now=now, totals=totals)

    async def _trouble(self, audit: AuditRow, trouble: ConnectWiseError | WorkerCrashed) -> None:
        """ConnectWise or a judge does not do as it should: wait and go on behind the cursor, or say that it is no use."""
        said = str(trouble)
        helps = isinstance(trouble, WorkerCrashed) or trouble.waiting_helps
        if not helps or audit.attempts + 1 >= self.parts.tries:
            await self._fail(audit, said)
            return
        pause = min(self.parts.first_wait * 2**audit.attempts, _LONGEST_WAIT)
        if isinstance(trouble, ConnectWiseError) and trouble.retry_after:
            pause = max(pause, timedelta(seconds=trouble.retry_after))
        now = self.parts.now()
        text = f"{said} Tried again in {pause.total_seconds():.0f} s, behind ticket {audit.cursor}."
        await self.parts.audits.wait(audit, until=now + pause, message=text, now=now)

    async def _fail(self, audit: AuditRow, said: str) -> None:
        kept = (
            f" What was found up to ticket {audit.cursor} stays; resume the audit to go on from there."
            if audit.cursor
            else ""
        )
        totals = (await tallied(self.parts, audit.id)).to_json()
        await self.parts.audits.settle(audit, "failed", message=said + kept, now=self.parts.now(), totals=totals)

    async def what_if(self, audit_id: str, chart: Chart) -> WhatIf:
        """Judges an audit's stored evidence by another chart, without ConnectWise."""
        return await what_if(self.parts, self._hands, await self.get(audit_id), chart)

    async def suggest(self, audit_id: str) -> AuditRow:
        """Looks for thresholds that would tell this owner's tickets apart better, and keeps what it finds."""
        row = await self.get(audit_id)
        await self.parts.audits.suggest(row.id, await suggested(self.parts, row, self._hands))
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
        """What has failed once in the background is not done again and again."""
        row = await self.parts.audits.latest("done")
        if row is None or row.suggestions is not None or row.id == self._in_vain:
            return
        try:
            await self.suggest(row.id)
        except StoreUnavailable:
            raise
        except Exception:
            self._in_vain = row.id
            log.exception("audit.no-suggestions", audit=row.id)

    def _is_dead(self, owner: str) -> bool:
        """Whether a worker was a process of this machine that has ended; what other machines do is told by the lease alone."""
        host, _, rest = owner.partition(":")
        number = rest.partition(":")[0]
        if host != socket.gethostname()[:60] or not number.isdigit():
            return False
        if int(number) == os.getpid():
            return True  # We work on one audit at a time: this is what an earlier process of our number has left.
        try:
            os.kill(int(number), 0)
        except ProcessLookupError:
            return True
        except OSError:
            return False
        return False
