"""`miniprojects audit`: arguments that cannot be used are one sentence, before anything is asked of ConnectWise."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.command import miniprojects

SETTINGS = {
    "CWM_SITE": "http://127.0.0.1:9", "CWM_COMPANY": "sandbox", "CWM_PUBLIC_KEY": "public", "CWM_PRIVATE_KEY": "private",
    "CWM_CLIENT_ID": "any",
}  # fmt: skip


@pytest.mark.parametrize(
    ("words", "code", "message"),
    [
        pytest.param(("--since", "yesterday"), 2, "Invalid date “yesterday”. Expected", id="not-a-date"),
        pytest.param(("--since", "2026-02-01", "--until", "2026-02-01"), 1, "The range is empty", id="empty-range"),
        pytest.param(("--resume", "--board", "x"), 2, "keeps its range and filters", id="filter-with-resume"),
        pytest.param(("--resume", "--chart", "x"), 2, "Give either --resume", id="resume-with-chart"),
        pytest.param(("--audit", "x"), 1, "There is no audit x.", id="unknown-audit"),
        pytest.param(("--audit", "x", "--board", "y"), 2, "keeps its range and filters", id="filter-with-audit"),
        pytest.param(("--output", "/proc/nowhere"), 1, "/proc/nowhere cannot be written", id="unwritable-folder"),
        pytest.param(("--resume",), 1, "There is no audit to", id="nothing-to-resume"),
    ],
)
def test_unusable_arguments_are_one_sentence(tmp_path: Path, words: tuple[str, ...], code: int, message: str) -> None:
    ended = miniprojects("audit", *words, folder=tmp_path, settings=SETTINGS)
    assert (ended.returncode, ended.stdout) == (code, "")
    assert message in ended.stderr
