"""Any text at all is either a chart or a list of sentences, in bounded time."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from app.chart import Chart, ChartError, ChartProblem, parse_chart
from app.chart.regression.cases import parse_cases
from tests.support.limits import cpu_seconds, examples

NAMES = [*sorted(Chart.model_fields), "boards", "phases", "billing", "name", "outcome", "en", "accepted", "<<", "*", ""]
SCALARS = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), st.dates(), st.binary(max_size=8), st.text(max_size=20),
    st.sampled_from(["all", "Monthly", "project", "...", "((", "#+", "$"]),
)  # fmt: skip
TREES = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(NAMES) | st.integers(), inner, max_size=5)
    ),
    max_leaves=20,
)
YAML_PIECES = st.text(alphabet=" \t\n:-[]{}&*!|>'\"%@`#?,a1é\u202e\ufeff", max_size=120)


def problems_in(read: Callable[[str], object], text: str) -> list[ChartProblem]:
    """What is wrong with a text; nothing but ChartError is raised."""
    try:
        read(text)
    except ChartError as mistakes:
        return mistakes.problems or [ChartProblem(0, 0, "", "refused without a reason")]
    return []


def reads(text: str, read: Callable[[str], object] = parse_chart) -> None:
    """A chart comes out, or problems with places and sentences."""
    for problem in problems_in(read, text):
        assert problem.line >= 1
        assert problem.column >= 1
        assert problem.message
        assert str(problem).isprintable()


@examples(150)
@given(TREES)
def test_any_values_are_read_or_reported(tree: object) -> None:
    reads(yaml.safe_dump(tree, allow_unicode=True))


@examples(300)
@given(YAML_PIECES | st.text(max_size=200))
def test_any_characters_are_read_or_reported(text: str) -> None:
    reads(text)


@examples(100)
@given(YAML_PIECES)
def test_any_characters_as_cases_are_read_or_reported(text: str) -> None:
    reads(text, parse_cases)


BOMB = "a: &a [x,x,x,x,x,x,x,x,x]\n" + "".join(
    f"{chr(98 + n)}: &{chr(98 + n)} [{','.join(['*' + chr(97 + n)] * 9)}]\n" for n in range(12)
)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(BOMB, id="aliases of aliases"),
        pytest.param("a: " + "[" * 100_000, id="open lists"),
        pytest.param("a: " + "{a: " * 50_000, id="open sections"),
        pytest.param("- " * 100_000, id="lists in lists"),
        pytest.param("? " * 100_000, id="names of names"),
        pytest.param("version: " + "9" * 100_000, id="long number"),
        pytest.param("version: '" + "x" * 200_000 + "'", id="long text"),
        pytest.param("".join(f"n{n}: 1\n" for n in range(2_000)), id="many wrong names"),
        pytest.param("words: {accepted: {en: ['" + "(a*|" * 200 + ")" * 200 + "']}}", id="deep phrase"),
    ],
)
def test_hostile_files_are_refused_within_seconds(text: str) -> None:
    with cpu_seconds(10), pytest.raises(ChartError):
        parse_chart(text)
