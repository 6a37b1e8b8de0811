"""Old names of chart keys are read for one release."""

from __future__ import annotations

from pathlib import Path

import pytest
from structlog.testing import capture_logs

from app.chart import Chart, ChartError, check, parse_chart
from app.chart.schema.renamed_keys import RENAMED_KEYS
from app.workflow.chart_provider import ChartProvider

OLD = """\
watch:
  leave_alone_boards: [Alerts, Noise]
  leave_alone_types: [Alert]
  leave_alone_statuses: [Closed]
finance:
  asked_hours: 20
combination:
  settles_alone: record
  rows_together: 3
  rows_against_support: 4
mini_project:
  way: type
"""
EVERY_KEY = [(section, old, new) for section, names in RENAMED_KEYS.items() for old, new in names.items()]


def test_old_names_are_read_as_the_new_ones() -> None:
    chart = parse_chart(OLD)
    assert chart.watch.ignore_boards == ["Alerts", "Noise"]
    assert (chart.watch.ignore_types, chart.watch.ignore_statuses) == (["Alert"], ["Closed"])
    assert chart.finance.review_above_hours == 20
    assert chart.combination.min_evidence == "record"
    assert (chart.combination.rows_needed, chart.combination.rows_needed_against_support) == (3, 4)
    assert chart.mini_project.method == "type"
    assert {(key.section, key.old, key.new) for key in chart.renamed_keys} == set(EVERY_KEY)


def test_a_check_warns_of_each_old_name_with_its_line() -> None:
    warned = [remark for remark in check(parse_chart(OLD)) if "is now called" in remark.message]
    assert [(remark.line, remark.where, remark.level) for remark in warned] == [
        (2, "watch.leave_alone_boards", "warning"),
        (3, "watch.leave_alone_types", "warning"),
        (4, "watch.leave_alone_statuses", "warning"),
        (6, "finance.asked_hours", "warning"),
        (8, "combination.settles_alone", "warning"),
        (9, "combination.rows_together", "warning"),
        (10, "combination.rows_against_support", "warning"),
        (12, "mini_project.way", "warning"),
    ]
    assert (
        warned[0].message
        == "`leave_alone_boards` is now called `ignore_boards`; the old name is read in this release only"
    )


def test_a_value_under_an_old_name_keeps_its_place_in_the_file() -> None:
    chart = parse_chart(OLD)
    assert chart.place("watch", "ignore_boards", 1) == (2, 32)
    assert chart.place("mini_project", "method") == (12, 3)


@pytest.mark.parametrize(("section", "old", "new"), EVERY_KEY)
def test_an_old_and_a_new_name_together_are_an_error(section: str, old: str, new: str) -> None:
    value = getattr(getattr(Chart(), section), new)
    text = f"{section}:\n  {new}: {value}\n  {old}: {value}\n"
    with pytest.raises(ChartError) as error:
        parse_chart(text)
    (problem,) = error.value.problems
    assert (problem.line, problem.where) == (3, f"{section}.{old}")
    assert problem.message == f"`{old}` is the old name of `{new}`, and both are given; delete `{old}`"


def test_a_wrong_value_under_an_old_name_is_reported_at_its_line() -> None:
    with pytest.raises(ChartError) as error:
        parse_chart("combination:\n  rows_together: many\n")
    (problem,) = error.value.problems
    assert problem.line == 2
    assert "must be a whole number" in problem.message


def test_a_chart_of_new_names_has_no_warning() -> None:
    assert parse_chart("mini_project: {method: type}").renamed_keys == ()


def test_the_service_logs_each_old_name_when_it_loads_the_file(tmp_path: Path) -> None:
    path = tmp_path / "chart.yaml"
    path.write_text("mini_project: {way: type}\n", encoding="utf-8")
    with capture_logs() as logs:
        ChartProvider(path)
    (line,) = [entry for entry in logs if entry["event"] == "chart.renamed-key"]
    assert (line["log_level"], line["key"], line["new_name"]) == ("warning", "mini_project.way", "method")
