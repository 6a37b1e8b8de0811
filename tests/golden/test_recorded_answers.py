"""The model-backed reader on a test set, with recorded answers. tests/cases/README.md tells how they were made."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.chart.regression.cases import load_cases
from app.chart.regression.score import Score, score
from app.chart.schema.chart_file import shipped_chart
from app.chart.second_reader import ReaderUse
from app.cli.model_answers import RecordedReader
from tests.support.tickets import CASES

_ANSWERS = Path(__file__).with_name("answers") / "general-19.jsonl"
_SET = CASES / "test" / "general-19.jsonl"


@pytest.mark.slow
@pytest.mark.parametrize(("use", "right", "asked"), [(ReaderUse.FIRST, 98, 8), (ReaderUse.SECOND, 98, 8)])
def test_with_recorded_answers_the_chart_is_right_and_seldom_asks(use: ReaderUse, right: int, asked: int) -> None:
    found = _score(use)
    assert (found.right_where_decided.percent or 0) >= right
    assert (found.asked_when_clear.percent or 0) <= asked
    assert (found.asked_when_unclear.percent or 0) >= 60
    assert not found.false_projects


def _score(use: ReaderUse) -> Score:
    recorded = RecordedReader.of(_ANSWERS)
    found = score(shipped_chart(), load_cases(_SET), lambda ticket, chart: recorded.decide(ticket, chart, use))
    if not recorded.counts["answered"]:
        pytest.skip("The instructions or the guidance have changed; these answers belong to an older text.")
    return found
