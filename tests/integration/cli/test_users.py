"""`users` and `writes` on a terminal, and the names that commands act under."""

from __future__ import annotations

import getpass
import json
from pathlib import Path

import pytest

from tests.integration.cli.conftest import Connected
from tests.support.command import Ended, miniprojects


@pytest.fixture
def run(tmp_path: Path, connectwise: Connected) -> Run:
    return Run(tmp_path, connectwise.settings)


class Run:
    """Commands in one folder."""

    def __init__(self, folder: Path, settings: dict[str, str]) -> None:
        self._folder, self._settings = folder, settings

    def __call__(self, *words: str) -> Ended:
        return miniprojects(*words, folder=self._folder, settings=self._settings)


def test_a_person_is_added_listed_changed_and_removed(run: Run) -> None:
    added = run("users", "add", "Ann Poe", "--role", "approver")
    assert added.returncode == 0, added.stderr
    sentence, token = added.stdout.strip().splitlines()
    assert sentence == "Ann Poe (approver). The token is shown this once:"
    assert token.startswith("mp_")
    listed = json.loads(run("users", "list", "--json").stdout)
    assert [(each["name"], each["role"], each["created_by"]) for each in listed] == [
        ("Ann Poe", "approver", f"{getpass.getuser()} (command line)")
    ]
    assert token not in run("users", "list").stdout
    assert run("users", "role", "ann poe", "--role", "admin").stdout == "Ann Poe is admin now.\n"
    assert run("users", "rotate", "Ann Poe").stdout.strip().splitlines()[1] != token
    assert run("users", "remove", "Ann Poe").stdout == "Ann Poe is removed.\n"
    assert "Nobody yet." in run("users", "list").stdout


def test_mistakes_are_sentences(run: Run) -> None:
    assert run("users", "add", "Ann", "--role", "boss").returncode == 2
    assert run("users", "add", "Ann").returncode == 2
    run("users", "add", "Ann", "--role", "viewer")
    for words, sentence in (
        (("add", "ann", "--role", "viewer"), "There is a person with the name ann already."),
        (("add", "API token", "--role", "viewer"), "The service itself uses this name."),
        (("add", "a\u202eb", "--role", "viewer"), "characters that do not show"),
        (("remove", "Bob"), "There is no such person."),
        (("rotate", "Bob"), "There is no such person."),
        (("role", "Bob", "--role", "admin"), "There is no such person."),
    ):
        ended = run("users", *words)
        assert (ended.returncode, sentence in ended.stderr) == (1, True), ended.stderr
    assert "uses this name" in run("users", "remove", "Ann", "--by", "API token").stderr


def test_writing_is_paused_and_resumed(run: Run) -> None:
    assert run("writes", "status").stdout == "Writing is allowed, as far as MODE allows it.\n"
    paused = run("writes", "pause", "--reason", "wrong board", "--by", "Ann")
    assert paused.stdout.startswith("Writing is paused by Ann (command line) since ")
    assert "Reason: wrong board" in " ".join(paused.stdout.split())
    found = json.loads(run("writes", "status", "--json").stdout)
    assert (found["paused"], found["by"], found["reason"]) == (True, "Ann (command line)", "wrong board")
    assert json.loads(run("writes", "resume", "--json").stdout)["paused"] is False
