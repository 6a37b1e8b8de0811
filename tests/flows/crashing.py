"""A service process that dies by SIGKILL at a chosen request to ConnectWise, just before or just after its effect.

The process is forked from a server that has the modules loaded already, so that hundreds of deaths take seconds.
"""

from __future__ import annotations

import asyncio
import multiprocessing
import os
import signal
from dataclasses import dataclass
from datetime import timedelta

import httpx

from app.flows import ChartInUse, FlowConfig, FlowParts, Service
from app.flows.config import utc_now
from app.journal import Database
from app.manage import CatalogueCache, Manage, ManageConfig

_FORKS = multiprocessing.get_context("forkserver")
_FORKS.set_forkserver_preload(["tests.flows.crashing"])


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


def live(url: str, config: ManageConfig, *, death: Death | None, most_seconds: float = 30.0) -> bool:
    """Lets a service process work on the journal until no run is open; True when it died on the way."""
    process = _FORKS.Process(target=_run, args=(url, config, death, most_seconds))
    process.start()
    process.join(most_seconds + 10)
    if process.is_alive():
        process.kill()
        raise TimeoutError("the service process did not end")
    if process.exitcode not in (0, -signal.SIGKILL):
        raise RuntimeError(f"the service process ended with {process.exitcode}")
    return process.exitcode != 0


def _run(url: str, config: ManageConfig, death: Death | None, most_seconds: float) -> None:
    asyncio.run(asyncio.wait_for(_work(url, config, death), most_seconds))


async def _work(url: str, config: ManageConfig, death: Death | None) -> None:
    transport = Mortal(death)
    database = Database(url)
    async with (
        Manage(config, transport=transport) as writer,
        Manage(config, transport=transport, read_only=True) as reader,
    ):
        flow = FlowConfig(mode="live", max_writes_per_hour=100_000, first_wait=0.05)
        # Time runs ahead in a new process, so that the leases of the dead one have run out.
        ahead = timedelta(minutes=2)
        parts = FlowParts(
            flow, ChartInUse(None), reader, writer, CatalogueCache(reader), database, lambda: utc_now() + ahead
        )
        service = Service(parts)
        await service.start(look_after=False)
        while await parts.inbox.new_events() or await parts.runs.next_moment() or await _working(parts):  # noqa: ASYNC110
            await asyncio.sleep(0.01)
        await service.stop()
    database.close()


async def _working(parts: FlowParts) -> bool:
    figures = await parts.memory.figures(parts.now())
    return bool(figures["runs"].get("working"))
