"""The demonstration as the README gives it: ends by itself, its totals match the sandbox, and nothing of it is left, however it ends."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from app.cli.child_process import ChildProcess
from tests.support.command import ROOT

_STRANGE = {
    "mode": "dry-run",
    "RETENTION_DAYS": "many",
    "API_TOKEN_FILE": "/nowhere",
    "HTTP_PROXY": "http://127.0.0.1:9",
}


@dataclass
class Started:
    """A demonstration under way; its temporary files lie in a folder of the test."""

    process: subprocess.Popen[str]
    folder: Path

    def tidy(self) -> bool:
        return not any(self.folder.iterdir())

    def children(self) -> list[int]:
        listed = subprocess.run(["ps", "-A", "-o", "pid=,ppid="], capture_output=True, text=True, check=True).stdout
        pairs = (line.split() for line in listed.splitlines())
        return [int(pid) for pid, parent in pairs if int(parent) == self.process.pid]


@contextmanager
def demonstration(folder: Path, *words: str, settings: Mapping[str, str] | None = None) -> Iterator[Started]:
    """A demonstration in a session of its own, as a terminal gives it one."""
    folder.mkdir()
    clean = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    process = subprocess.Popen(
        [sys.executable, "-m", "app.cli", "demo", *words],
        env={**clean, "PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": "1", "TMPDIR": str(folder), **(settings or {})},
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    try:
        yield Started(process, folder)
    finally:
        process.kill()
        process.communicate()


def until(true: Callable[[], bool], what: str) -> None:
    end = time.monotonic() + 60
    while not true():
        assert time.monotonic() < end, what
        time.sleep(0.02)


def alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def test_two_at_once_end_by_themselves_with_matching_totals_and_the_readme_shows_what_they_print(
    tmp_path: Path,
) -> None:
    with (
        demonstration(tmp_path / "a", "--once") as one,
        demonstration(tmp_path / "b", "--once", settings=_STRANGE) as other,
    ):
        printed = []
        for started in (one, other):
            out, err = started.process.communicate(timeout=300)
            assert started.process.returncode == 0, out + err
            assert started.tidy()
            printed.append(out)
    for out in printed:
        assert out.splitlines()[-1] == "The totals match."
        outcomes = re.findall(r"^\d{4,}  (\S+)", out, re.MULTILINE)
        assert len(outcomes) >= 30
        assert {"service-ticket", "mini-project", "project", "review"} <= set(outcomes)
        for line in _shown_in_the_readme():
            assert line in out
    assert printed[0].splitlines()[-3:] == printed[1].splitlines()[-3:]


@pytest.mark.parametrize("early", [True, False], ids=["while-it-starts", "in-the-middle"])
@pytest.mark.parametrize(
    ("number", "code"),
    [(signal.SIGTERM, 143), (signal.SIGHUP, 129), (signal.SIGINT, 130), (signal.SIGKILL, -signal.SIGKILL)],
    ids=["terminated", "terminal-closed", "ctrl-c", "killed"],
)
def test_a_signal_leaves_neither_processes_nor_files(tmp_path: Path, number: int, code: int, early: bool) -> None:
    with demonstration(tmp_path / "demo") as started:
        until(lambda: len(started.children()) == (1 if early else 2), "the processes start")
        if not early:
            assert started.process.stdout is not None
            assert "Sample tickets" in started.process.stdout.readline()
        children = started.children()
        os.killpg(started.process.pid, number)
        _, err = started.process.communicate(timeout=30)
        assert (started.process.returncode, err) == (code, "")
        until(lambda: not any(map(alive, children)), "its processes end")
        until(started.tidy, "its folder goes")


def test_a_signal_that_is_ignored_stays_so(tmp_path: Path) -> None:
    """As under nohup."""
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        with demonstration(tmp_path / "demo") as started:
            until(lambda: len(started.children()) == 2, "the processes start")
            started.process.send_signal(signal.SIGHUP)
            started.process.send_signal(signal.SIGTERM)
            started.process.communicate(timeout=30)
            assert started.process.returncode == 143
    finally:
        signal.signal(signal.SIGHUP, before)


def test_a_service_that_is_killed_in_the_middle_is_said_without_a_traceback(tmp_path: Path) -> None:
    with demonstration(tmp_path / "demo") as started:
        assert started.process.stdout is not None
        assert "Sample tickets" in started.process.stdout.readline()
        until(lambda: len(started.children()) == 2, "both processes are there")
        os.kill(max(started.children()), signal.SIGKILL)
        _, err = started.process.communicate(timeout=30)
        assert started.process.returncode == 1
        assert "One of the two processes ended by itself." in err
        assert "Traceback" not in err
        until(started.tidy, "its folder goes")


def test_an_address_is_taken_before_the_process_starts_and_no_two_have_the_same() -> None:
    one = ChildProcess("sandbox", wanted_port=8010)
    other = ChildProcess("sandbox", wanted_port=int(one.url.rsplit(":", 1)[1]))
    try:
        assert one.url != other.url
        assert not one.lives()
    finally:
        one.end()
        other.end()


def test_a_process_that_dies_is_known_to_be_dead(tmp_path: Path) -> None:
    process = ChildProcess("nonsense", wanted_port=0)
    with (tmp_path / "log").open("wb") as log:
        process.start({**os.environ, "PYTHONPATH": str(ROOT)}, folder=tmp_path, log=log)
    until(lambda: not process.lives(), "it ends")
    process.end()
    assert "nonsense" in (tmp_path / "log").read_text(encoding="utf-8")


def _shown_in_the_readme() -> list[str]:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    block = re.search(r"<!-- demo -->\n```\n(.*?)```", readme, re.DOTALL)
    assert block is not None
    return [
        line.removesuffix("…").rstrip()
        for line in block[1].splitlines()
        if line.strip() and not line.startswith(("$", "…"))
    ]
