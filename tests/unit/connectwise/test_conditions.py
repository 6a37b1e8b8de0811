"""Whatever a value is, ConnectWise reads back exactly that value, or the builder refuses it."""

from __future__ import annotations

import contextlib
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from app.connectwise import conditions as build
from app.connectwise.transport import query_text
from app.sandbox import predicate

VALUES = (
    st.text()
    | st.text(alphabet="\"'\\ ()[],=<>%*andorit0")
    | st.integers()
    | st.floats()
    | st.booleans()
    | st.none()
    | st.datetimes(timezones=st.sampled_from([UTC, timezone(timedelta(hours=9, minutes=30))]))
)


def other_than(value: Any) -> Any:
    """A value that a condition for `value` must not find."""
    if isinstance(value, bool):
        return not value
    if isinstance(value, int | float):
        return value + 1 if abs(value) < 2**40 else 0
    if isinstance(value, datetime):
        return (value + timedelta(seconds=90) if value.year < 9000 else value - timedelta(days=9)).isoformat()
    return "zzz" if value is None else f"{value}x"


def shown(value: Any) -> Any:
    return value.replace(microsecond=0).isoformat() if isinstance(value, datetime) else value


@given(value=VALUES)
@example('x" or id>0 or name="')
@example("x' or 'a'='a")
@example("] or id>0")
@example(1e22)
@example(-0.0)
@example(2**53 + 1)
@example(datetime(1, 1, 1, tzinfo=timezone(timedelta(hours=9, minutes=30))))
def test_a_value_is_read_back_or_refused(value: Any) -> None:
    try:
        text = build.eq("name", value)
    except (ValueError, OverflowError):
        return
    reads = predicate(text)
    assert reads({"name": shown(value)})
    assert not reads({"name": other_than(value)})
    assert not reads({"name": "zzz" if value != "zzz" else "yyy", "id": 7})


@given(values=st.lists(VALUES, min_size=1, max_size=5))
def test_a_list_of_values_is_read_back_or_refused(values: list[Any]) -> None:
    try:
        text = build.in_("name", values)
    except (ValueError, OverflowError):
        return
    reads = predicate(text)
    assert all(reads({"name": shown(value)}) for value in values)
    assert not reads({"name": "no such value", "id": 7})


@given(left=VALUES, right=VALUES, name=st.sampled_from(["x", "y"]))
def test_joined_conditions_keep_their_meaning(left: Any, right: Any, name: str) -> None:
    with contextlib.suppress(ValueError, OverflowError):
        one, two = build.eq("a", left), build.eq("b", right)
        record = {"a": shown(left), "b": other_than(right), "n": name}
        assert predicate(build.any_of(one, two))(record)
        assert not predicate(build.all_of(one, two))(record)
        assert predicate(build.all_of(build.eq("n", name), build.any_of(two, one)))(record)
        assert not predicate(build.all_of(build.any_of(one, two), build.eq("n", "z")))(record)


@pytest.mark.parametrize(
    "value",
    [
        '"',
        "'",
        "\\",
        "a\nb",
        "\x00",
        "\x85",
        "\u2028",
        "\ud800",
        float("nan"),
        float("inf"),
        2**53 + 1,
        datetime.fromisoformat("2026-06-01T00:00:00"),
    ],
    ids=repr,
)
def test_what_has_no_sure_form_is_refused(value: Any) -> None:
    with pytest.raises(ValueError, match="condition"):
        build.eq("name", value)


@pytest.mark.parametrize("member", ["", "a b", "a=1 or b", "a/", "/a", "a//b", "1a", "a-b", 'a"', "a\n", "ä"])
def test_a_member_that_is_no_name_is_refused(member: str) -> None:
    with pytest.raises(ValueError, match="member"):
        build.eq(member, 1)


def test_conditions_have_the_guides_form() -> None:
    moment = datetime(2026, 6, 1, 12, 30, 15, 999, tzinfo=timezone(timedelta(hours=2)))
    parts = [
        build.eq("board/name", "Service Desk"), build.gt("lastUpdated", moment), build.ge("id", 5), build.lt("id", 9),
        build.le("id", 8), build.eq("closedFlag", False), build.eq("agreement", None), build.contains("summary", "new"),
        build.in_("id", [1, 2]), build.eq("hours", 1.5),
    ]  # fmt: skip
    assert build.all_of(*parts) == (
        'board/name = "Service Desk" and lastUpdated > [2026-06-01T10:30:15Z] and id >= 5 and id < 9 and id <= 8 '
        'and closedFlag = False and agreement = null and summary contains "new" and id in (1,2) and hours = 1.5'
    )


def test_an_empty_list_of_values_is_refused() -> None:
    with pytest.raises(ValueError, match="at least one"):
        build.in_("id", [])


@given(ids=st.lists(st.integers(1, 10**7), max_size=400))
def test_conditions_for_many_ids_find_each_of_them_and_fit_an_address(ids: list[int]) -> None:
    found = list(build.among("objectId", ids))
    tests = [predicate(condition) for condition in found]
    assert all(any(test({"objectId": number}) for test in tests) for number in ids)
    assert all(len(query_text({"conditions": condition})) <= 1700 for condition in found)


def test_ids_that_lie_close_together_are_one_range() -> None:
    assert list(build.among("objectId", [9, 5, 6, 8])) == ["objectId >= 5 and objectId <= 9"]
    assert list(build.among("objectId", [5])) == ["objectId >= 5 and objectId <= 5"]
    assert list(build.among("objectId", [5, 500])) == ["objectId in (5,500)"]
    assert list(build.among("objectId", [])) == []


def test_a_thousand_scattered_ids_of_seven_digits_take_at_most_six_addresses() -> None:
    assert len(list(build.among("objectId", range(1_000_000, 9_000_000, 8_000)))) <= 6
