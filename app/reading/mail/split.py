"""Splits a ticket text into segments: what the sender wrote now, and everything else with its role."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby

from app.reading.mail.banners import mark_banners
from app.reading.mail.covers import adopts, doubts, is_empty_cover
from app.reading.mail.disclaimers import mark_disclaimers
from app.reading.mail.forms import mark_fields
from app.reading.mail.headers import flattened_header
from app.reading.mail.history import mark_history
from app.reading.mail.model import Line, Role, Segment
from app.reading.mail.noise import noise_spans
from app.reading.mail.signatures import mark_signature
from app.reading.mail.visible import visible
from app.reading.mail.vocabulary import beginnings_of, vocabulary
from app.reading.mail.wrapping import joined

MOST_READ = 40_000
"""Characters, without noise, that are examined; what comes after them is kept as one unread segment."""
_FEWEST_LABELS = 3
_MOST_LINES = 4_000
_ALL_DEPTHS = frozenset(range(1, 5_000))
_NO_DEPTH: frozenset[int] = frozenset()


def read_mail(raw: str, *, subject: str = "") -> tuple[Segment, ...]:
    """The segments of a raw text (plain, HTML or markdown) in order.

    `subject`: the ticket's summary; it decides only where no text stands above a forwarded mail.
    """
    seen = visible(raw)
    lines = _lines(seen.text)
    mark_history([line for line in lines if line.role is Role.NEW_TEXT])
    has_history = any(line.depth for line in lines)
    lines = _mark_roles(lines, 0)
    adopted = _adopted(lines, subject) if has_history else _NO_DEPTH
    if adopted:
        lines = _adopt(lines, adopted)
    hidden = (Segment(Role.NOISE, block, 0, 0) for block in seen.hidden)
    return (*hidden, *_segments(lines, adopted))


def request_text(segments: Iterable[Segment]) -> str:
    """The sender's words: what the chart reads of a mail."""
    return "\n".join(segment.text for segment in segments if segment.counts)


def _lines(text: str) -> list[Line]:
    """Lines in order; noise and everything past the limits are separate lines."""
    lines: list[Line] = []
    left = MOST_READ
    place = 0
    for start, end in [*noise_spans(text), (len(text), len(text))]:
        shown = min(start, place + left)
        lines += _split(text, place, shown)
        left -= shown - place
        if shown < start or len(lines) > _MOST_LINES:
            cut = lines[_MOST_LINES].start if len(lines) > _MOST_LINES else shown
            return [*lines[:_MOST_LINES], Line(text[cut:], cut, len(text), Role.UNREAD)]
        if end > start:
            lines.append(Line(text[start:end], start, end, Role.NOISE))
        place = end
    return lines


def _split(text: str, place: int, end: int) -> Iterator[Line]:
    while place < end:
        found = text.find("\n", place, end)
        stop = found + 1 if found >= 0 else end
        written = text[place : found if found >= 0 else end]
        header = flattened_header(written) if written.count(":") >= _FEWEST_LABELS else None
        if header is not None:
            yield Line(written[:header], place, place + header)
            yield Line(written[header:], place + header, stop)
        else:
            yield Line(written, place, stop)
        place = stop


def _mark_roles(lines: list[Line], depth: int) -> list[Line]:
    """Sets the roles within one mail of the thread."""
    mail: list[Line] = []
    others: list[Line] = []
    for line in lines:
        (mail if line.depth == depth and line.role is Role.NEW_TEXT else others).append(line)
    if not mail:
        return lines
    lower = "\n".join(line.text for line in mail).lower()
    words = beginnings_of(lower)
    if vocabulary().may_hold_any("footers", "banner_origin", lower=lower, words=words):
        mail = mark_banners(mail)
    if vocabulary().may_hold_any("disclaimer_words", "disclaimer_starts", lower=lower, words=words):
        mail = mark_disclaimers(mail)
    mark_signature(mail)
    if ":" in lower:
        mail = mark_fields(mail)
    return sorted([*others, *mail], key=lambda line: (line.start, line.end)) if others else mail


def _adopted(lines: Sequence[Line], subject: str) -> frozenset[int]:
    """How many mails back the sender's words reach: none, the mail below, or all of them."""
    deepest = max((line.depth for line in lines), default=0)
    depth = 0
    reached: set[int] = set()
    while depth < deepest:
        cover = _text_at(lines, depth)
        if is_empty_cover(cover):
            if doubts(cover) or (depth == 0 and doubts(subject)):
                break
            depth += 1
            reached.add(depth)
        elif adopts(cover, introduced=depth == 0 and _is_introduced(lines)):
            return _ALL_DEPTHS
        else:
            break
    return frozenset(reached) or _NO_DEPTH


def _text_at(lines: Sequence[Line], depth: int) -> str:
    """What one mail of the thread says, without headings; of the sender's own only what is text."""
    texts = (line.bare for line in lines if line.depth == depth and not line.heading and not line.blank)
    own = (line.text for line in lines if line.depth == 0 and line.role is Role.NEW_TEXT and not line.blank)
    return "\n".join(own if depth == 0 else texts)


def _is_introduced(lines: Sequence[Line]) -> bool:
    """The last line of the sender's own above the first older mail ends with a colon."""
    last = ""
    for line in lines:
        if line.depth:
            break
        if line.role is Role.NEW_TEXT and not line.blank:
            last = line.text
    return last.rstrip().endswith(":")


def _adopt(lines: list[Line], depths: frozenset[int]) -> list[Line]:
    """Finds signatures, banners and disclaimers within the adopted mails, too."""
    for depth in sorted({line.depth for line in lines if line.depth in depths}):
        for line in lines:
            if line.depth == depth and not line.heading and line.role is Role.HISTORY:
                bare = line.bare
                line.shift = line.text.find(bare)
                line.role, line.text, line.quoted = Role.NEW_TEXT, bare, False
        lines = _mark_roles(lines, depth)
    return lines


def _segments(lines: Sequence[Line], adopted: frozenset[int]) -> Iterator[Segment]:
    """Neighbouring lines of one role as one segment; empty lines belong to what stands above them."""
    keys: list[tuple[Role, bool]] = []
    for line in lines:
        own = line.role is Role.NEW_TEXT
        key = (Role.HISTORY if own and line.depth else line.role, own and (not line.depth or line.depth in adopted))
        keys.append(keys[-1] if line.blank and keys and line.role in (Role.NEW_TEXT, Role.HISTORY) else key)
    for (role, counts), group in groupby(zip(keys, lines, strict=True), key=lambda pair: pair[0]):
        part = [line for _, line in group]
        texts = [line.bare if line.quoted else line.text for line in part]
        text = "\n".join(_without_empty(joined(texts) if role in (Role.NEW_TEXT, Role.HISTORY) else texts))
        yield Segment(role, text, part[0].start, part[-1].end, counts)


def _without_empty(texts: Sequence[str]) -> Iterator[str]:
    """One empty line between paragraphs is enough."""
    empty = True
    for text in texts:
        if text.strip():
            yield text.rstrip()
            empty = False
        elif not empty:
            yield ""
            empty = True
