"""The report of a past whose truth is written down apart from the audit: each ticket and each figure equals it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from app.sandbox.seed.billing_history import scenarios

TRUTH: dict[str, Any] = json.loads((Path(__file__).parent / "truth.json").read_text(encoding="utf-8"))


def test_the_truth_names_every_ticket_and_project_of_the_past() -> None:
    for kind in ("tickets", "projects"):
        assert [each["key"] for each in scenarios()[kind]] == list(TRUTH[kind])
