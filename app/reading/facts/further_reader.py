"""Adds the verified facts of a further reader to the evidence, where the chart weighs them like statements of the text."""

from __future__ import annotations

from msgspec.structs import replace

from app.domain.enums import FactType, Polarity
from app.domain.facts import INFERRED_BELOW, Fact, ReaderAnswer
from app.reading.evidence import Evidence, Mention
from app.reading.facts.statements import MEANING_OF_FACT, facts_of
from app.reading.merge import merge
from app.reading.segments import Sentence
from app.reading.values.polarity import polarity_at, refusal_of
from app.reading.verify import occurs_in

_SALE = (
    FactType.QUOTE_ACCEPTED, FactType.SIGNED, FactType.PURCHASE_ORDER, FactType.FIXED_PRICE, FactType.CHARGEABLE,
    FactType.COVERED, FactType.NO_CHARGE,
)  # fmt: skip


def add_answer(evidence: Evidence, answer: ReaderAnswer) -> tuple[Fact, ...]:
    """Adds affirmed facts as mentions, and takes out what readers contest; returns the facts of all readers.

    Where the answer leads, its facts take the place of those that the words found of the same type.
    """
    facts = [_as_held(fact, _sentence_of(evidence, fact)) for fact in answer.facts]
    kinds = {fact.type for fact in facts}
    if answer.leads:
        _give_way(evidence, kinds)
    every = (*facts_of(evidence), *facts)
    opposed = {kind for kind, merged in merge(every).items() if merged.opposed} & kinds
    for fact in facts:
        _add(evidence, fact)
    for kind in opposed:
        _take_out(evidence, kind)
    return every


def _as_held(fact: Fact, sentence: Sentence) -> Fact:
    """The fact with the polarity of the sentence around its quote: «accept the quote» may be cut out of a refusal."""
    if fact.type not in _SALE or fact.polarity is not Polarity.AFFIRMED:
        return fact
    at = sentence.written.lower().find(fact.quote.lower())
    held = refusal_of(sentence.words) or (
        polarity_at(sentence.written.lower(), at, at + len(fact.quote)) if at >= 0 else Polarity.AFFIRMED
    )
    return fact if held is Polarity.AFFIRMED else replace(fact, polarity=held)


def _weighs(fact: Fact) -> bool:
    return fact.polarity is Polarity.AFFIRMED and fact.confidence >= INFERRED_BELOW and fact.type in MEANING_OF_FACT


def _add(evidence: Evidence, fact: Fact) -> None:
    if not _weighs(fact):
        return
    meaning = MEANING_OF_FACT[fact.type]
    sentence = _sentence_of(evidence, fact)
    if all(mention.sentence != sentence for mention in evidence.mentions(meaning)):
        mention = Mention(meaning, fact.quote.lower(), sentence, fact.reader)
        evidence.mentions_by_meaning.setdefault(meaning, []).append(mention)


def _sentence_of(evidence: Evidence, fact: Fact) -> Sentence:
    """The sentence that holds the quote; a quote over several sentences stands for itself."""
    for sentence in evidence.sentences:
        if sentence.source == fact.source and occurs_in(fact.quote, sentence.written):
            return sentence
    return Sentence(fact.quote.lower(), fact.quote, fact.source, fact.quote)


def _give_way(evidence: Evidence, kinds: set[FactType]) -> None:
    for kind in kinds & MEANING_OF_FACT.keys():
        evidence.mentions_by_meaning.pop(MEANING_OF_FACT[kind], None)


def _take_out(evidence: Evidence, kind: FactType) -> None:
    """What readers contradict each other about settles nothing; about a sale or its cover a person is asked."""
    mentions = evidence.mentions_by_meaning.pop(MEANING_OF_FACT.get(kind, ""), [])
    if kind in _SALE and mentions:
        evidence.mentions_by_meaning.setdefault("open_finance", []).extend(mentions[:1])
