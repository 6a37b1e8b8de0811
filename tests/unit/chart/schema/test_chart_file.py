"""The chart file: what ships, and every mistake in one go."""

from __future__ import annotations

import hashlib
import json
from importlib.resources import files
from itertools import takewhile
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from app.chart import Chart, ChartError, ChartProblem, load_chart, parse_chart, shipped_chart
from app.chart.json_schema import cases_schema_text, schema_text
from app.chart.schema.yaml_source import read_yaml

DATA = files("app.chart") / "data"


def problems_of(text: str) -> list[ChartProblem]:
    with pytest.raises(ChartError) as caught:
        parse_chart(text)
    return caught.value.problems


def only_problem(text: str) -> ChartProblem:
    problems = problems_of(text)
    assert len(problems) == 1
    return problems[0]


def test_the_shipped_chart_says_what_holds_without_a_chart_file() -> None:
    assert shipped_chart().model_dump() == Chart().model_dump()


def test_the_shipped_chart_shows_every_name_that_can_be_set() -> None:
    written = read_yaml((DATA / "chart.yaml").read_text(encoding="utf-8")).data

    assert _names(written) == _names(json.loads(Chart().model_dump_json()))


def _names(value: Any, path: str = "") -> set[str]:
    if isinstance(value, dict):
        return {path} | {name for key, inner in value.items() for name in _names(inner, f"{path}.{key}")}
    if isinstance(value, list):
        return {path} | {name for inner in value for name in _names(inner, f"{path}[]") if isinstance(inner, dict)}
    return {path}


@pytest.mark.parametrize("text", ["", " \n\n"])
def test_a_file_that_was_cut_off_is_refused(text: str, tmp_path: Path) -> None:
    file = tmp_path / "chart.yaml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(ChartError, match="the file is empty"):
        load_chart(file)


def test_a_chart_without_a_section_is_the_one_that_ships() -> None:
    assert parse_chart("").model_dump() == Chart().model_dump()
    assert parse_chart("# nothing yet\n").model_dump() == Chart().model_dump()


def test_a_section_whose_lines_are_all_commented_out_keeps_what_ships() -> None:
    assert parse_chart("watch:\n#  boards: [Service Desk]\n").watch == Chart().watch


def test_the_schemas_that_ship_are_generated_from_the_models() -> None:
    chart = (DATA / "chart.schema.json").read_text(encoding="utf-8")
    cases = (DATA / "cases.schema.json").read_text(encoding="utf-8")

    assert chart == schema_text(), "write it anew: miniprojects chart schema > app/chart/data/chart.schema.json"
    assert cases == cases_schema_text(), (
        "write it anew: miniprojects chart schema --cases > app/chart/data/cases.schema.json"
    )


@pytest.mark.parametrize("name", ["chart", "cases"])
def test_what_ships_meets_its_schema_and_names_it_for_editors(name: str) -> None:
    text = (DATA / f"{name}.yaml").read_text(encoding="utf-8")
    schema = json.loads((DATA / f"{name}.schema.json").read_text(encoding="utf-8"))

    jsonschema.Draft202012Validator.check_schema(schema)
    jsonschema.Draft202012Validator(schema).validate(read_yaml(text).data)
    assert text.startswith(f"# yaml-language-server: $schema={name}.schema.json\n")


@pytest.mark.parametrize("section", ["rules", "words"])
def test_the_example_above_an_empty_section_of_the_shipped_chart_is_right(section: str) -> None:
    lines = (DATA / "chart.yaml").read_text(encoding="utf-8").splitlines()
    above = lines[: next(number for number, line in enumerate(lines) if line.startswith(f"{section}:"))]
    example = list(takewhile(lambda line: line.startswith("#   "), reversed(above)))[::-1]

    chart = parse_chart("\n".join([f"{section}:", *(line[1:] for line in example)]))

    assert chart.rules or chart.words


@pytest.mark.parametrize("text", [schema_text(), cases_schema_text()], ids=["chart", "cases"])
def test_every_name_of_a_schema_has_a_description_for_editors(text: str) -> None:
    schema = json.loads(text)
    sections = [schema, *schema["$defs"].values()]
    members = [(name, member) for section in sections for name, member in section.get("properties", {}).items()]

    silent = [name for name, member in members if not _description(member, schema)]
    assert silent == []


def _description(member: dict[str, Any], schema: dict[str, Any]) -> str:
    """The member's own, or that of the section it refers to."""
    section = schema["$defs"].get(member.get("$ref", "").rsplit("/", 1)[-1], {})
    return str(member.get("description") or section.get("description") or "")


