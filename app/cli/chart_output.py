"""Output of the `chart` commands: tables for people, JSON for programs."""

from __future__ import annotations

from collections.abc import Sequence
from importlib.resources import files
from itertools import groupby
from pathlib import Path
from typing import Any

import typer
from rich.table import Table
from rich.text import Text

from app.chart import Chart, ChartError, Decision, explain
from app.chart.listed_words import ListedPhrase
from app.chart.regression.diff import Comparison
from app.chart.regression.runner import CaseResult, RegressionReport
from app.chart.regression.score import Score, Scored, Share
from app.chart.schema.remarks import Remark
from app.cli.decision_view import terminal
from app.domain.enums import Criterion, Outcome

_WIDE = 60
"""Columns from which outcomes have their full names."""
_STYLES = {"error": "bold red", "warning": "yellow", "better": "green", "worse": "red"}
_SHORT = {
    Outcome.SERVICE_TICKET: "service",
    Outcome.MINI_PROJECT: "mini",
    Outcome.PROJECT: "project",
    Outcome.REVIEW: "review",
}


def show_remarks(name: str, remarks: list[Remark], chart: Chart | None) -> None:
    """Print a line for each remark in the form file:line:column, then the counts."""
    for remark in remarks:
        line = Text(f"{name}:{remark.line}:{remark.column}: ").append(remark.level, style=_STYLES[remark.level])
        _say(line.append(f": {remark.where}: {remark.message}" if remark.where else f": {remark.message}"))
    errors = sum(remark.level == "error" for remark in remarks)
    warnings = len(remarks) - errors
    counted = f"{_count(errors, 'error')}, {_count(warnings, 'warning')}"
    ending = "." if chart else ". The service rejects this file."
    stamp = f"; version {chart.stamp.version}, {chart.stamp.sha256[:12]}" if chart else ""
    _say(f"{name}: {counted}{stamp}{ending}")


def show_errors(errors: ChartError) -> None:
    """Print every error of a file on standard error."""
    typer.echo(str(errors), err=True)


def show_words(phrases: Sequence[ListedPhrase]) -> None:
    """Print each meaning with its description, then its phrases."""
    for meaning, found in groupby(phrases, key=lambda phrase: (phrase.meaning, phrase.states)):
        _say(Text(meaning[0], style="bold").append(f"  {meaning[1]}", style="default"))
        for phrase in found:
            origin = "own" if phrase.own else "off" if phrase.off else ""
            line = Text(f"  {phrase.language:<4}{origin:<4}").append(phrase.phrase)
            _say(line)
            _say(Text(f"          {phrase.explanation}; for example “{phrase.example}”", style="dim"))
    off = sum(phrase.off for phrase in phrases)
    _say(f"{_count(len(phrases), 'phrase')}, {off} switched off.")


def show_report(report: RegressionReport, *, cases_name: str) -> None:
    """Print the failed cases, each with the row that decided, and the coverage."""
    for failed in report.failures:
        _show_failure(failed, cases_name)
    passed = len(report.results) - len(report.failures)
    _say(Text(f"{passed} of {_count(len(report.results), 'case')} as expected.", style="bold"))
    if not report.results:
        return
    table = _table(("Covered", None), ("", None), ("", None), ("No case depends on", 30))
    for one in report.coverage:
        whole = len(one.covered) + len(one.missing)
        table.add_row(one.kind, f"{len(one.covered)} of {whole}", f"{one.percent} %", ", ".join(one.missing) or "-")
    terminal().print(table)


def _show_failure(failed: CaseResult, cases_name: str) -> None:
    _say(
        Text("✗ ", style="red")
        .append(explain.safe(failed.case.name), style="bold")
        .append(f"  {cases_name}:{failed.case.line}")
    )
    for sentence in failed.differences:
        _say(f"    {sentence}")
    if failed.case.why:
        _say(f"    Expected because: {explain.safe(failed.case.why)}")
    _say(f"    Decided because: {explain.because(failed.decision.to_json())}")


def show_comparison(comparison: Comparison) -> None:
    """Print each ticket that changes, then the changes by outcome."""
    if comparison.changes:
        table = _table(("Ticket", 12), ("Change", None), ("", None), ("By", 12))
        for change in comparison.changes:
            moved = f"{_SHORT[change.old.outcome]} → {_SHORT[change.new.outcome]}"
            verdict = Text(change.verdict, style=_STYLES.get(change.verdict, ""))
            table.add_row(explain.safe(change.case.name)[:100], moved, verdict, Text(change.cause))
        terminal().print(table)
    for (old, new), number in sorted(comparison.moves.items()):
        _say(f"{number:4} from {old.value} to {new.value}")
    _say(f"{len(comparison.changes)} of {_count(comparison.tickets, 'ticket')} change.")


def show_score(name: str, score: Score, *, with_mistakes: bool, with_rows: bool = False) -> None:
    """Print the scores of one file."""
    terminal().print(Text(f"{name}: {_count(len(score.scored), 'labelled case')}", style="bold"))
    plain_tickets = sum(project.expected is Outcome.SERVICE_TICKET for project in score.false_projects)
    figures = _table(("", None), ("", None), ("", None), head=False)
    for label, share in _figures(score):
        figures.add_row(label, *_share(share))
    figures.add_row(
        "false projects",
        str(len(score.false_projects)),
        f"{plain_tickets} of service tickets" if score.false_projects else "",
    )
    terminal().print(figures)
    terminal().print(_confusion(score))
    rows = _table(("Row", None), ("agrees", None), ("", None))
    for criterion in Criterion:
        rows.add_row(criterion.value, *_share(score.row(criterion)))
    terminal().print(rows)
    if with_mistakes:
        for mistake in score.mistakes:
            _show_mistake(mistake)
    if with_rows:
        for criterion in Criterion:
            _show_row_mistakes(score, criterion)
    terminal().print()


