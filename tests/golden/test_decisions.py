"""Golden decisions: every labelled case keeps its outcome and its six rows until a commit says why they change.

The floors of the scores allow a set to lose some cases; these files show which case changed. One file per case set, one line
per case: id, outcome (with what a review lies between), the six rows in the order of the head line.
"""

from __future__ import annotations

import difflib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from app.chart import decide, shipped_chart
from app.cli.commands import app
from app.domain.ticket import TicketRecord

_TESTS = Path(__file__).resolve().parents[1]
_GOLDEN = Path(__file__).with_name("decisions")
_FILES = sorted((_TESTS / "cases").rglob("*.jsonl"))
_SETS = {path.stem: path for path in _FILES}
_CRITERIA = ("duration", "finance", "billing", "scheduling", "team", "contacts")
_HEAD = f"# id outcome {' '.join(_CRITERIA)}; +: project, -: service, ?: unknown, !: contested"
_SIGNS = {"project": "+", "service": "-", "unknown": "?"}
_MOST_SHOWN = 40


@pytest.mark.fast_cases(12)
@pytest.mark.parametrize("name", _SETS)
def test_labelled_cases_are_decided_as_in_the_golden_file(name: str, request: pytest.FixtureRequest) -> None:
    golden = _GOLDEN / f"{name}.txt"
    decided = _decisions(_SETS[name])
    if request.config.getoption("--update-golden"):
        golden.write_text("".join(f"{line}\n" for line in decided), encoding="utf-8")
        return
    expected = golden.read_text(encoding="utf-8").splitlines() if golden.exists() else []
    if expected != decided:
        pytest.fail(_difference(golden, expected, decided), pytrace=False)


def test_every_golden_file_belongs_to_one_case_set() -> None:
    assert len(_SETS) == len(_FILES)
    assert {path.stem for path in _GOLDEN.glob("*.txt")} <= _SETS.keys()


@pytest.mark.parametrize("name", ["records-1"])
def test_the_command_prints_the_decisions_of_a_case_file(name: str) -> None:
    result = CliRunner().invoke(app, ["classify", "--cases", str(_SETS[name])])
    assert (result.exit_code, result.stderr) == (0, "")
    printed = [json.loads(line) for line in result.stdout.splitlines()]
    tickets = _tickets(_SETS[name])
    assert [decision["ticket_id"] for decision in printed] == [ticket["id"] for ticket in tickets]
    assert [_line(decision["ticket_id"], decision) for decision in printed] == _decisions(_SETS[name])[1:]


def _decisions(cases: Path) -> list[str]:
    """The golden lines of a case set, by the chart that ships."""
    chart = shipped_chart()
    return [
        _HEAD,
        *(_line(ticket["id"], decide(TicketRecord.from_json(ticket), chart).to_json()) for ticket in _tickets(cases)),
    ]


def _tickets(cases: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in cases.read_text(encoding="utf-8").splitlines()]


def _line(ticket_id: int, decision: Mapping[str, Any]) -> str:
    rows = {
        finding["criterion"]: "!" if finding["contested"] else _SIGNS[finding["points_to"]]
        for finding in decision["findings"]
    }
    between = f"({'|'.join(decision['candidates'])})" if decision["candidates"] else ""
    return f"{ticket_id} {decision['outcome']}{between} {' '.join(rows[name] for name in _CRITERIA)}"


def _difference(golden: Path, expected: list[str], decided: list[str]) -> str:
    """The changed lines, and how to accept them."""
    compared = difflib.unified_diff(expected, decided, n=0, lineterm="")
    changed = [line for line in compared if line[:1] in "+-" and line[:3] not in ("+++", "---")]
    more = [f"… {len(changed) - _MOST_SHOWN} more lines"] if len(changed) > _MOST_SHOWN else []
    return "\n".join(
        [
            f"{golden.relative_to(_TESTS.parent)} differs from what the chart decides (-: golden file, +: decided):",
            *changed[:_MOST_SHOWN],
            *more,
            "If the change is wanted: .venv/bin/pytest tests/golden --update-golden, and say why in the commit.",
        ]
    )
