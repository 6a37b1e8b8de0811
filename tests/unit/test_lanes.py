"""Which cases of a test the fast lane keeps."""

from __future__ import annotations

import pytest

from tests.support.lanes import spread


@pytest.mark.parametrize(
    ("total", "count", "kept"),
    [(20, 4, {0, 6, 13, 19}), (5, 1, {2}), (2, 1, {1}), (8, 2, {0, 7}), (3, 5, {0, 1, 2}), (1, 1, {0})],
)
def test_kept_cases_are_spread_over_all(total: int, count: int, kept: set[int]) -> None:
    assert spread(total, count) == kept
