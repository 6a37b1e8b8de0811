"""The form of a brief: its fields as inputs, and the merge patch of what was changed in them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from app.workflow.money_box import shown_amount

_LABELS = {"po_number": "PO number", "po_amount": "PO amount"}
_AMOUNTS = frozenset({"sold_total", "fee", "cap", "rate", "po_amount", "deposit_received"})
_DATES = frozenset({"start", "end", "due"})
_NUMBERS = frozenset({"amount", "hours", "budget_hours", "id"}) | _AMOUNTS
_COLUMNS: Mapping[str, Mapping[str, str]] = {
    "payments": {"label": "Label", "amount": "Amount", "due": "Due"},
    "phases": {"name": "Name", "hours": "Hours", "start": "Start", "end": "End", "contact": "Contact"},
    "team": {"identifier": "Member", "hours": "Hours", "start": "Start", "end": "End", "work_role": "Work role"},
    "contacts": {"name": "Name", "part": "Part of the work", "id": "Contact id"},
}
_OPTIONS = {"": "not entered", "True": "yes"}
_GROUPED = re.compile(r"\d{1,3}(,\d{3})+(\.\d+)?")
_MOST_ROWS = 100
Rows = list[dict[str, str]]


@dataclass
class FieldView:
    """One field as inputs. `kind`: text, amount, date, select, long or list; `rows`: of a list, column to text."""

    name: str
    label: str
    kind: str
    given: Mapping[str, Any]
    text: str = ""
    options: tuple[tuple[str, str], ...] = ()
    columns: Mapping[str, str] = field(default_factory=dict)
    rows: Rows = field(default_factory=list)

    @property
    def is_open(self) -> bool:
        """Whether the field is shown at once: the plan waits for it, or only the text says it, or a person has entered it."""
        return self.given["state"] != "settled" or bool(self.given["by"])


@dataclass
class BriefView:
    """A brief as a form."""

    brief: Mapping[str, Any]
    fields: list[FieldView]

    def enter(self, entered: Mapping[str, str]) -> None:
        """Shows the values of a refused form again."""
        for each in self.fields:
            each.text = entered.get(f"f.{each.name}", each.text)
            if f"l.{each.name}" in entered:
                each.rows = _entered_rows(each.name, entered)


def label_of(name: str) -> str:
    """The name of a field for people."""
    return _LABELS.get(name) or name.replace("_", " ").capitalize()


def input_type(name: str) -> str:
    """The type of an input."""
    return "date" if name in _DATES else "text"


def input_mode(name: str) -> str:
    """The keyboard that a phone shows."""
    return "decimal" if name in _NUMBERS else "text"


def brief_view(brief: Mapping[str, Any]) -> BriefView:
    """The form of a stored brief."""
    return BriefView(brief, [_field(name, given, brief) for name, given in brief["fields"].items()])


def _field(name: str, given: Mapping[str, Any], brief: Mapping[str, Any]) -> FieldView:
    if name in _COLUMNS:
        return FieldView(name, label_of(name), "list", given, columns=_COLUMNS[name], rows=_rows(name, given["value"]))
    text = _text(name, given["value"])
    choices = brief["choices"].get(name)
    if choices is not None:
        known = ["", *(str(each) for each in choices)]
        known += [text] if text and text not in known else []
        options = tuple((each, _OPTIONS.get(each, each)) for each in known)
        return FieldView(name, label_of(name), "select", given, text, options)
    kind = "long" if name == "description" else "amount" if name in _AMOUNTS else "date" if name in _DATES else "text"
    return FieldView(name, label_of(name), kind, given, text)


def _text(name: str, value: Any) -> str:
    if value in (None, "", []) or name == "billing_sheet":
        return ""
    if name == "project":
        return str(value["join"]) if value.get("join") else "new"
    return shown_amount(value) if name in _AMOUNTS else str(value)


def _rows(name: str, value: Any) -> Rows:
    return [
        {key: shown_amount(each.get(key)) if key == "amount" else str(each.get(key) or "") for key in _COLUMNS[name]}
        for each in value or []
    ]


def brief_patch(brief: Mapping[str, Any], fields: Mapping[str, str]) -> dict[str, Any]:
    """The merge patch of the fields whose inputs differ from the stored brief; inputs that were not sent change nothing."""
    patch: dict[str, Any] = {}
    for name, given in brief["fields"].items():
        if name in _COLUMNS and f"l.{name}" in fields:
            entered = _entered_rows(name, fields)
            if entered != _rows(name, given["value"]):
                patch[name] = [{key: _row_value(key, text) for key, text in row.items() if text} for row in entered]
        elif f"f.{name}" in fields:
            text = fields[f"f.{name}"].replace("\r\n", "\n").strip()
            if text != _text(name, given["value"]).strip():
                patch[name] = _typed(name, text)
    return patch


def _entered_rows(name: str, fields: Mapping[str, str]) -> Rows:
    """The rows that are not empty, in order."""
    rows = []
    numbers = {int(key.split(".")[2]) for key in fields if re.fullmatch(rf"l\.{name}\.\d{{1,4}}\.\w+", key)}
    for number in sorted(numbers)[:_MOST_ROWS]:
        row = {key: fields.get(f"l.{name}.{number}.{key}", "").strip() for key in _COLUMNS[name]}
        if any(row.values()):
            rows.append(row)
    return rows


def _row_value(key: str, text: str) -> Any:
    if key == "id":
        return int(text) if text.isdecimal() and len(text) < 17 else text
    return _number(text) if key in _NUMBERS else text


def _typed(name: str, text: str) -> Any:
    if not text:
        return None
    if name == "agreed":
        return True if text == "True" else text
    if name == "project":
        return {"join": int(text)} if text.isdecimal() and len(text) < 17 else text
    return _number(text) if name in _NUMBERS else text


def _number(text: str) -> str:
    """“12,400.00” as typed is “12400.00”; anything else is left for the workflow to refuse."""
    return text.replace(",", "") if _GROUPED.fullmatch(text) else text
