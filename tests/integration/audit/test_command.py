"""The audit as a person runs it: a process of its own, killed and resumed, its lines, its files, its exit code."""

from __future__ import annotations

import json
import os
import re
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.chart import shipped_chart
from app.sandbox import CLIENT_ID, COMPANY, PRIVATE_KEY, PUBLIC_KEY, Fault, Sandbox, Server
from tests.support.audit_command import run_audit
from tests.support.command import ROOT
from tests.support.live_server import free_port, served
from tests.support.waiting import wait_until

pytestmark = pytest.mark.slow

SINCE = ("--since", "2020-01-01", "--until", "2099-01-01")
"""The sandbox puts its last ticket into working hours of today, which may still be to come."""


class Person:
    """Somebody at a shell, with a ConnectWise that has a past of 2,200 tickets."""

    def __init__(self, sandbox: Sandbox, site: str, folder: Path) -> None:
        self.sandbox = sandbox
        self.folder = folder
        self._environment = {
            **{name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ},
            "PYTHONPATH": str(ROOT), "COLUMNS": "120", "TERM": "xterm", "CWM_SITE": site, "CWM_COMPANY": COMPANY, "CWM_PUBLIC_KEY": PUBLIC_KEY,
            "CWM_PRIVATE_KEY": PRIVATE_KEY, "CWM_CLIENT_ID": CLIENT_ID, "CWM_MAX_REQUESTS_PER_MINUTE": "100000",
            "DATABASE_URL": f"sqlite:///{folder}/cli.db",
        }  # fmt: skip

    def starts(self, *words: str) -> subprocess.Popen[str]:
        """A running command."""
        return subprocess.Popen(
            [sys.executable, "-m", "tests.support.audit_command", *words], cwd=self.folder, env=self._environment, text=True,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        )  # fmt: skip

    def runs(self, *words: str, **settings: str) -> tuple[int, str, str]:
        """Exit code and both outputs of a command in this process."""
        return run_audit(*words, folder=self.folder, settings=self._environment | settings)

    def seen(self) -> int:
        """How many tickets the journal holds."""
        try:
            with sqlite3.connect(f"file:{self.folder}/cli.db?mode=ro", uri=True) as database:
                found = database.execute("SELECT max(seen) FROM audits WHERE state = 'running'").fetchone()
        except sqlite3.OperationalError:
            return 0
        return int(found[0] or 0)

    def newest(self) -> str:
        """The id of the newest audit."""
        with sqlite3.connect(f"file:{self.folder}/cli.db?mode=ro", uri=True) as database:
            return str(database.execute("SELECT max(id) FROM audits").fetchone()[0])

    def totals(self) -> dict[str, object]:
        """The totals of the newest report."""
        newest = max((self.folder / "audit").glob("audit-*.json"), key=lambda file: file.name)
        document: dict[str, object] = json.loads(newest.read_text(encoding="utf-8"))["totals"]
        return document


@pytest.fixture
def person(tmp_path: Path) -> Iterator[Person]:
    port = free_port()
    sandbox = Sandbox(origin=f"http://127.0.0.1:{port}")
    sandbox.fill_history(tickets=2200, months=12)
    with served(Server(sandbox).app, port) as site:
        yield Person(sandbox, site, tmp_path)


def test_a_killed_audit_has_a_report_and_resumes_to_the_totals_of_an_undisturbed_one(person: Person) -> None:
    person.sandbox.faults.append(Fault("delay-before", path="/service/tickets$", skip=2, times=1, seconds=600))
    process = person.starts(*SINCE)
    wait_until(lambda: person.seen() >= 1000, "the first page of tickets is kept", process=process)
    process.kill()
    process.communicate(timeout=20)
    person.sandbox.faults.clear()
    assert not list(person.folder.glob("audit/*"))
    code, out, _ = person.runs("--audit", person.newest(), "--output", "part")
    assert code == 0
    assert "This audit is running" in out
    assert "Which tickets would move?" in out
    assert len(list(person.folder.glob("part/*"))) == 3
    code, out, err = person.runs("--resume")
    assert (code, err) == (0, "")
    assert out.startswith("Continuing: audit ")
    resumed = person.totals()
    assert resumed["tickets"] == 2200
    code, out, _ = person.runs(*SINCE)
    assert code == 0
    assert person.totals() == resumed
    code, _, err = person.runs("--resume")
    assert (code, err) == (1, "There is no audit to resume: none was started, or each has ended.\n")


