"""JSON Schemas of the chart file and the cases file, for completion and validation in editors."""

from __future__ import annotations

import json
from typing import Any

from app.chart.regression.cases import CaseFile
from app.chart.schema.chart_file import Chart
from app.reading.phrases.grammar import shipped_phrases


def schema_text() -> str:
    """The schema of the chart file."""
    schema = Chart.model_json_schema()
    for section in ("words", "words_off"):
        schema["properties"][section]["propertyNames"] = {"enum": sorted(shipped_phrases())}
    return _text(schema, "The chart: service ticket or project?")


def cases_schema_text() -> str:
    """The schema of cases.yaml."""
    return _text(CaseFile.model_json_schema(), "Tickets with the outcome that is expected of them")


def _text(schema: dict[str, Any], title: str) -> str:
    head = {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": title}
    rest = {name: value for name, value in schema.items() if name != "title"}
    return json.dumps(head | rest, indent=2, ensure_ascii=False) + "\n"
