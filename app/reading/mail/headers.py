"""Header blocks (`From: … Sent: …`) and attribution lines (`… Ann <ann@x.example> wrote:`) of older mails."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from functools import cache, partial

from app.reading.mail.model import Line
from app.reading.mail.values import (
    ADDRESS,
    ANGLE_ADDRESS,
    DATE,
    PHONE,
    SHORT_DATE,
    TIME,
    label_of,
    without_emphasis,
)
from app.reading.mail.vocabulary import vocabulary

_MOST_HEADERS = 10
_LONGEST_VALUE = 300
_FORM_LABEL = re.compile(r"mail|t[eé]l|fon|phone|^(?:name|nam|imi|nome|nombre|nom)\b", re.IGNORECASE)
"""Labels of web forms in many languages: they ask for a name, a mail address, a telephone number."""


def known_kinds(text: str) -> frozenset[str]:
    """What a line's label stands for in mail headers of a known language."""
    labelled = label_of(text)
    return vocabulary().labels.get(labelled[0], frozenset()) if labelled else frozenset()


def header_lines(lines: Sequence[Line], place: int, *, above: bool, ruled: bool = False) -> int:
    """Number of lines of a header block that begins here; 0: none.

    `above`: text stands above it. `ruled`: a rule or a title of forwarded mail does; less is asked of it then.
    """
    block, length = _block(lines, place)
    if not block:
        return 0
    ruled = ruled or lines[place].quoted
    if len(block) < 2 and not ruled:
        return 0
    kinds: set[str] = set()
    for label, _ in block:
        kinds |= vocabulary().labels.get(label, frozenset())
    values = [value for _, value in block]
    addressed = any(ADDRESS.search(value) for value in values)
    if _is_known(block, kinds, addressed=addressed, ruled=ruled):
        return length
    return length if (above or ruled) and _is_header_in_any_language(block, addressed=addressed, ruled=ruled) else 0


def _is_known(block: list[tuple[str, str]], kinds: set[str], *, addressed: bool, ruled: bool) -> bool:
    first = vocabulary().labels.get(block[0][0], frozenset())
    if ruled and first and ("from" in first or "subject" in first or len(block) > 1):
        return True
    if len(block) < 2 or not first:
        return False
    dated = any(DATE.search(value) or TIME.search(value) or SHORT_DATE.search(value) for _, value in block)
    if "from" in kinds and "subject" in kinds:
        return True
    if "from" in kinds and "sent" in kinds:
        return addressed or (dated and "to" not in first and not _is_span(block))
    return "from" in first and "to" in kinds and addressed


def _is_span(block: list[tuple[str, str]]) -> bool:
    """«From: room 2, To: room 14, Date: 5 May» and hours or days from and to are no header."""
    value = next((value for label, value in block if "from" in vocabulary().labels.get(label, frozenset())), "")
    return any(char.isdigit() for char in value)


def _is_header_in_any_language(block: list[tuple[str, str]], *, addressed: bool, ruled: bool) -> bool:
    """Two or more lines with an address or a date among them, which are not a filled-in form."""
    if not 2 <= len(block) <= 7 or _is_form(block):
        return False
    values = [value for _, value in block]
    timed = any((date := DATE.search(value)) and TIME.search(value) and _WORDS.search(date[0]) for value in values[1:3])
    dated = any(DATE.search(value) for value in values)
    angled = any(ANGLE_ADDRESS.search(value) for value in values)
    if ruled and angled:
        return True
    if ADDRESS.search(values[0]):
        return (angled and (dated or len(block) > 2)) or dated
    return _PERSON.fullmatch(values[0]) is not None and ((timed and len(block) > 2) or (addressed and dated))


_WORDS = re.compile(r"[^\W\d_]")
"""Mail programs write the month in words; monitors and logs, whose lines look alike, write numbers."""
_PERSON = re.compile(r"[^\W\d_][\w.'-]*,?(?: (?:[^\W\d_a-z][\w.'-]*|van|von|de|der|du|da|di|la)){1,3}")
"""The first value names who wrote: two to four words that begin with capitals, in scripts that have them."""


def _is_form(block: list[tuple[str, str]]) -> bool:
    known = vocabulary()
    for label, value in block:
        if label in known.contact_fields or (
            label in known.form_fields | known.request_fields and label not in known.labels
        ):
            return True
        if label not in known.labels and (_FORM_LABEL.search(label) or PHONE.fullmatch(value)):
            return True
    return any(len(value) > 120 and not ADDRESS.search(value) for _, value in block)


