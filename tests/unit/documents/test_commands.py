"""Commands and code blocks in the documents are valid: each command and option exists, shell and JSON blocks parse."""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import typer
from typer.core import TyperGroup

from app.cli.commands import app
from tests.support.documents import ROOT

DOCUMENTS = [
    ROOT / name for name in ("README.md", "CHANGELOG.md", "CONTRIBUTING.md", "SECURITY.md", "app/ARCHITECTURE.md")
] + sorted((ROOT / "deploy/docs").rglob("*.md"))
_COMMAND = re.compile(r"(?<![\w/.-])miniprojects((?: +(?:--?)?[a-z][\w-]*)+)")
_BLOCK = re.compile(r"^( *)```(\w+)\n(.*?)^\1```", re.MULTILINE | re.DOTALL)


@cache
def root_command() -> Any:
    return typer.main.get_command(app)


def mentioned() -> Iterator[tuple[Path, list[str]]]:
    """Each `miniprojects …` in code of a document, as words."""
    for path in DOCUMENTS:
        text = path.read_text(encoding="utf-8")
        code = [block[2] for block in _BLOCK.findall(text)] + re.findall(r"`([^`\n]+)`", text)
        for part in code:
            for words in _COMMAND.findall(part):
                yield path, words.split()


def resolve(words: list[str]) -> tuple[Any, list[str]]:
    """The command that the words name, and the words left over."""
    command = root_command()
    while (
        words and isinstance(command, TyperGroup) and (found := command.get_command(typer.Context(command), words[0]))
    ):
        command, words = found, words[1:]
    return command, words


def test_each_command_in_the_documents_exists_with_its_options() -> None:
    found = list(mentioned())
    assert len(found) > 20
    for path, words in found:
        command, rest = resolve(words)
        known = {"--help", *(name for parameter in command.params for name in parameter.opts)}
        assert not {word for word in rest if word.startswith("--")} - known, (path.name, words)
        assert not isinstance(command, TyperGroup) or not rest or rest[0].startswith("-"), (path.name, words)


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.name)
def test_code_blocks_parse(path: Path) -> None:
    for _, language, block in _BLOCK.findall(path.read_text(encoding="utf-8")):
        if language == "sh":
            subprocess.run(["sh", "-n"], input=block, text=True, check=True, timeout=20)
        elif language == "json":
            json.loads(block)


def test_a_command_that_does_not_exist_would_be_found() -> None:
    assert resolve(["chart", "check"])[0].name == "check"
    assert resolve(["charts"])[0] is root_command()
