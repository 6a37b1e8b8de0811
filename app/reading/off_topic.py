"""What stands in a ticket and does not speak of its job: parts of an offer that nobody ordered, a subject that is turned down, the
customer's own bills, an opportunity for something else."""

from __future__ import annotations

import re
from collections.abc import Iterator

from app.reading.evidence import Evidence
from app.reading.segments import Sentence, word_set

SUPPORT_TYPES = re.compile(r"\b(?:incident|alert|problem|break|störung|incidencia|maintenance|monitoring)", re.I)
_OFFERED = re.compile(r"(?<![\w.])(?:[A-H]|\d)(?=[ ):.,]|$)")
_ENOUGH_OFFERED = 3


def _offered(evidence: Evidence) -> Iterator[Sentence]:
    """Where only a part of what was offered is ordered: the sentences that list the parts, «A …, B …, C …»."""
    part = {hit.sentence for hit in evidence.mentions("only_part")}
    for sentence in evidence.sentences if part else ():
        if sentence not in part and len(set(_OFFERED.findall(sentence.written))) >= _ENOUGH_OFFERED:
            yield sentence


def _of_something_else(evidence: Evidence) -> Iterator[Sentence]:
    """The summary where the text says that it is about something else, or that the bills it names are the customer's own."""
    bills = (
        evidence.mentions("progress_billing", "single_billing", "fixed_price") if evidence.mentions("own_trade") else ()
    )
    yield from (hit.sentence for hit in bills if hit.source == "summary")
    if any(hit.source != "summary" for hit in evidence.mentions("not_about")):
        yield from (sentence for sentence in evidence.sentences if sentence.source == "summary")


def drop_off_topic(evidence: Evidence) -> None:
    """Forgets what sentences say that do not speak of this job."""
    others = {*_offered(evidence), *_of_something_else(evidence)}
    if not others:
        return
    evidence.planned = [sentence for sentence in evidence.planned if sentence not in others]
    evidence.dates = [(point, sentence) for point, sentence in evidence.dates if sentence not in others]
    evidence.spans = [(span, sentence) for span, sentence in evidence.spans if sentence not in others]
    for meaning, hits in evidence.mentions_by_meaning.items():
        evidence.mentions_by_meaning[meaning] = [hit for hit in hits if hit.sentence not in others]


_ORDERS = ("accepted", "referenced", "fixed_price", "chargeable", "progress_billing", "approved")
_ENOUGH_WORDS = 10
_ONE_STEM = 4
"""Letters by which a word is known again."""


def is_unrelated_opportunity(evidence: Evidence) -> bool:
    """A fault or a request that says enough, orders nothing and shares no word with the opportunity that is linked to it."""
    asked = evidence.mentions("fault", "request") or SUPPORT_TYPES.search(evidence.type)
    if not asked or evidence.mentions(*_ORDERS):
        return False
    own = " ".join(one.blanked for one in evidence.sentences if one.source in ("summary", "initialDescription"))
    return len(own.split()) >= _ENOUGH_WORDS and _stems(own).isdisjoint(_stems(evidence.opportunity))


def _stems(text: str) -> set[str]:
    return {word[:_ONE_STEM] for word in word_set(text.lower()) if len(word) >= _ONE_STEM}
