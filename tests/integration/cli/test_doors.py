"""How the command line begins, ends and fails: quietly where somebody ends it, in one sentence where something is wrong."""

from __future__ import annotations

import json
import os
import shlex
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from importlib import metadata
from pathlib import Path

import pytest
from typer.testing import CliRunner

from app.cli.commands import app
from app.sandbox import samples
from app.settings import Settings, SettingsError, load_settings
from tests.integration.cli.conftest import Connected
from tests.support.command import ROOT, Ended, miniprojects, miniprojects_process
from tests.support.live_server import free_port

INTERRUPTED_WHILE_IMPORTING = """
import os, signal, sys
class Impatient:
    def find_spec(self, name, *_):
        if name == "typer":
            os.kill(os.getpid(), signal.SIGINT)
sys.meta_path.insert(0, Impatient())
from app.cli import main
main()
"""


@pytest.mark.slow
def test_ctrl_c_while_it_still_imports_ends_without_a_word(tmp_path: Path) -> None:
    ended = subprocess.run(
        [sys.executable, "-c", INTERRUPTED_WHILE_IMPORTING], cwd=tmp_path, env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert (ended.returncode, ended.stdout, ended.stderr) == (130, "", "")


@pytest.mark.slow
def test_the_version_is_that_of_the_package(tmp_path: Path) -> None:
    ended = miniprojects_process("--version", folder=tmp_path)
    assert (ended.returncode, ended.stdout) == (0, f"miniprojects {metadata.version('miniprojects')}\n")


@pytest.mark.slow
def test_a_reader_that_goes_away_is_no_trouble(tmp_path: Path) -> None:
    case = json.dumps({"id": 1, "summary": "Printer jams", "initialDescription": "x" * 400})
    (tmp_path / "cases.jsonl").write_text(f"{case}\n" * 2000, encoding="utf-8")
    with subprocess.Popen(
        [sys.executable, "-m", "app.cli", "classify", "--cases", "cases.jsonl"], cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT)}, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    ) as process:  # fmt: skip
        assert process.stdout
        assert process.stderr
        assert process.stdout.readline().startswith(b'{"id": "case-1"')
        process.stdout.close()
        assert process.stderr.read() == b""
    assert process.returncode == 1


@pytest.mark.slow
@pytest.mark.parametrize("words", [["chart", "schema"], ["--version"]], ids=["much", "little"])
def test_output_that_finds_no_room_is_said(tmp_path: Path, words: list[str]) -> None:
    with Path("/dev/full").open("w", encoding="utf-8") as full:
        ended = subprocess.run(
            [sys.executable, "-m", "app.cli", *words], cwd=tmp_path, env={**os.environ, "PYTHONPATH": str(ROOT)},
            stdout=full, stderr=subprocess.PIPE, text=True, timeout=60, check=False,
        )  # fmt: skip
    assert (ended.returncode, ended.stderr) == (1, "Input or output failed: No space left on device.\n")


