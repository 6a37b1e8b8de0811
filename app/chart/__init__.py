"""The chart: evidence, six rows, findings, decision, the chart file, words. Pure: no network, database or clock."""

from app.chart import explain
from app.chart.deciding import decide, watches
from app.chart.explain import note
from app.chart.file import Chart, ChartError, ChartProblem, load_chart, parse_chart, shipped_chart
from app.chart.model import (
    BillingMethod,
    ChartStamp,
    Criterion,
    Decision,
    Finding,
    JobFacts,
    Outcome,
    PointsTo,
    Reason,
    Stage,
)

__all__ = [
    "BillingMethod",
    "Chart",
    "ChartError",
    "ChartProblem",
    "ChartStamp",
    "Criterion",
    "Decision",
    "Finding",
    "JobFacts",
    "Outcome",
    "PointsTo",
    "Reason",
    "Stage",
    "decide",
    "explain",
    "load_chart",
    "note",
    "parse_chart",
    "shipped_chart",
    "watches",
]
