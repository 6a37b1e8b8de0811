"""Budget against actual hours of phases: 80 and 100 percent, each once."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.planning.budget_watch import LIMITS, PhaseHours, crossings, keys_of, watch_note
from app.planning.manual_actions import LANGUAGES, Language

HOURS = st.decimals(0, 500, places=2)


def phase(budget: str | None, actual: str, number: int = 7) -> PhaseHours:
    return PhaseHours(number, "Build", None if budget is None else Decimal(budget), Decimal(actual))


@pytest.mark.parametrize(
    ("budget", "actual", "percent"),
    [
        ("10", "7.99", None),
        ("10", "8", 80),
        ("10", "9.99", 80),
        ("10", "10", 100),
        ("10", "25", 100),
        (None, "5", None),
        ("0", "5", None),
    ],
)
def test_a_limit_is_reached_at_its_percent_of_the_budget(budget: str | None, actual: str, percent: int | None) -> None:
    assert [one.percent for one in crossings([phase(budget, actual)], ())] == ([percent] if percent else [])


def test_a_limit_is_reported_once_and_the_next_one_again() -> None:
    first = crossings([phase("10", "8")], ())
    assert crossings([phase("10", "9")], keys_of(first)) == ()
    second = crossings([phase("10", "11")], keys_of(first))
    assert [one.percent for one in second] == [100]
    assert crossings([phase("10", "30")], keys_of(first) | keys_of(second)) == ()


def test_a_jump_over_both_limits_is_one_report() -> None:
    found = crossings([phase("10", "12")], ())
    assert keys_of(found) == {"7:80", "7:100"}
    assert crossings([phase("14", "12")], keys_of(found)) == ()


@given(budget=HOURS, steps=st.lists(HOURS, max_size=8))
def test_however_hours_grow_each_limit_is_reported_at_most_once(budget: Decimal, steps: list[Decimal]) -> None:
    reported: frozenset[str] = frozenset()
    seen: list[int] = []
    for actual in sorted(steps):
        found = crossings([PhaseHours(7, "Build", budget, actual)], reported)
        seen += [one.percent for one in found]
        reported |= keys_of(found)
    assert seen == sorted(set(seen))
    assert set(seen) <= set(LIMITS)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_note_names_phase_hours_and_the_question(language: Language) -> None:
    text = watch_note(crossings([phase("10", "8.50")], ()), language)
    assert [part for part in ("Build", "8.5 h", "10 h", "80 %") if part not in text] == []
    assert text.rstrip().endswith("?")
