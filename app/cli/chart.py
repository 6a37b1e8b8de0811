"""`miniprojects chart`: check a chart file, run its cases, compare two charts, score labelled cases."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import Annotated, Any

import typer

from app.chart import Chart, ChartError, Remark, check, load_chart, shipped_chart
from app.chart.json_schema import cases_schema_text, schema_text
from app.chart.listed_words import listed_phrases
from app.chart.regression import runner
from app.chart.regression.cases import Case, load_cases, shipped_cases
from app.chart.regression.diff import compare
from app.chart.regression.score import Decide, Score, score
from app.chart.second_reader import ReaderUse
from app.cli import chart_output as tables
from app.cli.command_group import Command, command_group
from app.cli.model_answers import RecordedReader
from app.settings import chart_file

app = command_group("Check, test, compare and score chart files.")

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON instead of a table.")]
_ALL = "all together"
ChartPath = Annotated[
    Path | None, typer.Argument(help="Chart file.  [default: CHART_FILE, else the shipped chart]", metavar="FILE")
]
CasesPath = Annotated[
    Path | None,
    typer.Option(
        "--cases",
        help="Cases as YAML or JSON Lines.  [default: cases.yaml next to the chart, else the shipped cases]",
        metavar="FILE",
    ),
]


@app.command("check", cls=Command)
def check_file(file: ChartPath = None, *, as_json: AsJson = False) -> None:
    """Find errors and contradictions in a chart file.

    Lists every error and every rule without effect, with line and column. Exit 1 if there are errors. Board, status and
    type names are compared with ConnectWise by `miniprojects doctor`.
    """
    path = _chosen(file)
    chart: Chart | None = None
    try:
        chart = _chart(path)
        remarks = check(chart)
    except ChartError as errors:
        remarks = [
            Remark(problem.line, problem.column, "error", problem.where, problem.message) for problem in errors.problems
        ]
    has_errors = any(remark.level == "error" for remark in remarks)
    if as_json:
        stamp = {"version": chart.stamp.version, "sha256": chart.stamp.sha256} if chart else None
        members = ("level", "line", "column", "where", "message")
        found = [{member: getattr(remark, member) for member in members} for remark in remarks]
        _print_json({"file": _name(path), "ok": not has_errors, "chart": stamp, "problems": found})
    else:
        tables.show_remarks(_name(path), remarks, chart)
    raise typer.Exit(1 if has_errors else 0)


@app.command("test", cls=Command)
def run_cases(file: ChartPath = None, *, cases: CasesPath = None, as_json: AsJson = False) -> None:
    """Run the cases of a chart file.

    Lists what no case covers. Exit 1 if a case has another outcome than expected.
    """
    path = _chosen(file)
    with _exit_on_errors():
        chart = _chart(path)
        cases_name, found = _cases_for(path, cases)
    report = runner.run_cases(chart, found)
    if as_json:
        _print_json(tables.report_json(report))
    else:
        tables.show_report(report, cases_name=cases_name)
    raise typer.Exit(1 if report.failures or not found else 0)


@app.command("diff", cls=Command)
def diff_files(
    old: Annotated[Path, typer.Argument(help="The current chart.", metavar="OLD")],
    new: Annotated[Path, typer.Argument(help="The changed chart.", metavar="NEW")],
    *,
    cases: CasesPath = None,
    as_json: AsJson = False,
) -> None:
    """List the tickets that two charts decide differently.

    Shows the row that causes each change and counts the changes by outcome.
    """
    with _exit_on_errors():
        found = _at_least_one(cases) if cases else _cases_for(old, None)[1]
        comparison = compare(load_chart(old), load_chart(new), found)
    if as_json:
        _print_json(tables.comparison_json(comparison))
    else:
        tables.show_comparison(comparison)


@app.command("score", cls=Command)
def score_files(
    files: Annotated[list[Path], typer.Argument(help="Labelled cases as YAML or JSON Lines.", metavar="FILE...")],
    *,
    chart: Annotated[
        Path | None,
        typer.Option("--chart", help="Chart file.  [default: CHART_FILE, else the shipped chart]", metavar="FILE"),
    ] = None,
    rows: Annotated[
        bool, typer.Option("--rows", help="Also list each case in which a row differs from its label.")
    ] = False,
    answers: Annotated[
        Path | None,
        typer.Option(
            "--answers",
            help="Recorded answers of the model-backed reader: compare words alone, model first, and both.",
            metavar="ANSWERS.jsonl",
        ),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Score a chart on labelled cases.

    Shows how often the chart is right where it decides, how often it asks a person, the agreement by row, and every error
    with its reason. With --answers the same for each reader; `both` is READER_USE=second, `model first` is READER_USE=first.
    """
    with _exit_on_errors():
        used = _chart(_chosen(chart))
        sets = {str(file): _at_least_one(file) for file in files}
    if len(sets) > 1:
        sets[_ALL] = [case for found in sets.values() for case in found]
    scores = _scores(used, sets, answers)
    _require_labels(scores)
    if as_json:
        _print_json({name: tables.score_json(one) for name, one in scores.items()})
        return
    for name, one in scores.items():
        tables.show_score(
            name, one, with_mistakes=not name.startswith(_ALL), with_rows=rows and not name.startswith(_ALL)
        )


