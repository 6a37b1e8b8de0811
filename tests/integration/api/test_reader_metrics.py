"""Metrics of the model-backed reader."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from prometheus_client import CollectorRegistry, generate_latest

from app.api.reader_metrics import ReaderCollector
from app.chart import decide, shipped_chart
from app.model_endpoint import ModelEndpoint
from app.storage import Database, ReaderAnswers
from app.workflow.model_reader import ModelReader, ReaderOptions
from tests.support.model_answers import answer_to
from tests.support.model_server import Reply, model_server
from tests.support.tickets import ticket_record

TICKET = ticket_record("The printer on floor 2 is broken.")
LARGE = {"finance": ("project", "broken"), "duration": ("project", "floor 2"), "team": ("project", "nobody but us")}


async def test_requests_tokens_stored_answers_dropped_statements_and_disagreements_are_counted(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path}/metrics.db")
    database.migrate()
    replies = iter([Reply({}, status=401)])
    async with model_server(lambda body: next(replies, Reply(answer_to(body, LARGE)))) as server:
        endpoint = ModelEndpoint(server.config())
        reader = ModelReader(
            endpoint, ReaderAnswers(database), ReaderOptions(), now=lambda: datetime(2026, 12, 1, tzinfo=UTC)
        )
        for _ in range(3):
            await reader.decide(TICKET, shipped_chart(), words=decide(TICKET, shipped_chart()))
        await endpoint.aclose()
    database.close()
    registry = CollectorRegistry()
    registry.register(ReaderCollector(reader))

    figures = generate_latest(registry).decode()

    for line in (
        "miniprojects_reader_requests_total 2.0", "miniprojects_reader_answers_total 1.0",
        "miniprojects_reader_cache_hits_total 1.0", "miniprojects_reader_tokens_total 1200.0",
        "miniprojects_reader_dropped_total 2.0", "miniprojects_reader_disagreements_total 2.0",
        'miniprojects_reader_problems_total{reason="refused"} 1.0',
    ):  # fmt: skip
        assert line in figures
