"""Metrics of the model-backed reader."""

from __future__ import annotations

from collections.abc import Iterable

from prometheus_client.core import CounterMetricFamily, Metric
from prometheus_client.registry import Collector

from app.workflow.model_reader import ModelReader


class ReaderCollector(Collector):
    """Requests, tokens, stored answers, dropped statements and disagreements of this process since it started."""

    def __init__(self, reader: ModelReader) -> None:
        self._reader = reader

    def collect(self) -> Iterable[Metric]:
        counted, endpoint = self._reader.metrics, self._reader.endpoint.metrics
        for name, text, value in (
            ("requests", "Requests to the model endpoint", endpoint.requests),
            ("answers", "Readings from the endpoint", counted.asked),
            ("cache_hits", "Readings from stored answers", counted.stored),
            ("tokens", "Tokens of requests and answers", counted.tokens),
            ("dropped", "Statements without a verified quote", counted.dropped),
            ("disagreements", "Decisions on which words and model disagree", counted.disagreements),
        ):
            yield CounterMetricFamily(f"miniprojects_reader_{name}", text, value=value)
        alone = CounterMetricFamily("miniprojects_reader_problems", "Decisions by words alone", labels=["reason"])
        for reason, number in counted.problems.items():
            alone.add_metric([reason], number)
        yield alone
