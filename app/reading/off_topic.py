"""Text that is not about the requested work: parts of an offer that were not ordered, a subject that the text
rejects, the customer's invoices to its own customers, an unrelated opportunity."""

from __future__ import annotations

import re
from collections.abc import Iterator

from app.reading.evidence import Evidence
from app.reading.segments import Sentence, word_set
from app.reading.values.polarity import may_refuse, names_offer, refusal_of, turns_down_the_one_before

SUPPORT_TYPES = re.compile(r"\b(?:incident|alert|problem|break|störung|incidencia|maintenance|monitoring)", re.I)
_OFFERED = re.compile(r"(?<![\w.])(?:[A-H]|\d)(?=[ ):.,]|$)")
_ENOUGH_OFFERED = 3
_MOST_BEFORE = 3
"""Sentences before a rejection that it may refer to."""


def _offered(evidence: Evidence) -> Iterator[Sentence]:
    """Sentences that list the parts of an offer, «A …, B …, C …», where only a part is ordered."""
    part = {mention.sentence for mention in evidence.mentions("only_part")}
    for sentence in evidence.sentences if part else ():
        if sentence not in part and len(set(_OFFERED.findall(sentence.written))) >= _ENOUGH_OFFERED:
            yield sentence


def _of_something_else(evidence: Evidence) -> Iterator[Sentence]:
    """The summary, where the text is about something else or the invoices it names are the customer's."""
    bills = (
        evidence.mentions("progress_billing", "single_billing", "fixed_price") if evidence.mentions("own_trade") else ()
    )
    yield from (mention.sentence for mention in bills if mention.source == "summary")
    if any(mention.source != "summary" for mention in evidence.mentions("not_about")):
        yield from (sentence for sentence in evidence.sentences if sentence.source == "summary")


def _rejected(evidence: Evidence) -> Iterator[Sentence]:
    """The offer and its price in sentences before one that rejects them, where nothing else is accepted."""
    if not evidence.mentions("accepted", "referenced", "fixed_price"):
        return
    rejections = [
        number
        for number, sentence in enumerate(evidence.sentences)
        if may_refuse(sentence.words) and (turns_down_the_one_before(sentence.words) or refusal_of(sentence.words))
    ]
    accepted = evidence.mentions("accepted")
    if not rejections or any(mention.sentence not in evidence.sentences[: rejections[-1]] for mention in accepted):
        return
    for number in rejections:
        for sentence in evidence.sentences[max(0, number - _MOST_BEFORE) : number]:
            if names_offer(sentence.words):
                yield sentence


def drop_off_topic(evidence: Evidence) -> None:
    """Removes the evidence of sentences that are not about the requested work."""
    others = {*_offered(evidence), *_of_something_else(evidence), *_rejected(evidence)}
    if not others:
        return
    evidence.planned = [sentence for sentence in evidence.planned if sentence not in others]
    evidence.dates = [(point, sentence) for point, sentence in evidence.dates if sentence not in others]
    evidence.spans = [(span, sentence) for span, sentence in evidence.spans if sentence not in others]
    left = {
        meaning: [mention for mention in mentions if mention.sentence not in others]
        for meaning, mentions in evidence.mentions_by_meaning.items()
    }
    evidence.mentions_by_meaning = {meaning: mentions for meaning, mentions in left.items() if mentions}


_ORDERS = ("accepted", "referenced", "fixed_price", "chargeable", "progress_billing", "approved")
_ENOUGH_WORDS = 10
_ONE_STEM = 4
"""Letters by which two forms of a word are compared."""


def is_unrelated_opportunity(evidence: Evidence) -> bool:
    """A fault or request of enough words that orders nothing and shares no word with the linked opportunity."""
    asked = evidence.mentions("fault", "request") or SUPPORT_TYPES.search(evidence.type)
    if not asked or evidence.mentions(*_ORDERS):
        return False
    own = " ".join(item.blanked for item in evidence.sentences if item.source in ("summary", "initialDescription"))
    return len(own.split()) >= _ENOUGH_WORDS and _stems(own).isdisjoint(_stems(evidence.opportunity))


def _stems(text: str) -> set[str]:
    return {word[:_ONE_STEM] for word in word_set(text.lower()) if len(word) >= _ONE_STEM}