def _block(lines: Sequence[Line], place: int) -> tuple[list[tuple[str, str]], int]:
    """The `Label: value` lines from here on, one empty line between them allowed, and how many lines they take."""
    block: list[tuple[str, str]] = []
    end = number = place
    quoted = lines[place].quoted
    while number < len(lines) and len(block) < _MOST_HEADERS:
        line = lines[number]
        text = line.text.strip(" \t>|") if quoted else line.text.strip()
        if not text:
            number += 1
            if number - end > 1 or not block:
                break
            continue
        labelled = label_of(text) if len(text) <= _LONGEST_VALUE else None
        if labelled is None and not (block and number == end and _continues(text)):
            break
        if labelled is not None and number > end and not _is_header_label(labelled[0]):
            break
        if labelled is not None:
            block.append(labelled)
        number += 1
        end = number
    return block, end - place


def _is_header_label(label: str) -> bool:
    return label in vocabulary().labels


def _continues(text: str) -> bool:
    """The rest of a list of recipients, wrapped."""
    return text.endswith((";", ",")) or (
        ADDRESS.search(text) is not None and len(text) <= 120 and not text.endswith((".", "?", ":"))
    )


_LONGEST_ATTRIBUTION = 300
_MOST_SMALL_WORDS = 6
_SMALL_WORD = re.compile(r"(?<![\w.@'-])[a-zà-ÿ][a-zà-ÿ']+(?![\w@])")
_DIGIT = re.compile(r"\d")
_ENDS = (":", "：")


def attribution_lines(lines: Sequence[Line], place: int, *, quoted_after: Callable[[int], bool]) -> int:
    """Number of lines, three at most, of an attribution that begins here; 0: none."""
    first = lines[place].bare
    if len(first) > _LONGEST_ATTRIBUTION or not _may_begin(first):
        return 0
    for count in range(1, min(3, len(lines) - place) + 1):
        last = lines[place + count - 1].text.rstrip(" *_")
        if last.endswith(_ENDS):
            text = without_emphasis(" ".join(line.text.strip(" >|") for line in lines[place : place + count]))
            return count if _is_attribution(text, quoted=partial(quoted_after, place + count)) else 0
        if not last or last.endswith((".", "?", "!")):
            return 0
    return 0


def _may_begin(text: str) -> bool:
    return "@" in text or text.rstrip("* ").endswith(_ENDS) or _DIGIT.search(text) is not None


def _is_attribution(text: str, *, quoted: Callable[[], bool]) -> bool:
    text = text[:_LONGEST_ATTRIBUTION]
    wrote = vocabulary().has("wrote", text)
    address = ADDRESS.search(text)
    dated = DATE.search(text) is not None
    timed = TIME.search(text) is not None
    small = len(_SMALL_WORD.findall(ADDRESS.sub(" ", text)))
    if small > (_MOST_SMALL_WORDS + 3 if wrote and dated else _MOST_SMALL_WORDS):
        return False
    if address is not None:
        begins = small <= 3 and len(text[: address.start()].split()) <= 5
        return wrote or (ANGLE_ADDRESS.search(text) is not None and (timed or begins)) or quoted()
    if wrote:
        return dated or timed or SHORT_DATE.search(text) is not None or quoted()
    return dated and timed and quoted()


def is_sender_line(text: str) -> bool:
    """A single `From: Ann` line; it heads an older mail only where quoted lines follow."""
    labelled = label_of(text)
    return labelled is not None and "from" in vocabulary().labels.get(labelled[0], frozenset()) and len(text) <= 160


@cache
def _flattened() -> re.Pattern[str]:
    labels = vocabulary().labels
    named = {
        kind: "|".join(
            sorted((re.escape(name) for name, kinds in labels.items() if kind in kinds), key=len, reverse=True)
        )
        for kind in ("from", "sent", "subject")
    }
    gap = r"[^\n]{1,200}?"
    return re.compile(
        rf"(?<![\w-])(?:{named['from']})\s?:{gap}(?<![\w-])(?:{named['sent']})\s?:{gap}(?<![\w-])(?:{named['subject']})\s?:",
        re.IGNORECASE,
    )


def flattened_header(text: str) -> int | None:
    """Where the headers of an older mail begin within a line, when a program has put the whole mail into one line."""
    if text.count(":") < 3 or len(text) > 20_000:
        return None
    match = _flattened().search(text)
    return match.start() if match else None
