"""A short storm: processes killed at random moments, callbacks twice and out of order, people who interfere.

The long one is `python -m tests.chaos --kills 200 --seed 1 --database sqlite|postgres`.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.chaos.storm import Weather, storm
from tests.support.databases import BOTH, fresh_database


@pytest.mark.parametrize("kind", BOTH)
def test_nothing_is_lost_and_nothing_is_done_twice_in_a_storm(kind: str, tmp_path: Path) -> None:
    with fresh_database(kind, tmp_path) as url:
        report = storm(url, Weather(kills=8, seed=7, processes=2 if kind == "postgres" else 1, tickets=5))
    assert report.faults == []
    assert report.kills == 8
