"""Random faults in short: processes killed, callbacks repeated and reordered, tickets changed by people.

The long round is `python -m tests.chaos --kills 200 --seed 1 --database sqlite|postgres`.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.chaos.fault_injector import Faults, inject_faults
from tests.support.databases import BOTH, fresh_database

pytestmark = pytest.mark.chaos


@pytest.mark.parametrize("kind", BOTH)
def test_nothing_is_lost_and_nothing_is_done_twice_under_random_faults(kind: str, tmp_path: Path) -> None:
    with fresh_database(kind, tmp_path) as url:
        report = inject_faults(url, Faults(kills=8, seed=7, processes=2 if kind == "postgres" else 1, tickets=5))
    assert report.faults == []
    assert report.kills == 8
