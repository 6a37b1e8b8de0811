"""What is said when the state of the service changes: once when it begins, once when it ends."""

from __future__ import annotations

from datetime import UTC, datetime

from app.notify.conditions import Conditions, changes

NOW = datetime(2026, 12, 1, 10, 0, tzinfo=UTC)


def story(*states: Conditions) -> list[list[str]]:
    """The titles after each state."""
    told: list[list[str]] = []
    marks: dict[str, str] = {}
    for hour, state in enumerate(states):
        found, marks = changes(marks, state, moment=NOW.replace(hour=hour), site="")
        told.append([message.title for message in found])
    return told


def test_connectwise_is_told_away_once_and_back_once() -> None:
    away = Conditions(away="no answer")
    assert story(Conditions(), away, away, Conditions(), away) == [
        [], ["ConnectWise cannot be reached"], [], ["ConnectWise answers again"], ["ConnectWise cannot be reached"],
    ]  # fmt: skip


def test_a_refused_chart_is_told_again_only_when_its_errors_change() -> None:
    first, second = Conditions(chart_errors=("line 1: x",)), Conditions(chart_errors=("line 1: x", "line 2: y"))
    refused = ["The chart file was refused"]
    assert story(first, first, second, Conditions(), first) == [refused, [], refused, [], refused]


def test_a_pause_is_told_with_the_name_of_who_paused_and_its_end() -> None:
    paused = Conditions(paused_since="2026-12-01T09:00:00.000000Z", paused_by="Ann <script>")
    assert story(paused, paused, Conditions()) == [["Writing is paused by Ann ‹script›"], [], ["Writing is resumed"]]


def test_each_time_the_callback_was_switched_off_is_told() -> None:
    off = ["The callback was switched off"]
    assert story(Conditions(callback_off="a"), Conditions(callback_off="a"), Conditions(), Conditions(callback_off="b")) == [
        off, [], [], off,
    ]  # fmt: skip


def test_messages_of_two_outages_have_two_keys() -> None:
    first, marks = changes({}, Conditions(away="x"), moment=NOW, site="")
    _, marks = changes(marks, Conditions(), moment=NOW.replace(hour=11), site="")
    second, _ = changes(marks, Conditions(away="x"), moment=NOW.replace(hour=12), site="")
    assert first[0].key != second[0].key
