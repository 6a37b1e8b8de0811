"""The demonstration as the README gives it: ends by itself, its totals match the sandbox, and the README shows real output."""

from __future__ import annotations

import re
from pathlib import Path

from tests.cli.command import ROOT, miniprojects


def test_the_demonstration_ends_by_itself_and_the_readme_shows_what_it_prints(tmp_path: Path) -> None:
    ended = miniprojects("demo", "--once", folder=tmp_path, timeout=300)
    assert ended.returncode == 0, ended.stdout + ended.stderr
    assert ended.stdout.splitlines()[-1] == "The totals match."
    outcomes = re.findall(r"^\d{4,}  (\S+)", ended.stdout, re.MULTILINE)
    assert len(outcomes) >= 30
    assert {"service-ticket", "mini-project", "project", "review"} <= set(outcomes)
    for line in _shown_in_the_readme():
        assert line in ended.stdout


def _shown_in_the_readme() -> list[str]:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    block = re.search(r"<!-- demo -->\n```\n(.*?)```", readme, re.DOTALL)
    assert block is not None
    return [
        line.removesuffix("…").rstrip()
        for line in block[1].splitlines()
        if line.strip() and not line.startswith(("$", "…"))
    ]
