"""Whatever form a mail has, its ticket gets the outcome that its words alone would get."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from app.chart import decide, shipped_chart
from tests.support.tickets import ticket

CASES = [json.loads(line) for line in Path(__file__).with_name("cases.jsonl").read_text(encoding="utf-8").splitlines()]


@pytest.mark.parametrize("case", [pytest.param(case, id=case["name"]) for case in CASES])
def test_the_form_of_a_mail_moves_no_outcome(case: dict[str, Any]) -> None:
    outcome = decide(ticket(case["text"], case["summary"]), shipped_chart()).outcome.value
    assert outcome in {case["want"], case.get("also_right")}
