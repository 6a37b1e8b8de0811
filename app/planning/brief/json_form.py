"""The brief as JSON, as `GET /decisions/{id}` shows it and the storage keeps it. Amounts are texts with two decimals.

`{"outcome", "inputs", "fields": {NAME: {"value", "state", "sources": [{"place", "value"}], "message", "by", "at"}},
"waits_for": [{"field", "state", "message"}], "needs_person": [NAME], "manual_actions": [{"key", "text", "values"}],
"person": {NAME: {"value", "by", "at"}}}`
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from typing import Any

from app.domain.enums import Outcome
from app.planning.amounts import cents
from app.planning.brief.model import Brief, BriefField, PersonValue
from app.planning.brief.patch import BriefError, apply_patch
from app.planning.manual_actions import Language


def brief_json(brief: Brief, *, language: Language = "en", amounts_from_text: bool = False) -> dict[str, Any]:
    """The brief with what it waits for."""
    return {
        "outcome": brief.outcome.value,
        "inputs": brief.inputs,
        "fields": {name: _field(field) for name, field in brief.fields()},
        "waits_for": [
            {"field": name, "state": field.state.value, "message": field.message} for name, field in brief.open_fields
        ],
        "needs_person": list(brief.proposals(amounts_from_text=amounts_from_text)),
        "manual_actions": [action.to_json(language) for action in brief.manual_actions],
        "person": person_json(brief.person),
    }


def _field(one: BriefField[Any]) -> dict[str, Any]:
    return {
        "value": plain_value(one.value), "state": one.state.value, "message": one.message, "by": one.by or None, "at": one.at or None,
        "sources": [{"place": source.place, "value": source.value[:200]} for source in one.sources],
    }  # fmt: skip


def plain_value(value: Any) -> Any:
    """A value of the brief in JSON."""
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, Decimal):
        return f"{cents(value):.2f}"
    if isinstance(value, date):
        return value.isoformat()
    if is_dataclass(value) and not isinstance(value, type):
        return {field.name: plain_value(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, tuple | list):
        return [plain_value(item) for item in value]
    return value


def person_json(person: Mapping[str, PersonValue]) -> dict[str, Any]:
    """A person's values in the form in which `person_values` reads them back."""
    return {
        name: {"value": _as_patch(name, entered.value), "by": entered.by, "at": entered.at}
        for name, entered in person.items()
    }


def _as_patch(name: str, value: Any) -> Any:
    if name == "project":
        return "new" if value.join is None else {"join": value.join}
    plain = plain_value(value)
    if isinstance(plain, list):
        return [
            {key: inner for key, inner in item.items() if inner not in (None, "") and key != "received"}
            for item in plain
        ]
    return plain


def person_values(stored: Mapping[str, Any]) -> dict[str, PersonValue]:
    """A person's values that `person_json` wrote; a value that is no longer understood is left out."""
    read: dict[str, PersonValue] = {}
    blank = Brief(Outcome.PROJECT)
    for name, entry in stored.items():
        try:
            at = datetime.fromisoformat(str(entry["at"]))
            read |= {name: apply_patch(blank, {name: entry["value"]}, by=str(entry["by"]), at=at)[name]}
        except (BriefError, KeyError, TypeError, ValueError):
            continue
    return read
