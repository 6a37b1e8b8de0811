"""PATCH: operations on a copy of a record, in object and scalar form, each by its switch."""

from __future__ import annotations

import copy
from typing import Any

from app.sandbox.engine.api_errors import ApiError, invalid
from app.sandbox.engine.store import Record
from app.sandbox.engine.switches import Switches

CUSTOM_FIELD = {"id": 1, "caption": "Cost centre", "type": "Text", "entryMethod": "EntryField", "numberOfDecimals": 0}
"""Custom field of new records where custom fields are demanded."""
_READ_ONLY = ("id", "_info")


def apply(record: Record, operations: Any, switches: Switches, *, collection: str = "") -> Record:
    """The record as the operations leave it; the original stays as it is."""
    changed = copy.deepcopy(record)
    for operation in operations:
        names = str(operation["path"]).removeprefix("/").split("/")
        value = None if operation["op"] == "remove" else copy.deepcopy(operation.get("value"))
        if names[0] in _READ_ONLY or not names[0]:
            raise ApiError(400, "InvalidObject", f"The path {operation['path']} cannot be changed.")
        mode = _mode(names, value, switches)
        if mode == "refused":
            raise ApiError(400, "InvalidObject", f"The path {'/'.join(names)} cannot be patched in this form.")
        billing = collection == "/tickets" and names[0] in switches.names("patch_ticket_billing_members")
        ignored = billing and switches.patch_ticket_billing == "without-effect"
        if mode == "applied" and not ignored:
            _set(changed, names, value)
    return changed


def check_billing(operations: Any, collection: str, switches: Switches) -> None:
    """Refuses a patch of a ticket's billing where the switch says so."""
    members = {str(operation["path"]).strip("/").split("/")[0] for operation in operations}
    billing = sorted(members & set(switches.names("patch_ticket_billing_members")))
    if collection == "/tickets" and billing and switches.patch_ticket_billing == "refused":
        raise invalid("ticket", billing[0], code="InvalidField", message="The billing of a ticket cannot be patched.")


def check_custom_fields(record: Record, operations: Any, collection: str, switches: Switches) -> None:
    """Refuses a patch without `customFields` of a record that has some, where the switch demands them."""
    members = {str(operation["path"]).strip("/").split("/")[0] for operation in operations}
    kind = collection.rsplit("/", 1)[-1]
    if (
        kind in switches.names("custom_fields_demanded")
        and record.get("customFields")
        and "customFields" not in members
    ):
        message = "The customFields field is required."
        raise invalid(kind.rstrip("s"), "customFields", code="MissingRequiredField", message=message)


def _mode(names: list[str], value: Any, switches: Switches) -> str:
    if len(names) > 1:
        return switches.patch_scalar
    return switches.patch_object if isinstance(value, dict) else "applied"


def _set(record: Record, names: list[str], value: Any) -> None:
    if len(names) > 2:
        raise ApiError(400, "InvalidObject", f"The path {'/'.join(names)} is too deep.")
    if len(names) == 1:
        if value is None:
            record.pop(names[0], None)
        else:
            record[names[0]] = value
        return
    # A scalar path replaces the record: other members of the old reference no longer hold.
    if value is None:
        record.pop(names[0], None)
    else:
        record[names[0]] = {names[1]: value}
