"""JSON as it comes over the wire and goes into the database."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app import json_codec

VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**64 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=8,
)


@given(value=VALUES)
def test_what_is_written_is_read_again(value: Any) -> None:
    assert json_codec.read(json_codec.written(value)) == value


@pytest.mark.parametrize(
    ("text", "value"),
    [
        pytest.param(b'\xef\xbb\xbf{"a": 1}', {"a": 1}, id="byte order mark"),
        pytest.param('{"a": 1}'.encode("utf-16"), {"a": 1}, id="UTF-16"),
        pytest.param(b'["\\ud800x"]', ["\ud800x"], id="half a surrogate pair"),
        pytest.param(b"[NaN, -Infinity, 1e999, 2]", [None, None, None, 2], id="numbers beyond all numbers"),
        pytest.param(b'"\\u0000"', "\0", id="NUL"),
    ],
)
def test_strange_json_is_read_all_the_same(text: bytes, value: Any) -> None:
    assert json_codec.read(text) == value


@pytest.mark.parametrize("text", [b"", b"[1,]", b"<html>", b"[" * 200_000])
def test_what_is_no_json_is_an_error(text: bytes) -> None:
    with pytest.raises((ValueError, RecursionError)):
        json_codec.read(text)


def test_what_utf8_cannot_hold_is_written_as_a_question_mark_and_nul_as_an_escape() -> None:
    assert json.loads(json_codec.written({"a": ["\ud800 é", "\0"], "n": 2**70})) == {"a": ["? é", "\0"], "n": 2**70}
    assert b"\0" not in json_codec.written("\0")
