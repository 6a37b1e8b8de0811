"""Life, readiness with reasons, and figures for Prometheus. None of them shows anything of a ticket."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, Response
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from app.connectwise import ClientMetrics

router = APIRouter(tags=["health"])


@router.get("/livez")
async def livez() -> dict[str, str]:
    """Whether the process lives."""
    return {"status": "ok"}


@router.get("/readyz")
async def readyz(request: Request) -> Response:
    """Whether the service can do its work, and if not, why."""
    checks = await request.app.state.parts.service.readiness()
    ready = all(check.ok or not check.needed for check in checks)
    shown = [{"id": check.id, "ok": check.ok, "text": check.text, "hint": check.hint} for check in checks]
    return JSONResponse({"ready": ready, "checks": shown}, status_code=200 if ready else 503)


@router.get("/metrics")
async def metrics(request: Request) -> Response:
    """Figures of the journal."""
    registry = CollectorRegistry()
    parts = request.app.state.parts
    registry.register(_Figures(await parts.service.figures(), parts.manage.metrics))
    return Response(generate_latest(registry), media_type=CONTENT_TYPE_LATEST)


class _Figures(Collector):
    def __init__(self, figures: dict[str, Any], connectwise: ClientMetrics) -> None:
        self._figures = figures
        self._connectwise = connectwise

    def collect(self) -> Iterable[Metric]:
        yield from self._journal()
        yield from self._line()

    def _line(self) -> Iterable[Metric]:
        """What this process has asked of ConnectWise since it started."""
        asked = CounterMetricFamily("miniprojects_connectwise_requests", "Requests", labels=["method", "path"])
        for (method, path), number in self._connectwise.requests.items():
            asked.add_metric([method, path], number)
        answered = CounterMetricFamily("miniprojects_connectwise_answers", "Answers; 0: none came", labels=["status"])
        for status, number in self._connectwise.answers.items():
            answered.add_metric([str(status)], number)
        yield from (asked, answered)
        yield CounterMetricFamily("miniprojects_connectwise_waited_seconds", "Waits", value=self._connectwise.waited)

    def _journal(self) -> Iterable[Metric]:
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