def test_all_errors_are_reported_at_once_in_the_order_of_the_file() -> None:
    problems = problems_of(
        "version: 2\n"
        "periods: {cycle: Monthy, first_day: 31}\n"
        "rules:\n"
        "  - {name: Ours, outcome: projct, companies: [Ours]}\n"
        "words: {acepted: {en: ['(a']}}\n"
    )

    assert [(one.line, one.where) for one in problems] == [
        (1, "version"),
        (2, "periods.cycle"),
        (2, "periods.first_day"),
        (4, "rules[0].outcome"),
        (5, "words.acepted"),
        (5, "words.acepted.en[0]"),
    ]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        pytest.param("version: 2", 'must be text; write it in quotes: "2"', id="number for a text"),
        pytest.param("version: true", 'must be text; write it in quotes: "true"', id="truth for a text"),
        pytest.param("version: [a]", "must be one text, not a list or a section", id="list for a text"),
        pytest.param("version: ''", "must not be empty", id="empty text"),
        pytest.param("watch: {boards: Dispatch}", "must be `all` or a list of boards", id="one board"),
        pytest.param("watch: {ignore_boards: Alerts}", "must be a list, such as `[one, two]`", id="text for a list"),
        pytest.param("watch: {ignore_boards: }", "or `[]` for none", id="nothing for a list"),
        pytest.param("watch: [Alerts]", "must hold names with values", id="list for a section"),
        pytest.param("mini_project: {types: [a]}", "must hold names with values", id="list for a map"),
        pytest.param("duration: {periods: 1}", "must be at least 2, not “1”", id="too small"),
        pytest.param("duration: {periods: 99}", "must be at most 24, not “99”", id="too large"),
        pytest.param("duration: {periods: two}", "must be a whole number, not “two”", id="word for a number"),
        pytest.param("duration: {periods: true}", "must be a whole number, not “True”", id="truth for a number"),
        pytest.param("duration: {periods: 2.5}", "must be a whole number, not “2.5”", id="fraction for a whole number"),
        pytest.param("finance: {sold: much}", "must be a number, not “much”", id="word for points"),
        pytest.param("finance: {sold: true}", "must be a number, not “True”", id="truth for points"),
        pytest.param("project: {phases: []}", "must have at least one entry", id="no phase"),
        pytest.param("project: {phases: [{name: A, share: half}]}", "must be a number, not “half”", id="word for a share"),
        pytest.param("project: {days_off: [tomorrow]}", "must be a day, such as 2026-12-25", id="word for a day"),
        pytest.param("project: {billing: {bill_after_close: maybe}}", "must be true or false", id="word for a truth"),
        pytest.param("rules: [{name: A, companies: [B]}]", "this name is missing", id="missing name"),
        pytest.param("rules: [{name: A, outcome: project}]", "the rule has no condition", id="no condition"),
        pytest.param("words: {accepted: {English: [x]}}", "a language is two or three small letters", id="language"),
        pytest.param("words: {accepted: {en: ['...']}}", "a phrase needs a word", id="phrase of gaps"),
        pytest.param("words: {accepted: {en: [Go Ahead]}}", "written in small letters: “go ahead”", id="capitals"),
        pytest.param("words: {accepted: {en: ['(a|b']}}", "an opening bracket is not closed", id="open bracket"),
        pytest.param("words: {accepted: {en: ['((((((((a))))))))']}}", "more than 6 deep", id="brackets in brackets"),
        pytest.param("5: x", "there is no such name here; allowed: version, ", id="a number for a name"),
        pytest.param("periods: {cycle: Weekly, cycle: Monthly}", "stands here twice, first in line 1", id="twice"),
        pytest.param("- a", "the file must hold named sections", id="a list"),
        pytest.param("hello", "the file must hold named sections", id="one word"),
        pytest.param("[a]: b", "a name must be a word, not a list or a section", id="a list for a name"),
        pytest.param("a:\n\t- b", "a tab cannot indent; use spaces", id="tab"),
        pytest.param("version: a: b", "a second `:` in one value", id="two colons"),
        pytest.param("version: 'a", "a quote is opened and not closed", id="open quote"),
        pytest.param("watch: {boards: [a", "a bracket is opened and not closed", id="open bracket in YAML"),
        pytest.param("watch:\n  boards: all\n way: x", "the indenting does not fit", id="indenting"),
        pytest.param("version: &a x", "anchors (`&`) and aliases (`*`) are not used here", id="anchor"),
        pytest.param("version: !!python/name:os.system", "tags (`!`) are not used here", id="tag"),
        pytest.param("version: '1\0'", "the character U+0000 is not allowed", id="NUL"),
        pytest.param("version: " + "[" * 40, "nested too deeply", id="nesting"),
        pytest.param("---\nversion: a\n---\nversion: b", "more than one document", id="two documents"),
        pytest.param("#" * 300_000, "the file is larger than 250 kB", id="huge"),
    ],
)  # fmt: skip
def test_each_error_says_what_is_wrong_and_what_is_allowed(text: str, message: str) -> None:
    assert message in only_problem(text).message


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        pytest.param("note_languge: de", "did you mean note_language?", id="section"),
        pytest.param("watch: {ignore_bords: [A]}", "did you mean ignore_boards", id="name in a section"),
        pytest.param("project: {billing: {fixed_prize: FixedFee}}", "did you mean fixed_price?", id="name deep inside"),
        pytest.param("periods: {cycle: monthy}", "did you mean Monthly", id="value"),
        pytest.param("project: {types: {migratoin: X}}", "did you mean migration?", id="kind of work"),
        pytest.param("words: {acepted: {}}", "did you mean accepted?", id="meaning"),
    ],
)
def test_near_misses_are_named(text: str, hint: str) -> None:
    assert hint in only_problem(text).message


