"""Reads a short text above older mails: whether the sender adopts their content."""

from __future__ import annotations

import re

from app.reading.mail.vocabulary import vocabulary

_SHORT = 160
_GREETING = re.compile(
    r"\A\s*(?:dear|hi|hello|hey|hallo|guten (?:tag|morgen)|moin|sehr geehrte\w*|liebe\w*|servus|bonjour|bonsoir|salut|cher|chère"
    r"|hola|buen[oa]s(?: \w+)?"
    r"|estimad\w+|ciao|buongiorno|gentile|beste|dag|goedemorgen|good (?:morning|afternoon|evening)|all|team|both)\b[^,.!\n:]{0,40}[,.!:\n]\s*",
    re.IGNORECASE,
)
_SENTENCE = re.compile(r"(?<=[.!?])\s+|\n+")
_WORD = re.compile(r"\w+")
_MOST_NAME_WORDS = 3


def is_empty_cover(cover: str) -> bool:
    """Nothing but a greeting, a name or marks: the older mail is what the ticket is about."""
    rest = _GREETING.sub("", f"{cover.strip()}\n", count=1).strip()
    words = _WORD.findall(rest)
    return (
        len(words) <= _MOST_NAME_WORDS
        and not rest.endswith("?")
        and all(word[:1].isupper() or word.isdigit() for word in words)
    )


def doubts(cover: str) -> bool:
    """The sender asks whether the older mail is honest, or warns of it."""
    return vocabulary().has("doubts", cover)


def consents(cover: str) -> bool:
    """The sender says yes to something; what that is may stand in the subject alone («Re: Offer 71»)."""
    return vocabulary().has("consents", cover)


def adopts(cover: str, *, introduced: bool = False) -> bool:
    """The sender wants done what the older mail says.

    `introduced`: the last line above the older mail ends with a colon. Doubts, faults and refusals adopt nothing;
    beside a refusal only a yes does, not a pointer such as «see below».
    """
    known = vocabulary()
    text = cover.strip()
    if doubts(text):
        return False
    if introduced and not (known.has("asides", text) or known.has("faults", text) or known.has("refuses", text)):
        return True
    for sentence in _SENTENCE.split(text):
        if _says_yes_to_what_is_below(sentence) and not known.has("refuses", sentence):
            return True
    body = _GREETING.sub("", f"{text}\n", count=1).strip()
    if len(body) > _SHORT or known.has("faults", body) or (body.endswith("?") and not known.has("asks", body)):
        return False
    kept = [sentence for sentence in _SENTENCE.split(body) if not known.has("refuses", sentence)]
    refused = len(kept) < len(_SENTENCE.split(body))
    return any(known.has("consents" if refused else "adopts", sentence) for sentence in kept)


def _says_yes_to_what_is_below(sentence: str) -> bool:
    known = vocabulary()
    match = known.words["consents"].search(sentence)
    return match is not None and known.words["below"].search(sentence, match.end(), match.end() + 60) is not None
