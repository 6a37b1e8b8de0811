"""The operator's page of the sandbox lists every switch with its default and every kind of fault."""

from __future__ import annotations

import re
from dataclasses import asdict
from pathlib import Path

from app.sandbox import Switches
from app.sandbox.engine.faults import KINDS

PAGE = (Path(__file__).parents[3] / "deploy" / "docs" / "sandbox.md").read_text(encoding="utf-8")


def rows(heading: str) -> dict[str, list[str]]:
    """Cells by name of the table under a heading."""
    part = PAGE.split(f"## {heading}\n", 1)[1].split("\n## ", 1)[0]
    found = (re.fullmatch(r"\| `([\w-]+)` \| (.+) \|", line) for line in part.splitlines())
    return {match[1]: match[2].split(" | ") for match in found if match}


def test_every_switch_is_listed_with_its_default_and_effect() -> None:
    defaults = {
        name: value.lower() if (value := str(default)) in ("True", "False") else value
        for name, default in asdict(Switches()).items()
    }
    listed = rows("Switches")
    assert {name: cells[1].strip("`").replace("empty", "") for name, cells in listed.items()} == defaults
    assert all(len(cells[2]) > 15 for cells in listed.values())


def test_every_kind_of_fault_is_listed() -> None:
    assert set(rows("Faults")) == set(KINDS)
