"""The pace that processes on one SQLite file share."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from app.container import connect
from app.settings import load_settings
from app.storage import Database, FilePace, StoreUnavailable


class Clock:
    """A clock that stands, and what is slept by it."""

    def __init__(self) -> None:
        self.now = 1_000_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    found = Database(f"sqlite:///{tmp_path}/pace.db")
    yield found
    found.close()


@pytest.fixture
def file(database: Database) -> Path:
    """Where the pace is kept."""
    return Path(f"{database.url.database}.pace")


def spoil(file: Path, nonsense: bytes | None) -> None:
    """Puts something else there; None: a folder."""
    if nonsense is None:
        file.mkdir()
    else:
        file.write_bytes(nonsense)


@pytest.fixture
def slept(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """How long was slept, without sleeping."""
    found: list[float] = []

    async def sleep(seconds: float) -> None:
        found.append(round(seconds, 3))

    monkeypatch.setattr(asyncio, "sleep", sleep)
    return found


async def test_two_processes_send_no_more_than_one_may(database: Database, slept: list[float]) -> None:
    clock = Clock()
    with ExitStack() as stack:
        paces = [FilePace(database, 120, burst=2, clock=clock) for _ in range(2)]
        for pace in paces:
            stack.callback(pace.close)
        for number in range(8):
            await paces[number % 2].take()
        assert slept == [0.5, 1.0, 1.5, 2.0, 2.5]
        clock.now += 60
        slept.clear()
        for pace in (*paces, *paces):
            await pace.take()
        assert slept == [0.5]


async def test_a_clock_that_was_set_back_and_a_file_of_nonsense_hold_nobody_up(
    database: Database, file: Path, slept: list[float]
) -> None:
    clock = Clock()
    pace = FilePace(database, 900, clock=clock)
    await pace.take()
    clock.now -= 3600
    await pace.take()
    assert max(slept, default=0) < 0.1
    for nonsense in (b"", b"x", b"\xff" * 8, b"\x7f" * 64):
        spoil(file, nonsense)
        await pace.take()
    assert max(slept, default=0) < 0.5
    pace.close()


async def test_it_costs_next_to_nothing(database: Database) -> None:
    pace = FilePace(database, 100_000, burst=100_000)
    began = time.perf_counter()
    for _ in range(2000):
        await pace.take()
    assert (time.perf_counter() - began) / 2000 < 0.001
    pace.close()


async def test_a_folder_that_cannot_be_written_is_said(database: Database, file: Path) -> None:
    spoil(file, None)
    with pytest.raises(StoreUnavailable, match="the pace beside its file cannot be made"):
        await FilePace(database, 900).take()


async def test_every_process_on_the_file_is_given_it(tmp_path: Path) -> None:
    given = dict.fromkeys(("cwm_company", "cwm_public_key", "cwm_private_key", "cwm_client_id"), "here")
    settings = load_settings(cwm_site="http://127.0.0.1:1", database_url=f"sqlite:///{tmp_path}/x.db", **given)
    async with connect(settings) as parts:
        assert isinstance(parts.manage._transport._pace, FilePace)
