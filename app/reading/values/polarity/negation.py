"""Negations beside a phrase: «no instalments», «instalments are not wanted»."""

from __future__ import annotations

import re

from app.reading.language_data import alternatives, vocabulary

_LISTED = [listed for _, listed in vocabulary("polarity", "negation")]
_NEGATIONS = f"(?:{alternatives(word for listed in _LISTED for word in listed['words'])})"
_NOT_BEFORE = alternatives(word for listed in _LISTED for word in listed.get("not_before", ()))
_NEGATED_BEFORE = re.compile(
    rf"(?<![\w'])(?:{_NEGATIONS}(?! (?:{_NOT_BEFORE}))(?:[ ][\w'-]{{1,20}}){{0,2}}[ ](?:[dl]')?)$"
)
_NEGATED_AFTER = re.compile(
    rf"^[\w*]{{0,20}}(?:[ ](?:is|are|was|has|have|been|ist|sind|wurde|wird|est|a|été|n'est|está|ha))?"
    rf"(?:[ ][\w'-]{{1,20}})?[ ](?:yet[ ])?(?!no\b[ .]{{0,2}}[\w/-]{{0,8}}\d){_NEGATIONS}(?![\w'])"
)


def is_negated(words: str, start: int, end: int) -> bool:
    """Whether a negation stands beside a span of a sentence in small letters."""
    if _NEGATED_BEFORE.search(words[max(0, start - 60) : start]):
        return True
    return bool(_NEGATED_AFTER.match(words[end : end + 40]))
