"""The demonstration exits when finished, its totals match the sandbox, and it leaves neither processes nor files."""

from __future__ import annotations

import asyncio
import os
import re
import signal
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from app.cli.demo import DemoFailed, Demonstration
from app.cli.sockets import LocalServer
from tests.support.command import ROOT, logging_restored, process_environment, process_words
from tests.support.waiting import wait_until

_OTHER_SETTINGS = {
    "mode": "dry-run",
    "RETENTION_DAYS": "many",
    "API_TOKEN_FILE": "/nowhere",
    "HTTP_PROXY": "http://127.0.0.1:9",
}


@dataclass
class Started:
    """A demonstration that is running; its temporary files are in a folder of the test."""

    process: subprocess.Popen[str]
    folder: Path

    def has_files(self) -> bool:
        return any(self.folder.iterdir())

    def first_line(self) -> str:
        assert self.process.stdout is not None
        return self.process.stdout.readline()


@contextmanager
def demonstration(folder: Path, *words: str, settings: Mapping[str, str] | None = None) -> Iterator[Started]:
    """A demonstration in a session of its own, as a terminal gives it one."""
    folder.mkdir()
    environment = process_environment({"PYTHONUNBUFFERED": "1", "TMPDIR": str(folder), **(settings or {})})
    process = subprocess.Popen(
        process_words("demo", *words), env=environment, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        text=True, start_new_session=True,
    )  # fmt: skip
    try:
        yield Started(process, folder)
    finally:
        process.kill()
        process.communicate()


@pytest.mark.slow
def test_it_exits_with_matching_totals_whatever_is_set_and_prints_what_the_readme_shows(tmp_path: Path) -> None:
    with demonstration(tmp_path / "demo", "--once", settings=_OTHER_SETTINGS) as started:
        out, err = started.process.communicate(timeout=300)
        assert (started.process.returncode, err) == (0, ""), out
        assert not started.has_files()
    assert out.splitlines()[-1] == "The totals match."
    outcomes = re.findall(r"^\d{4,}  (\S+)", out, re.MULTILINE)
    assert len(outcomes) >= 30
    assert {"service-ticket", "mini-project", "project", "review"} <= set(outcomes)
    for line in _shown_in_the_readme():
        assert line in out


@pytest.mark.slow
@pytest.mark.parametrize(
    ("number", "code", "early"),
    [
        (signal.SIGTERM, 143, True),
        (signal.SIGTERM, 143, False),
        (signal.SIGHUP, 129, False),
        (signal.SIGINT, 130, True),
        (signal.SIGINT, 130, False),
    ],
    ids=["terminated-at-start", "terminated", "terminal-closed", "ctrl-c-at-start", "ctrl-c"],
)
def test_a_signal_leaves_neither_processes_nor_files(tmp_path: Path, number: int, code: int, early: bool) -> None:
    with demonstration(tmp_path / "demo") as started:
        if early:
            wait_until(started.has_files, "its folder is made")
        else:
            assert "Sample tickets" in started.first_line()
        os.killpg(started.process.pid, number)
        _, err = started.process.communicate(timeout=30)
        assert (started.process.returncode, err) == (code, "")
        assert not started.has_files()
        with pytest.raises(ProcessLookupError):
            os.killpg(started.process.pid, 0)


@pytest.mark.slow
def test_an_ignored_signal_stays_ignored(tmp_path: Path) -> None:
    """As under nohup."""
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        with demonstration(tmp_path / "demo") as started:
            wait_until(started.has_files, "its folder is made")
            started.process.send_signal(signal.SIGHUP)
            started.process.send_signal(signal.SIGTERM)
            started.process.communicate(timeout=30)
            assert started.process.returncode == 143
    finally:
        signal.signal(signal.SIGHUP, before)


@pytest.mark.slow
def test_a_server_that_stops_ends_the_demonstration_with_a_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    first_line = asyncio.Event()
    monkeypatch.setattr("app.cli.demo.say", lambda _text: first_line.set())

    async def run_and_stop() -> None:
        demo = Demonstration()
        running = asyncio.create_task(demo.run(once=True))
        await first_line.wait()
        await demo.service.stop()
        await running

    with logging_restored(), pytest.raises(DemoFailed, match="The demonstration failed: "):
        asyncio.run(run_and_stop())
    assert not any(tmp_path.iterdir())


def test_a_taken_port_is_replaced_by_a_free_one() -> None:
    first = LocalServer("sandbox", wanted_port=0)
    second = LocalServer("sandbox", wanted_port=int(first.url.rsplit(":", 1)[1]))
    assert first.url != second.url
    for server in (first, second):
        asyncio.run(server.stop())


def _shown_in_the_readme() -> list[str]:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    block = re.search(r"<!-- demo -->\n```\n(.*?)```", readme, re.DOTALL)
    assert block is not None
    return [
        line.removesuffix("…").rstrip()
        for line in block[1].splitlines()
        if line.strip() and not line.startswith(("$", "…"))
    ]
