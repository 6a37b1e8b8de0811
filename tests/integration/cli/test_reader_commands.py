"""`miniprojects reader`, `classify --answers` and `chart score --answers`: files alone, without ConnectWise settings."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from app.chart import shipped_chart
from app.chart.model_request import model_request
from app.cli.commands import app
from app.domain.ticket import TicketRecord
from app.storage import Database, ReaderAnswers
from tests.support.model_answers import answered, completion, line_with, row
from tests.support.tickets import ticket

ORDER = ticket("We accept your quote of 480 for the boardroom screen. One visit, one invoice.", "Quote accepted", id=1)
FAULT = ticket("The printer on floor 2 is broken.", "Printer broken", id=2)
CASES = [
    ORDER | {"label": {"outcome": "MINI_PROJECT", "criteria": {"finance": "project"}}},
    FAULT | {"label": {"outcome": "SERVICE_TICKET", "criteria": {"finance": "service"}}},
]


@pytest.fixture(autouse=True)
def folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    for name in ("CHART_FILE", "READER_MODEL", "READER_USE", "READER_REDACT", "DATABASE_URL", "CWM_SITE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)
    Path("cases.jsonl").write_text("".join(f"{json.dumps(case)}\n" for case in CASES), encoding="utf-8")
    return tmp_path


def run(*arguments: str, **env: str) -> Result:
    return CliRunner().invoke(app, list(arguments), env=env)


def lines(text: str) -> list[Any]:
    return [json.loads(line) for line in text.splitlines()]


def recorded(**found: Any) -> None:
    """Answers to the two tickets in `answers.jsonl`: by default a project each."""
    written = []
    for case in (ORDER, FAULT):
        request = model_request(TicketRecord.from_json(case), shipped_chart())
        line = line_with(request, "One visit" if case is ORDER else "The printer")
        body = found.get(case["summary"].split()[0].lower()) or answered(
            {
                "finance": row("project", line, request.lines[line - 1].text),
                "duration": row("project", line, request.lines[line - 1].text),
            }
        )
        written.append({"custom_id": request.key, "response": {"status_code": 200, "body": body}, "error": None})
    Path("answers.jsonl").write_text("".join(f"{json.dumps(line)}\n" for line in written), encoding="utf-8")


def test_requests_are_written_in_the_batch_format_and_the_same_each_time() -> None:
    result = run("reader", "requests", "--cases", "cases.jsonl", "--output", "requests.jsonl")
    first = Path("requests.jsonl").read_bytes()
    run("reader", "requests", "--cases", "cases.jsonl", "--output", "requests.jsonl")

    assert result.exit_code == 0
    assert "2 tickets, 2 requests, about" in result.output
    assert Path("requests.jsonl").read_bytes() == first
    for line in lines(first.decode()):
        assert set(line) == {"custom_id", "method", "url", "body"}
        assert (line["method"], line["url"]) == ("POST", "/v1/chat/completions")
        assert line["body"]["model"] == "default"
        assert "label" not in json.dumps(line["body"]["messages"])


def test_another_model_has_other_keys() -> None:
    run("reader", "requests", "--cases", "cases.jsonl", "--output", "a.jsonl")
    run("reader", "requests", "--cases", "cases.jsonl", "--output", "b.jsonl", READER_MODEL="small-7b")
    first, second = lines(Path("a.jsonl").read_text()), lines(Path("b.jsonl").read_text())

    assert second[0]["body"]["model"] == "small-7b"
    assert first[0]["custom_id"] != second[0]["custom_id"]


def test_cases_next_to_the_chart_are_examples_and_change_no_key() -> None:
    run("reader", "requests", "--cases", "cases.jsonl", "--output", "a.jsonl")
    Path("chart.yaml").write_text('version: "mine"\n', encoding="utf-8")
    Path("cases.yaml").write_text(
        "cases:\n  - {name: A screen, outcome: mini-project, why: One visit., ticket: {summary: We accept the quote for a screen}}\n",
        encoding="utf-8",
    )
    run("reader", "requests", "--cases", "cases.jsonl", "--output", "b.jsonl", CHART_FILE="chart.yaml")
    first, second = lines(Path("a.jsonl").read_text()), lines(Path("b.jsonl").read_text())

    assert "We accept the quote for a screen" in second[0]["body"]["messages"][1]["content"]
    assert first[0]["custom_id"] == second[0]["custom_id"]


def test_classify_uses_recorded_answers_as_reader_use_says() -> None:
    recorded()
    outcomes = {}
    for use in ("shadow", "second", "first"):
        result = run("classify", "--cases", "cases.jsonl", "--answers", "answers.jsonl", READER_USE=use)
        outcomes[use] = [line["outcome"] for line in lines(result.stdout)]
        assert result.exit_code == 0

    assert outcomes == {
        "shadow": ["mini-project", "service-ticket"],
        "second": ["review", "review"],
        "first": ["project", "project"],
    }


def test_a_ticket_without_an_answer_is_decided_by_words_and_says_so() -> None:
    Path("answers.jsonl").write_text("", encoding="utf-8")

    result = run("classify", "--cases", "cases.jsonl", "--answers", "answers.jsonl")

    first = lines(result.stdout)[0]
    assert first["outcome"] == "mini-project"
    assert first["model"]["problem"] == "There is no recorded answer for this ticket."
    assert "0 requests with an answer, 0 with an unusable one, 2 without." in result.stderr


def test_answers_without_cases_are_refused() -> None:
    result = run("classify", "7", "--answers", "answers.jsonl")

    assert result.exit_code == 2
    assert "--answers needs --cases" in result.stderr


def test_score_compares_words_model_and_both() -> None:
    recorded(quote=completion("no"))

    found = json.loads(run("chart", "score", "cases.jsonl", "--answers", "answers.jsonl", "--json").stdout)

    assert {name.partition(", ")[2]: one["as_labelled"] for name, one in found.items()} == {
        "words alone": 100.0, "model first": 50.0, "both": 50.0,
    }  # fmt: skip


def test_import_stores_answers_once_and_reports_lines_without_one(folder: Path) -> None:
    recorded()
    with Path("answers.jsonl").open("a") as file:
        file.write('{"custom_id": "x", "response": {"status_code": 500}}\n')
    url = f"sqlite:///{folder}/store.db"

    first = run("reader", "import", "answers.jsonl", DATABASE_URL=url)
    again = run("reader", "import", "answers.jsonl", DATABASE_URL=url)

    assert (first.exit_code, again.exit_code) == (1, 1)
    assert "2 answers read, 2 new." in first.output
    assert "2 answers read, 0 new." in again.output
    assert "line 3: the request failed (500)" in first.stderr
    key = model_request(TicketRecord.from_json(ORDER), shipped_chart()).key
    database = Database(url)
    assert asyncio.run(ReaderAnswers(database).get(key))
    database.close()


@pytest.mark.parametrize("arguments", [("requests", "--cases", "no.jsonl", "--output", "r"), ("import", "no.jsonl")])
def test_a_missing_file_is_one_sentence(arguments: tuple[str, ...]) -> None:
    result = run("reader", *arguments)

    assert result.exit_code in (1, 2)
    assert "no.jsonl" in result.stderr
    assert "Traceback" not in result.stderr


def test_a_wrong_reader_setting_is_one_sentence() -> None:
    result = run("reader", "requests", "--cases", "cases.jsonl", "--output", "r", READER_USE="third")

    assert result.exit_code == 2
    assert "READER_USE:" in result.stderr
