"""Wakes the processes of one PostgreSQL database through procrastinate: one job for each run that may go on.

A job says only "look at this run"; whether there is something to do stands in the journal. Jobs of one ticket share a
lock, and a run has at most one job waiting. A job of a worker that died keeps its ticket's lock until another process
finds it stalled and drops it; the run is woken again when its lease is over. (To retry the job would collide with the
queueing lock of a newer one.)
"""

from __future__ import annotations

import asyncio
import contextlib
import time

import procrastinate
import psycopg
import psycopg_pool
import structlog
from procrastinate import exceptions
from procrastinate.jobs import Status

from app.storage import StoreUnavailable
from app.storage.procrastinate_schema import SCHEMA
from app.workflow.context import WorkflowContext
from app.workflow.engine.polling_dispatcher import STOP_SECONDS, LeaseKeeper
from app.workflow.tickets.intake import take_in

log = structlog.get_logger()

_QUEUE, _TASK = "runs", "carry-on"
_MOST_WAKE_UPS = 100
_REMEMBERED_SECONDS = 5.0
_AWAY = (exceptions.ProcrastinateException, psycopg.Error, psycopg_pool.PoolTimeout, StoreUnavailable)


class Queue:
    """A worker in this process, and the look into the journal for runs that are due."""

    def __init__(self, parts: WorkflowContext) -> None:
        self._parts = parts
        self._at_work = LeaseKeeper(parts)
        self._wake = asyncio.Event()
        self._stopping = False
        self._woken: dict[str, float] = {}
        self._tasks: list[asyncio.Task[None]] = []
        self._checked = 0.0
        self.stands_by = ""

    async def start(self) -> None:
        """Begins; the worker is started again whenever the database was away."""
        self._tasks = [asyncio.create_task(self._serve()), asyncio.create_task(self._at_work.keep_leases())]

    def wake(self) -> None:
        """Says that there may be something to do."""
        self._wake.set()

    async def stop(self) -> None:
        """Takes nothing new, lets the steps under way end, and frees what does not end in time."""
        self._stopping = True
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._at_work.release()

    async def _serve(self) -> None:
        while not self._stopping:
            app = self._app()
            try:
                async with app.open_async():
                    await self._work_and_wake(app)
            except _AWAY as away:
                log.error("store.unavailable", why=f"The worker stopped ({type(away).__name__}) and is started again.")
            except Exception:
                log.exception("dispatch.fault")
            await asyncio.sleep(self._parts.config.poll)

    async def _work_and_wake(self, app: procrastinate.App) -> None:
        """Ends when either of the two does."""
        alive = self._parts.config.stalled_after
        worker = app.run_worker_async(
            queues=[_QUEUE], concurrency=self._parts.config.concurrency, install_signal_handlers=False,
            delete_jobs="always", fetch_job_polling_interval=self._parts.config.poll, shutdown_graceful_timeout=STOP_SECONDS,
            update_heartbeat_interval=alive / 3, stalled_worker_timeout=alive,
        )  # fmt: skip
        both = {asyncio.create_task(worker), asyncio.create_task(self._wake_due(app))}
        try:
            done, _ = await asyncio.wait(both, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in both:
                task.cancel()
            await asyncio.gather(*both, return_exceptions=True)
        for task in done:
            task.result()

    async def _wake_due(self, app: procrastinate.App) -> None:
        while not self._stopping:
            self._wake.clear()
            try:
                await take_in(self._parts)
                await self._defer_due(app)
                await self._drop_stalled(app)
            except StoreUnavailable as away:
                log.error("store.unavailable", why=str(away))
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(self._parts.config.poll):
                    await self._wake.wait()

    async def _defer_due(self, app: procrastinate.App) -> None:
        """Wakes somebody, here or elsewhere, for each run that may go on; a wake-up that got lost is sent again."""
        moment = time.monotonic()
        self._woken = {run_id: at for run_id, at in self._woken.items() if at + _REMEMBERED_SECONDS > moment}
        for run_id, ticket_id in await self._parts.runs.due(limit=_MOST_WAKE_UPS, now=self._parts.now()):
            if run_id in self._woken or run_id in self._at_work.run_ids:
                continue
            job = app.configure_task(_TASK, queue=_QUEUE, lock=f"ticket-{ticket_id}", queueing_lock=f"run-{run_id}")
            with contextlib.suppress(exceptions.AlreadyEnqueued):
                await job.defer_async(run_id=run_id)
            self._woken[run_id] = moment

    async def _drop_stalled(self, app: procrastinate.App) -> None:
        alive = self._parts.config.stalled_after
        if time.monotonic() < self._checked + alive / 3:
            return
        self._checked = time.monotonic()
        for job in await app.job_manager.get_stalled_jobs(queue=_QUEUE, seconds_since_heartbeat=alive):
            with contextlib.suppress(exceptions.ConnectorException):  # another process was faster
                await app.job_manager.finish_job(job, Status.ABORTED, delete_job=True)
                log.warning("queue.dropped-stalled", job=job.id)

    async def _carry_on(self, run_id: str) -> None:
        mine, now = self._at_work, self._parts.now()
        for run in await self._parts.runs.claim(mine.owner, limit=1, now=now, only=run_id, at_work=tuple(mine.run_ids)):
            await mine.work(run)
            self._woken.pop(run_id, None)
        self.wake()

    def _app(self) -> procrastinate.App:
        address = self._parts.database.url.set(drivername="postgresql").render_as_string(hide_password=False)
        options = {"options": f"-c search_path={SCHEMA}", "connect_timeout": 4}
        connector = procrastinate.PsycopgConnector(conninfo=address, min_size=1, max_size=4, timeout=10, kwargs=options)
        app = procrastinate.App(connector=connector)
        app.task(name=_TASK, queue=_QUEUE)(self._carry_on)
        return app
