"""PATCH bodies: whole references in object form, or ids by path in scalar form.

Sources disagree on which form takes effect (object form in the guide, scalar paths in the field), so the form is a
setting, and every answer is compared with the desired values.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Literal

_KEYS = ("id", "identifier", "name")
_MEMBER = re.compile(r"[A-Za-z_][A-Za-z0-9_]*\Z", re.ASCII)


def patch_body(desired: Mapping[str, Any], form: Literal["object", "scalar"] = "object") -> list[dict[str, Any]]:
    """The operations that set each member of `desired`; None removes a member. Raises ValueError for an invalid name."""
    return [_operation(member, value, form) for member, value in desired.items()]


def _operation(member: str, value: Any, form: str) -> dict[str, Any]:
    if not _MEMBER.match(member):
        raise ValueError(f"not a member name: {member!r}")
    if value is None:
        return {"op": "remove", "path": member}
    if isinstance(value, Mapping):
        key = next((key for key in _KEYS if value.get(key) is not None), None)
        if key is not None and form == "scalar":
            return {"op": "replace", "path": f"{member}/{key}", "value": value[key]}
        if key is not None:
            return {"op": "replace", "path": member, "value": {key: value[key]}}
    return {"op": "replace", "path": member, "value": value}