def test_a_error_names_line_and_column() -> None:
    problem = only_problem("version: a\nwatch:\n  boards: all\n  bords: all\n")

    assert (problem.line, problem.column, problem.where) == (4, 3, "watch.bords")
    assert str(problem).startswith("line 4, column 3: watch.bords: there is no such name here")


def test_words_that_yaml_takes_for_values_stay_words() -> None:
    chart = parse_chart("mini_project:\n  types: {No: On, 12:30: 2026-01-01, 007: 1e3}\n")

    assert chart.mini_project.types == {"No": "On", "12:30": "2026-01-01", "007": "1e3"}


def test_a_byte_order_mark_and_windows_line_ends_are_read(tmp_path: Path) -> None:
    path = tmp_path / "chart.yaml"
    path.write_bytes(b'\xef\xbb\xbfversion: "7"\r\nnote_language: fr\r\n')

    chart = load_chart(path)

    assert (chart.version, chart.note_language) == ("7", "fr")


@pytest.mark.parametrize(
    ("content", "message"),
    [
        pytest.param(b"version: a\nb: \xff\xfe", "line 2, column 1: not UTF-8 text from here on", id="not UTF-8"),
        pytest.param("version: ä".encode("utf-16"), "not UTF-8 text from here on", id="UTF-16"),
        pytest.param(b"\0" * 2000, "the character U+0000 is not allowed in YAML", id="zeros"),
        pytest.param(b"a" * 2_000_000, "the file is larger than 250 kB", id="huge"),
    ],
)
def test_files_that_are_no_text_are_refused_in_a_sentence(tmp_path: Path, content: bytes, message: str) -> None:
    path = tmp_path / "chart.yaml"
    path.write_bytes(content)

    with pytest.raises(ChartError, match=r"chart\.yaml: line") as caught:
        load_chart(path)
    assert message in str(caught.value)


def test_a_file_that_is_not_there_is_refused_in_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(ChartError, match="the file cannot be read: No such file or directory"):
        load_chart(tmp_path / "none.yaml")
    with pytest.raises(ChartError, match="the file cannot be read: Is a directory"):
        load_chart(tmp_path)


def test_a_new_language_can_be_added_to_a_meaning() -> None:
    chart = parse_chart("words:\n  accepted:\n    it: [accettiamo il preventivo]\n")

    assert "accettiamo il preventivo" in chart.all_words["accepted"]["it"]


def test_each_value_of_the_file_has_its_place() -> None:
    chart = parse_chart("watch:\n  boards:\n    - Dispatch\n    - Desk\n")

    assert chart.place("watch", "boards", 1) == (4, 7)
    assert chart.place("watch", "ignore_boards", 0) == (1, 1), "what is left out has the place of what is around it"


def test_the_stamp_is_the_hash_of_the_file() -> None:
    chart = parse_chart('version: "3"\n')

    assert chart.stamp.version == "3"
    assert chart.stamp.sha256 == hashlib.sha256(b'version: "3"\n').hexdigest()
