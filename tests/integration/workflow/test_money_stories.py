"""Every way in which a plan writes money: killed at any write, carried on, ends as undisturbed; its undo is exact.

Some of the writes are the places to die here; `python -m tests.chaos --money` dies before and after each of them.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.chaos.matrix import MONEY_STORIES, Story, staged
from tests.support.crash_points import Death
from tests.support.databases import BOTH

_WRITES = {"sale-with-lines": 16, "milestones": 15, "phases-from-tasks": 21, "template": 12, "joins-project": 8}
"""Writes of an undisturbed play: a story that writes less tells less."""


@pytest.mark.chaos
@pytest.mark.parametrize("kind", BOTH)
@pytest.mark.parametrize("story", MONEY_STORIES, ids=lambda story: story.name)
def test_killed_at_a_write_of_money_the_service_ends_where_it_would_have_ended(
    kind: str, story: Story, tmp_path: Path
) -> None:
    with staged(story, kind, tmp_path) as stage:
        right, _ = stage.play()
        assert [status for _, status, _ in right["decisions"]] == ["undone" if story.undo else "applied"]
        every = 3 + 2 * story.undo + 3 * (kind == "postgres")
        for turn, nth in enumerate(stage.writes()[::every]):
            death = Death(nth, after=turn % 2 == 0)
            assert stage.play(death)[0] == right, death


@pytest.mark.slow
@pytest.mark.parametrize("story", [one for one in MONEY_STORIES if one.undo], ids=lambda story: story.name)
def test_an_undo_restores_every_record_but_invoices(story: Story, tmp_path: Path) -> None:
    with staged(story, "sqlite", tmp_path) as stage:
        (_, status, message), *_ = stage.play()[0]["decisions"]
        changed = stage.changed()
    assert status == "undone"
    assert len(changed) == story.stays, changed
    assert not story.stays or "an invoice was created for it" in message


@pytest.mark.slow
@pytest.mark.parametrize("story", [one for one in MONEY_STORIES if one.name in _WRITES], ids=lambda story: story.name)
def test_a_story_of_money_writes_what_it_is_about(story: Story, tmp_path: Path) -> None:
    with staged(story, "sqlite", tmp_path) as stage:
        stage.play()
        assert len(stage.writes()) == _WRITES[story.name]
