"""HTML becomes the lines that a reader sees."""

from __future__ import annotations

import pytest

from app.reading.mail import visible


@pytest.mark.parametrize(
    ("markup", "lines"),
    [
        ("<p>One</p><p>Two</p>", ["One", "Two"]),
        ("One<br>Two", ["One", "Two"]),
        ("<div>One\n line</div>", ["One line"]),
        ("One\nTwo <b>bold</b> text", ["One", "Two bold text"]),
        ("<table><tr><td>A</td><td>B</td></tr></table>", ["A | B"]),
        ("<p>&lt;ada@x.example&gt; &amp; co</p>", ["<ada@x.example> & co"]),
        ("<p>to <ada@x.example> now</p>", ["to <ada@x.example> now"]),
        ("<p>One</p><blockquote><p>Two</p><p>Three</p></blockquote><p>Four</p>", ["One", "> Two", "> Three", "Four"]),
        ("<style>p {color:red}</style><p>One</p><script>x()</script>", ["One"]),
        ("<p>One<!-- two --></p>", ["One"]),
        ("<pre>One\nTwo</pre>", ["One", "Two"]),
        ("1 < 2 and 3 > 2", ["1 < 2 and 3 > 2"]),
        ("One\u202e\u200b two\u00a0three", ["One two three"]),
        ("ﬁne ＦＵＬＬ", ["fine FULL"]),
        ("it’s “so”", ['it\'s "so"']),
    ],
)
def test_what_is_seen(markup: str, lines: list[str]) -> None:
    seen = [line.strip() for line in visible(markup).text.split("\n")]
    assert [line for line in seen if line and line != ">"] == lines


def test_a_style_element_is_kept_apart() -> None:
    assert visible("<style>p {color:red}</style><p>One</p>").hidden == ("<style>p {color:red}</style>",)


def test_text_behind_more_tags_than_are_parsed_is_seen() -> None:
    assert "last words" in visible("<p>a</p>" * 30_000 + "<p>last words</p>").text
