"""Moods of tenants in short: each where it matters most, undisturbed and killed once. `python -m tests.chaos --moods` plays all."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.chaos.matrix import STORIES
from tests.chaos.moods import MOODS, Mood, play_mood

pytestmark = [pytest.mark.slow, pytest.mark.chaos]

WHERE = {
    "rule-once": "undo-move", "rule-always": "move", "project-rule-always": "conversion", "old-board-rule": "undo-conversion",
    "custom-fields": "conversion", "version-by-endpoint": "conversion", "pages-404": "conversion", "pages-200": "undo-conversion",
    "companyinfo-away": "conversion", "in-use": "move", "refused-400": "undo-move", "refused-403": "conversion",
}  # fmt: skip


@pytest.mark.parametrize("mood", MOODS, ids=lambda mood: mood.name)
def test_a_mood_changes_no_end_or_the_decision_says_what_to_do_and_undo_works(mood: Mood, tmp_path: Path) -> None:
    story = next(story for story in STORIES if story.name == WHERE[mood.name])
    assert play_mood(story, mood, "sqlite", tmp_path, most_deaths=1).faults == []
