"""Lines that a mail program wrapped are joined; lines that the sender broke are not."""

from __future__ import annotations

import textwrap

import pytest

from app.reading.mail.wrapping import joined

TEXT = (
    "Please hang the screens in the lobby and next to the lifts, as your offer of last week says, and take the old ones with"
    " you when you leave. The caretaker opens the doors for you at eight and stays until noon."
)


@pytest.mark.parametrize("width", [64, 68, 72, 76, 78])
def test_wrapped_lines_are_joined(width: int) -> None:
    assert joined(textwrap.wrap(TEXT, width)) == [TEXT]


@pytest.mark.parametrize("width", [64, 72, 78])
def test_wrapped_paragraphs_stay_apart(width: int) -> None:
    wrapped = textwrap.wrap(TEXT, width)
    assert joined([*wrapped, "", *wrapped]) == [TEXT, "", TEXT]


@pytest.mark.parametrize(
    "lines",
    [
        ["June - you and our site manager walk the blocks", "July - the new switches go in, block by block",
         "August - mail moves, and the deputy decides on the order of the departments", "first week of September - questions"],
        ["- a list of things that is long enough to fill most of the line here", "- and one more of these things that goes on"],
        ["Price: 780 for the screens, the brackets and all that is needed here", "Start: in May"],
        ["Short line", "another short line"],
        [TEXT, "and a next line"],
    ],
)  # fmt: skip
def test_lines_of_their_own_stay_lines(lines: list[str]) -> None:
    assert joined(lines) == lines
