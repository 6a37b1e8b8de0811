"""The JSON Schema of the chart file, from its models: editors show help, allowed values and mistakes by it."""

from __future__ import annotations

import json

from app.chart.file import Chart
from app.chart.phrases import shipped_words


def schema_text() -> str:
    """The schema as it lies beside the chart that ships."""
    schema = Chart.model_json_schema()
    schema["properties"]["words"]["propertyNames"] = {"enum": sorted(shipped_words())}
    head = {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": "The chart: service ticket or project?"}
    return (
        json.dumps(
            head | {name: value for name, value in schema.items() if name != "title"}, indent=2, ensure_ascii=False
        )
        + "\n"
    )
