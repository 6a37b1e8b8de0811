"""Requests to ConnectWise for a ticket: upper bounds, with a read-back of every write."""

from __future__ import annotations

from itertools import pairwise

import pytest

from tests.bench.requests import Counted, count

MOST = {"service-ticket": 6, "mini-project": 18, "project": 35}
"""By outcome, the brief's own reads included, where ConnectWise takes bundles and lists are warm."""
MOST_WITHOUT_BUNDLES = {"service-ticket": 6, "mini-project": 32, "project": 74}


@pytest.mark.parametrize(("bundle_size", "most"), [(50, MOST), (0, MOST_WITHOUT_BUNDLES)])
async def test_a_ticket_takes_no_more_requests_than_promised(bundle_size: int, most: dict[str, int]) -> None:
    counted = await count(cwm_bundle_size=bundle_size)
    assert {each.outcome: each.status for each in counted} == {
        "service-ticket": "nothing-to-do", "mini-project": "applied", "project": "applied",
    }  # fmt: skip
    assert {each.outcome: each.total for each in counted if each.total > most[each.outcome]} == {}
    for each in counted:
        _check_reads(each)


def _check_reads(counted: Counted) -> None:
    """Something was read before the first write, between any two and after the last."""
    phases = [phase for phase, _ in counted.requests]
    assert all(pair != ("writes", "writes") for pair in pairwise(phases)), counted.requests
    if "writes" in phases:
        assert counted.by_phase()["preconditions"] > 0
        assert counted.by_phase()["after"] > 0
