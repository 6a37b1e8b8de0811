"""A service process that dies by SIGKILL at a chosen request to ConnectWise, just before or just after its effect.

The process is forked from a server that has the modules loaded already, so that hundreds of deaths take seconds.
"""

from __future__ import annotations

import asyncio
import logging
import multiprocessing
import os
import signal
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import httpx
import structlog

from app.chart import decide, shipped_chart
from app.connectwise import ClientConfig, ConnectWiseClient, ReferenceCache
from app.domain.enums import Mode
from app.domain.ticket import TicketRecord
from app.storage import OPEN_STATES, Database
from app.workflow import ChartProvider, Service, WorkflowConfig, WorkflowContext
from app.workflow.context import utc_now

decide(TicketRecord(id=1, summary="The words of the chart are compiled here, once for every fork"), shipped_chart())
_FORKS = multiprocessing.get_context("forkserver")
_FORKS.set_forkserver_preload(["tests.support.crash_points"])


@dataclass(frozen=True, slots=True)
class Death:
    """Die at the `nth` request (from 1), before it is sent or after its answer came."""

    nth: int
    after: bool


class Mortal(httpx.AsyncBaseTransport):
    """Passes requests on, counts them, and kills its own process at the chosen one."""

    def __init__(self, death: Death | None) -> None:
        self._inner = httpx.AsyncHTTPTransport()
        self._death = death
        self._count = 0

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        self._count += 1
        here = self._death is not None and self._count == self._death.nth
        if here and self._death is not None and not self._death.after:
            os.kill(os.getpid(), signal.SIGKILL)
        response = await self._inner.handle_async_request(request)
        if here:
            await response.aread()
            os.kill(os.getpid(), signal.SIGKILL)
        return response


class PausingPace:
    """Stops its own process at the chosen request, after the intent and before the send; SIGCONT continues it."""

    def __init__(self, nth: int | None) -> None:
        self._nth = nth
        self._count = 0

    async def take(self) -> None:
        self._count += 1
        if self._count == self._nth:
            os.kill(os.getpid(), signal.SIGSTOP)


@dataclass(frozen=True, slots=True)
class Life:
    """One service process. `number` counts the lives on one journal: each one's clock is ahead of the one before, so
    that the leases of the dead have run out. Where lives overlap it stays 0 and the leases are short."""

    url: str
    config: ClientConfig
    number: int = 0
    death: Death | None = None
    pause_at: int | None = None
    """The request before which the process pauses, counted from 1."""
    most_seconds: float = 60.0
    lease: float = 2.0
    in_doubt: float = 0.0
    stays: bool = False
    """Whether it goes on when nothing is open any more."""
    chart: str = ""
    """Path of a chart file; empty: the shipped chart."""


def start(life: Life) -> multiprocessing.process.BaseProcess:
    """Lets a service process work on the journal until no run is open."""
    process = _FORKS.Process(target=_run, args=(life,), daemon=True)
    process.start()
    return process


def live(life: Life) -> bool:
    """As `start`, to its end; True when it died on the way."""
    process = start(life)
    process.join(life.most_seconds + 10)
    if process.is_alive():
        process.kill()
        raise TimeoutError("the service process did not end")
    if process.exitcode not in (0, -signal.SIGKILL):
        raise RuntimeError(f"the service process ended with {process.exitcode}")
    return process.exitcode != 0


def _run(life: Life) -> None:
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    logging.disable(logging.CRITICAL)
    asyncio.run(asyncio.wait_for(_work(life), life.most_seconds))


async def _work(life: Life) -> None:
    transport, pace = Mortal(life.death), PausingPace(life.pause_at)
    database = Database(life.url)
    async with (
        ConnectWiseClient(life.config, transport=transport, pace=pace) as writer,
        ConnectWiseClient(life.config, transport=transport, pace=pace, read_only=True) as reader,
    ):
        lease, doubt = timedelta(seconds=life.lease), timedelta(seconds=life.in_doubt)
        flow = WorkflowConfig(
            mode=Mode.LIVE, max_writes_per_hour=100_000, first_wait=0.05, poll=0.05, settle=0.0, second_look=0.0, quiet=0.05,
            stalled_after=life.lease / 5,
            lease=lease, in_doubt=doubt,
        )  # fmt: skip
        ahead = timedelta(minutes=2) * life.number
        parts = WorkflowContext(
            flow,
            ChartProvider(Path(life.chart) if life.chart else None),
            reader,
            writer,
            ReferenceCache(reader),
            database,
            lambda: utc_now() + ahead,
        )
        service = Service(parts)
        await service.start(look_after=False)
        while life.stays or await _something_open(parts):  # noqa: ASYNC110
            await asyncio.sleep(0.01)
        await service.stop()
    database.close()


async def _something_open(parts: WorkflowContext) -> bool:
    figures = await parts.key_value.figures(parts.now())
    return bool(figures["inbox"].get("new") or any(figures["runs"].get(state) for state in OPEN_STATES))
