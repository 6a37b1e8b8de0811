"""PATCH: operations on a copy of a record, in object and scalar form, each by its switch."""

from __future__ import annotations

import copy
from typing import Any

from app.sandbox.faults import Switches
from app.sandbox.refusals import Refusal
from app.sandbox.store import Record


def apply(record: Record, operations: Any, switches: Switches) -> Record:
    """The record as the operations leave it; the original stays as it is."""
    changed = copy.deepcopy(record)
    for operation in operations if isinstance(operations, list) else []:
        path = str(operation.get("path", "")).lstrip("/")
        value = operation.get("value")
        names = path.split("/")
        form = "scalar" if len(names) > 1 else "object" if isinstance(value, dict) else "plain"
        way = {"scalar": switches.patch_scalar, "object": switches.patch_object, "plain": "applied"}[form]
        if way == "refused":
            raise Refusal(400, "InvalidObject", f"The path {path} cannot be patched in this form.")
        if way == "applied":
            _set(changed, names, None if operation.get("op") == "remove" else copy.deepcopy(value))
    return changed


def _set(record: Record, names: list[str], value: Any) -> None:
    if len(names) == 1:
        if value is None:
            record.pop(names[0], None)
        else:
            record[names[0]] = value
        return
    # A scalar path names the record anew: what the old reference showed beside it no longer holds.
    record[names[0]] = {names[1]: value}
