"""`miniprojects chart`: checks the chart file, tries it on its own cases, compares two charts, scores labelled cases."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

import typer

from app.chart import Chart, ChartError, load_chart, shipped_chart
from app.chart.json_schema import cases_schema_text, schema_text
from app.chart.regression.cases import Case, load_cases, shipped_cases
from app.chart.regression.diff import compare
from app.chart.regression.runner import try_chart
from app.chart.regression.score import score
from app.chart.schema.lint import Remark, check
from app.cli import chart_output as tables
from app.settings import chart_file

app = typer.Typer(
    help="Checks, tries, compares and scores the chart file.", no_args_is_help=True, rich_markup_mode=None
)

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]
ChartPath = Annotated[Path | None, typer.Argument(help="Chart file; without it, CHART_FILE or the chart that ships.")]
CasesPath = Annotated[
    Path | None,
    typer.Option(
        "--cases", help="Cases, YAML or JSON lines; without it, cases.yaml beside the chart, else those that ship."
    ),
]


@app.command("check")
def check_file(file: ChartPath = None, *, as_json: AsJson = False) -> None:
    """Finds mistakes and contradictions.

    Also rules that do nothing; each with its line. Exit 1 if there are errors.
    """
    path = _chosen(file)
    chart: Chart | None = None
    try:
        chart = _chart(path)
        remarks = check(chart)
    except ChartError as mistakes:
        remarks = [Remark(one.line, one.column, "error", one.where, one.message) for one in mistakes.problems]
    wrong = any(remark.level == "error" for remark in remarks)
    if as_json:
        stamp = {"version": chart.stamp.version, "sha256": chart.stamp.sha256} if chart else None
        members = ("level", "line", "column", "where", "message")
        found = [{member: getattr(remark, member) for member in members} for remark in remarks]
        _print_json({"file": _name(path), "ok": not wrong, "chart": stamp, "problems": found})
    else:
        tables.show_remarks(_name(path), remarks, chart)
    raise typer.Exit(1 if wrong else 0)


@app.command("test")
def try_file(file: ChartPath = None, *, cases: CasesPath = None, as_json: AsJson = False) -> None:
    """Decides the chart's own cases.

    Says what no case covers. Exit 1 if one comes out otherwise than expected.
    """
    path = _chosen(file)
    with _mistakes_end_it():
        chart = _chart(path)
        beside, found = _cases_for(path, cases)
    trial = try_chart(chart, found)
    if as_json:
        _print_json(tables.trial_json(trial))
    else:
        tables.show_trial(trial, cases_name=beside)
    raise typer.Exit(1 if trial.failures or not found else 0)


@app.command("diff")
def diff_files(
    old: Annotated[Path, typer.Argument(help="The chart as it is.")],
    new: Annotated[Path, typer.Argument(help="The chart as it would be.")],
    *,
    cases: Annotated[Path, typer.Option("--cases", help="Tickets: YAML cases, or one JSON object a line.")],
    as_json: AsJson = False,
) -> None:
    """Lists the tickets that change.

    Each ticket that the new chart decides otherwise, by which row, and how many go where.
    """
    with _mistakes_end_it():
        comparison = compare(load_chart(old), load_chart(new), _some(cases))
    if as_json:
        _print_json(tables.comparison_json(comparison))
    else:
        tables.show_comparison(comparison)


@app.command("score")
def score_files(
    files: Annotated[list[Path], typer.Argument(help="Labelled cases: YAML, or one JSON object a line.")],
    *,
    chart: Annotated[
        Path | None, typer.Option("--chart", help="Chart file; without it, CHART_FILE or the chart that ships.")
    ] = None,
    rows: Annotated[
        bool, typer.Option("--rows", help="Show each case in which a row disagrees with its label.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Scores labelled cases.

    How often the chart is right where it decides, how often it asks, agreement by row, and every mistake with its reason.
    """
    with _mistakes_end_it():
        used = _chart(_chosen(chart))
        sets = {str(file): _some(file) for file in files}
    if len(sets) > 1:
        sets["all together"] = [case for found in sets.values() for case in found]
    scores = {name: score(used, found) for name, found in sets.items()}
    if as_json:
        _print_json({name: tables.score_json(one) for name, one in scores.items()})
        return
    for name, one in scores.items():
        tables.show_score(name, one, with_mistakes=name != "all together", with_rows=rows and name != "all together")


@app.command("schema")
def print_schema(
    *, cases: Annotated[bool, typer.Option("--cases", help="The schema of cases.yaml instead.")] = False
) -> None:
    """Prints the JSON Schema for editors."""
    print(cases_schema_text() if cases else schema_text(), end="")


@app.command("copy")
def copy_shipped(folder: Annotated[Path, typer.Argument(help="Where to; nothing there is overwritten.")]) -> None:
    """Copies the shipped files to a folder.

    The chart, its schema and its cases, to be changed there and named by CHART_FILE.
    """
    tables.copy_shipped(folder)


def _chosen(file: Path | None) -> Path | None:
    return file or chart_file()


def _chart(path: Path | None) -> Chart:
    return load_chart(path) if path else shipped_chart()


def _name(path: Path | None) -> str:
    return str(path) if path else "the chart that ships"


def _cases_for(path: Path | None, cases: Path | None) -> tuple[str, list[Case]]:
    """The cases asked for, else those beside the chart, else those that ship; with the file's name."""
    beside = path.with_name("cases.yaml") if path else None
    chosen = cases or (beside if beside and beside.is_file() else None)
    return (str(chosen), load_cases(chosen)) if chosen else ("the cases that ship", shipped_cases())


def _some(path: Path) -> list[Case]:
    """The cases of a file, of which there must be one."""
    found = load_cases(path)
    if not found:
        typer.echo(f"{path} holds no case.", err=True)
        raise typer.Exit(1)
    return found


@contextmanager
def _mistakes_end_it() -> Iterator[None]:
    """Says each mistake of a file that cannot be used, and ends with exit 1."""
    try:
        yield
    except ChartError as mistakes:
        tables.say_mistakes(mistakes)
        raise typer.Exit(1) from None


def _print_json(document: dict[str, Any]) -> None:
    print(json.dumps(document, ensure_ascii=False, indent=2))