@pytest.mark.slow
def test_output_that_is_closed_is_no_trouble(tmp_path: Path) -> None:
    words = shlex.join([sys.executable, "-m", "app.cli", "chart", "check"])
    ended = subprocess.run(
        ["sh", "-c", f"{words} >&-"], cwd=tmp_path, env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert (ended.returncode, ended.stderr) == (0, "")


def test_doctor_looks_at_everything_though_database_and_chart_are_broken(
    tmp_path: Path, connectwise: Connected
) -> None:
    (tmp_path / "mine.yaml").write_text("sheduling: {}\n", encoding="utf-8")
    broken = {"DATABASE_URL": f"sqlite:///{tmp_path}", "CHART_FILE": "mine.yaml"}
    ended = miniprojects("doctor", "--json", folder=tmp_path, settings=connectwise.settings | broken)
    assert (ended.returncode, ended.stderr) == (1, "")
    found = {one["id"]: one for one in json.loads(ended.stdout)}
    assert [one["id"] for one in found.values() if one["standing"] == "fail"] == ["database", "chart"]
    assert "a folder, not a file" in found["database"]["text"]
    assert "sheduling" in found["chart"]["text"]
    assert found["rights.schedule"]["standing"] == "ok"


def test_doctor_loses_no_word_on_a_narrow_terminal(tmp_path: Path, connectwise: Connected) -> None:
    ended = miniprojects("doctor", folder=tmp_path, settings=connectwise.settings | {"COLUMNS": "40"})
    assert ended.returncode == 0
    lines = [line.rstrip() for line in ended.stdout.splitlines()]
    assert max(map(len, lines)) <= 40
    at = lines.index("! settings.api-token")
    assert [line.strip() for line in lines[at + 1 : at + 4]] == [
        "API_TOKEN is empty and there are no",
        "people: every management endpoint",
        "responds with 403.",
    ]


@pytest.mark.parametrize(
    ("change", "code", "said"),
    [
        ({"DATABASE_URL": "postgresql://127.0.0.1:1/none"}, 1,
         "The database cannot be used: nothing listens at its address.\nStart the server, or correct host and port in DATABASE_URL.\n"),
        ({"DATABASE_URL": "postgresql://me:secret@host:port/none"}, 2, "DATABASE_URL: must be an address, such as sqlite:///FILE or "
         "postgresql://USER:PASSWORD@HOST/NAME.\nSettings are read from the environment or .env; see .env.example.\n"),
        ({"CWM_SITE": "http://na.example"}, 2, "CWM_SITE: Plain http is allowed for loopback only; use https.\n"
         "Settings are read from the environment or .env; see .env.example.\n"),
        ({"CHART_FILE": "none.yaml"}, 2, "none.yaml: line 1, column 1: the file cannot be read: No such file or directory\n"
         "Run miniprojects chart check for every error in a chart.\n"),
    ],
    ids=["no server", "no address", "site", "chart"],
)  # fmt: skip
def test_what_cannot_be_used_is_said_with_its_cause_and_what_to_do(
    tmp_path: Path, connectwise: Connected, change: dict[str, str], code: int, said: str
) -> None:
    ended = miniprojects("classify", "4711", folder=tmp_path, settings=connectwise.settings | change)
    assert (ended.returncode, ended.stdout, ended.stderr) == (code, "", said)


def test_doctor_is_not_recommended_for_what_is_simply_not_there(tmp_path: Path, connectwise: Connected) -> None:
    undone = miniprojects("undo", "nonsense", folder=tmp_path, settings=connectwise.settings)
    assert (undone.returncode, undone.stderr) == (1, "There is no decision nonsense.\n")
    shown = miniprojects("classify", "999999", folder=tmp_path, settings=connectwise.settings)
    assert (shown.returncode, "doctor" in shown.stderr) == (1, False)


def test_doctor_is_recommended_where_connectwise_refuses_us(tmp_path: Path, connectwise: Connected) -> None:
    wrong = connectwise.settings | {"CWM_PRIVATE_KEY": "wrong"}
    ended = miniprojects("classify", "4711", folder=tmp_path, settings=wrong)
    assert ended.returncode == 1
    assert ended.stderr.splitlines()[-1] == "Run miniprojects doctor to check each part."


@pytest.mark.parametrize("number", ["abc", "0", "-1", "99999999999999999999", "1.5", ""])
@pytest.mark.parametrize("command", ["classify", "reclassify"])
def test_what_is_no_ticket_id_is_usage(command: str, number: str) -> None:
    ended = CliRunner().invoke(app, [command, "--", number])
    assert ended.exit_code == 2
    assert "Invalid value for 'TICKET_ID'" in ended.stderr


@pytest.mark.parametrize("day", ["abc", "2026-02-30", "0001-01-01", "9999-12-31T23:59:59-14:00", ""])
def test_what_is_no_day_of_an_audit_is_usage(day: str) -> None:
    ended = CliRunner().invoke(app, ["audit", "--until", day])
    assert ended.exit_code == 2
    assert f"Invalid date “{day}”. Expected " in ended.stderr


def test_letters_that_no_database_takes_are_replaced_and_endless_reasons_refused(
    tmp_path: Path, connectwise: Connected
) -> None:
    ended = miniprojects("undo", "d-\udcff", folder=tmp_path, settings=connectwise.settings)
    assert (ended.returncode, ended.stderr) == (1, "There is no decision d-?.\n")
    refused = CliRunner().invoke(app, ["reclassify", "1", "--reason", "x" * 2001])
    assert (refused.exit_code, "Use at most 2000." in refused.stderr) == (2, True)


@pytest.mark.parametrize("words", [["reclassify", "1"], ["undo", "d-1"], ["audit"]], ids=lambda words: words[0])
def test_nothing_is_begun_while_connectwise_does_not_know_us(
    tmp_path: Path, connectwise: Connected, words: list[str]
) -> None:
    wrong = connectwise.settings | {"CWM_PRIVATE_KEY": "wrong"}
    ended = miniprojects(*words, folder=tmp_path, settings=wrong)
    assert (ended.returncode, ended.stdout) == (1, "")
    assert ended.stderr.startswith("ConnectWise does not accept the credentials (401)")
    with sqlite3.connect(tmp_path / "cli.db") as database:
        assert database.execute("SELECT (SELECT count(*) FROM runs) + (SELECT count(*) FROM audits)").fetchone() == (0,)


@pytest.mark.parametrize("odd", ["ünï", "a\nb", "\udcff"], ids=["not ASCII", "two lines", "half a letter"])
@pytest.mark.parametrize("name", ["CWM_CLIENT_ID", "CWM_API_VERSION", "CWM_PUBLIC_KEY", "CWM_PRIVATE_KEY"])
def test_a_setting_that_no_header_takes_is_named(monkeypatch: pytest.MonkeyPatch, name: str, odd: str) -> None:
    for needed in ("CWM_SITE", "CWM_COMPANY", "CWM_PUBLIC_KEY", "CWM_PRIVATE_KEY", "CWM_CLIENT_ID"):
        monkeypatch.setenv(needed, "here")
    monkeypatch.setenv(name, odd)
    with pytest.raises(SettingsError, match=f"^{name}: ") as said:
        load_settings()
    assert name == "CWM_API_VERSION" or odd not in str(said.value)


@pytest.mark.parametrize(("token", "accepted"), [("", True), ("x" * 23, False), ("hunter2", False), ("x" * 24, True)])
def test_a_token_that_can_be_guessed_is_refused(monkeypatch: pytest.MonkeyPatch, token: str, *, accepted: bool) -> None:
    for needed in ("CWM_COMPANY", "CWM_PUBLIC_KEY", "CWM_PRIVATE_KEY", "CWM_CLIENT_ID"):
        monkeypatch.setenv(needed, "here")
    monkeypatch.setenv("CWM_SITE", "127.0.0.1")
    monkeypatch.setenv("API_TOKEN", token)
    if accepted:
        assert load_settings().api_token.get_secret_value() == token
        return
    with pytest.raises(SettingsError, match=r"^API_TOKEN: must have at least 24 characters") as refused:
        load_settings()
    assert token not in str(refused.value)


def test_a_secret_may_come_from_a_file_that_the_env_file_names(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setitem(Settings.model_config, "env_file", ".env")
    (tmp_path / "key").write_text("from a file\n", encoding="utf-8")
    given = {
        "CWM_SITE": "example.net",
        "CWM_COMPANY": "acme",
        "CWM_PUBLIC_KEY": "p",
        "CWM_CLIENT_ID": "c",
        "CWM_PRIVATE_KEY_FILE": "key",
    }
    lines = [f"{name}={value}" for name, value in given.items()]
    (tmp_path / ".env").write_text("\n".join(lines), encoding="utf-8")
    assert load_settings().cwm_private_key.get_secret_value() == "from a file"
    (tmp_path / ".env").write_text("\n".join([*lines, "CWM_PRIVATE_KEY=here as well"]), encoding="utf-8")
    with pytest.raises(SettingsError, match="CWM_PRIVATE_KEY and CWM_PRIVATE_KEY_FILE are both set"):
        load_settings()


@pytest.mark.parametrize(
    "words", [["doctor"], ["serve"], ["decisions", "list"], ["chart", "check"], ["classify", "--cases", "x.jsonl"]],
    ids=["doctor", "serve", "with ConnectWise", "the chart alone", "offline"],
)  # fmt: skip
def test_an_unknown_name_is_refused_by_every_command(tmp_path: Path, words: list[str]) -> None:
    odd = ["MDOE=live", "CWM_COLOUR=red", "POSTGRES_PASSWORD=x", "API_TOKEN_FIEL=/x", "TZ=Europe/Berlin"]
    (tmp_path / ".env").write_text("\n".join(odd), encoding="utf-8")
    (tmp_path / "x.jsonl").touch()
    ended = miniprojects(*words, folder=tmp_path, settings={"CWM_SIET": "x", "NOTIFY_SOCKET": "/run/systemd/notify"})
    assert ended.returncode == 2
    assert [line for line in ended.stderr.splitlines() if "is not a setting" in line] == [
        "API_TOKEN_FIEL in .env is not a setting. Did you mean API_TOKEN_FILE?",
        "CWM_COLOUR in .env is not a setting. Remove it; .env.example lists every name.",
        "CWM_SIET in the environment is not a setting. Did you mean CWM_SITE?",
        "MDOE in .env is not a setting. Did you mean MODE?",
    ]


def test_a_required_name_that_is_misspelt_is_named_too(tmp_path: Path, connectwise: Connected) -> None:
    lines = [f"{name}={value}" for name, value in connectwise.settings.items() if name != "CWM_COMPANY"]
    (tmp_path / ".env").write_text("\n".join([*lines, "CWM_COMPANI=acme"]), encoding="utf-8")
    assert miniprojects("doctor", folder=tmp_path).stderr.splitlines()[:2] == [
        "CWM_COMPANI in .env is not a setting. Did you mean CWM_COMPANY?",
        "CWM_COMPANY is missing: Company name as typed at the ConnectWise login. Did you mean CWM_COMPANI, which is set?",
    ]


@pytest.mark.parametrize("words", [["doctor"], ["chart", "check"]], ids=["all settings", "the chart alone"])
def test_an_env_file_that_is_no_text_is_said(tmp_path: Path, words: list[str]) -> None:
    (tmp_path / ".env").write_bytes(b"MODE=\xff\xfe")
    ended = miniprojects(*words, folder=tmp_path)
    assert (ended.returncode, ended.stdout) == (2, "")
    assert ended.stderr.startswith(".env is not UTF-8 text. Save it as UTF-8.\n")


def test_undoing_is_shown_and_another_outcome_leads_to_it(tmp_path: Path, connectwise: Connected) -> None:
    def run(*words: str) -> Ended:
        return miniprojects(*words, folder=tmp_path, settings=connectwise.settings)

    summaries = ("Fit the replacement firewall", "Network refresh for the clinic")
    wanted = [next(one for one in samples.samples() if one["ticket"]["summary"].startswith(name)) for name in summaries]
    moved, converted = (samples.create(connectwise.sandbox, one) for one in wanted)
    decisions = [
        json.loads(run("reclassify", str(ticket), "--mode", "live", "--json").stdout) for ticket in (moved, converted)
    ]
    back = run("reclassify", str(moved), "--mode", "live", "--outcome", "service-ticket")
    assert "No change" not in back.stdout
    assert f"miniprojects undo {decisions[0]['id']}" in back.stdout
    back = run("reclassify", str(converted), "--mode", "live", "--outcome", "service-ticket")
    assert (back.returncode, back.stderr.splitlines()[0]) == (1, f"Ticket {converted} belongs to a project already.")
    assert f"miniprojects undo {decisions[1]['id']}" in back.stderr
    undone = run("undo", decisions[1]["id"])
    assert "Convert back into a service ticket" in undone.stdout
    assert f"Project {decisions[1]['project_id']} was removed." in undone.stdout


@pytest.mark.slow
def test_serve_says_at_its_start_what_it_is_and_no_secret(tmp_path: Path, connectwise: Connected) -> None:
    port = free_port()
    chosen = {"PUBLIC_URL": "https://ann:secret@svc.example/mini", "PORT": str(port), "RECONCILE_EVERY_SECONDS": "0"}
    clean = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    with subprocess.Popen(
        [sys.executable, "-m", "app.cli", "serve"], cwd=tmp_path, stderr=subprocess.PIPE, text=True,
        env={**clean, "PYTHONPATH": str(ROOT), **connectwise.settings, **chosen},
    ) as process:  # fmt: skip
        assert process.stderr
        first = json.loads(process.stderr.readline())
        with _connected(port):
            process.send_signal(signal.SIGINT)
        process.stderr.read()
    assert process.returncode == 0
    assert first["event"] == "service.starts"
    assert first["address"] == f"http://127.0.0.1:{port}"
    assert (first["mode"], first["database"], first["chart"]) == ("dry-run", "SQLite", "1")
    assert len(first["chart_sha256"]) == 12
    assert first["public_url"] == "https://svc.example/mini"
    assert "secret" not in json.dumps(first)


def _connected(port: int) -> socket.socket:
    """A connection to the service once it serves."""
    end = time.monotonic() + 30
    while True:
        connection = socket.create_connection(("127.0.0.1", port), timeout=30)
        connection.sendall(b"GET /livez HTTP/1.1\r\nHost: here\r\n\r\n")
        if connection.recv(20).startswith(b"HTTP/1.1 200") or time.monotonic() > end:
            return connection
        connection.close()


@pytest.mark.parametrize("command", ["serve", "sandbox"])
def test_a_port_that_is_taken_is_said_before_anything_starts(
    tmp_path: Path, connectwise: Connected, command: str
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        ended = miniprojects(command, "--port", str(port), folder=tmp_path, settings=connectwise.settings)
    assert (ended.returncode, ended.stdout) == (1, "")
    assert ended.stderr == (
        f"Cannot listen on 127.0.0.1, port {port}: another program uses this port. Stop it, or choose "
        "another port with --port.\n"
    )
