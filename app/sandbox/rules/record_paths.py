"""Paths of requests: collection of a path, schema of its record, members a write touches."""

from __future__ import annotations

import re
from typing import Any

from app.sandbox.engine.api_request import ApiRequest
from app.sandbox.engine.contract import contract
from app.sandbox.engine.schema_check import Schema, resolved
from app.sandbox.engine.store import Record

ID_AT_END = re.compile(r"/\{\w+\}\Z")


def parts_of(request: ApiRequest) -> list[str]:
    """The segments of the request's template."""
    return request.template.strip("/").split("/")


def record_schema(request: ApiRequest) -> Schema:
    """Schema of the record that a request reads or writes."""
    operations = contract()["paths"][request.template]
    if request.method == "POST":
        return resolved(operations["post"].get("request") or {})
    return resolved((operations.get("get") or operations["patch"]).get("response") or {})


def collection_of(template: str, params: tuple[str, ...]) -> str:
    """Collection in the store for a template; both ticket paths share one collection."""
    values = iter(params)
    filled = re.sub(r"\{\w+\}", lambda _: next(values, ""), template).rstrip("/")
    filled = re.sub(r"\A/(?:service|project)/tickets(?=/|\Z)", "/tickets", filled)
    filled = re.sub(r"\A/project/billingRates/(\w+)/", r"/project/\1/", filled)
    return re.sub(r"\A/project/boards/", "/service/boards/", filled)


def touched_members(body: Any, changed: Record) -> set[str]:
    """Members that a PATCH names; all members for any other body."""
    if not isinstance(body, list):
        return set(changed)
    return {str(operation.get("path", "")).strip("/").split("/")[0] for operation in body}
