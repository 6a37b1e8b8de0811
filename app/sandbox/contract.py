"""The contract: which paths and members ConnectWise Manage 2026.11 has, and whether a body fits them.

`contract.json` is compiled from public documents (its `source` names them). A few paths that vendor texts mention
but that list lacks are added here, marked as such.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

_TYPES: dict[str, type | tuple[type, ...]] = {
    "string": str, "integer": int, "number": (int, float), "boolean": bool, "array": list, "object": dict, "null": type(None),
}  # fmt: skip
_LIST = {"get": {"query": "listQuery", "status": 200, "response": {"type": "array", "items": {"type": "object"}}}}
_ONE = {"get": {"pathParams": ["id"], "status": 200, "response": {"type": "object"}}}
_COUNT = {"get": {"status": 200, "response": {"$ref": "#/schemas/Count"}}}
BESIDE_THE_DOCUMENT = {
    "/procurement/products": _LIST, "/procurement/products/count": _COUNT, "/procurement/products/{id}": _ONE,
    "/sales/opportunities": _LIST, "/sales/opportunities/{id}": _ONE,
    "/company/configurations": _LIST, "/company/configurations/{id}": _ONE,
    "/sales/activities": _LIST, "/sales/activities/{id}": _ONE,
}  # fmt: skip
"""Paths that vendor texts name; their schemas are not in the document, so any object passes."""


@dataclass(frozen=True, slots=True)
class Complaint:
    """One way in which a body does not fit: where, and ConnectWise's code for it."""

    code: str
    field: str
    message: str


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
    data: dict[str, Any] = json.loads((files("app.sandbox") / "contract.json").read_text(encoding="utf-8"))
    data["paths"] |= BESIDE_THE_DOCUMENT
    return data


@cache
def _patterns() -> list[tuple[re.Pattern[str], str]]:
    """Templates as expressions, those with fewer parameters first."""
    templates = sorted(contract()["paths"], key=lambda path: (path.count("{"), path))
    return [
        (re.compile(re.sub(r"\{\w+\}", r"([^/]+)", template.rstrip("/")) + r"/?\Z"), template) for template in templates
    ]


@cache
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


def complaints(
    value: Any, schema: Mapping[str, Any], *, require: bool, where: str = "", lenient: bool = False
) -> Iterator[Complaint]:
    """How a value does not fit a schema. `require`: members that creating needs must be there (top level).

    `lenient`: as answers are: any member may be null, nested references may be short.
    """
    schema = _resolved(schema)
    if value is None:
        if not lenient and not where:
            yield Complaint("InvalidObject", where, "The body is empty.")
        return
    kind = _type_problem(value, schema)
    if kind:
        yield Complaint("InvalidField", where, f"Expected {kind}.")
        return
    yield from _limits(value, schema, where)
    if isinstance(value, dict) and "properties" in schema:
        yield from _members(value, schema, require=require, where=where, lenient=lenient)
    if isinstance(value, list) and "items" in schema:
        for number, item in enumerate(value):
            yield from complaints(item, schema["items"], require=False, where=f"{where}[{number}]", lenient=lenient)


def _resolved(schema: Mapping[str, Any]) -> Mapping[str, Any]:
    reference = schema.get("$ref")
    return contract()["schemas"][reference.rsplit("/", 1)[-1]] if reference else schema


def _type_problem(value: Any, schema: Mapping[str, Any]) -> str | None:
    wanted = schema.get("type")
    if wanted is None:
        return None
    names = wanted if isinstance(wanted, list) else [wanted]
    if any(
        isinstance(value, _TYPES[name]) and not (isinstance(value, bool) and name in ("integer", "number"))
        for name in names
    ):
        return None
    if "number" in names and isinstance(value, str) and re.fullmatch(r"-?\d+(\.\d+)?", value):
        return None
    return " or ".join(names)


def _limits(value: Any, schema: Mapping[str, Any], where: str) -> Iterator[Complaint]:
    if "enum" in schema and value not in schema["enum"]:
        yield Complaint("InvalidField", where, f"{where} has no such value.")
    if isinstance(value, str) and len(value) > schema.get("maxLength", len(value)):
        yield Complaint("InvalidField", where, f"{where} is longer than {schema['maxLength']}.")


def _members(
    value: dict[str, Any], schema: Mapping[str, Any], *, require: bool, where: str, lenient: bool
) -> Iterator[Complaint]:
    properties = schema["properties"]
    for name, inner in value.items():
        path = f"{where}/{name}" if where else name
        if name not in properties:
            if name != "_info":
                yield Complaint(
                    "ConnectWiseApi", path, f"Could not find member '{name}'. Check the version in the Accept header."
                )
        elif inner is not None:
            yield from complaints(inner, properties[name], require=False, where=path, lenient=lenient)
    if require:
        for name in schema.get("required", []):
            if value.get(name) is None:
                yield Complaint("MissingRequiredField", name, f"The {name} field is required.")
