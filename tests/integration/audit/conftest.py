from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.support.databases import BOTH, fresh_database
from tests.support.history_fixture import Audited, audited


@pytest.fixture
async def past(tmp_path: Path) -> AsyncIterator[Audited]:
    """250 tickets of a year, and a service on SQLite that audits them."""
    async with audited(f"sqlite:///{tmp_path}/audit.db") as found:
        yield found


@pytest.fixture(params=BOTH)
async def past_on_both(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Audited]:
    """The same on either database."""
    with fresh_database(request.param, tmp_path) as url:
        async with audited(url) as found:
            yield found
