"""Finds older mails quoted in a mail, by signs that need no language first and by known words second."""

from __future__ import annotations

import re
from collections.abc import Sequence

from app.reading.mail.headers import attribution_lines, flattened_header, header_lines, is_sender_line
from app.reading.mail.model import Line, Role
from app.reading.mail.values import ADDRESS, DATE, TIME, without_emphasis
from app.reading.mail.vocabulary import vocabulary

_RULE = re.compile(r"[-–—_=*~─━]{3,}$|(?:[-–—_=*~─━] ){3,}")
_TITLED_RULE = re.compile(r"[-–—_=*~─━]{2,}\s?(?P<title>[^-–—_=*~─━].{0,150}?)\s?[-–—_=*~─━]{2,}\s?:?$")
_OPEN_RULE = re.compile(r"[-–—_=*~─━]{2,}\s?(?P<title>[^-–—_=*~─━].{0,60})$")
_QUOTE = re.compile(r"[ \t]*(?:>|\|(?!.*\|\s*$))")
_DEPTH = re.compile(r"[ \t>|]*")
_ENCLOSED = re.compile(r"(?P<mark>>{2,4}|<{2,4})\s?(?P<title>[^<>\s].{4,200}?)\s?(?:(?P=mark)|(?P<colon>:))$")
"""GroupWise heads an older mail `>>> Ann <ann@x> date >>>` or `>>> … wrote:`; the mail follows without quote marks."""
_STAMPED = re.compile(r"[^\n]{2,80}?---(?P<stamp>[^-\n][^\n]{7,40}?)---")
"""Notes repeats sender, time and first words of the older mail: `Ann Poe---04/05/2026 10:02:11---Dear all`."""
_MOST_TITLE_WORDS = 7
_SIGN = re.compile(r"[>|:：@=*~─━_]|--|––|——|- -|##")
"""One of them occurs in every line that quotes or heads an older mail, or at the end of an attribution over several lines."""
_MOST_ATTRIBUTION = 3
_LONGEST_MARK = 120


def mark_history(lines: Sequence[Line]) -> None:
    """Sets depth, role and heading of the lines of older mails.

    Text between quoted lines stays new text. A rule across the mail alone ends nothing.
    """
    signs = [_SIGN.search(line.text) is not None for line in lines]
    if not any(signs):
        return
    place, base = 0, 0
    rest = begun = False
    while place < len(lines):
        line = lines[place]
        if line.blank or not (rest or any(signs[place : place + _MOST_ATTRIBUTION])):
            _mark(line, base if rest else 0)
            begun = begun or not line.blank
            place += 1
            continue
        quotes = 0 if _is_stamp(line.text.strip()) else _quotes(line)
        if length := _heading(lines, place, above=begun):
            base = base + 1 if rest else 1
            _mark_heading(lines[place : place + length], base + (quotes if rest else max(0, quotes - 1)))
            place += length
            rest = rest or not (quotes or _next_is_quoted(lines, place))
            continue
        if rest and _is_end(line):
            _mark_heading([line], base)
            rest = False
        elif quotes or rest:
            _mark(line, (base if rest else 0) + quotes)
        else:
            begun = True
        place += 1
    if any(line.quoted for line in lines):
        _mark_broken_quotes(lines)


def _mark_heading(lines: Sequence[Line], depth: int) -> None:
    for line in lines:
        _quotes(line)
        _mark(line, depth)
        line.heading = True


def _mark(line: Line, depth: int) -> None:
    if depth:
        line.depth = depth
        line.role = Role.HISTORY


def _quotes(line: Line) -> int:
    """Number of quote marks before a line; a row of a table, closed by a bar, has none."""
    if not _QUOTE.match(line.text):
        return 0
    line.quoted = True
    marks = _DEPTH.match(line.text)
    return max(1, min(9, sum(char in ">|" for char in marks[0]))) if marks else 1


def _next_is_quoted(lines: Sequence[Line], place: int) -> bool:
    following = next((line for line in lines[place : place + 4] if not line.blank), None)
    return following is not None and _QUOTE.match(following.text) is not None


def _is_end(line: Line) -> bool:
    text = line.text.strip()
    return text[:1] in "-–—_=*" and vocabulary().has("forwarded_end", text[:120])


