"""The contract: which paths and members ConnectWise Manage 2026.11 has, and whether a body fits them.

`contract.json` is compiled from public documents (its `source` names them).
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files
from typing import Any

_LIST = {"get": {"query": "listQuery", "status": 200, "response": {"type": "array", "items": {"type": "object"}}}}
_ONE = {"get": {"pathParams": ["id"], "status": 200, "response": {"type": "object"}}}
_COUNT = {"get": {"status": 200, "response": {"$ref": "#/schemas/Count"}}}
BESIDE_THE_DOCUMENT = {
    "/company/configurations": _LIST, "/company/configurations/count": _COUNT, "/company/configurations/{id}": _ONE,
}  # fmt: skip
"""Paths named by vendor texts only; the document has no schema for them, so any object passes."""


@dataclass(frozen=True, slots=True)
class Operation:
    """One method of one path, with the values of its path parameters in order."""

    method: str
    template: str
    params: tuple[str, ...]
    definition: Mapping[str, Any]


@cache
def contract() -> dict[str, Any]:
    """The whole contract."""
    data: dict[str, Any] = json.loads((files("app.sandbox.engine") / "contract.json").read_text(encoding="utf-8"))
    data["paths"] |= BESIDE_THE_DOCUMENT
    # The document declares only an id for entities of a bundle; each is checked against the schema of its resource.
    data["schemas"]["IRestIdentifiedItem"] = {"type": "object"}
    return data


@cache
def _patterns() -> list[tuple[re.Pattern[str], str]]:
    """Templates as expressions, those with fewer parameters first."""
    templates = sorted(contract()["paths"], key=lambda path: (path.count("{"), path))
    return [
        (re.compile(re.sub(r"\{\w+\}", r"([^/]+)", template.rstrip("/")) + r"/?\Z"), template) for template in templates
    ]


@lru_cache(maxsize=4096)
def _find(path: str) -> tuple[str, tuple[str, ...]] | None:
    for pattern, template in _patterns():
        if match := pattern.match(path):
            return template, match.groups()
    return None


def operation(method: str, path: str) -> Operation | None:
    """The operation of a request; None when ConnectWise has no such endpoint."""
    found = _find(path)
    if found is None:
        return None
    template, params = found
    definition = contract()["paths"][template].get(method.lower())
    return None if definition is None else Operation(method.upper(), template, params, definition)
