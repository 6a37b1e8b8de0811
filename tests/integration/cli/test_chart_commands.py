"""`miniprojects chart`: what it prints and how it ends."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from app.chart.json_schema import cases_schema_text, schema_text
from app.cli.chart import app

CASES = """cases:
  - name: A crew
    outcome: project
    why: Two members are scheduled.
    ticket:
      summary: Office move, quote signed
      schedule: [{member: akhan, start: 2026-03-10}, {member: jmoore, start: 2026-03-10}]
  - name: A fault
    outcome: service-ticket
    why: It is broken.
    ticket: {summary: Printer is broken and does not print}
"""
THREE = "scheduling: {members: 3}\n"
PURE = [
    {
        "id": 7,
        "summary": "Printer is broken",
        "label": {"outcome": "MINI_PROJECT", "why": "sold", "criteria": {"team": "service"}},
    }
]


@pytest.fixture(autouse=True)
def no_chart_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("CHART_FILE", raising=False)
    monkeypatch.chdir(tmp_path)


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


def put(name: str, text: str) -> Path:
    path = Path(name)
    path.write_text(text, encoding="utf-8")
    return path


def as_json(*arguments: str | Path) -> Any:
    return json.loads(run(*arguments, "--json").stdout)


def test_check_is_content_with_the_chart_that_ships() -> None:
    result = run("check")

    assert result.exit_code == 0
    assert result.stdout.startswith("shipped chart: 0 errors, 0 warnings; version 1, ")


def test_check_tells_every_mistake_by_file_line_and_column() -> None:
    path = put("bad.yaml", "version: 2\nnote_languge: de\n")

    result = run("check", path)

    assert result.exit_code == 1
    assert result.stdout.splitlines() == [
        'bad.yaml:1:1: error: version: must be text; write it in quotes: "2"',
        "bad.yaml:2:1: error: note_languge: there is no such name here; did you mean note_language? allowed: version, "
        "note_language, watch, periods, duration, small_job, scheduling, finance, combination, guidance, rules, facts, terms, row_terms, rows, "
        "follows, outcomes, mini_project, project, revenue, autonomy, words, words_off",
        "bad.yaml: 2 errors, 0 warnings. The service rejects this file.",
    ]  # fmt: skip


def test_check_fails_on_contradictions_and_passes_with_warnings() -> None:
    contradiction = run("check", put("a.yaml", "watch: {boards: [Alerts]}\n"))
    warning = run("check", put("b.yaml", "watch: {boards: [Desk, desk]}\n"))

    assert (contradiction.exit_code, warning.exit_code) == (1, 0)
    assert "a.yaml:1:18: error: watch.boards[0]: “Alerts” is also among ignore_boards" in contradiction.stdout
    assert "b.yaml:1:24: warning: watch.boards[1]: “desk” stands here twice" in warning.stdout


def test_check_uses_the_chart_file_of_the_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CHART_FILE", str(put("mine.yaml", 'version: "mine"\n')))

    assert run("check").stdout.startswith("mine.yaml: 0 errors, 0 warnings; version mine, ")


def test_check_as_json_names_each_problem() -> None:
    answer = as_json("check", put("a.yaml", "periods: {first_day: 31}\n"))

    assert (answer["ok"], answer["chart"]) == (False, None)
    assert answer["problems"] == [
        {
            "level": "error",
            "line": 1,
            "column": 11,
            "where": "periods.first_day",
            "message": "must be at most 28, not “31”",
        }
    ]


def test_a_file_that_is_not_there_is_a_sentence() -> None:
    result = run("check", "none.yaml")

    assert result.exit_code == 1
    assert "none.yaml:1:1: error: the file cannot be read: No such file or directory" in result.stdout


def test_test_passes_when_every_case_comes_out_as_expected() -> None:
    result = run("test", "--cases", put("cases.yaml", CASES))

    assert result.exit_code == 0
    assert result.stdout.splitlines()[0] == "2 of 2 cases as expected."
    assert "outcomes" in result.stdout
    assert "50 %" in result.stdout


def test_test_takes_the_cases_beside_the_chart_and_shows_the_row_that_decided() -> None:
    put("cases.yaml", CASES)

    result = run("test", put("chart.yaml", THREE))

    assert result.exit_code == 1
    lines = result.stdout.splitlines()
    assert lines[0] == "✗ A crew  cases.yaml:2"
    assert lines[1] == "    expected project, came out as mini-project"
    assert lines[2] == "    Expected because: Two members are scheduled."
    assert lines[3].startswith("    Decided because: Only finance says project: ")
    assert "1 of 2 cases as expected." in lines


def test_test_as_json_has_failures_and_coverage() -> None:
    answer = as_json("test", put("chart.yaml", THREE), "--cases", put("c.yaml", CASES))

    assert answer["cases"] == 2
    assert [(one["name"], one["outcome"], one["settled_by"]) for one in answer["failures"]] == [
        ("A crew", "mini-project", ["finance"])
    ]
    assert answer["coverage"]["outcomes"]["covered"] == ["service-ticket", "mini-project"]


def test_test_without_any_case_fails() -> None:
    result = run("test", "--cases", put("none.yaml", "cases: []\n"))

    assert result.exit_code == 1
    assert "0 of 0 cases as expected." in result.stdout


@pytest.mark.parametrize("command", ["test", "score", "diff"])
def test_mistakes_in_the_cases_are_told(command: str) -> None:
    cases = put("cases.yaml", "cases: [{name: A}]\n")
    chart = put("chart.yaml", "# as it ships\n")
    words: dict[str, list[str | Path]] = {
        "test": ["--cases", cases],
        "score": [cases],
        "diff": [chart, chart, "--cases", cases],
    }

    result = run(command, *words[command])

    assert result.exit_code == 1
    assert "cases.yaml: line 1, column 9: cases[0].outcome: this name is missing" in result.stderr


@pytest.mark.parametrize("command", ["score", "diff"])
def test_a_file_without_a_case_is_said(command: str) -> None:
    none, chart = put("none.jsonl", "\n"), put("chart.yaml", "# as it ships\n")
    words: dict[str, list[str | Path]] = {"score": [none], "diff": [chart, chart, "--cases", none]}

    result = run(command, *words[command])

    assert (result.exit_code, result.stdout, result.stderr) == (1, "", "none.jsonl contains no case.\n")


def test_diff_names_the_tickets_and_the_row() -> None:
    result = run(
        "diff", put("old.yaml", "# as it ships\n"), put("new.yaml", THREE), "--cases", put("cases.yaml", CASES)
    )

    assert result.exit_code == 0
    row = " ".join(result.stdout.splitlines()[1].split())
    assert row.startswith("A crew project → mini worse scheduling project → ")
    assert result.stdout.endswith("   1 from project to mini-project\n1 of 2 tickets change.\n")


def test_diff_as_json_says_better_or_worse_where_a_label_tells() -> None:
    answer = as_json(
        "diff", put("old.yaml", "# as it ships\n"), put("new.yaml", THREE), "--cases", put("cases.yaml", CASES)
    )

    assert answer["tickets"] == 2
    (change,) = answer["changes"]
    assert (change["old"], change["new"], change["rows"], change["verdict"]) == (
        "project", "mini-project", ["scheduling"], "worse",
    )  # fmt: skip


def test_diff_without_a_change_says_so() -> None:
    chart = put("chart.yaml", "# as it ships\n")

    result = run("diff", chart, chart, "--cases", put("cases.yaml", CASES))

    assert result.stdout == "0 of 2 tickets change.\n"


def test_score_prints_the_figures_and_every_mistake_with_its_reason() -> None:
    result = run("score", put("cases.jsonl", "\n".join(map(json.dumps, PURE))))

    assert result.exit_code == 0
    assert result.stdout.startswith("cases.jsonl: 1 labelled case\n")
    assert "✗ 7: Printer is broken  wrong: mini-project → service-ticket" in result.stdout
    assert "    Label: sold" in result.stdout
    assert "    Decided because: No row says project. Finance: " in result.stdout


def test_score_shows_the_rows_that_disagree_when_asked() -> None:
    rows = "rows: {scheduling: service}\n    ticket:\n      summary: Office"
    path = put("cases.yaml", CASES.replace("ticket:\n      summary: Office", rows))

    assert "≠" not in run("score", path).stdout
    assert (
        "≠ A crew  scheduling: label service, says project: 2 members are scheduled: “akhan, jmoore” (schedule; "
        "scheduling.members = 2)"
    ) in run("score", path, "--rows").stdout


def test_score_of_several_files_adds_them_up() -> None:
    answer = as_json("score", put("a.yaml", CASES), put("b.jsonl", "\n".join(map(json.dumps, PURE))))

    assert list(answer) == ["a.yaml", "b.jsonl", "all together"]
    assert [one["cases"] for one in answer.values()] == [2, 1, 3]
    assert answer["all together"]["right_where_decided"] == 66.6
    assert answer["a.yaml"]["confusion"]["project"]["project"] == 1
    assert answer["b.jsonl"]["rows"] == {
        "duration": None, "finance": None, "billing": None, "scheduling": None, "team": 100.0, "contacts": None,
    }  # fmt: skip


def test_score_takes_another_chart() -> None:
    answer = as_json("score", put("a.yaml", CASES), "--chart", put("chart.yaml", THREE))

    assert answer["a.yaml"]["right_where_decided"] == 50.0


def test_schema_prints_what_lies_beside_the_chart() -> None:
    assert run("schema").stdout == schema_text()
    assert run("schema", "--cases").stdout == cases_schema_text()


def test_copy_gives_a_folder_to_start_from_and_overwrites_nothing() -> None:
    first, second = run("copy", "mine"), run("copy", "mine")

    assert first.exit_code == 0
    assert sorted(path.name for path in Path("mine").iterdir()) == [
        "cases.schema.json",
        "cases.yaml",
        "chart.schema.json",
        "chart.yaml",
    ]
    assert run("check", "mine/chart.yaml").exit_code == 0
    assert run("test", "mine/chart.yaml").stdout.count("as expected") == 1
    assert second.exit_code == 2
    assert "already contains chart.yaml" in second.stderr


def test_nothing_is_lost_on_a_narrow_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "60")

    result = run(
        "diff", put("old.yaml", "# as it ships\n"), put("new.yaml", THREE), "--cases", put("cases.yaml", CASES)
    )

    assert "…" not in result.stdout
    assert "worse" in result.stdout


def test_a_score_loses_no_word_on_a_narrow_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "40")

    result = run("score", put("cases.yaml", CASES))

    assert "Label    service  mini  project  review" in [line.rstrip() for line in result.stdout.splitlines()]
    assert "service  1        ·     ·        ·" in [line.rstrip() for line in result.stdout.splitlines()]


def test_words_lists_the_phrases_of_a_meaning_with_what_is_switched_off() -> None:
    phrase = as_json("words", "one_visit", "--language", "en")["phrases"][0]["phrase"]
    chart = put("chart.yaml", json.dumps({"words_off": {"one_visit": {"en": [phrase]}}}))
    found = run("words", "one_visit", "--chart", chart)

    assert found.exit_code == 0
    assert "one_visit  One visit is enough." in found.stdout
    assert found.stdout.rstrip().endswith("1 switched off.")
    assert "did you mean one_visit" in run("words", "one_vist").stderr
