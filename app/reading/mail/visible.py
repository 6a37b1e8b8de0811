"""Visible text of a ticket: HTML as lines, entities resolved, control and direction marks removed, letters unified.

Ticket text is hostile: any script, broken or deeply nested HTML is read in bounded time and never raises.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

from selectolax.lexbor import LexborHTMLParser, LexborNode, SelectolaxError

MOST_RAW = 1_000_000
"""Characters of a raw text that are read."""
_MOST_TAGS = 10_000
"""Tags that are parsed as a tree. Parsers of HTML 5 take quadratic time on nested tags; the rest is read without a tree."""
_FORMATS = "a|abbr|b|big|code|em|font|i|label|mark|o:p|s|small|span|strike|strong|sub|sup|tt|u"
_NAMES = (
    f"{_FORMATS}|address|article|blockquote|body|br|caption|center|col|dd|div|dl|dt|form|h[1-6]|head|hr|html|img|input|li|link|main|meta|nav|ol"
    "|option|p|pre|script|section|select|style|svg|table|tbody|td|textarea|tfoot|th|thead|title|tr|ul"
)
_TAG = re.compile(rf"<(?:!|/?(?:{_NAMES})(?=[\s/>]))", re.IGNORECASE)
"""What makes a text HTML: a tag that mails have. An address in angle brackets is none."""
_BLOCK_TAG = re.compile(
    r"</?(?:p|br|div|li|tr|td|table|ul|ol|h[1-6]|blockquote|hr|html|body|center)(?=[\s/>])", re.IGNORECASE
)
_ANY_TAG = re.compile(rf"<(/?(?:{_NAMES}))(?:[\s/][^<>]*)?>", re.IGNORECASE)
_FORMAT_TAG = re.compile(rf"</?(?:{_FORMATS})>", re.IGNORECASE)
_LOOSE = re.compile(rf"<(?!/?(?:{_NAMES})>)", re.IGNORECASE)
_BLOCKS = frozenset((
    "p", "br", "div", "li", "tr", "table", "ul", "ol", "h1", "h2", "h3", "h4", "h5", "h6", "blockquote", "hr", "center", "dl", "dt", "dd", "pre",
    "section", "article",
))  # fmt: skip
_SILENT = frozenset(("style", "script", "head", "title", "-comment", "!doctype", "_comment", "option", "textarea"))
_UNIFIED = (("\r\n", "\n"), ("\r", "\n"), ("`", "'"))
_UNIFIED_BEYOND_ASCII = (
    ("\u00a0", " "), ("\u2010", "-"), ("\u2011", "-"), ("’", "'"), ("‘", "'"), ("“", '"'), ("”", '"'), ("„", '"'), ("«", '"'), ("»", '"'),
)  # fmt: skip
_KEPT_CONTROLS = frozenset("\n\t")


@dataclass(frozen=True, slots=True)
class Visible:
    """The visible text of a mail, and its invisible markup blocks."""

    text: str
    hidden: tuple[str, ...] = ()


def visible(raw: str) -> Visible:
    """Turns raw text, HTML or plain, into visible lines."""
    text = raw[:MOST_RAW]
    hidden: tuple[str, ...] = ()
    if "<" in text and _TAG.search(text):
        text, hidden = _without_hidden(text)
        text = _from_html(text)
    return Visible(_unified(text), hidden)


def _unified(text: str) -> str:
    unified: tuple[tuple[str, str], ...] = _UNIFIED
    if not text.isascii():
        text = unicodedata.normalize("NFKC", text)[:MOST_RAW]
        unified += _UNIFIED_BEYOND_ASCII
    for written, plain in unified:
        if written in text:
            text = text.replace(written, plain)
    if text.replace("\n", "").replace("\t", "").isprintable():
        return text
    unseen = {char for char in set(text) if not char.isprintable() and unicodedata.category(char)[0] in "CZ"}
    marks = {ord(char): " " if unicodedata.category(char)[0] == "Z" else None for char in unseen - _KEPT_CONTROLS}
    return text.translate(marks) if marks else text


_HIDDEN = (
    ("<!--", "-->"),
    ("<style", "</style>"),
    ("<script", "</script>"),
    ("<head", "</head>"),
    ("<title", "</title>"),
)


def _without_hidden(text: str) -> tuple[str, tuple[str, ...]]:
    hidden: list[str] = []
    for opening, closing in _HIDDEN:
        text = _without_blocks(text, opening, closing, hidden)
    return text, tuple(hidden)


def _without_blocks(text: str, opening: str, closing: str, hidden: list[str]) -> str:
    """Removes blocks between two marks. Conditional comments keep what they wrap; an unclosed block is left as it is."""
    lower = text.lower()
    if len(lower) != len(text) or opening not in lower:
        return text
    kept: list[str] = []
    place = 0
    while (start := lower.find(opening, place)) >= 0 and (end := lower.find(closing, start)) >= 0:
        if opening == "<head" and not _is_tag_end(lower, start + len(opening)):
            kept.append(text[place : start + 1])
            place = start + 1
            continue
        kept.append(text[place:start])
        place = end + len(closing)
        hidden.append(text[start:place])
    kept.append(text[place:])
    return "".join(kept)


def _is_tag_end(text: str, place: int) -> bool:
    return text[place : place + 1] in (">", " ", "\n", "\t", "\r")


def _from_html(text: str) -> str:
    """Lines of an HTML text. Attributes and formats say nothing and are removed before anything is parsed."""
    inline = not _BLOCK_TAG.search(text)
    text = _FORMAT_TAG.sub("", _ANY_TAG.sub(r"<\1>", text))
    text = _LOOSE.sub("&lt;", text)
    if inline:
        text = text.replace("\r\n", "\n").replace("\n", "<br>")
    parsed, rest = _at_tag(text, _MOST_TAGS)
    lines = "".join(_pieces(parsed))
    return f"{lines}\n{re.sub(_REST_TAG, _line_break, rest)}" if rest else lines


_REST_TAG = re.compile(r"<(/?[a-zA-Z1-6:]{1,10})>")


def _line_break(match: re.Match[str]) -> str:
    return "\n" if match[1].strip("/").lower() in _BLOCKS else " "


def _at_tag(text: str, most: int) -> tuple[str, str]:
    """Cuts a text before its tag number `most`."""
    if text.count("<") <= most:
        return text, ""
    for number, match in enumerate(_REST_TAG.finditer(text)):
        if number == most:
            return text[: match.start()], text[match.start() :]
    return text, ""


def _pieces(text: str) -> Iterator[str]:
    try:
        root = LexborHTMLParser(text).root
    except (SelectolaxError, ValueError, RuntimeError):
        root = None
    if root is None:
        yield _REST_TAG.sub(_line_break, text)
        return
    yield from _walk(root)


def _walk(root: LexborNode) -> Iterator[str]:
    """Walks the tree without recursion; a quotation is written with quote marks, as plain mails write it."""
    node: LexborNode | None = root
    quotes = pre = 0
    while node is not None:
        tag = node.tag or ""
        if tag == "-text":
            yield _text_of(node, quotes, kept=bool(pre))
        elif tag not in _SILENT:
            quotes += tag == "blockquote"
            pre += tag == "pre"
            if tag in _BLOCKS or (tag in ("td", "th") and node.prev is not None):
                yield " | " if tag in ("td", "th") else _begin(quotes)
            if node.child is not None:
                node = node.child
                continue
        while node is not None:
            tag = node.tag or ""
            if tag in _BLOCKS and tag != "br":
                quotes -= tag == "blockquote"
                pre -= tag == "pre"
                yield _begin(quotes)
            if node.next is not None or node is root:
                node = node.next
                break
            node = node.parent


def _begin(quotes: int) -> str:
    return f"\n{'>' * min(quotes, 9)} " if quotes > 0 else "\n"


def _text_of(node: LexborNode, quotes: int, *, kept: bool) -> str:
    text = node.text_content or ""
    if kept:
        return text.replace("\n", _begin(quotes))
    return _SPACES.sub(" ", text)


_SPACES = re.compile(r"[ \t\r\n\f]+")
