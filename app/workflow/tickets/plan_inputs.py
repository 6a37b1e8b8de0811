"""Digests of what a plan is made from: the ticket, the chart and ConnectWise's lists."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from typing import Any

from app.chart import Chart
from app.domain.ticket import TicketRecord

TICKET, CHART = "ticket", "chart"
Lists = Mapping[str, Sequence[Mapping[str, Any]]]
"""Records of ConnectWise's lists by their path."""


def plan_inputs(ticket: TicketRecord, chart: Chart, lists: Lists) -> dict[str, str]:
    """A digest of each input by name; a list's name is its path."""
    shown = {name: value for name, value in ticket.to_json().items() if name != "lastUpdated"}
    of_lists = {path: _digest(list(records)) for path, records in lists.items()}
    return {TICKET: _digest(shown), CHART: chart.stamp.sha256, **of_lists}


def list_paths(inputs: Mapping[str, str]) -> list[str]:
    """The lists among the inputs."""
    return [name for name in inputs if name not in (TICKET, CHART)]


def changed_inputs(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[str]:
    """Names of inputs that differ."""
    return [name for name in {**before, **after} if before.get(name) != after.get(name)]


def _digest(value: Any) -> str:
    text = json.dumps(value, sort_keys=True, separators=(",", ":"), default=str)
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
