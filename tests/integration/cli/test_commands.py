"""The command line as a person uses it: exit codes, standard output for results, standard error for what went wrong."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from app.sandbox import samples
from tests.integration.cli.conftest import Connected
from tests.support.app_client import written
from tests.support.command import miniprojects

CASE = {
    "id": 1, "summary": "Fit the firewall as quoted", "dateEntered": "2026-03-02T09:00:00Z",
    "initialDescription": "Quote 12 accepted, fixed price 640, one engineer, one evening, one invoice afterwards.",
}  # fmt: skip


def sample(connectwise: Connected, summary: str) -> int:
    found = next(one for one in samples.samples() if one["ticket"]["summary"].startswith(summary))
    return samples.create(connectwise.sandbox, found)


def test_missing_settings_are_told_all_at_once_without_a_traceback(tmp_path: Path) -> None:
    ended = miniprojects("doctor", folder=tmp_path)
    assert ended.returncode == 2
    assert ended.stdout == ""
    assert [line.split()[0] for line in ended.stderr.splitlines()[:-1]] == [
        "CWM_SITE", "CWM_COMPANY", "CWM_PUBLIC_KEY", "CWM_PRIVATE_KEY", "CWM_CLIENT_ID",
    ]  # fmt: skip
    assert "Traceback" not in ended.stderr


def test_wrong_settings_are_told_by_name_and_secrets_are_not_repeated(tmp_path: Path) -> None:
    wrong = {
        "CWM_SITE": "https://na.example/v4_6_release/apis", "CWM_COMPANY": "acme", "CWM_PUBLICKEY": "typo", "CWM_CLIENT_ID": "x",
        "CWM_PRIVATE_KEY_FILE": "/nowhere/key", "MODE": "wild", "DATABASE_URL": "mysql://user:hunter2@db/x", "PORT": "99999",
        "PUBLIC_URL": "tickets.example.com",
    }  # fmt: skip
    ended = miniprojects("serve", folder=tmp_path, settings=wrong)
    assert ended.returncode == 2
    said = ended.stderr
    for name in (
        "CWM_SITE:",
        "CWM_PUBLIC_KEY is missing",
        "CWM_PRIVATE_KEY_FILE:",
        "MODE:",
        "DATABASE_URL:",
        "PORT:",
        "PUBLIC_URL:",
    ):
        assert name in said
    assert "Did you mean CWM_PUBLICKEY, which is set?" in said
    assert "hunter2" not in said
    assert "Traceback" not in said


def test_a_chart_with_mistakes_is_refused_at_start_with_its_lines(tmp_path: Path, connectwise: Connected) -> None:
    (tmp_path / "mine.yaml").write_text('version: "7"\nduration:\n  periods: many\n', encoding="utf-8")
    ended = miniprojects(
        "serve", folder=tmp_path, settings=connectwise.settings | {"CHART_FILE": str(tmp_path / "mine.yaml")}
    )
    assert ended.returncode == 2
    assert "line 3" in ended.stderr
    assert "Traceback" not in ended.stderr


def test_cases_are_decided_offline_one_a_line_in_order(tmp_path: Path) -> None:
    second = {
        "id": 2,
        "summary": "Printer jams",
        "initialDescription": "Paper jam since this morning.",
        "dateEntered": "2026-03-02T09:00:00Z",
    }
    (tmp_path / "cases.jsonl").write_text(f"{json.dumps(CASE)}\n\n{json.dumps(second)}\n", encoding="utf-8")
    ended = miniprojects("classify", "--cases", "cases.jsonl", folder=tmp_path)
    assert (ended.returncode, ended.stderr) == (0, "")
    decisions = [json.loads(line) for line in ended.stdout.splitlines()]
    assert [(one["ticket_id"], one["outcome"], one["trigger"]) for one in decisions] == [
        (1, "mini-project", "cases"), (2, "service-ticket", "cases"),
    ]  # fmt: skip
    assert [len(one["findings"]) for one in decisions] == [6, 6]
    assert decisions[0]["decided_at"] == "2026-03-02T09:00:00Z"


@pytest.mark.parametrize(
    "line", ["{", "[1]", "null", '{"id": ' + "[" * 20_000], ids=["cut-off", "a-list", "null", "too-deep"]
)
def test_a_line_that_is_no_case_is_named_and_the_others_are_decided(tmp_path: Path, line: str) -> None:
    (tmp_path / "cases.jsonl").write_text(f"{line}\n{json.dumps(CASE)}\n", encoding="utf-8")
    ended = miniprojects("classify", "--cases", "cases.jsonl", folder=tmp_path)
    assert ended.returncode == 1
    assert "cases.jsonl, line 1:" in ended.stderr
    assert "Traceback" not in ended.stderr
    assert [json.loads(one)["ticket_id"] for one in ended.stdout.splitlines()] == [1]


@pytest.mark.parametrize(
    "words", [["classify"], ["classify", "1", "--cases", "x"], ["classify", "--cases", "nowhere.jsonl"], ["nonsense"]]
)
def test_wrong_words_end_with_2_and_a_hint(tmp_path: Path, words: list[str]) -> None:
    ended = miniprojects(*words, folder=tmp_path)
    assert ended.returncode == 2
    assert ended.stderr
    assert "Traceback" not in ended.stderr


def test_classify_prints_the_six_rows_and_the_plan_and_writes_nothing(tmp_path: Path, connectwise: Connected) -> None:
    ticket = sample(connectwise, "Fit the replacement firewall")
    shown = miniprojects("classify", str(ticket), folder=tmp_path, settings=connectwise.settings)
    assert (shown.returncode, shown.stderr) == (0, "")
    for word in (
        "Duration",
        "Finance",
        "Billing",
        "Scheduling",
        "Team",
        "Contacts",
        "Mini-project",
        f"/service/tickets/{ticket}",
    ):
        assert word in shown.stdout
    as_json = json.loads(
        miniprojects("classify", str(ticket), "--json", folder=tmp_path, settings=connectwise.settings).stdout
    )
    assert (as_json["outcome"], len(as_json["findings"])) == ("mini-project", 6)
    assert written(connectwise.sandbox.journal) == []


def test_reclassify_carries_out_and_undo_takes_back(tmp_path: Path, connectwise: Connected) -> None:
    ticket = sample(connectwise, "Fit the replacement firewall")
    board = connectwise.sandbox.store.table("/tickets")[ticket]["board"]["name"]
    done = miniprojects(
        "reclassify", str(ticket), "--mode", "live", "--json", folder=tmp_path, settings=connectwise.settings
    )
    assert done.returncode == 0, done.stderr
    decision = json.loads(done.stdout)
    assert decision["status"] == "applied"
    assert connectwise.sandbox.store.table("/tickets")[ticket]["board"]["name"] == "Mini-Projects"
    undone = miniprojects("undo", decision["id"], folder=tmp_path, settings=connectwise.settings)
    assert undone.returncode == 0, undone.stderr
    assert connectwise.sandbox.store.table("/tickets")[ticket]["board"]["name"] == board


def test_a_ticket_that_is_not_there_is_said_with_exit_1(tmp_path: Path, connectwise: Connected) -> None:
    for command in ("classify", "reclassify"):
        ended = miniprojects(command, "999999", folder=tmp_path, settings=connectwise.settings)
        assert ended.returncode == 1
        assert "no ticket 999999" in ended.stderr
        assert "Traceback" not in ended.stderr


def test_callbacks_are_made_once_listed_and_removed(tmp_path: Path, connectwise: Connected) -> None:
    def run(word: str) -> str:
        ended = miniprojects(
            "callbacks", word, folder=tmp_path, settings=connectwise.settings | {"PUBLIC_URL": "https://svc.example"}
        )
        assert ended.returncode == 0, ended.stderr
        return ended.stdout

    assert "no callback entry" in run("list")
    assert "created" in run("ensure")
    assert "No change: " in run("ensure")
    assert "active, https://svc.example/callbacks/connectwise?recordId=" in run("list")
    assert "Removed: " in run("remove")
    assert connectwise.sandbox.store.table("/system/callbacks") == {}


def test_callbacks_need_the_public_address(tmp_path: Path, connectwise: Connected) -> None:
    ended = miniprojects("callbacks", "list", folder=tmp_path, settings=connectwise.settings)
    assert (ended.returncode, "PUBLIC_URL is missing" in ended.stderr) == (2, True)
