"""MAX_WRITES_PER_HOUR is a cap: for tickets that begin together, in one process or two."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from app.sandbox import Sandbox
from tests.support.databases import BOTH, fresh_database
from tests.support.harness import house, sample, settled, told

MINI = "Fit the replacement"


@pytest.fixture(params=BOTH)
def url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    with fresh_database(request.param, tmp_path) as url:
        yield url


def writes(sandbox: Sandbox) -> int:
    return sum(exchange.is_write for exchange in sandbox.journal)


async def test_tickets_that_begin_together_do_not_pass_the_cap(url: str) -> None:
    sandbox = Sandbox()
    tickets = [sample(sandbox, MINI) for _ in range(8)]
    few: dict[str, Any] = {"max_writes_per_hour": 7}
    async with house(sandbox, url, **few) as (one, parts), house(sandbox, url, **few) as (other, _):
        for number, ticket_id in enumerate(tickets):
            await (one if number % 2 else other).take_callback(told(ticket_id, "added"))
        await settled(parts)
        decisions = (await one.decisions()).items
    assert 2 < writes(sandbox) <= 7
    waiting = [decision for decision in decisions if decision["status"] == "awaiting-review"]
    assert len(waiting) >= 5
    assert all("MAX_WRITES_PER_HOUR (7)" in decision["said"] for decision in waiting)
    assert {decision["status"] for decision in decisions} == {"applied", "awaiting-review"}
