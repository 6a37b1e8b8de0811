"""`deploy/install`: one plain sentence for each thing that is missing, from any folder."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.command import ROOT

pytestmark = pytest.mark.slow

TOO_OLD = """#!/bin/sh
case "$*" in *-V*) echo "Python 3.9.2" ;; esac
exit 1
"""
WITHOUT_VENV = """#!/bin/sh
case "$*" in *find_spec*) echo ensurepip ;; esac
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A copy of what the script needs, with a lock file without packages."""
    (tmp_path / "deploy").mkdir()
    shutil.copy(ROOT / "deploy/install", tmp_path / "deploy")
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    (tmp_path / "deploy/requirements.txt").write_text("", encoding="utf-8")
    return tmp_path


def install(project: Path, **settings: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [project / "deploy/install"], cwd="/", env={"PATH": os.environ["PATH"], **settings}, capture_output=True, text=True,
        timeout=60, check=False,
    )  # fmt: skip


def python(folder: Path, script: str) -> str:
    path = folder / "python-of-a-test"
    path.write_text(script, encoding="utf-8")
    path.chmod(0o755)
    return str(path)


def test_a_python_that_is_missing_is_named(project: Path) -> None:
    ended = install(project, PYTHON="/nowhere/python")
    assert (ended.returncode, ended.stdout) == (1, "")
    assert ended.stderr.startswith("Python 3.11 or newer is needed, but /nowhere/python is missing or does not run.")
    assert len(ended.stderr.splitlines()) == 1


def test_a_python_that_is_too_old_is_named_with_its_version(project: Path) -> None:
    old = python(project, TOO_OLD)
    ended = install(project, PYTHON=old)
    assert ended.returncode == 1
    assert ended.stderr.startswith(f"Python 3.11 or newer is needed, but {old} is Python 3.9.2. Install one")


def test_a_missing_venv_module_is_named(project: Path) -> None:
    ended = install(project, PYTHON=python(project, WITHOUT_VENV))
    assert ended.returncode == 1
    assert ended.stderr.endswith(
        "has no module ensurepip. Install it (Debian and Ubuntu: apt-get install python3-venv).\n"
    )


def test_a_package_index_out_of_reach_is_one_sentence(project: Path) -> None:
    (project / "deploy/requirements.txt").write_text(f"typer==0.1 --hash=sha256:{'0' * 64}\n", encoding="utf-8")
    nowhere = {"PIP_INDEX_URL": "http://127.0.0.1:9/simple", "PIP_RETRIES": "0", "PIP_CONFIG_FILE": os.devnull}
    ended = install(project, PYTHON=sys.executable, **nowhere)
    assert ended.returncode == 1
    lines = ended.stderr.splitlines()
    assert len(lines) == 2
    assert "the package index cannot be reached" in lines[1]


SLOW_PYTHON = """#!/bin/sh
case "$*" in
*--clear*)
    echo begin >>"{log}"
    sleep 1
    mkdir -p .venv/bin
    cp "$0" .venv/bin/python
    echo end >>"{log}" ;;
*"-m pip"*) echo pip >>"{log}" ;;
*) exec "{python}" "$@" ;;
esac
"""


def test_two_first_calls_at_once_install_once(project: Path, tmp_path: Path) -> None:
    log = tmp_path / "calls"
    slow = python(tmp_path, SLOW_PYTHON.format(log=log, python=sys.executable))
    command, settings = [project / "deploy/install"], {"PATH": os.environ["PATH"], "PYTHON": slow}
    calls = [subprocess.Popen(command, cwd="/", env=settings, stderr=subprocess.PIPE, text=True) for _ in range(2)]
    messages = [call.communicate(timeout=60)[1] for call in calls]

    assert [call.returncode for call in calls] == [0, 0]
    assert log.read_text(encoding="utf-8").split() == ["begin", "end", "pip", "pip"]
    assert sum("Another installation in this folder is running." in message for message in messages) == 1


def test_a_call_that_was_killed_leaves_no_lock(project: Path, tmp_path: Path) -> None:
    log = tmp_path / "calls"
    slow = python(tmp_path, SLOW_PYTHON.format(log=log, python=sys.executable).replace("sleep 1", "kill -9 $PPID"))
    assert install(project, PYTHON=slow).returncode == -9
    quick = python(tmp_path, SLOW_PYTHON.format(log=log, python=sys.executable))
    again = install(project, PYTHON=quick)
    assert (again.returncode, again.stderr.splitlines()[0]) == (
        0,
        "Installing the locked dependencies into .venv (once) ...",
    )