def _show_row_mistakes(score: Score, criterion: Criterion) -> None:
    for mistake in score.row_mistakes(criterion):
        row = next(row for row in explain.rows_of(mistake.decision.to_json()) if row.criterion == criterion)
        says = f"{criterion.value}: label {mistake.case.rows[criterion].value}, says {row.says}"
        fact = f": {row.fact} ({row.where})" if row.source else ""
        _say(
            Text("≠ ", style="yellow")
            .append(explain.safe(mistake.case.name)[:90], style="bold")
            .append(f"  {says}{fact}")
        )


def _figures(score: Score) -> tuple[tuple[str, Share], ...]:
    return (
        ("right when decided", score.right_where_decided),
        ("asked although clear", score.asked_when_clear),
        ("asked when unclear", score.asked_when_unclear),
        ("as labelled", score.all_right),
    )


def _confusion(score: Score) -> Table:
    narrow = terminal().width < _WIDE
    table = _table(
        ("Label", None), *(((_SHORT[outcome] if narrow else f"→ {_SHORT[outcome]}"), None) for outcome in Outcome)
    )
    for expected in Outcome:
        counts = [score.confusion[expected, got] for got in Outcome]
        if sum(counts):
            cells = [Text(str(count) if count else "·", style="bold" if expected is got else "")
                     for got, count in zip(Outcome, counts, strict=True)]  # fmt: skip
            table.add_row(_SHORT[expected] if narrow else expected.value, *cells)
    return table


def _show_mistake(one: Scored) -> None:
    expected, got = one.expected.value, one.decision.outcome.value
    _say(
        Text("✗ ", style="red")
        .append(explain.safe(one.case.name)[:90], style="bold")
        .append(f"  {one.mistake}: {expected} → {got}")
    )
    if one.case.why:
        _say(f"    Label: {explain.safe(one.case.why)}")
    _say(f"    Decided because: {explain.because(one.decision.to_json())}")


def report_json(report: RegressionReport) -> dict[str, Any]:
    """The result of `chart test`."""
    return {
        "cases": len(report.results),
        "failures": [
            {
                "name": failure.case.name,
                "line": failure.case.line,
                "wrong": list(failure.differences),
                **_reason(failure.decision),
            }
            for failure in report.failures
        ],
        "coverage": {
            case.kind: {"percent": case.percent, "covered": list(case.covered), "missing": list(case.missing)}
            for case in report.coverage
        },
    }


def comparison_json(comparison: Comparison) -> dict[str, Any]:
    """The result of `chart diff`."""
    return {
        "tickets": comparison.tickets,
        "changes": [
            {"name": change.case.name, "line": change.case.line, "old": change.old.outcome.value, "new": change.new.outcome.value,
             "rows": [row.value for row in change.rows], "by": change.cause, "verdict": change.verdict or None}
            for change in comparison.changes
        ],
    }  # fmt: skip


def score_json(score: Score) -> dict[str, Any]:
    """The result of `chart score` for one file; shares in percent, null where there is no such case."""
    return {
        "cases": len(score.scored),
        "right_where_decided": score.right_where_decided.percent,
        "asked_when_clear": score.asked_when_clear.percent,
        "asked_when_unclear": score.asked_when_unclear.percent,
        "as_labelled": score.all_right.percent,
        "false_projects": [project.case.name for project in score.false_projects],
        "rows": {criterion.value: score.row(criterion).percent for criterion in Criterion},
        "row_mistakes": {
            criterion.value: [mistake.case.name for mistake in score.row_mistakes(criterion)] for criterion in Criterion
        },
        "confusion": {
            expected.value: {got.value: score.confusion[expected, got] for got in Outcome} for expected in Outcome
        },
        "mistakes": [
            {"name": mistake.case.name, "line": mistake.case.line, "kind": mistake.mistake, "expected": mistake.expected.value,
             "label": mistake.case.why, **_reason(mistake.decision)}
            for mistake in score.mistakes
        ],
    }  # fmt: skip


def _reason(decision: Decision) -> dict[str, Any]:
    return {
        "outcome": decision.outcome.value,
        "settled_by": [row.value for row in decision.settled_by],
        "because": explain.because(decision.to_json()),
    }


def copy_shipped(folder: Path) -> None:
    """Write the shipped chart files into a folder, or none of them."""
    names = ("chart.yaml", "chart.schema.json", "cases.yaml", "cases.schema.json")
    existing = [name for name in names if (folder / name).exists()]
    if existing:
        raise typer.BadParameter(f"{folder} already contains {', '.join(existing)}. Choose another folder.")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name in names:
            (folder / name).write_bytes((files("app.chart") / "data" / name).read_bytes())
    except OSError as error:
        raise typer.BadParameter(f"Cannot write to {folder}: {error.strerror or type(error).__name__}") from None
    _say(f"Copied {', '.join(names)} to {folder}. Set CHART_FILE={folder / 'chart.yaml'} to use them.")


def _table(*columns: tuple[str, int | None], head: bool = True) -> Table:
    table = Table(box=None, show_edge=False, pad_edge=False, header_style="dim", show_header=head)
    for name, width in columns:
        table.add_column(name, overflow="fold", no_wrap=width is None, min_width=width)
    return table


def _share(share: Share) -> tuple[str, str]:
    percent = share.percent
    return f"{share.part} of {share.whole}", "-" if percent is None else f"{percent} %"


def _say(text: str | Text) -> None:
    terminal().print(text if isinstance(text, Text) else Text(text), soft_wrap=True)


def _count(number: int, name: str) -> str:
    return f"{number} {name}{'' if number == 1 else 's'}"
