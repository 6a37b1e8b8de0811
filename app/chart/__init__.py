"""The chart: evidence, six rows, findings, decision, the chart file, words. Pure: no network, database or clock."""

from app.chart import explain
from app.chart.checking import Remark, check
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
from app.chart.names import UsedName, names_used

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
    "Remark",
    "Stage",
    "UsedName",
    "check",
    "decide",
    "explain",
    "load_chart",
    "names_used",
    "note",
    "parse_chart",
    "shipped_chart",
    "watches",
]
