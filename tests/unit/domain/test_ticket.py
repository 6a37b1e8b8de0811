"""A ticket record takes any JSON, keeps what has the expected type and treats the rest as absent."""

from __future__ import annotations

import json
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.ticket import TicketRecord
from tests.support.tickets import CASES

ANY_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=12), inner, max_size=4),
    max_leaves=10,
)
MEMBERS = sorted(field.encode_name for field in msgspec.structs.fields(TicketRecord))


def test_a_labelled_case_keeps_every_member_that_says_something() -> None:
    for line in (CASES / "train/general-1.jsonl").read_text(encoding="utf-8").splitlines():
        case = json.loads(line)
        kept = TicketRecord.from_json(case).to_json()
        assert {name for name, value in case.items() if value not in (None, [], "", False)} - {"label"} <= set(kept)


def test_a_record_reads_what_it_wrote() -> None:
    for line in (CASES / "train/general-1.jsonl").read_text(encoding="utf-8").splitlines():
        record = TicketRecord.from_json(json.loads(line))
        assert TicketRecord.from_json(record.to_json()) == record


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        pytest.param({"id": "x", "summary": 5, "board": None}, {}, id="wrong-types"),
        pytest.param({"board": "Help", "agreement": {"type": {"name": "Gold"}}},
                     {"board": {"name": "Help"}, "agreement": {"type": "Gold"}}, id="names-for-references"),
        pytest.param({"timeEntries": [{"invoice": {"id": 7}}]}, {"timeEntries": [{"invoice": 7}]}, id="reference-for-an-id"),
        pytest.param({"budgetHours": "12.5"}, {"budgetHours": 12.5}, id="number-as-text"),
        pytest.param({"products": [{"price": 1e400, "quantity": float("nan"), "description": "x"}, None, 5]},
                     {"products": [{"description": "x"}]}, id="numbers-out-of-range"),
        pytest.param({"closedFlag": "yes", "hasChildTicket": 1}, {}, id="flags-of-other-types"),
    ],
)  # fmt: skip
def test_members_of_another_type_are_absent(given: dict[str, Any], kept: dict[str, Any]) -> None:
    assert TicketRecord.from_json(given).to_json() == kept


@given(st.dictionaries(st.sampled_from(MEMBERS), ANY_JSON, max_size=8))
def test_any_json_gives_a_record(value: dict[str, Any]) -> None:
    record = TicketRecord.from_json(value)
    assert TicketRecord.from_json(record.to_json()) == record


@given(ANY_JSON)
def test_what_is_no_record_gives_an_empty_one(value: Any) -> None:
    TicketRecord.from_json(value)
