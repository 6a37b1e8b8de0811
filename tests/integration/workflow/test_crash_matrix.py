"""The service is killed before and after requests of a move, a conversion and their undoing: the end is always the same.

Writes are the places to die here, before and after by turns; fewer of them in an undoing and on PostgreSQL, where a death
costs more. `python -m tests.chaos --matrix` dies before and after every request.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.chaos.matrix import STORIES, Story, staged
from tests.support.crash_points import Death
from tests.support.databases import BOTH

pytestmark = pytest.mark.chaos


@pytest.mark.parametrize("kind", BOTH)
@pytest.mark.parametrize("story", STORIES, ids=lambda story: story.name)
def test_killed_at_any_write_the_service_ends_where_it_would_have_ended(
    kind: str, story: Story, tmp_path: Path
) -> None:
    with staged(story, kind, tmp_path) as stage:
        right, _ = stage.play()
        assert [status for _, status, _ in right["decisions"]] == ["undone" if story.undo else "applied"]
        for turn, nth in enumerate(stage.writes()[:: 1 + (kind == "postgres") + story.undo]):
            death = Death(nth, after=turn % 2 == 0)
            assert stage.play(death)[0] == right, death
