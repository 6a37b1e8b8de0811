"""Liveness, readiness with reasons, Prometheus metrics. None of them shows ticket data."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from datetime import datetime, timedelta
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, Response
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector
from pydantic import BaseModel

from app.api.notify_metrics import NotifyCollector
from app.api.reader_metrics import ReaderCollector
from app.connectwise import ClientMetrics

router = APIRouter(tags=["health"])

_SHARED_FOR = timedelta(seconds=1)


class Liveness(BaseModel):
    """The process answers."""

    status: str


class ReadinessCheck(BaseModel):
    """One part of the service; `hint` says what to do if it is not ok."""

    id: str
    ok: bool
    text: str
    hint: str


class Readiness(BaseModel):
    """Whether the service can work."""

    ready: bool
    checks: list[ReadinessCheck]


@router.get("/livez")
async def livez() -> Liveness:
    """Whether the process is alive."""
    return Liveness(status="ok")


class SharedAnswer:
    """One answer for everybody who asks within a second, and one computation at a time: strangers may ask as well."""

    def __init__(self) -> None:
        self._made: tuple[datetime, Response] | None = None
        self._making: asyncio.Task[Response] | None = None

    async def get(self, make: Callable[[], Awaitable[Response]], *, now: Callable[[], datetime]) -> Response:
        """The answer of less than a second ago, or a new one."""
        if self._made is not None and timedelta(0) <= now() - self._made[0] < _SHARED_FOR:
            return self._made[1]
        if self._making is None or self._making.done():
            self._making = asyncio.create_task(self._make(make, now))
        return await asyncio.shield(self._making)

    async def _make(self, make: Callable[[], Awaitable[Response]], now: Callable[[], datetime]) -> Response:
        answer = await make()
        self._made = (now(), answer)
        return answer


@router.get("/readyz", responses={200: {"model": Readiness}, 503: {"model": Readiness}})
async def readyz(request: Request) -> Response:
    """Whether the service can work, and if not, why."""
    parts = request.app.state.parts

    async def make() -> Response:
        checks = await parts.service.readiness()
        ready = all(check.ok or not check.needed for check in checks)
        shown = [ReadinessCheck(id=check.id, ok=check.ok, text=check.text, hint=check.hint) for check in checks]
        return JSONResponse(Readiness(ready=ready, checks=shown).model_dump(), status_code=200 if ready else 503)

    shared: SharedAnswer = request.app.state.readiness
    return await shared.get(make, now=parts.now)


@router.get("/metrics")
async def metrics(request: Request) -> Response:
    """Metrics of the database and of the ConnectWise client."""
    parts = request.app.state.parts

    async def make() -> Response:
        registry = CollectorRegistry()
        registry.register(_Metrics(await parts.service.figures(), parts.manage.metrics))
        if parts.notify.targets:
            registry.register(NotifyCollector(await parts.notify.counts(), parts.notify.failures))
        if parts.model is not None:
            registry.register(ReaderCollector(parts.model))
        return Response(generate_latest(registry), media_type=CONTENT_TYPE_LATEST)

    shared: SharedAnswer = request.app.state.metrics
    return await shared.get(make, now=parts.now)


class _Metrics(Collector):
    def __init__(self, figures: dict[str, Any], connectwise: ClientMetrics) -> None:
        self._figures = figures
        self._connectwise = connectwise

    def collect(self) -> Iterable[Metric]:
        yield from self._storage()
        yield from self._client()

    def _client(self) -> Iterable[Metric]:
        """Requests of this process to ConnectWise since it started."""
        requests = CounterMetricFamily("miniprojects_connectwise_requests", "Requests", labels=["method", "path"])
        for (method, path), number in self._connectwise.requests.items():
            requests.add_metric([method, path], number)
        answers = CounterMetricFamily("miniprojects_connectwise_answers", "Answers; 0: none came", labels=["status"])
        for status, number in self._connectwise.answers.items():
            answers.add_metric([str(status)], number)
        yield from (requests, answers)
        yield CounterMetricFamily("miniprojects_connectwise_waited_seconds", "Waits", value=self._connectwise.waited)

    def _storage(self) -> Iterable[Metric]:
        for name, text in (("inbox", "Callbacks by state"), ("runs", "Runs by state")):
            family = GaugeMetricFamily(f"miniprojects_{name}", text, labels=["state"])
            for state, number in self._figures[name].items():
                family.add_metric([state], number)
            yield family
        family = GaugeMetricFamily("miniprojects_decisions", "Decisions", labels=["outcome", "status", "trigger"])
        for labels, number in self._figures["decisions"].items():
            family.add_metric(list(labels), number)
        yield family
        for name, text in (
            ("oldest_open_run_seconds", "Age of the oldest open run"),
            ("writes_this_hour", "Writes to ConnectWise"),
        ):
            yield GaugeMetricFamily(f"miniprojects_{name}", text, value=self._figures[name])
