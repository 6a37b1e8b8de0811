"""Any text is split without an exception, in bounded steps, and nothing of it is lost."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.reading.mail import MOST_RAW, Role, read_mail, visible
from tests.support.limits import cpu_seconds, examples

PIECES = [
    "From: Ada Kis\n", "Sent: Tuesday, March 3, 2026\n", "To: Ben\n", "Subject: Offer\n", "> ", ">> old\n", "\n", "\n\n", "-----\n",
    "________\n", "On 3 March 2026 Ada <ada@x.example> wrote:\n", "Kind regards\n", "Ada Kis\n", "[EXTERNAL] ", "CAUTION: external mail. ",
    "Is this spam?\n", "This e-mail is confidential. ", "Name: Ada\n", "Email: ada@x.example\n", "<p>", "</p>", "<blockquote>", "<div", "<!--",
    "-->", "{margin:0}", "aB3d" * 20, "please proceed\n", "text and more text ", "\u202e", "\0", "测试", "|", "*", "PS: more\n", "& ", "&#x41;",
    "data:image/png;base64,aB3d",
]  # fmt: skip
HOSTILE = {
    "open tags": "<", "quote marks": ">", "labels": "a: b\n", "divs": "<div>", "quotations": "<blockquote>", "paragraphs and divs": "<div></p>",
    "comments": "<!--", "styles": "<style>", "formats": "<b x=1><p>", "tables": "<table><tr><td>", "spaces": " ", "lines": "\n",
    "headers": "From: Ada <ada@x.example>\nSent: 3 May 2026 10:02\n", "attributions": "On 3 May 2026 Ada <ada@x.example> wrote:\n",
    "half an attribution": "On 3 May 2026 a ", "base64": "aB3d", "short base64": "aB3d" * 14 + " ", "styles in text": "{margin:",
    "warnings": "CAUTION: external mail. ", "disclaimers": "This e-mail is confidential. ", "forms": "Name: Ada\nEmail: a@b.example\n",
    "wrapped": "a" * 71 + "\n", "rules": "---\n", "signs": "*", "addresses": "a@b.", "digits": "1 ", "bars": "| a |\n", "brackets": "[ext",
    "images": "![", "Chinese": "测试", "ligatures": "\ufdfa", "flat headers": "From: x Sent: y Subject: z ",
}  # fmt: skip
SECONDS = 8.0
"""A bound against growth with the square of the length (minutes); the time itself is below one second."""


@given(
    st.lists(st.one_of(st.sampled_from(PIECES), st.text(max_size=30)), max_size=40).map("".join),
    st.sampled_from(["", "Offer", "Phishing?"]),
)
@examples(300)
def test_the_segments_cover_the_visible_text_without_gaps(text: str, subject: str) -> None:
    seen = visible(text).text
    place = 0
    for segment in read_mail(text, subject=subject):
        if segment.end == segment.start:
            continue
        assert segment.start == place
        assert segment.end > segment.start
        place = segment.end
    assert place == len(seen)


@given(st.lists(st.sampled_from(PIECES), max_size=40).map("".join))
@examples(200)
def test_every_visible_letter_stands_in_the_segment_of_its_place(text: str) -> None:
    seen = visible(text).text
    for segment in read_mail(text):
        if segment.end > segment.start and segment.role is not Role.NOISE:
            written = "".join(filter(str.isalnum, seen[segment.start : segment.end]))
            assert "".join(filter(str.isalnum, segment.text)) == written


@given(st.text(max_size=2000))
@examples(200)
def test_only_text_history_and_nothing_else_counts(text: str) -> None:
    assert all(segment.role in (Role.NEW_TEXT, Role.HISTORY) for segment in read_mail(text) if segment.counts)


@pytest.mark.slow
@pytest.mark.parametrize("piece", [pytest.param(piece, id=name) for name, piece in HOSTILE.items()])
def test_a_megabyte_of_anything_is_split_in_bounded_time(piece: str) -> None:
    text = piece * (MOST_RAW // len(piece))
    with cpu_seconds(SECONDS):
        assert read_mail(text)
