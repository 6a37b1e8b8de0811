"""Days, months, seasons, weeks, quarters and lengths of time in four languages."""

from __future__ import annotations

from datetime import date

import pytest

from app.reading.values.dates import time_points
from app.reading.values.durations import spans

TODAY = date(2026, 1, 15)


@pytest.mark.parametrize(
    ("words", "days"),
    [
        ("on 3 march", [date(2026, 3, 3)]), ("march 3rd", [date(2026, 3, 3)]), ("am 3. märz", [date(2026, 3, 3)]),
        ("le 3 mars", [date(2026, 3, 3)]), ("el 3 de marzo", [date(2026, 3, 3)]), ("2026-03-03", [date(2026, 3, 3)]),
        ("3.3.2026", [date(2026, 3, 3)]), ("from 1/6 until 30/9", [date(2026, 6, 1), date(2026, 9, 30)]),
        ("in february and april", [date(2026, 2, 10), date(2026, 4, 10)]), ("mid june", [date(2026, 6, 15)]),
        ("at the end of june", [date(2026, 6, 28)]), ("early june", [date(2026, 6, 3)]), ("week 10", [date(2026, 3, 4)]),
        ("kw 10", [date(2026, 3, 4)]), ("in q2", [date(2026, 5, 15)]), ("ende des ersten quartals", [date(2026, 3, 28)]),
        ("before easter", [date(2026, 4, 5)]), ("nach ostern", [date(2026, 4, 5)]), ("next month", [date(2026, 2, 10)]),
        ("in three weeks", [date(2026, 2, 5)]), ("on the 20th and 30th", [date(2026, 1, 20), date(2026, 1, 30)]),
        ("in december", [date(2026, 12, 10)]), ("it may be slow", []), ("3rd floor", []), ("version 2.11", []),
    ],
)  # fmt: skip
def test_days_are_found(words: str, days: list[date]) -> None:
    assert [point.day for point in time_points(words, TODAY)] == days


@pytest.mark.parametrize(
    ("words", "days"),
    [
        ("over 14 weeks", [98]), ("for three months", [90]), ("dauert drei monate", [90]), ("sur deux trimestres", [182]),
        ("durante seis meses", [180]), ("8-10 weeks", [70]), ("in three weeks", []), ("for three weeks now", []),
        ("since two months", []), ("seit drei wochen", []), ("depuis deux mois", []), ("desde hace dos meses", []),
        ("three months' notice", []), ("2 years warranty", []), ("within 2 weeks", []), ("every two weeks", []),
    ],
)  # fmt: skip
def test_lengths_of_planned_work_are_found_and_ages_are_not(words: str, days: list[int]) -> None:
    assert [span.days for span in spans(words)] == days