@app.command("schema", cls=Command)
def print_schema(
    *, cases: Annotated[bool, typer.Option("--cases", help="Print the schema of cases.yaml instead.")] = False
) -> None:
    """Print the JSON Schema of chart files for editors."""
    print(cases_schema_text() if cases else schema_text(), end="")


@app.command("words", cls=Command)
def list_words(
    meaning: Annotated[
        str | None,
        typer.Argument(help="Meaning, such as accepted.  [default: all]", metavar="MEANING", show_default=False),
    ] = None,
    *,
    language: Annotated[
        str | None, typer.Option("--language", help="Only phrases of this language, such as en.")
    ] = None,
    chart: Annotated[
        Path | None,
        typer.Option("--chart", help="Chart file.  [default: CHART_FILE, else the shipped chart]", metavar="FILE"),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """List the phrases that the built-in reader knows, with their meanings.

    Each phrase is shown as it is written, in plain words, and with an example. A shipped phrase is switched off under `words_off` of
    the chart file.
    """
    with _exit_on_errors():
        used = _chart(_chosen(chart))
    try:
        found = listed_phrases(used, meaning=meaning, language=language)
    except LookupError as error:
        raise typer.BadParameter(str(error.args[0])) from None
    if as_json:
        _print_json({"phrases": [asdict(phrase) for phrase in found]})
    else:
        tables.show_words(found)


@app.command("copy", cls=Command)
def copy_shipped(
    folder: Annotated[
        Path, typer.Argument(help="Target folder; existing files are not overwritten.", metavar="FOLDER")
    ],
) -> None:
    """Copy the shipped chart, its schema and its cases to a folder.

    Change the copy and set CHART_FILE to it.
    """
    tables.copy_shipped(folder)


def _chosen(file: Path | None) -> Path | None:
    return file or chart_file()


def _chart(path: Path | None) -> Chart:
    return load_chart(path) if path else shipped_chart()


def _name(path: Path | None) -> str:
    return str(path) if path else "shipped chart"


def _cases_for(path: Path | None, cases: Path | None) -> tuple[str, list[Case]]:
    """The given cases, else those next to the chart, else the shipped ones; with the file's name."""
    neighbour = path.with_name("cases.yaml") if path else None
    chosen = cases or (neighbour if neighbour and neighbour.is_file() else None)
    return (str(chosen), load_cases(chosen)) if chosen else ("shipped cases", shipped_cases())


def _scores(chart: Chart, sets: Mapping[str, list[Case]], answers: Path | None) -> dict[str, Score]:
    """A score for each set; with recorded answers one for each reader."""
    if answers is None:
        return {name: score(chart, found) for name, found in sets.items()}
    recorded = RecordedReader.of(answers)
    readers: dict[str, Decide | None] = {
        "words alone": None,
        "model first": partial(recorded.decide, use=ReaderUse.FIRST),
        "both": partial(recorded.decide, use=ReaderUse.SECOND),
    }
    found = {
        f"{name}, {reader}": score(chart, cases, decided)
        for name, cases in sets.items()
        for reader, decided in readers.items()
    }
    typer.echo(f"Model-backed reader: {recorded.summary}", err=True)
    return found


def _require_labels(scores: Mapping[str, Score]) -> None:
    """Exit with 1 if a file has no labelled case: its score would be zero of zero."""
    for name, found in scores.items():
        if not found.scored:
            typer.echo(f"{name} contains no labelled case. Expected a member “label” with an outcome.", err=True)
            raise typer.Exit(1)


def _at_least_one(path: Path) -> list[Case]:
    """The cases of a file, at least one."""
    found = load_cases(path)
    if not found:
        typer.echo(f"{path} contains no case.", err=True)
        raise typer.Exit(1)
    return found


@contextmanager
def _exit_on_errors() -> Iterator[None]:
    """Print every error of an invalid file and exit with 1."""
    try:
        yield
    except ChartError as errors:
        tables.show_errors(errors)
        raise typer.Exit(1) from None


def _print_json(document: dict[str, Any]) -> None:
    print(json.dumps(document, ensure_ascii=False, indent=2))
