"""Answers as bytes: version headers, nulls and absent members by switch, effects of faults."""

from __future__ import annotations

import json
import random
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from app.sandbox.engine.faults import Fault
from app.sandbox.engine.schema_check import Schema, resolved
from app.sandbox.engine.switches import Switches

_KEPT = frozenset((
    "id", "name", "identifier", "count", "success", "board", "company", "project", "phase", "text", "description", "billingMethod",
    "billingAmount", "status", "type", "subType", "item", "team", "department", "location", "billTime", "billExpenses", "billProducts",
    "billSeparatelyFlag", "budgetHours", "url", "level", "objectId", "member", "contact", "wbsCode", "recordType", "projectFlag", "table",
    "glType", "mappedType", "mappedRecord", "segment1", "defaultFlag", "inactiveFlag", "closedStatus", "summary", "results", "entities",
    "statusCode", "sequenceNumber", "Codebase", "signing_key",
))  # fmt: skip
"""Members that an answer keeps when others go missing."""


@dataclass
class ApiResponse:
    """Status, body and headers. `dropped`: close the connection instead. `wait_after`: seconds between effect and answer."""

    status: int
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)
    dropped: bool = False
    wait_after: float = 0.0
    value: Any = None
    """The body as a value, before encoding."""


def with_nulls(value: Any, schema: Schema | None) -> Any:
    """A record with null for each member of its schema that it lacks; nested references stay as they are."""
    schema = resolved(schema or {})
    if isinstance(value, list):
        return [with_nulls(item, schema.get("items")) for item in value]
    names = schema.get("properties")
    return {**dict.fromkeys(names), **value} if isinstance(value, dict) and names else value


def thinned(value: Any, *, null: bool) -> Any:
    """An answer without its optional members, or with null for them."""
    if isinstance(value, list):
        return [thinned(item, null=null) for item in value]
    if not isinstance(value, dict):
        return value
    kept = {
        name: thinned(inner, null=null) if isinstance(inner, list) else inner
        for name, inner in value.items()
        if name in _KEPT
    }
    return kept | dict.fromkeys(value.keys() - kept.keys()) if null else kept


def frayed(value: Any, dice: random.Random, chance: float) -> Any:
    """An answer in which optional members are null or absent here and there."""
    if isinstance(value, list):
        return [frayed(item, dice, chance) for item in value]
    if not isinstance(value, dict):
        return value
    shown: dict[str, Any] = {}
    for name, inner in value.items():
        if name in _KEPT or dice.random() >= chance:
            shown[name] = frayed(inner, dice, chance) if isinstance(inner, dict | list) else inner
        elif dice.random() < 0.5:
            shown[name] = None
    return shown


def as_switched(value: Any, schema: Schema | None, switches: Switches, dice: random.Random) -> Any:
    """An answer with the nulls that the switches request for."""
    if switches.nulls_for_empty:
        value = with_nulls(value, schema)
    return frayed(value, dice, switches.nulls_at_random) if switches.nulls_at_random else value


def refused_by(fault: Fault | None) -> tuple[int, dict[str, Any], dict[str, str]] | None:
    """The answer of a fault that strikes before the effect; status 0: the connection closes."""
    if fault is None:
        return None
    if fault.kind == "drop-before":
        return 0, {}, {}
    texts = {"throttle": (429, "ConnectWiseAPI"), "error-before": (fault.status, "ConnectWiseApi"),
             "forbidden": (403, "Forbidden"), "unauthorized": (401, "Unauthorized"), "refused": (fault.status, "InvalidObject")}  # fmt: skip
    if fault.kind not in texts:
        return None
    status, code = texts[fault.kind]
    headers = {"Retry-After": f"{fault.seconds:g}"} if fault.kind == "throttle" else {}
    inner = [{"code": "InvalidField", "message": fault.message, "resource": "record", "field": fault.field}]
    errors = inner if fault.kind == "refused" and fault.field else None
    return status, {"code": code, "message": fault.message, "errors": errors}, headers


def spoiled_by(fault: Fault | None, answer: ApiResponse) -> ApiResponse:
    """The answer after a fault that strikes after the effect."""
    if fault is None or answer.status >= 400:
        return answer
    if fault.kind == "error-after":
        body = {"code": "ConnectWiseApi", "message": fault.message, "errors": None}
        return ApiResponse(fault.status, json.dumps(body).encode(), answer.headers)
    if fault.kind == "drop-after":
        return ApiResponse(0, dropped=True)
    if fault.kind == "non-json":
        return ApiResponse(answer.status, b"<html>Please wait</html>", {"Content-Type": "text/html"})
    if fault.kind in ("nulls", "absent"):
        answer.body = json.dumps(thinned(json.loads(answer.body or b"null"), null=fault.kind == "nulls")).encode()
    if fault.kind == "delay-after":
        answer.wait_after = fault.seconds
    return answer


def version_of(headers: Mapping[str, str], newest: str) -> str:
    """The version that the Accept header names; the newest without one. The model is the newest in any case."""
    _, found, version = headers.get("accept", "").partition("version=")
    version = version.split(";")[0].split(",")[0].strip().strip('"')
    return (
        version if found and version and len(version) <= 20 and version.isascii() and version.isprintable() else newest
    )
