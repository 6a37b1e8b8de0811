"""Remarks of `chart check`, each with its place in the chart file."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from app.chart.schema.chart_file import Chart
from app.chart.schema.errors import shown_path


@dataclass(frozen=True, slots=True, order=True)
class Remark:
    """An `error` to correct or a `warning` to consider, with its place in the file."""

    line: int
    column: int
    level: Literal["error", "warning"]
    where: str
    message: str


class Pen:
    """Writes remarks at the places of a chart."""

    def __init__(self, chart: Chart) -> None:
        self.chart = chart

    def error(self, message: str, *path: str | int) -> Remark:
        return Remark(*self.chart.place(*path), "error", shown_path(path), message)

    def warning(self, message: str, *path: str | int) -> Remark:
        return Remark(*self.chart.place(*path), "warning", shown_path(path), message)