def _heading(lines: Sequence[Line], place: int, *, above: bool) -> int:
    """Number of lines that head an older mail from here on; 0: none begins here."""
    text = lines[place].bare
    if _is_stamp(lines[place].text.strip()):
        return _with_headers(lines, place) or 1
    if text[:1] in "-–—_=*~─━" and (length := _rule(lines, place, text)):
        return length
    if above and len(text) <= _LONGEST_MARK and vocabulary().has("reply_marks", text):
        return 1
    labelled = _labelled(lines, place, text, above=above) if ":" in text else 0
    return labelled or attribution_lines(lines, place, quoted_after=lambda after: _next_is_quoted(lines, after))


def _is_stamp(text: str) -> bool:
    """A line that holds sender and time of the older mail below it, between marks on both sides; no language needed."""
    if enclosed := _ENCLOSED.match(text):
        title = enclosed["title"]
        addressed, timed = ADDRESS.search(title) is not None, TIME.search(title) is not None
        if enclosed["colon"] and not (enclosed["mark"] == ">>>" and addressed and timed):
            return False
        return DATE.search(title) is not None and (addressed or timed)
    stamped = _STAMPED.match(text) if "---" in text else None
    return stamped is not None and DATE.search(stamped["stamp"]) is not None and TIME.search(text) is not None


def _labelled(lines: Sequence[Line], place: int, text: str, *, above: bool) -> int:
    """Number of lines of a header block, of a title with a colon, or of a single sender above quoted lines."""
    if flattened_header(text) == 0:
        return 1
    length = header_lines(lines, place, above=above) or _announced(lines, place, text)
    return length or int(is_sender_line(text) and _next_is_quoted(lines, place + 1))


def _announced(lines: Sequence[Line], place: int, text: str) -> int:
    """«Begin forwarded message:» stands without dashes."""
    short = len(text) <= 60 and text.endswith(":") and len(text.split()) <= _MOST_TITLE_WORDS
    if not short or not vocabulary().has("forwarded", text):
        return 0
    return _with_headers(lines, place) or (1 if len(text.split()) <= 3 else 0)


def _rule(lines: Sequence[Line], place: int, text: str) -> int:
    """A rule, with a title or without one, that an older mail follows."""
    if _RULE.match(text):
        return _with_headers(lines, place) or _with_attribution(lines, place)
    titled = _TITLED_RULE.match(text)
    if titled is None:
        opened = _OPEN_RULE.match(text)
        known = opened is not None and len(text.split()) <= _MOST_TITLE_WORDS and vocabulary().has("forwarded", text)
        return (_with_headers(lines, place) or 1) if known else 0
    title = without_emphasis(titled["title"])
    if vocabulary().has("forwarded", title) and not vocabulary().has("forwarded_end", title):
        return _with_headers(lines, place) or 1
    if ADDRESS.search(title) and (DATE.search(title) or vocabulary().has("wrote", title)):
        return 1
    return _with_headers(lines, place)


def _with_headers(lines: Sequence[Line], place: int) -> int:
    """Lines from a rule to the end of the header block right below it; 0 without one."""
    below = _below(lines, place)
    length = header_lines(lines, below, above=True, ruled=True) if below < len(lines) else 0
    return below - place + length if length else 0


def _with_attribution(lines: Sequence[Line], place: int) -> int:
    below = _below(lines, place)
    if below >= len(lines):
        return 0
    length = attribution_lines(lines, below, quoted_after=lambda after: _next_is_quoted(lines, after))
    return below - place + length if length else 0


def _below(lines: Sequence[Line], place: int) -> int:
    """The next line with text, at most two empty ones below."""
    below = place + 1
    while below < len(lines) and below <= place + 2 and lines[below].blank:
        below += 1
    return below if below < len(lines) and not lines[below].blank else len(lines)


_MOST_BROKEN = 40


def _mark_broken_quotes(lines: Sequence[Line]) -> None:
    """A mail program that wraps quoted lines again leaves their last words without a quote mark."""
    for before, line, after in zip(lines, lines[1:], lines[2:], strict=False):
        if line.depth or not (before.quoted and after.quoted) or line.blank or before.bare == "" or after.bare == "":
            continue
        text = line.text.strip()
        if len(text) <= _MOST_BROKEN < len(before.bare) and text[:1].islower():
            _mark(line, before.depth)
