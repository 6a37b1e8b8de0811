from collections.abc import Iterator
from pathlib import Path

import pytest

from app.storage import Database
from tests.support.databases import BOTH, fresh_database


@pytest.fixture(params=BOTH)
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """An empty, migrated database of each kind."""
    with fresh_database(request.param, tmp_path) as url:
        database = Database(url)
        database.migrate()
        yield database
        database.close()