def test_plain_lines_answers_and_files_where_nobody_watches_and_another_chart_afterwards(person: Person) -> None:
    code, out, err = person.runs(*SINCE, "--board", "Sales Handover", "--board", "1", "--output", "report")
    assert (code, err) == (0, "")
    assert "\x1b" not in out
    for part in (r"^Started: audit \w+, entered from 2020-01-01T00:00:00Z .*; boards Sales Handover, 1\. Nothing is written to ConnectWise\.$",
                 r"^[\d,]+ of [\d,]+ tickets \(\d+ %\)", r"^Which tickets would move\?$",
                 r"^  \d{1,3}(,\d{3})* of \d{1,3}(,\d{3})* tickets would move: ",
                 r"^Is the chart right\?$", r"^What did we lose on work that was sold\?$", r"^Report: report/audit-\w+\.html$"):  # fmt: skip
        assert re.search(part, out, re.M), (part, out)
    changed = person.folder / "chart.yaml"
    text = shipped_chart().text.replace("rules: []", "rules: [{name: all, boards: [Sales Handover], outcome: review}]")
    changed.write_text(text, encoding="utf-8")
    before = len(person.sandbox.journal)
    code, out, err = person.runs("--chart", str(changed), "--output", "report")
    assert (code, err) == (0, "")
    assert re.search(r"^Chart version 1 over the [\d,]+ tickets of audit \w+: \d+ change\.$", out, re.M)
    assert re.search(r"^  Would wait for a person's answer: \d+ → \d+$", out, re.M)
    assert len(list(person.folder.glob("report/what-if-*"))) == 2
    assert len(person.sandbox.journal) == before


def test_a_bar_shows_rate_and_time_left_on_a_terminal(person: Person) -> None:
    # The second page is late, so that the bar is drawn at the end of the first on a busy machine too.
    person.sandbox.faults.append(Fault("delay-before", path="/service/tickets$", skip=2, times=1, seconds=3))
    code, out, err = person.runs(*SINCE, FORCE_COLOR="1")
    assert code == 0
    assert re.search(r"1000/2200", err)
    assert re.search(r"\d+/s", err)
    assert re.search(r"\d:\d\d:\d\d", err)
    assert "Which tickets would move?" in out


def test_a_board_that_nobody_may_see_ends_with_a_sentence_and_exit_1(person: Person) -> None:
    code, out, _ = person.runs(*SINCE, "--board", "No Such Board")
    assert code == 1
    assert "ConnectWise shows nothing of the board No Such Board" in out


def test_a_folder_that_cannot_be_written_is_told_before_anything_is_asked(person: Person) -> None:
    (person.folder / "audit").write_text("in the way", encoding="utf-8")
    before = len(person.sandbox.journal)
    code, out, err = person.runs(*SINCE, "--board", "Sales Handover")
    assert (code, out) == (1, "")
    assert re.search(r"audit cannot be written: ", err)
    assert len(person.sandbox.journal) == before


def test_the_report_of_an_audit_is_written_again(person: Person) -> None:
    code, out, _ = person.runs(*SINCE, "--board", "Sales Handover")
    assert code == 0
    (number,) = set(re.findall(r"audit-(\w+)\.html", out))
    before = len(person.sandbox.journal)
    code, out, _ = person.runs("--audit", number, "--output", "again")
    assert (code, len(list(person.folder.glob("again/*")))) == (0, 3)
    assert "Which tickets would move?" in out
    assert len(person.sandbox.journal) == before
