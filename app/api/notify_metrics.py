"""Metrics of the messages to people."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector


class NotifyCollector(Collector):
    """Stored messages by state, and failed attempts of this process by the number of the target."""

    def __init__(self, counts: Mapping[str, int], failures: Mapping[int, int]) -> None:
        self._counts = counts
        self._failures = failures

    def collect(self) -> Iterable[Metric]:
        messages = GaugeMetricFamily("miniprojects_messages", "Messages to people by state", labels=["state"])
        for state, number in self._counts.items():
            messages.add_metric([state], number)
        failed = CounterMetricFamily("miniprojects_message_failures", "Failed attempts to send", labels=["target"])
        for target, number in self._failures.items():
            failed.add_metric([str(target)], number)
        yield from (messages, failed)
