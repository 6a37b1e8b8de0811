"""The chart: scores six rows of evidence and decides. Pure: no network, database or clock."""

from app.chart import explain
from app.chart.decide import decide
from app.chart.explain import note
from app.chart.models import ChartStamp, Decision, Finding
from app.chart.schema.chart_file import Chart, ChartError, ChartProblem, load_chart, parse_chart, shipped_chart
from app.chart.schema.lint import check
from app.chart.schema.references import UsedName, names_used
from app.chart.schema.remarks import Remark
from app.chart.scope import eligibility_rules, watches

__all__ = [
    "Chart",
    "ChartError",
    "ChartProblem",
    "ChartStamp",
    "Decision",
    "Finding",
    "Remark",
    "UsedName",
    "check",
    "decide",
    "eligibility_rules",
    "explain",
    "load_chart",
    "names_used",
    "note",
    "parse_chart",
    "shipped_chart",
    "watches",
]
