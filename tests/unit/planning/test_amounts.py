"""Money and hours: parts add up exactly, and what nobody can bill is not planned."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.planning.amounts import CENT, QUARTER, number, split, usable, usable_hours, words
from tests.support.limits import examples

MONEY = st.decimals(min_value="0.01", max_value="9999999", places=2)
WEIGHTS = st.lists(st.decimals(min_value=0, max_value=1000, places=3), min_size=1, max_size=40)


@given(total=MONEY, weights=WEIGHTS, step=st.sampled_from([CENT, QUARTER]))
@examples(150)
def test_parts_add_up_to_the_whole_and_none_is_negative(total: Decimal, weights: list[Decimal], step: Decimal) -> None:
    parts = split(total, weights, step=step)
    assert sum(parts) == total
    assert min(parts) >= 0
    assert len(parts) == len(weights)


@given(total=MONEY, weights=WEIGHTS)
@examples(100)
def test_parts_survive_the_way_to_json_and_back_to_the_cent(total: Decimal, weights: list[Decimal]) -> None:
    parts = [Decimal(repr(number(part))) for part in split(total, weights)]
    assert sum(parts) == total


@given(total=st.integers(1, 10**6), count=st.integers(1, 50))
@examples(60)
def test_equal_parts_differ_by_a_cent_at_most(total: int, count: int) -> None:
    parts = split(Decimal(total) * CENT, [Decimal(1)] * count)
    assert max(parts) - min(parts) <= CENT


def test_hours_are_split_in_quarters_and_the_last_part_takes_the_rest() -> None:
    assert split(Decimal("10.10"), [Decimal(1)] * 3, step=QUARTER) == [
        Decimal("3.25"),
        Decimal("3.50"),
        Decimal("3.35"),
    ]


def test_nothing_is_split_into_no_parts() -> None:
    assert split(Decimal(5), []) == []


@pytest.mark.parametrize("amount", ["0", "-1", "0.004", "10000000000", "NaN", "Infinity"])
def test_what_nobody_can_bill_is_no_amount(amount: str) -> None:
    assert usable(Decimal(amount)) is None


@pytest.mark.parametrize(
    ("hours", "planned"), [("8", "8.00"), ("0.333", "0.33"), ("0", None), ("-2", None), ("100001", None)]
)
def test_hours_that_cannot_be_planned_with_are_none(hours: str, planned: str | None) -> None:
    assert usable_hours(Decimal(hours)) == (Decimal(planned) if planned else None)


def test_an_amount_reads_as_people_write_it() -> None:
    assert words(Decimal("12500.5")) == "12,500.50"
