"""The processes that judge: what happens when one dies, and that they do not stay for ever."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import AsyncIterator, Callable
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import replace
from typing import Any

import pytest

from app.api.problem_details import _unavailable
from app.audit_jobs.service import AuditService
from app.audit_jobs.worker_pool import WorkerPool, processes
from app.chart import shipped_chart
from app.cli.audit import _run_to_end
from app.workflow import WorkerCrashed
from tests.support.history_fixture import YEAR, Audited
from tests.support.waiting import eventually


class Dying(ThreadPoolExecutor):
    """An executor whose process has died."""

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        future: Future[Any] = Future()
        future.set_exception(BrokenProcessPool())
        return future


def makes(*executors: Executor) -> tuple[Callable[[], Executor], list[Executor]]:
    """Gives one executor after the other, the last one again and again; and which it has given."""
    given: list[Executor] = []

    def make() -> Executor:
        given.append(executors[min(len(given), len(executors) - 1)])
        return given[-1]

    return make, given


@pytest.fixture
async def pool() -> AsyncIterator[WorkerPool]:
    """A real process."""
    found = WorkerPool(processes)
    yield found
    found.close()


@pytest.mark.slow
async def test_a_killed_process_is_replaced_and_interrupts_do_not_reach_it(pool: WorkerPool) -> None:
    first = await pool.run(os.getpid)
    os.kill(first, signal.SIGINT)
    assert await pool.run(os.getpid) == first
    os.kill(first, signal.SIGKILL)
    assert await pool.run(os.getpid) not in (first, os.getpid())


async def test_work_of_many_is_done_by_one_fresh_process_and_a_second_death_is_a_sentence() -> None:
    make, given = makes(Dying(), ThreadPoolExecutor(1))
    pool = WorkerPool(make)
    assert await asyncio.gather(*(pool.run(str, one) for one in range(8))) == [str(one) for one in range(8)]
    assert len(given) == 2
    pool.close()
    with pytest.raises(WorkerCrashed, match="has died, and the one in its place, too"):
        await WorkerPool(makes(Dying())[0]).run(str, 1)


async def test_processes_end_when_there_has_long_been_nothing_to_do() -> None:
    make, given = makes(ThreadPoolExecutor(1), ThreadPoolExecutor(1))
    pool = WorkerPool(make, idle_seconds=0.2)
    for _ in range(4):
        await pool.run(str, 1)
    assert len(given) == 1

    async def has_ended() -> bool:
        try:
            given[0].submit(str)
        except RuntimeError as error:
            return "after shutdown" in str(error)
        return False

    assert await eventually(has_ended)
    assert await pool.run(str, 2) == "2"
    assert len(given) == 2
    pool.close()


async def test_another_chart_is_tried_by_a_fresh_process_and_two_deaths_are_no_fault(past: Audited) -> None:
    done = await past.run()
    make, _ = makes(Dying(), ThreadPoolExecutor(2))
    service = AuditService(replace(past.service.parts, executor=make))
    assert (await service.what_if(done.id, shipped_chart())).before.to_json() == done.totals
    await service.stop()
    service = AuditService(replace(past.service.parts, executor=makes(Dying())[0]))
    with pytest.raises(WorkerCrashed):
        await service.what_if(done.id, shipped_chart())
    answer = await _unavailable(None, WorkerCrashed())  # type: ignore[arg-type]
    assert (answer.status_code, b"has died" in bytes(answer.body)) == (503, True)


@pytest.mark.slow
async def test_suggestions_that_fail_in_the_background_are_not_looked_for_again_and_again(
    past: Audited, monkeypatch: pytest.MonkeyPatch
) -> None:
    await past.run()
    service = AuditService(replace(past.service.parts, executor=makes(Dying())[0]))
    tries = []

    async def counted(audit_id: str) -> None:
        tries.append(audit_id)
        raise WorkerCrashed

    monkeypatch.setattr(service, "suggest", counted)
    await service.start()
    await asyncio.sleep(0.3)
    await service.stop()
    assert len(tries) == 1


async def test_an_audit_whose_processes_die_again_and_again_ends_with_a_sentence(past: Audited) -> None:
    service = AuditService(replace(past.service.parts, executor=makes(Dying())[0]))
    begun = await service.begin(YEAR)
    failed = await service.finish(begun.id)
    assert (failed.state, failed.message.split(" has died")[0]) == ("failed", "A process that judges tickets")


@pytest.mark.slow
async def test_an_audit_whose_thresholds_cannot_be_looked_for_has_its_report_all_the_same(
    past: Audited, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    async def dies(_audit_id: str) -> None:
        raise WorkerCrashed

    monkeypatch.setattr(past.service, "suggest", dies)
    row = await _run_to_end(past.service, await past.service.begin(YEAR), "Started")
    assert (row.state, row.seen) == ("done", 250)
    assert capsys.readouterr().out.splitlines()[-1].startswith("A process that judges tickets has died")
