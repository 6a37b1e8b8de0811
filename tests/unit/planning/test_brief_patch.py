"""A person's values: what is taken, what is refused with the field and what is allowed, and how they are kept."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.enums import Outcome
from app.planning import Brief, BriefError, apply_patch, brief_json, person_json, person_values
from app.planning.brief.patch import _READERS
from tests.support.limits import examples
from tests.support.planning_factories import brief, line, sold, told

AT = datetime(2026, 6, 3, 12, 0, tzinfo=UTC)
BLANK = Brief(Outcome.PROJECT)
GOOD: dict[str, Any] = {
    "fee": "9000.50", "method": "FixedFee", "start": "2026-07-01", "end": "2026-07-31", "manager": "awong", "project": {"join": 812},
    "payments": [{"label": "On order", "amount": 4000, "due": "2026-07-01"}, {"amount": "5000.50"}],
    "phases": [{"name": "Design", "hours": 12}, {"name": "Build"}], "contacts": [{"name": "Ms Brandt", "part": "network", "id": 35}],
    "confidential": "hidden", "company": "proceed", "time": "keep", "agreed": True,
}  # fmt: skip


def patched(patch: Any, **choices: Any) -> dict[str, Any]:
    """The values of a patch."""
    values = apply_patch(BLANK, patch, by="Dana", at=AT, **choices)
    return {name: one.value for name, one in values.items()}


def test_values_are_read_with_who_and_when() -> None:
    values = apply_patch(BLANK, GOOD, by="Dana", at=AT)
    assert values["fee"].value == Decimal("9000.50")
    assert (values["fee"].by, values["fee"].at) == ("Dana", "2026-06-03T12:00:00+00:00")
    assert values["start"].value == date(2026, 7, 1)
    assert values["project"].value.join == 812
    assert [one.amount for one in values["payments"].value] == [4000, Decimal("5000.50")]


def test_null_takes_a_value_back() -> None:
    first = brief(told("Order signed, fixed price $640."), person={"fee": 700})
    assert first.fee.value == 700
    assert apply_patch(first, {"fee": None}, by="Dana", at=AT) == {}


@pytest.mark.parametrize(
    ("patch", "field", "words"),
    [
        ({"fee": -1}, "fee", "above 0"),
        ({"fee": 0}, "fee", "above 0"),
        ({"fee": 10**12}, "fee", "at most 100,000,000"),
        ({"fee": "nonsense"}, "fee", "Invalid amount"),
        ({"fee": float("nan")}, "fee", "Invalid amount"),
        ({"fee": True}, "fee", "Invalid amount"),
        ({"fee": "1.234"}, "fee", "two decimals"),
        ({"rate": 99999}, "rate", "at most 10,000"),
        ({"method": "Free"}, "method", "Allowed: FixedFee, NotToExceed"),
        ({"start": "1 July"}, "start", "Expected YYYY-MM-DD"),
        ({"start": "2026-07-02", "end": "2026-07-01"}, "end", "before the start"),
        ({"fees": 1}, "fees", "Unknown field. Allowed: name, description"),
        ({"manager": "ghost"}, "manager", "No active member “ghost”"),
        ({"team": [{"identifier": "ghost"}]}, "team", "No active member “ghost”"),
        ({"phases": [{"name": "A"}, {"name": "a"}]}, "phases", "different names"),
        ({"phases": [{"nam": "A"}]}, "phases", "Expected an object with name"),
        ({"payments": "all"}, "payments", "Expected at most 100 objects"),
        ({"fee": 100, "payments": [{"amount": 40}]}, "payments", "add up to 40, the fee is 100"),
        ({"project": {"join": -4}}, "project", "{\"join\": ID}"),
        ({"company": "yes"}, "company", "Allowed: proceed"),
        ({"agreed": False}, "agreed", "Allowed: true"),
    ],
)  # fmt: skip
def test_a_wrong_value_names_its_field_and_what_is_allowed(patch: dict[str, Any], field: str, words: str) -> None:
    with pytest.raises(BriefError) as refused:
        patched(patch, members=frozenset({"awong"}))
    assert words in refused.value.problems[field]


def test_one_wrong_value_leaves_all_as_it_was() -> None:
    with pytest.raises(BriefError) as refused:
        patched({"fee": 900, "rate": -1, "cap": "x"})
    assert set(refused.value.problems) == {"rate", "cap"}


@given(
    patch=st.dictionaries(
        st.sampled_from([*_READERS, "other"]),
        st.recursive(
            st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=12),
            lambda inner: (
                st.lists(inner, max_size=3)
                | st.dictionaries(st.sampled_from(["name", "amount", "join", "id"]), inner, max_size=3)
            ),
            max_leaves=5,
        ),
        max_size=4,
    )
)
@examples(200)
def test_any_patch_is_read_or_refused(patch: dict[str, Any]) -> None:
    try:
        values = apply_patch(BLANK, patch, by="Dana", at=AT)
    except BriefError:
        return
    shown = json.loads(json.dumps(person_json(values)))
    assert person_values(shown) == values


def test_the_json_form_shows_values_sources_and_what_the_plan_waits_for() -> None:
    shown = json.loads(json.dumps(brief_json(brief(sold(15200, products=[line(1, 14600)])))))
    total = shown["fields"]["sold_total"]
    assert (total["value"], total["state"]) == (None, "conflict")
    assert {"place": "opportunity.forecast", "value": "15,200.00"} in total["sources"]
    assert shown["waits_for"] == [{"field": "sold_total", "state": "conflict", "message": total["message"]}]
    assert brief_json(brief(sold(640)))["fields"]["fee"]["value"] == "640.00"


def test_the_digest_follows_ticket_and_person() -> None:
    first, again, other = brief(sold(640)), brief(sold(640)), brief(sold(641))
    assert first.inputs == again.inputs
    assert len({first.inputs, other.inputs, brief(sold(640), person={"fee": 650}).inputs}) == 3
