"""An audit that is stopped from outside: by Ctrl-C, by SIGTERM, by a reader that goes away; beside a service on the same database."""

from __future__ import annotations

import os
import re
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

import pytest

from app.sandbox import CLIENT_ID, COMPANY, PRIVATE_KEY, PUBLIC_KEY, Fault, Sandbox, Server
from tests.support.audit_command import run_audit
from tests.support.command import ROOT
from tests.support.live_server import free_port, served
from tests.support.waiting import wait_until

pytestmark = pytest.mark.slow

EVER = ("--since", "2020-01-01", "--until", "2099-01-01")
GOES_ON = "Run miniprojects audit --resume to continue."


class Shell:
    """`miniprojects` in a folder, with a ConnectWise that has a past of 1,100 tickets and gives its second page late."""

    def __init__(self, site: str, folder: Path) -> None:
        self.folder = folder
        self._environment = {
            **{name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ},
            "PYTHONPATH": str(ROOT), "CWM_SITE": site, "CWM_COMPANY": COMPANY, "CWM_PUBLIC_KEY": PUBLIC_KEY, "CWM_PRIVATE_KEY": PRIVATE_KEY,
            "CWM_CLIENT_ID": CLIENT_ID, "CWM_MAX_REQUESTS_PER_MINUTE": "100000", "DATABASE_URL": f"sqlite:///{folder}/cli.db",
            "RECONCILE_EVERY_SECONDS": "0", "PORT": str(free_port()),
        }  # fmt: skip

    def starts(self, *words: str, stdout: int | IO[str] = subprocess.PIPE) -> subprocess.Popen[str]:
        """A running command, alone in its process group as under a terminal."""
        return subprocess.Popen(
            [sys.executable, "-m", "app.cli", *words], cwd=self.folder, env=self._environment, text=True, stdout=stdout,
            stderr=subprocess.PIPE, start_new_session=True,
        )  # fmt: skip

    def runs(self, *words: str) -> tuple[int, str, str]:
        """Exit code and both outputs of the audit command in this process."""
        return run_audit(*words, folder=self.folder, settings=self._environment)

    def audit(self, number: str = "") -> tuple[str, int, str]:
        """State, tickets seen and id of an audit; the newest without a `number`."""
        which = ("SELECT state, seen, id FROM audits WHERE id = ? OR ? = '' ORDER BY id DESC LIMIT 1", (number, number))
        try:
            with sqlite3.connect(f"file:{self.folder}/cli.db?mode=ro", uri=True) as database:
                found = database.execute(*which).fetchone()
        except sqlite3.OperationalError:
            return "", 0, ""
        return found or ("", 0, "")

    @contextmanager
    def serving(self) -> Iterator[subprocess.Popen[str]]:
        """The service on the same database."""
        with self.starts("serve") as process:
            assert process.stderr
            process.stderr.readline()
            try:
                yield process
            finally:
                process.kill() if process.poll() is None else None
                process.stderr.read()


@pytest.fixture
def shell(tmp_path: Path) -> Iterator[Shell]:
    port = free_port()
    sandbox = Sandbox(origin=f"http://127.0.0.1:{port}")
    sandbox.fill_history(tickets=1100, months=12)
    sandbox.faults.append(Fault("delay-before", path="/service/tickets$", skip=1, times=1, seconds=8))
    with served(Server(sandbox).app, port) as site:
        yield Shell(site, tmp_path)


def test_a_stopped_audit_stays_stopped_beside_the_service_which_takes_up_a_killed_one(shell: Shell) -> None:
    with shell.serving() as service:
        process = shell.starts("audit", *EVER)
        wait_until(lambda: shell.audit()[1] >= 1000, "the first page is kept", process=process)
        os.killpg(process.pid, signal.SIGINT)
        out, err = process.communicate(timeout=30)
        assert (process.returncode, err) == (130, "")
        assert re.search(rf"^Cancelled after ticket \d+; results until then are kept\. {GOES_ON}$", out, re.M)
        state, seen, number = shell.audit()
        assert (state, seen) == ("cancelled", 1000)
        killed = shell.starts("audit", *EVER)
        wait_until(lambda: shell.audit()[2] != number, "a second audit has begun", process=killed)
        killed.kill()
        killed.communicate(timeout=20)
        wait_until(lambda: shell.audit()[0] == "done", "the service has ended the audit", process=service)
        assert shell.audit(number)[:2] == ("cancelled", 1000)
        os.killpg(service.pid, signal.SIGTERM)
        assert service.stderr
        assert service.stderr.read() == ""
    assert service.returncode == 0
    code, out, err = shell.runs("--audit", number, "--output", "part")
    assert (code, err) == (0, "")
    assert "This audit is cancelled. The report covers the 1,000 tickets found so far." in out
    assert len(list(shell.folder.glob("part/*"))) == 3
    code, out, err = shell.runs("--resume", "--audit", number)
    assert (code, err, shell.audit(number)[:2]) == (0, "", ("done", 1100))


def test_sigterm_to_all_its_processes_ends_it_as_ctrl_c_does(shell: Shell) -> None:
    process = shell.starts("audit", *EVER)
    wait_until(lambda: shell.audit()[1] >= 1000, "the first page is kept", process=process)
    os.killpg(process.pid, signal.SIGTERM)
    out, err = process.communicate(timeout=30)
    assert (process.returncode, err, shell.audit()[0]) == (143, "", "cancelled")
    assert out.endswith(f"{GOES_ON}\n")


def test_ctrl_c_before_anything_is_kept_is_quiet_while_the_judge_still_starts(shell: Shell) -> None:
    process = shell.starts("audit", *EVER)
    assert process.stdout
    assert process.stdout.readline().startswith("Started: audit ")
    time.sleep(0.3)
    os.killpg(process.pid, signal.SIGINT)
    out, err = process.communicate(timeout=30)
    assert (process.returncode, err) == (130, "")
    assert out.endswith(f"Cancelled. {GOES_ON}\n")
    code, out, err = shell.runs("--audit", shell.audit()[2])
    assert (code, out) == (1, "")
    assert re.match(r"Audit \w+ has nothing to report: ", err)


def test_a_reader_that_goes_away_leaves_an_audit_that_can_go_on(shell: Shell) -> None:
    with shell.starts("audit", *EVER) as process:
        assert process.stdout
        assert process.stderr
        assert process.stdout.readline().startswith("Started: audit ")
        process.stdout.close()
        assert process.stderr.read() == ""
    assert process.returncode == 1
    assert shell.audit()[0] == "cancelled"


def test_the_report_of_an_audit_without_tickets_is_a_sentence(shell: Shell) -> None:
    assert shell.runs("--since", "1999-01-01", "--until", "1999-02-01")[0] == 0
    code, out, err = shell.runs("--audit", shell.audit()[2])
    assert (code, out) == (1, "")
    assert re.match(r"Audit \w+ has nothing to report: There is no ticket entered from 1999", err)
