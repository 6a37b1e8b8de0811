"""The picture of the packages is the one that the imports make."""

from __future__ import annotations

from tests.support.architecture import DOCUMENT, with_picture


def test_the_picture_of_the_packages_is_current() -> None:
    text = DOCUMENT.read_text(encoding="utf-8")
    assert with_picture(text) == text, "run python -m tests.support.architecture"
