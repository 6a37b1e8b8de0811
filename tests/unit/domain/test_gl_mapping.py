"""Which account service revenue reaches, by the rows of the GL mapping."""

from __future__ import annotations

from typing import Any

import pytest

from app.domain.gl_mapping import gl_mapping

TABLES = [
    {"id": 1, "table": "Billing_Unit"},
    {"id": 3, "table": "SR_Type"},
    {"id": 4, "table": "Activity_Type"},
    {"id": 7, "table": "Company"},
]


def gl_row(table: int, record: int, account: str, **changes: Any) -> dict[str, Any]:
    return {"glType": "R", "mappedType": {"id": table}, "mappedRecord": {"id": record}, "segment1": account} | changes


ROWS = [
    gl_row(1, 10, "4000 Service"), gl_row(1, 14, "4100 Professional Services"), gl_row(3, 84, "4100 Professional Services"),
    gl_row(4, 8, "4200 Hardware"), gl_row(7, 1, "4999 Other"), gl_row(1, 15, "5000 Cost", glType="C"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("ids", "account"),
    [
        pytest.param({"department": 10}, "4000 Service", id="the department"),
        pytest.param({"department": 14}, "4100 Professional Services", id="another department"),
        pytest.param(
            {"department": 10, "service-type": 84}, "4100 Professional Services", id="a type goes before the department"
        ),
        pytest.param({"department": 14, "work-type": 8}, "4200 Hardware", id="a work type goes before the department"),
        pytest.param({"department": 14, "service-type": 84, "work-type": 8}, "", id="specific rows that differ"),
        pytest.param({"department": 99}, "4999 Other", id="the owner is last"),
        pytest.param({"department": 15}, "4999 Other", id="a row of another kind of entry"),
        pytest.param({"department": None}, "4999 Other", id="no department"),
    ],
)
def test_the_most_specific_row_tells_the_account(ids: dict[str, int | None], account: str) -> None:
    assert gl_mapping(ROWS, TABLES).account(ids) == account


def test_without_rows_no_account_is_known() -> None:
    assert gl_mapping([], TABLES).account({"department": 10}) == ""
    assert gl_mapping([{"glType": "R"}, gl_row(1, 10, "x", mappedRecord=None)], []).account({"department": 10}) == ""


def test_segments_make_one_account() -> None:
    row = gl_row(1, 10, "4000", segment2=" Service ", segment3="")
    assert gl_mapping([row], TABLES).account({"department": 10}) == "4000 / Service"
