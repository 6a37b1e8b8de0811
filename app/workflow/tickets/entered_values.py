"""Values that people entered into a ticket's brief, as planning takes them; an acceptance holds for what was shown."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from app.planning import Brief, PersonValue, person_json, person_values
from app.planning.brief.json_form import plain_value
from app.storage import EnteredValue

Entered = Mapping[str, EnteredValue]
ACCEPTANCES = ("agreed", "billing_sheet", "tax_basis", "company", "products", "revenue")
"""Fields whose value says “as shown”: it does not hold for other records or another sheet."""


def planning_values(entered: Entered) -> dict[str, PersonValue]:
    """The values in the form of planning; one that this release does not understand is left out."""
    return person_values(
        {name: {"value": entry.value, "by": entry.by, "at": entry.at} for name, entry in entered.items()}
    )


def stored_values(values: Mapping[str, PersonValue], before: Entered) -> dict[str, EnteredValue]:
    """The values in the form of the storage; unchanged ones keep what was shown."""
    found: dict[str, EnteredValue] = {}
    for name, entry in person_json(values).items():
        new = EnteredValue(entry["value"], entry["by"], entry["at"])
        old = before.get(name)
        found[name] = old if old is not None and replace(old, shown="") == new else new
    return found


def stamped(entered: Entered, brief: Brief | None) -> dict[str, EnteredValue]:
    """The values, each acceptance with the digest of what it accepts in this brief."""
    if brief is None:
        return dict(entered)
    return {
        name: replace(entry, shown=_digest(brief, name)) if name in ACCEPTANCES else entry
        for name, entry in entered.items()
    }


def unexpired(entered: Entered, brief: Brief | None) -> dict[str, EnteredValue]:
    """The values without acceptances of something else than this brief shows."""
    return {
        name: entry
        for name, entry in entered.items()
        if brief is None or name not in ACCEPTANCES or not entry.shown or entry.shown == _digest(brief, name)
    }


def _digest(brief: Brief, name: str) -> str:
    """A hash of the field's records, the sold total and the billing sheet, without the person's own entry."""
    field: Any = getattr(brief, name)
    sources = [(source.place, source.value) for source in field.sources if not source.place.startswith("person")]
    shown = [sources, *(plain_value(field.value) for field in (brief.sold_total, brief.billing_sheet, brief.currency))]
    return hashlib.sha256(json.dumps(shown, sort_keys=True, default=str).encode("utf-8", "replace")).hexdigest()
