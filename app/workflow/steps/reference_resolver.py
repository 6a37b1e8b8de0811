"""Fills the references of a step from the results of earlier steps.

References are `{"$ref": "project.id"}`, `{"$text": "{phase-1.wbsCode}.1"}` and, in paths and conditions, `/x/{project.id}`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from app.planning.model import Step
from app.workflow.errors import RunAborted
from app.workflow.steps.record_diff import member_at

_IN_TEXT = re.compile(r"\{([A-Za-z0-9_-]+)\.([A-Za-z0-9_/]+)\}")
_TEXTS = ("path", "conditions")


def resolve(step: Step, records: Mapping[str, Any]) -> Step:
    """The step with every reference replaced. Raises RunAborted when a result that it needs is missing."""
    data = step.to_json()
    filled = {
        name: _fill(value, records)
        for name, value in data.items()
        if name not in ("title", "path", "look", "unused", "makes", "counts")
    }
    filled["path"] = _fill_text(data["path"], records)
    filled["counts"] = {name: _fill_text(path, records) for name, path in data["counts"].items()}
    filled["look"] = _fill_look(data["look"], records) if data["look"] else None
    for lists in ("unused", "makes"):
        filled[lists] = [_fill_look(look, records) for look in data[lists]]
    return Step.from_json(data | filled)


def _fill(value: Any, records: Mapping[str, Any]) -> Any:
    if isinstance(value, Mapping):
        if set(value) == {"$ref"}:
            return _lookup(str(value["$ref"]), records)
        if set(value) == {"$text"}:
            return _fill_text(str(value["$text"]), records)
        return {name: _fill(inner, records) for name, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_fill(inner, records) for inner in value]
    return value


def _fill_look(look: Mapping[str, Any], records: Mapping[str, Any]) -> dict[str, Any]:
    return {
        name: _fill_text(value, records) if name in _TEXTS else _fill(value, records) for name, value in look.items()
    }


def _fill_text(text: str, records: Mapping[str, Any]) -> str:
    return _IN_TEXT.sub(lambda found: str(_lookup(f"{found[1]}.{found[2]}", records)), text)


def _lookup(reference: str, records: Mapping[str, Any]) -> Any:
    key, _, member = reference.partition(".")
    value = member_at(records.get(key), member)
    if value is None:
        raise RunAborted(f"The step needs “{reference}”, but no earlier step has given it.")
    return value
