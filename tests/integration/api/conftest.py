from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.support.app_client import Site, site


@pytest.fixture
async def service(tmp_path: Path) -> AsyncIterator[Site]:
    """The service in live mode."""
    async with site(tmp_path) as started:
        yield started
