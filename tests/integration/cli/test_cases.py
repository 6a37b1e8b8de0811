"""`classify --cases`: what is a ticket is decided, however little ConnectWise shows of it; what is none is named with its line."""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from app.cli.commands import app
from tests.support.documents import ROOT

TICKET = {"id": 1, "summary": "Printer jams", "dateEntered": "2026-03-02T09:00:00Z"}
LABELLED = sorted((ROOT / "tests/cases").rglob("*.jsonl"))
_ALWAYS_SHOWN = ("id", "summary", "initialDescription")


@pytest.fixture(autouse=True)
def own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def classify(*lines: str) -> Result:
    Path("cases.jsonl").write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    return CliRunner().invoke(app, ["classify", "--cases", "cases.jsonl"])


def decided(result: Result) -> list[Any]:
    return [json.loads(line) for line in result.stdout.splitlines()]


NO_TICKETS = {
    "empty": ("{}", "not a ticket: no summary, initialDescription or notes with text"),
    "something else": ('{"a": 1}', "not a ticket: no summary"),
    "an error answer": ('{"type": "about:blank", "title": "Not Found", "status": 404}', "not a ticket: no summary"),
    "a list": ('[{"id": 1, "summary": "x"}]', "a JSON list, expected a JSON object with one ticket"),
    "a text": ('"Printer jams"', "a single JSON value"),
    "only an id": ('{"id": 7, "summary": null, "notes": []}', "not a ticket: no summary"),
    "blank": ('{"id": 7, "summary": "  "}', "not a ticket: no summary"),
    "a number for a text": ('{"id": 7, "summary": 12}', "not a ticket: summary is not text"),
    "cut off": ('{"id": 7, "summ', "not JSON (Unterminated string"),
}


@pytest.mark.parametrize(("line", "wrong"), NO_TICKETS.values(), ids=NO_TICKETS.keys())
def test_what_is_no_ticket_is_named_with_its_line_and_the_others_are_decided(line: str, wrong: str) -> None:
    result = classify(json.dumps(TICKET), "", line, json.dumps(TICKET | {"id": 2}))
    assert result.exit_code == 1
    assert result.stderr.startswith(f"cases.jsonl, line 3: {wrong}")
    assert len(result.stderr.splitlines()) == 1
    assert [one["ticket_id"] for one in decided(result)] == [1, 2]


LITTLE: dict[str, dict[str, Any]] = {
    "summary only": {"summary": "Printer jams"},
    "no summary": {"id": 4, "initialDescription": "The printer jams."},
    "nulls": {"id": 4, "summary": None, "initialDescription": "The printer jams.", "notes": None, "board": None},
    "a note": {"notes": [{"text": "The printer jams."}]},
    "records only": {"id": 4, "scheduleEntries": [{"member": "jdoe", "dateStart": "2026-03-02"}]},
    "a board": {"id": 4, "board": {"id": 1, "name": "Service Desk"}},
    "an id of another kind": {"id": "A-4", "summary": "Printer jams"},
}


@pytest.mark.parametrize("ticket", LITTLE.values(), ids=LITTLE.keys())
def test_a_ticket_of_which_little_is_shown_is_decided_all_the_same(ticket: dict[str, Any]) -> None:
    result = classify(json.dumps(ticket))
    assert (result.exit_code, result.stderr) == (0, "")
    assert decided(result)[0]["outcome"] == "service-ticket"


@pytest.mark.slow
@pytest.mark.parametrize("path", LABELLED, ids=lambda path: path.stem)
def test_every_labelled_case_is_decided_whatever_connectwise_leaves_out_of_it(path: Path) -> None:
    dice = random.Random(path.stem)  # noqa: S311 - chooses what is left out
    lines = []
    for line in path.read_text(encoding="utf-8").splitlines():
        ticket = json.loads(line)
        for member in [name for name in ticket if name not in _ALWAYS_SHOWN and dice.random() < 0.5]:
            if dice.random() < 0.5:
                ticket[member] = None
            else:
                del ticket[member]
        if dice.random() < 0.3:
            ticket["summary"] = None
        lines.append(json.dumps(ticket))
    result = classify(*lines)
    assert (result.exit_code, result.stderr) == (0, "")
    assert len(decided(result)) == len(lines)


@pytest.mark.parametrize("text", ["", "\n \n"], ids=["empty", "blank"])
def test_a_file_without_a_case_is_said(text: str) -> None:
    Path("none.jsonl").write_text(text, encoding="utf-8")
    result = CliRunner().invoke(app, ["classify", "--cases", "none.jsonl"])
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr.startswith("none.jsonl contains no case. Expected one ticket a line")


def test_a_file_of_another_kind_is_not_told_line_by_line() -> None:
    result = classify(*json.dumps([TICKET] * 30, indent=1).splitlines())
    assert result.exit_code == 1
    said = result.stderr.splitlines()
    assert len(said) == 22
    assert said[-2] == "cases.jsonl: 152 invalid lines in total."
    assert said[-1].startswith("cases.jsonl contains no case. Expected one ticket a line")


def test_a_mark_of_the_byte_order_and_other_line_ends_do_not_matter() -> None:
    Path("win.jsonl").write_bytes(b"\xef\xbb\xbf" + json.dumps(TICKET).encode() + b"\r\n")
    result = CliRunner().invoke(app, ["classify", "--cases", "win.jsonl"])
    assert (result.exit_code, len(decided(result))) == (0, 1)


@pytest.mark.parametrize(
    ("entered", "shown"),
    [
        ("2026-03-02", "2026-03-02T00:00:00Z"),
        ("2026-03-02T01:00:00+02:00", "2026-03-01T23:00:00Z"),
        ("9999-12-31T23:59:59-14:00", "20"),
        ("0001-01-01T00:00:00+14:00", "20"),
        ("yesterday", "20"),
    ],
)
def test_the_day_of_a_decision_is_that_of_the_ticket_where_it_is_one(entered: str, shown: str) -> None:
    (one,) = decided(classify(json.dumps(TICKET | {"dateEntered": entered})))
    assert one["decided_at"].startswith(shown)


@pytest.mark.parametrize("name", ["none.jsonl", "."])
def test_what_is_no_file_is_said(name: str) -> None:
    result = CliRunner().invoke(app, ["classify", "--cases", name])
    assert result.exit_code == 2
    assert f"Cannot read {name}:" in result.stderr


def test_the_help_names_the_form_of_a_case() -> None:
    said = " ".join(CliRunner().invoke(app, ["classify", "--help"]).stdout.split())
    assert "JSON Lines" in said
    assert "initialDescription, notes, scheduleEntries" in said
