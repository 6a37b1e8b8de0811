"""Values of the shipped chart file, for keys that an operator's file leaves out. They stand in that file alone."""

from __future__ import annotations

from functools import cache, partial
from importlib.resources import files
from typing import Any

from pydantic import Field

from app.chart.schema.yaml_source import read_yaml


def shipped(*path: str, **limits: Any) -> Any:
    """A field whose default is the value at a path of the shipped chart file."""
    return Field(default_factory=partial(shipped_value, *path), **limits)


@cache
def shipped_value(*path: str) -> Any:
    """The value at a path of the shipped chart file."""
    value = _shipped()
    for name in path:
        value = value[name]
    return value


@cache
def _shipped() -> Any:
    return read_yaml((files("app.chart") / "data" / "chart.yaml").read_text(encoding="utf-8")).data
