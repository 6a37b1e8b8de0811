"""Sentences of a text, in small letters, each with its source and its words."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice

from app.reading.table_rows import rows_as_items

_LONGEST_SENTENCE = 500
_MOST_SENTENCES = 160


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence."""

    words: str
    """In small letters, names and short quotations blanked out."""
    written: str
    """As it was written."""
    source: str
    """Path into the ticket, such as `summary` or `notes[0].text`."""
    blanked: str
    """As it was written, with the customer's names and short quotations blanked out."""


_ABBREVIATED = (
    "dr mr ms fr hr st nr no sr ca co", "pct mrs mme sra bzw inc ltd ext max min est tel tél env núm pos abs art inv vat jan feb mar apr jun jul"
    " aug sep sept oct okt nov dec dez déc usw std no. z.b i.e e.g p.o", "incl excl inkl exkl zzgl mind evtl attn prof approx aprox",
)  # fmt: skip
_NO_END = "".join(
    rf"(?<!\b{re.escape(word)})" for word in sorted({word for words in _ABBREVIATED for word in words.split()})
)
_NO_BUT = "".join(
    rf"(?<!\b{item})" for item in ("nobody", "no one", "no-one", "none", "nothing", "anybody", "anyone", "anything")
)
"""«Nobody but Ms Adair» stays one sentence."""
_END = re.compile(
    rf"(?<=[!?])\s+|\.(?<!\b\d\.)(?<!\b\d\d\.){_NO_END.replace(')', '[.])')}\s+(?=[\w¿¡€£$\"(*])"
    rf"|\n+|(?<=\S);\s+|\s+\|\s+|•|(?=[,\s]){_NO_BUT},?\s+(?=(?:but|however|aber|jedoch|mais|cependant|pero|sino)\s)",
    re.IGNORECASE,
)


@lru_cache(maxsize=1024)
def sentences(text: str, source: str, masked: re.Pattern[str] | None = None) -> tuple[Sentence, ...]:
    """The first sentences of a text, names and short quotations blanked out, each of bounded length."""
    return tuple(islice(_sentences(text, source, masked), _MOST_SENTENCES))


def _sentences(text: str, source: str, masked: re.Pattern[str] | None) -> Iterator[Sentence]:
    pieces = _END.split(rows_as_items(text))
    for piece in _with_exceptions(pieces) if " but " in text else pieces:
        written = piece.strip()
        for start in range(0, len(written), _LONGEST_SENTENCE):
            part = written[start : start + _LONGEST_SENTENCE]
            blanked = _without_quotations(masked.sub(" ~ ", part) if masked else part)
            yield Sentence(blanked.lower(), part, source, blanked)


_NOBODY_LAST = re.compile(
    r"(?<!\w)(?:nobody|no one|no-one|none|nothing) (?:at|in|from|of|on|within|else) (?:[\w'-]+ ?){1,4}$", re.I
)


def _with_exceptions(pieces: list[str]) -> list[str]:
    """Joins «Nobody at your firm» and «but Ms Adair»."""
    joined: list[str] = []
    for piece in pieces:
        if joined and piece[:4].lower() == "but " and _NOBODY_LAST.search(joined[-1]):
            joined[-1] = f"{joined[-1]} {piece}"
        else:
            joined.append(piece)
    return joined


_QUOTED_WORDS = re.compile(r"(?<!\w)(\"[^\"\n]{1,60}\"|'[^'\n]{1,60}'(?!\w))")


def _without_quotations(text: str) -> str:
    return _QUOTED_WORDS.sub(" ~ ", text) if '"' in text or "'" in text else text


_LETTERS = re.compile(r"[^\W\d_]+")
_DIGIT = re.compile(r"\d")


@lru_cache(maxsize=8192)
def word_set(words: str) -> frozenset[str]:
    """The distinct words of a sentence, and `#` where it holds a digit; a fast pre-check."""
    letters = frozenset(_LETTERS.findall(words))
    return letters | _NUMBER if _DIGIT.search(words) else letters


_NUMBER = frozenset("#")
