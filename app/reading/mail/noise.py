"""Parts of a text that hold no words: base64 runs, style rules, MIME headers. Removed before any limit on length."""

from __future__ import annotations

import re
from collections.abc import Iterator

Span = tuple[int, int]

_BASE64 = re.compile(r"(?<![\w.:/%?=&#-])[A-Za-z0-9+/]{60,}={0,2}")
_DATA_URI = re.compile(r"(?:!\[[^\]\n]{0,120}\]\()?data:[\w/+.-]{3,60};base64,[A-Za-z0-9+/=]+\)?")
_LAST_BASE64 = re.compile(r"\s{1,4}[A-Za-z0-9+/]{1,76}={1,2}(?=\s|$)")
_ALONE = 160
"""Length from which a single run counts as base64."""
_STYLE = re.compile(
    r"\{\s*(?:mso-|margin|font|color|padding|border|text-|line-|width|height|display|background|size|page|panose|vertical|white-space|list-)"
    r"[^{}]*\}",
    re.IGNORECASE,
)
_STYLE_STARTS = re.compile(r"\n|\}|\*/|-->|<!--")
_MIME = re.compile(
    r"^[ \t]*(?:Content-[A-Za-z-]{2,30}:|MIME-Version:|X-[A-Za-z-]{2,40}:)[^\n]*(?:\n[ \t]+[^\n]*)?", re.MULTILINE
)
_COMMENT_MARK = re.compile(r"<!--|-->")
_IMAGE = re.compile(r"\[cid:[^\]\n]{1,120}\]|!\[[^\]\n]{0,120}\]\([^)\n]{0,300}\)")


def noise_spans(text: str) -> list[Span]:
    """Places of noise in a text, in order, none within another."""
    spans: list[Span] = []
    for start, end in sorted(_found(text)):
        if spans and start <= spans[-1][1]:
            spans[-1] = (spans[-1][0], max(end, spans[-1][1]))
        else:
            spans.append((start, end))
    return spans


def _found(text: str) -> Iterator[Span]:
    yield from _base64(text)
    if "base64," in text:
        yield from (match.span() for match in _DATA_URI.finditer(text))
    if "{" in text:
        yield from _styles(text)
        yield from (match.span() for match in _COMMENT_MARK.finditer(text))
    if "Content-" in text or "MIME-" in text or "X-" in text:
        yield from (match.span() for match in _MIME.finditer(text))
    if "[cid:" in text or "![" in text:
        yield from (match.span() for match in _IMAGE.finditer(text))


def _base64(text: str) -> Iterator[Span]:
    """Runs without a space that mix small and capital letters with digits; a last short line of theirs goes with them."""
    if len(text) < 60:
        return
    block: Span | None = None
    for match in _BASE64.finditer(text):
        if not _is_mixed(match[0][:400]):
            continue
        if block and text[block[1] : match.start()].strip() == "":
            block = (block[0], match.end())
            continue
        yield from _whole(text, block)
        block = match.span()
    yield from _whole(text, block)


def _whole(text: str, block: Span | None) -> Iterator[Span]:
    if block and block[1] - block[0] >= _ALONE:
        last = _LAST_BASE64.match(text, block[1])
        yield block[0], last.end() if last else block[1]


def _is_mixed(run: str) -> bool:
    return (
        any(char.isdigit() for char in run)
        and any(char.islower() for char in run)
        and any(char.isupper() for char in run)
    )


def _styles(text: str) -> Iterator[Span]:
    """Style rules with their selectors."""
    before = 0
    for match in _STYLE.finditer(text):
        start = max(
            (mark.end() for mark in _STYLE_STARTS.finditer(text, max(before, match.start() - 300), match.start())),
            default=-1,
        )
        yield (start if start >= 0 else max(before, match.start() - 300)), match.end()
        before = match.end()
