"""The conditions of lists: what the guide writes is understood, everything else is refused, quickly."""

from __future__ import annotations

import contextlib
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.sandbox.engine.conditions import BadCondition, child_predicate, predicate
from tests.support.limits import cpu_seconds

TICKET = {
    "id": 4711, "summary": "Router is 50% slower", "closedFlag": False, "budgetHours": 2.5, "board": {"id": 5, "name": "Help Desk"},
    "_info": {"lastUpdated": "2026-06-01T10:00:00Z", "dateEntered": "2026-05-30T08:00:00Z"}, "requiredDate": "2026-06-10T00:00:00Z",
    "customFields": [{"caption": "Cost centre", "value": "12"}, {"caption": "Site", "value": None}],
}  # fmt: skip


@pytest.mark.parametrize(
    "text",
    [
        "", "   ", "id=4711", "id = 4711 and closedFlag = False", "id != 1", "id in (1, 4711)", "not id in (1,2)", "id not in (1,2)",
        "budgetHours > 2 and budgetHours <= 2.5", "board/id=5", 'board/name="help desk"', "board/name='Help Desk'", "BOARD/ID=5",
        'summary contains "router"', 'summary not contains "switch"', 'summary like "router*slower"', "summary like '%50%'",
        'summary not like "switch%"', "requiredDate > [2026-06-01T00:00:00Z]", "requiredDate < [2026-06-11]", "lastUpdated >= [2026-06-01T10:00:00Z]",
        "dateEntered<[2026-06-01T00:00:00+02:00]", "owner = null", "summary != null", "(id=1 or id=4711) and (closedFlag=False)",
        "id=1 or id=2 or id=4711", "not (id=1)", "ID=4711 AND CLOSEDFLAG=false", "closedFlag != True", "hasChildTicket = False",
        'summary > "Aa"', "_info/lastUpdated = [2026-06-01T10:00:00Z]", "lastUpdated in ([2026-06-01T10:00:00Z])", "owner/id = null",
    ],
)  # fmt: skip
def test_a_condition_that_holds(text: str) -> None:
    assert predicate(text)(TICKET)


@pytest.mark.parametrize(
    "text",
    [
        "id=1", "id in (1,2)", "id not in (4711)", "closedFlag=True", 'summary contains "switch"', 'summary like "slower"', "board/id=6",
        "requiredDate < [2026-06-01T00:00:00Z]", "owner != null", "not (id=4711)", "id=4711 and id=1", "summary = null", "summary > 5",
        "requiredDate = [2026-06-10T00:00:01Z]", "board = 5", "summary < [2026-06-01T00:00:00Z]", "budgetHours = '2.5'",
    ],
)  # fmt: skip
def test_a_condition_that_does_not_hold(text: str) -> None:
    assert not predicate(text)(TICKET)


@pytest.mark.parametrize(
    "text",
    [
        "id", "id=", "=1", "id==1", "id 1", "id=1 and",
        "and id=1", "id in 1", "id in ()",
        "id in (1,)", "(id=1", "id=1)", 'summary="open', "id=[x]",
        "id=[2026-13-01]", "id=1; drop", "id=1 -- x", 'summary = "a" "b"', "id=true1", "id=New", "board/=1 or /", "id not = 1",
        "id > null", "id > True",
        "1=1", "not", "()", "id=1 or or id=2", "id=1,2", "id=1e5", "id=--1", "id = 1.2.3", "\x00", "id=" + "9" * 401, "id contains (1)",
    ],
)  # fmt: skip
def test_what_is_no_condition_is_refused(text: str) -> None:
    with pytest.raises(BadCondition, match="Expected a boolean value"):
        predicate(text)


@pytest.mark.parametrize(
    "text",
    [
        "(" * 9000, "not " * 2400, "(" * 41 + "id=1" + ")" * 41, "id=1 and " * 1200 + "id=1", '"' * 9999, "a" * 10_001,
        'summary like "' + "*a" * 4000 + '"', "[" * 9999, "id in (" + "1," * 4900 + "1)",
    ],
    ids=["brackets", "nots", "deep", "parts", "quotes", "long", "stars", "instants", "values"],
)  # fmt: skip
def test_hostile_text_is_answered_in_bounded_time(text: str) -> None:
    with cpu_seconds(2), contextlib.suppress(BadCondition):
        predicate(text)(TICKET | {"summary": "a" * 20_000 + "b"})


