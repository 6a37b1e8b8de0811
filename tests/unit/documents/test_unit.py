"""The systemd unit held against what the service does: what it calls must not be denied."""

from __future__ import annotations

import ctypes
import json
import shutil
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest

from tests.support.documents import ROOT

UNIT = (ROOT / "deploy/miniprojects.service").read_text(encoding="utf-8")
CALLED = {"setpriority", "clone", "clone3", "vfork", "execve", "futex", "flock", "fdatasync", "socketpair", "memfd_create", "prlimit64"}  # fmt: skip


def settings(name: str) -> list[str]:
    """The values of a setting of the unit, in their order."""
    return [line.partition("=")[2] for line in UNIT.splitlines() if line.startswith(f"{name}=")]


@cache
def group(name: str) -> frozenset[str]:
    """The system calls of a group, as systemd knows it."""
    told = subprocess.run(
        ["systemd-analyze", "syscall-filter", name], capture_output=True, text=True, timeout=20, check=False
    )
    if told.returncode:
        pytest.skip("this systemd cannot say which system calls a group has")
    words = [line.strip() for line in told.stdout.splitlines()[1:] if line.strip() and "#" not in line]
    return frozenset().union(*(group(word) if word.startswith("@") else {word} for word in words))


def allowed() -> set[str]:
    """What the unit's filter lets through; a later line adds to it or takes from it."""
    found = set(group("@default"))
    for line in settings("SystemCallFilter"):
        names = line.removeprefix("~").split()
        calls = set().union(*(group(one) if one.startswith("@") else {one} for one in names))
        found = found - calls if line.startswith("~") else found | calls
    return found


@pytest.fixture
def _systemd() -> None:
    if not shutil.which("systemd-analyze"):
        pytest.skip("no systemd-analyze here")


@pytest.mark.usefixtures("_systemd")
def test_the_unit_denies_nothing_that_the_service_calls() -> None:
    assert allowed() >= CALLED
    assert not {"reboot", "setuid", "sched_setaffinity"} & allowed()


@pytest.mark.slow
@pytest.mark.usefixtures("_systemd")
@pytest.mark.parametrize(
    "less", [frozenset[str](), frozenset({"setpriority", "nice"})], ids=["the unit", "without nice"]
)
def test_an_audit_runs_under_the_filter_of_the_unit(tmp_path: Path, less: frozenset[str]) -> None:
    try:
        ctypes.CDLL("libseccomp.so.2")
    except OSError:
        pytest.skip("no libseccomp here")
    deny = "ERRNO" if settings("SystemCallErrorNumber") == ["EPERM"] else "KILL"
    ended = subprocess.run(
        [sys.executable, "-m", "tests.support.confined_process", deny, str(tmp_path)], input=" ".join(allowed() - less),
        cwd=ROOT, capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    assert (ended.returncode, ended.stderr) == (0, "")
    wanted = {"state": "done", "said": "", "seen": 250, "nicer": 0 if less else 5}
    assert json.loads(ended.stdout) == wanted


def test_a_stop_reaches_the_service_alone_and_not_what_judges_for_it() -> None:
    assert settings("KillMode") == ["mixed"]
