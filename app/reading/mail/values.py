"""Signs of mail headers that need no language: addresses, dates, times, phone numbers, `Label: value` lines."""

from __future__ import annotations

import re

_WORD = r"[^\W\d_]"
ADDRESS = re.compile(r"[\w.+'-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63})+|\b(?:mailto|smtp):", re.IGNORECASE)
ANGLE_ADDRESS = re.compile(r"[<\[(](?:mailto:)?[\w.+'-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63})+[>\])]", re.IGNORECASE)
TIME = re.compile(r"(?<![\d:])\d{1,2}[:.h]\d{2}(?:[:.]\d{2})?(?!\d)")
DATE = re.compile(
    r"(?<!\d)\d{1,2}[./-] ?\d{1,2}[./-] ?\d{2,4}(?!\d)|(?<!\d)\d{4}-\d{2}-\d{2}(?!\d)|\d{4}\s?[年년]"
    rf"|(?<!\d)\d{{1,2}}\.?(?: (?:de|of|d'))? {_WORD}{{3,14}}\.?,?(?: (?:de|del))? (?:19|20)\d\d(?!\d)"
    rf"|{_WORD}{{3,14}}\.? \d{{1,2}}(?:st|nd|rd|th)?,? (?:19|20)\d\d(?!\d)",
    re.IGNORECASE,
)
SHORT_DATE = re.compile(
    rf"(?<!\d)\d{{1,2}}(?:st|nd|rd|th|\.)? {_WORD}{{3,9}}\b|\b{_WORD}{{3,9}} \d{{1,2}}(?:st|nd|rd|th)?\b|(?<!\d)\d{{1,2}}[./]\d{{1,2}}\.?(?!\d)",
    re.IGNORECASE,
)
PHONE = re.compile(r"(?:\+|\(|00?)?\d[\d\s()./-]{6,22}\d")
URL = re.compile(r"(?:https?://|www\.)\S{3,200}", re.IGNORECASE)
_LABEL = re.compile(rf"({_WORD}[\w '/().&-]{{0,39}}?)\s{{0,2}}[:：]\s*(\S.*)?$")
_EMPHASIS = re.compile(r"\*{1,3}|(?<!\w)_{1,3}|_{1,3}(?!\w)")
_MOST_LABEL_WORDS = 5


def without_emphasis(text: str) -> str:
    """Removes the marks of markdown around words, headings and list items."""
    text = text.strip().lstrip("#").strip()
    return _EMPHASIS.sub("", text).strip() if "*" in text or "_" in text else text


def label_of(text: str) -> tuple[str, str] | None:
    """The label, in small letters, and the value of a `Label: value` line; None for any other line.

    A time (`at 10:30`) or an address of the web (`https://`) makes no label.
    """
    colon = text.find(":") if ":" in text else text.find("：")
    if not 0 < colon <= 48:
        return None
    match = _LABEL.match(without_emphasis(text[:400]))
    if not match or (match[2] or "").startswith("//") or len(match[1].split()) > _MOST_LABEL_WORDS:
        return None
    if match[1][-1:].isdigit() and (match[2] or "")[:1].isdigit():
        return None
    return match[1].strip().lower(), (match[2] or "").strip()