def test_child_conditions_look_at_the_items_of_arrays() -> None:
    assert child_predicate('caption="Cost centre" AND value != null')(TICKET)
    assert child_predicate('customFields/caption="Site"')(TICKET)
    assert not child_predicate('caption="Site" AND value != null')(TICKET)
    assert not child_predicate('caption="Site"')({"id": 1})
    assert child_predicate("")({"id": 1})


texts = st.text(st.characters(exclude_characters='"', exclude_categories=["Cs"]), max_size=30)


@given(texts, texts)
def test_text_compares_by_its_letters_in_any_case(found: str, wanted: str) -> None:
    assert predicate(f'name = "{wanted}"')({"name": found}) is (found.lower() == wanted.lower())
    assert predicate(f'name contains "{wanted}"')({"name": found}) is (wanted.lower() in found.lower())


@given(st.text("ab*%", max_size=12), st.text("ab", max_size=12))
def test_like_is_what_the_wildcards_say(pattern: str, found: str) -> None:
    assert predicate(f'name like "{pattern}"')({"name": found}) is _matches(pattern.replace("%", "*"), found)


def _matches(pattern: str, text: str) -> bool:
    if not pattern:
        return not text
    if pattern[0] == "*":
        return _matches(pattern[1:], text) or (bool(text) and _matches(pattern, text[1:]))
    return bool(text) and text[0] == pattern[0] and _matches(pattern[1:], text[1:])


@given(st.integers(-(10**9), 10**9), st.lists(st.integers(-(10**9), 10**9), min_size=1, max_size=8))
def test_numbers_compare_as_numbers(found: int, wanted: list[int]) -> None:
    record = {"n": found}
    first = wanted[0]
    assert predicate(f"n in ({','.join(map(str, wanted))})")(record) is (found in wanted)
    assert [predicate(f"n {sign} {first}")(record) for sign in ("<", "<=", ">", ">=", "=", "!=")] == [
        found < first, found <= first, found > first, found >= first, found == first, found != first,
    ]  # fmt: skip


@given(st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1)), st.integers(-5, 5))  # noqa: DTZ001
def test_instants_compare_as_moments_in_any_zone(moment: datetime, hours: int) -> None:
    moment = moment.replace(microsecond=0, tzinfo=UTC)
    other = moment + timedelta(hours=hours)
    record = {"at": moment.strftime("%Y-%m-%dT%H:%M:%SZ")}
    assert predicate(f"at < [{other.isoformat()}]")(record) is (moment < other)
    assert predicate(f"at = [{other.isoformat()}]")(record) is (moment == other)


simple: Any = st.sampled_from(["id=1", "id in (1,2)", 'name like "a*"', "flag=True", "name=null", "n>0"])
conditions: Any = st.recursive(
    simple,
    lambda inner: st.tuples(inner, st.sampled_from(["and", "or"]), inner).map(lambda three: f"({' '.join(three)})") | inner.map("not ({})".format),
    max_leaves=8,
)  # fmt: skip
records = st.fixed_dictionaries(
    {},
    optional={
        "id": st.integers(0, 3),
        "name": st.sampled_from(["abc", "b"]),
        "flag": st.booleans(),
        "n": st.integers(-1, 1),
    },
)


@given(conditions, records)
def test_joined_conditions_mean_what_python_means(text: str, record: dict[str, Any]) -> None:
    name, number = record.get("name"), record.get("n")
    meant = {
        "id=1": record.get("id") == 1, "id in (1,2)": record.get("id") in (1, 2), 'name like "a*"': (name or "").startswith("a"),
        "flag=True": record.get("flag", False), "name=null": name is None, "n>0": number is not None and number > 0,
    }  # fmt: skip
    spelled = text
    for part, value in meant.items():
        spelled = spelled.replace(part, str(value))
    assert predicate(text)(record) is eval(spelled)  # noqa: S307


@given(st.text(max_size=60))
def test_any_text_is_a_condition_or_refused(text: str) -> None:
    with contextlib.suppress(BadCondition):
        assert predicate(text)(TICKET) in (True, False)
