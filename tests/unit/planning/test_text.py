"""Names within their length, and notes in which nothing of a ticket acts as markup."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.planning.blockers import note_text
from app.planning.texts import cut, plain, without_controls
from tests.support.limits import examples

ANYTHING = st.text(st.characters(codec=None), max_size=300)


def units(text: str) -> int:
    """Length as ConnectWise counts: UTF-16 units."""
    return len(text.encode("utf-16-le")) // 2


@given(text=ANYTHING, most=st.integers(1, 120))
@examples(200)
def test_a_name_fits_and_can_be_sent_whatever_it_was(text: str, most: int) -> None:
    name = cut(text, most)
    assert units(name) <= most
    assert not any(unicodedata.category(char) in ("Cc", "Cs") for char in name)
    assert name == name.strip()


@pytest.mark.parametrize(
    ("text", "most", "expected"),
    [
        ("Move  the\n office", 40, "Move the office"),
        ("abcdef", 6, "abcdef"),
        ("abcdefg", 6, "abcde…"),
        ("abcd 🚚🚚🚚", 8, "abcd 🚚…"),
        ("ab👩\u200d🔧cdef", 7, "ab…"),
        ("e\u0301" * 4, 4, "e\u0301…"),
        ("👍\U0001f3fd👍\U0001f3fd", 5, "👍\U0001f3fd…"),
        ("Invoice \u202egnp.exe", 40, "Invoice gnp.exe"),
        ("a\x00b\ud800c", 40, "a b c"),
    ],
    ids=[
        "line breaks",
        "just fits",
        "too long",
        "surrogates",
        "joined sign",
        "accent",
        "skin tone",
        "direction",
        "broken",
    ],
)
def test_a_name_is_cut_between_characters(text: str, most: int, expected: str) -> None:
    assert cut(text, most) == expected


def test_words_of_a_ticket_lose_what_could_act_as_markup() -> None:
    hostile = "<img src=x onerror=alert(1)> **bold** [link](http://x) `code` {{x}} a_b|c\\d"
    assert plain(hostile) == "img src=x onerror=alert(1) bold link (http://x) code x a b c d"


def test_a_note_keeps_its_lines_but_no_control_characters() -> None:
    assert without_controls("one\ntwo\x00\x1b[31m") == "one\ntwo  [31m"


def test_a_long_note_still_ends_in_its_mark() -> None:
    text = note_text("x" * 20_000, "Mini-Projects decision D1")
    assert len(text) == 8000
    assert text.endswith("x\nMini-Projects decision D1")
