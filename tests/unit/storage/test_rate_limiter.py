"""The request rate that processes on one PostgreSQL database share."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.container import connect
from app.settings import load_settings
from app.storage import Database, PostgresRateLimiter
from tests.support.databases import BOTH, fresh_database


@pytest.mark.postgres
def test_processes_on_one_database_share_the_rate(tmp_path: Path) -> None:
    with fresh_database("postgres", tmp_path) as url:
        database = Database(url)
        database.migrate()
        limiters = [PostgresRateLimiter(database, 60, burst=2) for _ in range(2)]
        delays = [database.write_now(limiters[number % 2].reserve) for number in range(8)]
        database.close()
    assert delays == pytest.approx(range(8), abs=0.9), "one request a second, whichever process asks"


@pytest.mark.parametrize("kind", BOTH)
async def test_the_service_shares_the_rate_on_postgresql_and_limits_itself_on_sqlite(kind: str, tmp_path: Path) -> None:
    credentials = dict.fromkeys(("cwm_company", "cwm_public_key", "cwm_private_key", "cwm_client_id"), "here")
    with fresh_database(kind, tmp_path) as url:
        settings = load_settings(cwm_site="http://127.0.0.1:1", database_url=url, **credentials)
        async with connect(settings) as container:
            limiter = container.manage._transport._pace
    assert isinstance(limiter, PostgresRateLimiter) is (kind == "postgres")
