"""A process that is paused for longer than its lease neither repeats its writes nor lets another process repeat them.

`python -m tests.chaos --pauses 200` runs many rounds.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.chaos.paused import rounds

pytestmark = pytest.mark.chaos


@pytest.mark.postgres
@pytest.mark.parametrize("story", ["move", "conversion"])
def test_after_a_pause_the_end_is_the_same_and_nothing_was_sent_twice(story: str, tmp_path: Path) -> None:
    for result in rounds(story, tmp_path, count=3, seed=5):
        assert result.found == result.wanted
        assert result.sent_during_pause == 0, "the other process waits for the one that holds the ticket"


@pytest.mark.postgres
@pytest.mark.parametrize("story", ["move", "conversion"])
def test_a_run_that_was_taken_over_ends_without_the_paused_process_which_writes_no_more(
    story: str, tmp_path: Path
) -> None:
    for result in rounds(story, tmp_path, count=3, seed=8, takeover=True):
        assert result.found == result.wanted
        assert (result.sent_during_pause, result.written_after_takeover) == (0, 0)
