"""Warnings of gateways above a mail (`[EXTERNAL] …`) and the footers of scanners and mail programs below it."""

from __future__ import annotations

import re

from app.reading.mail.model import Line, Role
from app.reading.mail.sentences import sentences_of, split_line
from app.reading.mail.values import without_emphasis
from app.reading.mail.vocabulary import vocabulary

_TAG = re.compile(
    r"\s*[\[({<*]{1,3}\s?(?:ext(?:ern\w*)?|outside|esterno|zewn\w*)\s?[\])}>*]{1,3}\s*:?\s*", re.IGNORECASE
)
_SHOUTED = re.compile(r"\W*[A-ZÀ-ÝŁ]{3,}(?: [A-ZÀ-ÝŁ-]{2,}){0,3}\s?[:!.–-]")
_FIRST_PERSON = re.compile(
    r"(?<!\w)(?:(?-i:I)|i'm|i've|we|we've|my|me|ich|wir|mir|mein\w*|je|j'ai|nous|mon|ma|mes|yo|nosotros|nos|mi|mis|hemos|he|io|noi|ik|wij)(?!\w)",
    re.IGNORECASE,
)
_LONGEST_FOOTER = 200
_REPLY_MARK = re.compile(r"\W{2,}[^\n]{5,80}\W{2,}$")
_BEGINNING = 6
"""Lines with text from the top in which a warning may stand."""


def mark_banners(lines: list[Line]) -> list[Line]:
    """Marks warnings at the top and footers anywhere; returns the lines, split where a warning shares one with text."""
    result: list[Line] = []
    seen = 0
    warned = scanned = False
    for line in lines:
        scanned = scanned and not line.blank
        if line.blank or line.role is not Role.NEW_TEXT:
            result.append(line)
            continue
        seen += 1
        scanned = scanned or _is_footer(line.text)
        if scanned and len(line.text) <= _LONGEST_FOOTER:
            line.role = Role.BANNER
            result.append(line)
            continue
        if seen <= _BEGINNING:
            parts = _split_warning(line, warned=warned)
            warned = any(part.role is Role.BANNER for part in parts)
            result += parts
            continue
        if _begins_warning(line.text) and _is_all_warning(line.text):
            line.role = Role.BANNER
        result.append(line)
    return result


def _split_warning(line: Line, *, warned: bool) -> list[Line]:
    tag = _TAG.match(line.text)
    tagged = tag.end() if tag else 0
    if not tagged and not warned and not _begins_warning(line.text):
        return [line]
    roles: list[tuple[int, int, Role]] = [(0, tagged, Role.BANNER)] if tagged else []
    begun = warned or bool(tagged)
    places = [(tagged + start, tagged + end) for start, end in sentences_of(line.text[tagged:])]
    shout = bool(places) and not begun and len(places) > 1 and _is_shout(line.text[slice(*places[0])])
    within = not shout or _is_warning(line.text[slice(*places[1])], begun=True)
    for number, (start, end) in enumerate(places):
        sentence = line.text[start:end]
        within = within and bool(sentence.strip()) and ((shout and not number) or _is_warning(sentence, begun=begun))
        begun = begun or within
        roles.append((start, end, Role.BANNER if within else Role.NEW_TEXT))
    return split_line(line, [part for part in roles if part[1] > part[0]])


def _begins_warning(text: str) -> bool:
    bare = without_emphasis(text[:200]).lstrip(" [(!>|").lower()
    return vocabulary().begins("banner_starts", bare) is not None or _SHOUTED.match(text) is not None


def _is_warning(sentence: str, *, begun: bool) -> bool:
    """A sentence about where the mail comes from, or, below one, about what to do with links and senders."""
    text = sentence[:400]
    if "?" in text or _FIRST_PERSON.search(text):
        return False
    known = vocabulary()
    origin, advice = known.count("banner_origin", text), known.count("banner_advice", text)
    if begun:
        if advice and vocabulary().begins("banner_starts", text.strip(" [(!*>")):
            return True
        return advice >= 2 or (origin >= 1 and (advice >= 1 or _speaks_of_mail(text)))
    if known.has("faults", text) and advice < 2:
        return False
    return origin >= 1 and (advice >= 1 or _speaks_of_mail(text))


def _is_shout(sentence: str) -> bool:
    """«CAUTION!» is a warning only where one follows."""
    return _SHOUTED.match(sentence) is not None and len(sentence.split()) <= 3


def _speaks_of_mail(text: str) -> bool:
    return (
        vocabulary().has("disclaimer_subjects", text)
        or vocabulary().begins("banner_starts", text.strip(" [(!*")) is not None
    )


def _is_all_warning(text: str) -> bool:
    begun = False
    for start, end in sentences_of(text):
        if not _is_warning(text[start:end], begun=begun):
            return False
        begun = True
    return True


def _is_footer(text: str) -> bool:
    bare = text.strip()
    if not 5 < len(bare) <= _LONGEST_FOOTER or "?" in bare:
        return False
    match = vocabulary().words["footers"].search(bare) if vocabulary().has("footers", bare) else None
    if match is None:
        return False
    before = bare[: match.start()].split()
    if _FIRST_PERSON.search(bare):
        return False
    return len(before) <= 1 or _speaks_of_mail(" ".join(before)) or _REPLY_MARK.match(bare) is not None
