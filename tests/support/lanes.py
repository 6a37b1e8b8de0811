"""Which cases of a test belong to which lane: the marker `fast_cases` keeps a few in `./deploy/test fast`."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

import pytest

_NOT_FAST = {"slow", "browser", "postgres", "chaos"}


def mark_slow_cases(items: Iterable[pytest.Item]) -> None:
    """Mark the cases beyond `fast_cases(count)` of each test as slow. The full lane runs all of them."""
    tests: dict[tuple[pytest.Item | pytest.Collector | None, str], list[pytest.Item]] = defaultdict(list)
    for item in items:
        if item.get_closest_marker("fast_cases") and not _NOT_FAST & {mark.name for mark in item.iter_markers()}:
            tests[item.parent, getattr(item, "originalname", item.name)].append(item)
    for cases in tests.values():
        marker = cases[0].get_closest_marker("fast_cases")
        assert marker is not None
        fast = spread(len(cases), *marker.args)
        for position, item in enumerate(cases):
            if position not in fast:
                item.add_marker(pytest.mark.slow)


def spread(total: int, count: int) -> set[int]:
    """`count` positions of `total`, evenly spread from the first to the last; a single one lies in the middle."""
    if count >= total:
        return set(range(total))
    if count == 1:
        return {total // 2}
    return {round(number * (total - 1) / (count - 1)) for number in range(count)}
