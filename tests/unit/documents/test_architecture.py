"""The picture of the packages is the one that the imports make."""

from __future__ import annotations

import re

from tests.support.architecture import DOCUMENT, with_picture
from tests.support.documents import ROOT


def test_the_picture_of_the_packages_is_current() -> None:
    text = DOCUMENT.read_text(encoding="utf-8")
    assert with_picture(text) == text, "run python -m tests.support.architecture"


def test_the_table_of_rules_names_files_and_names_that_exist() -> None:
    table = DOCUMENT.read_text(encoding="utf-8").split("## Where a rule is")[1].split("\n\n")[1]
    rows = [line.split(" | ") for line in table.splitlines()[2:]]
    assert len(rows) >= 10
    for question, files, names in rows:
        code = [(ROOT / name).read_text(encoding="utf-8") for name in re.findall(r"`([\w/.]+)`", files)]
        assert code, question
        assert all(re.search(rf"\b{name}\b", code[0]) for name in re.findall(r"`(\w+)`", names)), question
