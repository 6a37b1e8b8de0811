"""Whether a body fits a schema of the contract: a quick yes or no, and the schema_errors in words where it does not."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from app.sandbox.engine.contract import contract

Schema = Mapping[str, Any]
_TYPES: dict[str, type | tuple[type, ...]] = {
    "string": str, "integer": int, "number": (int, float), "boolean": bool, "array": list, "object": dict, "null": type(None),
}  # fmt: skip
_NUMBER = re.compile(r"-?\d+(\.\d+)?\Z")


@dataclass(frozen=True, slots=True)
class SchemaError:
    """One way in which a body does not fit: where, and ConnectWise's code for it."""

    code: str
    field: str
    message: str


def schema_errors(
    value: Any, schema: Schema, *, require: str = "", where: str = "", lenient: bool = False
) -> Iterator[SchemaError]:
    """How a value does not fit a schema.

    `require`: POST (members that creating needs), PUT (those that replacing needs as well), or nothing.
    `lenient`: as answers are, where any member may be null.
    """
    schema = resolved(schema)
    if value is None:
        if not lenient and not where:
            yield SchemaError("InvalidObject", where, "The body is empty.")
        return
    if problem := _type_problem(value, schema):
        yield SchemaError("InvalidField", where, f"Expected {problem}.")
        return
    yield from _limits(value, schema, where)
    if isinstance(value, dict):
        yield from _members(value, schema, require=require, where=where, lenient=lenient)
    if isinstance(value, list) and "items" in schema:
        for number, item in enumerate(value):
            place = f"{where}[{number}]"
            yield from schema_errors(item, schema["items"], require=require, where=place, lenient=lenient)


def resolved(schema: Schema) -> Schema:
    """The schema itself, or the one it refers to."""
    reference = schema.get("$ref")
    found: Schema = contract()["schemas"][reference.rsplit("/", 1)[-1]] if reference else schema
    return found


def _type_problem(value: Any, schema: Schema) -> str | None:
    if "anyOf" in schema:
        problems = [_type_problem(value, each) for each in schema["anyOf"]]
        return None if None in problems else " or ".join(str(problem) for problem in problems)
    wanted = schema.get("type")
    if wanted is None:
        return None
    names = wanted if isinstance(wanted, list) else [wanted]
    numeric = ("integer", "number")
    if any(isinstance(value, _TYPES[name]) and not (isinstance(value, bool) and name in numeric) for name in names):
        return None
    if "number" in names and isinstance(value, str) and _NUMBER.match(value):
        return None
    return " or ".join(names)


def _limits(value: Any, schema: Schema, where: str) -> Iterator[SchemaError]:
    if "enum" in schema and value not in schema["enum"]:
        yield SchemaError("InvalidField", where, f"{where} has no such value.")
    if isinstance(value, str) and len(value) > schema.get("maxLength", len(value)):
        yield SchemaError("InvalidField", where, f"{where} is longer than {schema['maxLength']}.")
    if isinstance(value, str) and not _FORMATS.get(schema.get("format", ""), _any_text)(value):
        yield SchemaError("InvalidField", where, f"{where} is no {schema['format']}.")


def _any_text(_text: str) -> bool:
    return True


def _is_instant(text: str) -> bool:
    try:
        return bool(datetime.fromisoformat(text))
    except ValueError:
        return False


def _is_uuid(text: str) -> bool:
    try:
        return bool(UUID(text))
    except ValueError:
        return False


_FORMATS: dict[str, Callable[[str], bool]] = {"date-time": _is_instant, "uuid": _is_uuid}


def _members(
    value: dict[str, Any], schema: Schema, *, require: str, where: str, lenient: bool
) -> Iterator[SchemaError]:
    properties = schema.get("properties")
    for name, inner in value.items():
        path = f"{where}/{name}" if where else name
        if properties is None:
            rest = schema.get("additionalProperties")
            if isinstance(rest, Mapping) and inner is not None:
                yield from schema_errors(inner, rest, where=path, lenient=lenient)
        elif name not in properties:
            if name != "_info":
                message = f"Could not find member '{name}'. Check the version in the Accept header."
                yield SchemaError("ConnectWiseApi", path, message)
        elif inner is not None:
            yield from schema_errors(inner, properties[name], require=require, where=path, lenient=lenient)
    for name in _needed(schema, require):
        if value.get(name) is None:
            path = f"{where}/{name}" if where else name
            yield SchemaError("MissingRequiredField", path, f"The {name} field is required.")


def _needed(schema: Schema, require: str) -> Iterator[str]:
    if not require:
        return
    yield from schema.get("required", ())
    if require == "PUT":
        for name, each in schema.get("properties", {}).items():
            if each.get("x-requiredOnUpdates") and name not in schema.get("required", ()):
                yield name


Test = Callable[[Any], bool]
_known: dict[int, Test] = {}


def fits(value: Any, schema: Schema) -> bool:
    """Whether an answer fits a schema, any member null or absent; quick, for whole pages."""
    return _test(resolved(schema))(value)


def _test(schema: Schema) -> Test:
    found = _known.get(id(schema))
    if found is None:
        # Schemas refer to themselves; the name is looked up again when the test runs.
        _known[id(schema)] = lambda value: _known[id(schema)](value)  # noqa: PLW0108
        found = _known[id(schema)] = _compiled(schema)
    return found


def _compiled(schema: Schema) -> Test:
    kind = schema.get("type")
    if kind == "object" and "properties" in schema:
        return _object_test(schema)
    if kind == "array" and "items" in schema:
        return _array_test(_test(resolved(schema["items"])))
    plain = set(schema) <= {"type", "x-notInPyconnectwise", "x-postOnly", "maxLength", "x-requiredOnUpdates", "x-note"}
    if plain and kind == "string":
        most = schema.get("maxLength", 1 << 40)
        return lambda value: value is None or (value.__class__ is str and len(value) <= most)
    if plain and isinstance(kind, list) and len(kind) == 2 and kind[0] in ("integer", "boolean"):
        wanted = int if kind[0] == "integer" else bool
        return lambda value: value is None or value.__class__ is wanted
    return lambda value: not next(schema_errors(value, schema, where="value", lenient=True), None)


def _object_test(schema: Schema) -> Test:
    tests = {name: _test(resolved(inner)) for name, inner in schema["properties"].items()}
    tests.setdefault("_info", lambda value: True)

    def test(value: Any) -> bool:
        if value.__class__ is not dict:
            return value is None
        for name, inner in value.items():
            known = tests.get(name)
            if known is None or not known(inner):
                return False
        return True

    return test


def _array_test(inner: Test) -> Test:
    return lambda value: value is None or (value.__class__ is list and all(map(inner, value)))
