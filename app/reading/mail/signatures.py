"""The end of a mail: closing formulas, names, job titles, contact lines, `Sent from my phone`."""

from __future__ import annotations

import re
from collections.abc import Sequence

from app.reading.mail.model import Line, Role
from app.reading.mail.values import ADDRESS, PHONE, URL, label_of, without_emphasis
from app.reading.mail.vocabulary import vocabulary

_MARK = re.compile(r"\s*(?:--|—|–)\s*$")
_LONGEST_SIGNATURE = 10
"""Lines below a closing formula that are a signature; where more follow, it closed nothing."""
_LONGEST_CLOSING = 60
_NAME = r"[A-ZÀ-ÝŁŚŻ][\w.'-]*"
_NAMES = re.compile(
    rf"(?:(?:Dr|Mr|Mrs|Ms|Herr|Frau|Hr|Fr|Mme|M|Sr|Sra)\.? )?{_NAME}(?: (?:{_NAME}|van|von|de|der|du|da|di|la)){{0,3}}"
)
_SENDER = re.compile(rf"{_NAMES.pattern}(?:,? .{{2,40}})?")
_CONTACT = re.compile(r"@|://|www\.|\d[\d\s()./-]{5}", re.IGNORECASE)
_CONTACT_LABEL = re.compile(
    r"\b(?:t|m|f|p|e|w|d|tel|tél|fon|fax|mob|mobil|mobile|phone|telefon|mail|e-?mail|web|office|direct)\b",
    re.IGNORECASE,
)
_AFTER_CLOSING = re.compile(rf"[\s,.!–-]*(?:{_NAMES.pattern})?[\s,.!]*$")
_DEVICE = re.compile(
    r"iphone|ipad|android|galaxy|samsung|outlook|blackberry|huawei|pixel|handy|mobile?|smartphone|mail|tel|phone|mobil",
    re.IGNORECASE,
)


def mark_signature(lines: Sequence[Line]) -> None:
    """Marks the signature among the lines of one mail; a postscript below it is text again."""
    texts = [line for line in lines if line.role is Role.NEW_TEXT]
    filled = [not line.blank for line in texts]
    left = sum(filled)
    closed = kept = False
    for line, has_text in zip(texts, filled, strict=True):
        left -= has_text
        if not has_text:
            continue
        if closed and vocabulary().begins("postscripts", line.bare):
            closed = False
        elif not closed and kept and left <= _LONGEST_SIGNATURE and _is_closing(line.bare):
            closed = True
        if closed or _is_sent_from(line.bare):
            line.role = Role.SIGNATURE
        else:
            kept = True
    _mark_name_lines([line for line in texts if line.role is Role.NEW_TEXT])


def _is_closing(text: str) -> bool:
    if len(text) > _LONGEST_CLOSING:
        return False
    if _MARK.match(text):
        return True
    bare = without_emphasis(text)
    match = vocabulary().begins("closings", bare)
    return match is not None and (
        _AFTER_CLOSING.match(bare, match.end()) is not None or _is_other_closing(bare[match.end() :])
    )


def _is_other_closing(rest: str) -> bool:
    """«Mit freundlichen Grüßen / Kind regards»; «gracias por todo» and «thanks for your help»."""
    rest = rest.strip(" ,/|&.-–")
    return len(rest.split()) <= 3 and vocabulary().begins("closings", rest) is not None


def _is_sent_from(text: str) -> bool:
    match = vocabulary().begins("sent_from", text) if len(text) <= 120 else None
    return match is not None and _DEVICE.search(text) is not None


_NAME_LINE = re.compile(r"[^.!?]{2,60}(?:\||/| - | – ).{2,60}$")
_JOB = re.compile(
    r"\b(?:manager|director|officer|head of|assistant|coordinator|ceo|cfo|coo|cto|cio|leiter(?:in)?|geschäftsführer(?:in)?"
    r"|responsable|directeur|directrice|gerente|administraci.n|accounts|finance|secretary|principal|lead|sr\.?|senior)\b",
    re.IGNORECASE,
)
_NO_SENDER = re.compile(
    r"\d|[.!?:]$|engineer|techni|invoice|bill|rechnung|factur|price|preis|prix|precio|order|auftrag|commande|pedido|phase|stage|week|month|visit"
    r"|termin|please|bitte|merci|gracias",
    re.IGNORECASE,
)


def _mark_name_lines(lines: Sequence[Line]) -> None:
    """Marks a last line that is a name with a job title, contact lines, and a last paragraph that is a sender."""
    lines = _without_blanks(lines)
    while len(lines) > 1 and _is_name_line(lines[-1].text.strip()):
        lines[-1].role = Role.SIGNATURE
        lines = lines[:-1]
    lines = _without_blanks(lines)
    gap = max((number for number, line in enumerate(lines) if line.blank), default=0)
    block = lines[gap + 1 :] if gap else []
    if block and (_is_sender([line.text.strip() for line in block]) or _is_contact_block(block)):
        for line in block:
            line.role = Role.SIGNATURE
        return
    while len(lines) > 1 and _is_contact_line(lines[-1].text.strip()):
        lines[-1].role = Role.SIGNATURE
        lines = _without_blanks(lines[:-1])


def _without_blanks(lines: Sequence[Line]) -> Sequence[Line]:
    end = len(lines)
    while end and lines[end - 1].blank:
        end -= 1
    return lines[:end]


def _is_name_line(text: str) -> bool:
    return _NAME_LINE.match(text) is not None and _JOB.search(text) is not None


def _is_sender(block: Sequence[str]) -> bool:
    """A last paragraph that is a name with a department or a firm: two to four short lines, or one with a comma."""
    several = 2 <= len(block) <= 4 or (len(block) == 1 and "," in block[0])
    short = all(2 < len(line) <= 60 and not _NO_SENDER.search(line) for line in block)
    return several and short and _SENDER.fullmatch(block[0]) is not None


def _is_contact_line(text: str) -> bool:
    """A telephone number, an address of mail or web and nothing else but their labels."""
    if not 5 < len(text) <= 120 or _CONTACT.search(text) is None:
        return False
    rest = URL.sub(" ", ADDRESS.sub(" ", text))
    rest = PHONE.sub(" ", rest)
    if rest == text:
        return False
    rest = _CONTACT_LABEL.sub(" ", rest)
    return not any(char.isalnum() for char in rest)


def _is_contact_block(block: Sequence[Line]) -> bool:
    """A last paragraph of short lines that begins with a name and holds a contact line or a line with bars."""
    texts = [line.text.strip() for line in block]
    if not 2 <= len(texts) <= 8 or any(len(text) > 90 or text.endswith(("?", "!", ":")) for text in texts):
        return False
    if _SENDER.fullmatch(texts[0]) is None:
        return False
    return any(_is_contact_line(text) or _has_contact(text) for text in texts[1:]) and not any(
        _is_prose(text) for text in texts
    )


def _has_contact(text: str) -> bool:
    return "|" in text and (
        PHONE.search(text) is not None or ADDRESS.search(text) is not None or URL.search(text) is not None
    )


def _is_prose(text: str) -> bool:
    labelled = label_of(text)
    return text.endswith(".") and len(text.split()) > 6 and labelled is None
