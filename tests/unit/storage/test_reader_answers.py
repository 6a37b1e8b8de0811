"""The cache of the model-backed reader and its count of tokens."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

from app.storage import Database, ReaderAnswers

NOW = datetime(2026, 12, 1, 23, 50, tzinfo=UTC)


async def test_an_answer_is_kept_and_not_replaced(database: Database) -> None:
    answers = ReaderAnswers(database)

    assert await answers.put({"k1": {"choices": [1]}, "k2": {"choices": []}}, now=NOW) == 2
    assert await answers.put({"k1": {"choices": [2]}}, now=NOW) == 0
    assert await answers.get("k1") == {"choices": [1]}
    assert await answers.get("k3") is None
    assert await answers.get_many(["k1", "k2", "k3"]) == {"k1": {"choices": [1]}, "k2": {"choices": []}}


async def test_tokens_are_counted_by_day_and_stop_at_the_limit(database: Database) -> None:
    answers = ReaderAnswers(database)

    assert await answers.reserve(600, limit=1000, now=NOW)
    assert not await answers.reserve(600, limit=1000, now=NOW)
    await answers.correct(-400, now=NOW)
    assert await answers.reserve(600, limit=1000, now=NOW)
    assert await answers.reserve(10**9, limit=0, now=NOW)
    assert (await answers.usage(NOW)).requests == 3
    assert (await answers.usage(NOW + timedelta(hours=1))).tokens == 0


async def test_two_requests_at_the_same_time_do_not_pass_the_limit_together(database: Database) -> None:
    answers = ReaderAnswers(database)

    allowed = await asyncio.gather(*(answers.reserve(600, limit=1000, now=NOW) for _ in range(4)))

    assert sum(allowed) == 1


async def test_old_answers_are_deleted(database: Database) -> None:
    answers = ReaderAnswers(database)
    await answers.put({"old": {}}, now=NOW - timedelta(days=91))
    await answers.put({"new": {}}, now=NOW)

    assert await answers.prune(older_than=timedelta(days=90), now=NOW) == 1
    assert await answers.get("old") is None
    assert await answers.get("new") == {}
