"""Notifies the processes of one PostgreSQL database through procrastinate: one job for each due run.

A job only names a run; the runs table tells whether there is something to do. Jobs of one ticket share a lock, and a run
has at most one queued job. The job of a dead worker keeps its ticket's lock until another process finds it stalled and
drops it; the run is notified again when its lease has ended. (Retrying the job would collide with the queueing lock of a
newer one.)
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
from app.workflow.engine.leases import LeaseKeeper
from app.workflow.engine.polling_dispatcher import STOP_SECONDS, Intake
from app.workflow.engine.runner import Runner

log = structlog.get_logger()

_QUEUE, _TASK = "runs", "carry-on"
_MOST_NOTIFICATIONS = 100
_REPEATED_AFTER = 5.0
"""Seconds after which a run that is still due is notified again."""
_UNAVAILABLE = (exceptions.ProcrastinateException, psycopg.Error, psycopg_pool.PoolTimeout, StoreUnavailable)


class PostgresDispatcher:
    """A worker in this process, and a poll for due runs."""

    def __init__(self, context: WorkflowContext, runner: Runner, intake: Intake) -> None:
        self._context = context
        self._intake = intake
        self._leases = LeaseKeeper(context, runner)
        self._wake = asyncio.Event()
        self._stopping = False
        self._notified: dict[str, float] = {}
        self._tasks: list[asyncio.Task[None]] = []
        self._checked = 0.0
        self.standby_reason = ""

    async def start(self) -> None:
        """Starts; the worker is restarted after an outage of the database."""
        self._tasks = [asyncio.create_task(self._serve()), asyncio.create_task(self._leases.renew_forever())]

    def wake(self) -> None:
        """Hints that there may be a due run."""
        self._wake.set()

    async def stop(self) -> None:
        """Claims nothing new, lets steps under execution end, and releases what does not end in time."""
        self._stopping = True
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._leases.release()

    async def _serve(self) -> None:
        while not self._stopping:
            app = self._app()
            try:
                async with app.open_async():
                    await self._work_and_notify(app)
            except _UNAVAILABLE as error:
                reason = f"The worker stopped ({type(error).__name__}) and is restarted."
                log.error("store.unavailable", reason=reason)
            except Exception:
                log.exception("dispatch.fault")
            await asyncio.sleep(self._context.config.poll)

    async def _work_and_notify(self, app: procrastinate.App) -> None:
        """Ends when either of the two ends."""
        stalled_after = self._context.config.stalled_after
        worker = app.run_worker_async(
            queues=[_QUEUE], concurrency=self._context.config.concurrency, install_signal_handlers=False,
            delete_jobs="always", fetch_job_polling_interval=self._context.config.poll, shutdown_graceful_timeout=STOP_SECONDS,
            update_heartbeat_interval=stalled_after / 3, stalled_worker_timeout=stalled_after,
        )  # fmt: skip
        both = {asyncio.create_task(worker), asyncio.create_task(self._notify_due(app))}
        try:
            done, _ = await asyncio.wait(both, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in both:
                task.cancel()
            await asyncio.gather(*both, return_exceptions=True)
        for task in done:
            task.result()

    async def _notify_due(self, app: procrastinate.App) -> None:
        while not self._stopping:
            self._wake.clear()
            try:
                await self._intake()
                await self._defer_due(app)
                await self._drop_stalled(app)
            except StoreUnavailable as unavailable:
                log.error("store.unavailable", reason=str(unavailable))
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(self._context.config.poll):
                    await self._wake.wait()

    async def _defer_due(self, app: procrastinate.App) -> None:
        """Notifies a process for each due run; a lost notification is repeated."""
        moment = time.monotonic()
        self._notified = {run_id: at for run_id, at in self._notified.items() if at + _REPEATED_AFTER > moment}
        for run_id, ticket_id in await self._context.runs.due(limit=_MOST_NOTIFICATIONS, now=self._context.now()):
            if run_id in self._notified or run_id in self._leases.run_ids:
                continue
            job = app.configure_task(_TASK, queue=_QUEUE, lock=f"ticket-{ticket_id}", queueing_lock=f"run-{run_id}")
            with contextlib.suppress(exceptions.AlreadyEnqueued):
                await job.defer_async(run_id=run_id)
            self._notified[run_id] = moment

    async def _drop_stalled(self, app: procrastinate.App) -> None:
        stalled_after = self._context.config.stalled_after
        if time.monotonic() < self._checked + stalled_after / 3:
            return
        self._checked = time.monotonic()
        for job in await app.job_manager.get_stalled_jobs(queue=_QUEUE, seconds_since_heartbeat=stalled_after):
            with contextlib.suppress(exceptions.ConnectorException):  # another process was faster
                await app.job_manager.finish_job(job, Status.ABORTED, delete_job=True)
                log.warning("dispatch.stalled-job-dropped", job=job.id)

    async def _execute(self, run_id: str) -> None:
        for run in await self._leases.claim(limit=1, only=run_id):
            await self._leases.execute(run)
            self._notified.pop(run_id, None)
        self.wake()

    def _app(self) -> procrastinate.App:
        address = self._context.database.url.set(drivername="postgresql").render_as_string(hide_password=False)
        options = {"options": f"-c search_path={SCHEMA}", "connect_timeout": 4}
        connector = procrastinate.PsycopgConnector(conninfo=address, min_size=1, max_size=4, timeout=10, kwargs=options)
        app = procrastinate.App(connector=connector)
        app.task(name=_TASK, queue=_QUEUE)(self._execute)
        return app
