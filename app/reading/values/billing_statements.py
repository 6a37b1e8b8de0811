"""Billing statements of a text: every amount with its role and state, and what the text says of acceptance and payment.

Kinds of statements, four languages. Nothing is weighed here: the brief compares statements with records.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from app.domain.enums import Polarity
from app.reading.segments import Sentence
from app.reading.values import sale_words as words_of
from app.reading.values.billing_amounts import AmountInText, amounts_in_sentence
from app.reading.values.billing_words import PO_WORD, Role
from app.reading.values.order_arrivals import Arrival, order_arrival
from app.reading.values.polarity import framed_polarity


class SaleState(StrEnum):
    """Whether a sentence calls a sale agreed."""

    AGREED = "agreed"
    QUOTED = "quoted"
    """Offered, sent, waiting for an answer."""
    REFUSED = "refused"
    """Declined, expired or withdrawn."""
    CONDITIONAL = "conditional"
    NAMED = "named"
    """Not stated."""


@dataclass(frozen=True, slots=True)
class Statement:
    """Words of a text that say something about billing, with their place."""

    quote: str
    source: str
    sentence: int = 0


@dataclass(frozen=True, slots=True)
class AmountStatement:
    """One amount with its state and place."""

    amount: AmountInText
    state: SaleState
    source: str
    sentence: int
    written: str

    @property
    def quote(self) -> str:
        """The words around the amount."""
        return self.amount.quote


@dataclass(slots=True)
class BillingText:
    """What the texts of a ticket say about billing."""

    amounts: list[AmountStatement] = field(default_factory=list)
    accepted: list[Statement] = field(default_factory=list)
    not_agreed: list[tuple[SaleState, Statement]] = field(default_factory=list)
    fixed: list[Statement] = field(default_factory=list)
    as_quoted: list[Statement] = field(default_factory=list)
    by_time: list[Statement] = field(default_factory=list)
    no_charge: list[Statement] = field(default_factory=list)
    not_covered: list[Statement] = field(default_factory=list)
    confidential: list[Statement] = field(default_factory=list)
    options_not_ordered: list[Statement] = field(default_factory=list)
    po_number: Statement | None = None

    def of(self, *roles: Role) -> list[AmountStatement]:
        """The amounts of these roles."""
        return [one for one in self.amounts if one.amount.role in roles]


_MOST_SENTENCES = 200
_TRIGGER_BEFORE = re.compile(
    r"(?:%|percent|prozent|\d|half|hälfte|moitié|mitad|third|drittel|tiers|rest|remainder|balance|solde|resto)\W{0,3}(?:\w+ ){0,2}$"
)
_PO = re.compile(
    rf"(?<!\w)(?:{PO_WORD}|bestellung|pedido|(?:your|their|customer|client)(?:'s)? order|ihre? auftrag|(?:votre"
    rf"|leur) commande)\s?(?:no\.?|number|nr\.?|nummer|n[°º]|núm\.?|ref\.?|:|#|-)?\s?(?:is "
    rf"|ist |est |es |lautet |: ?)?(?P<number>[a-z]{{0,5}}[-/]?\d[\w/.-]{{1,25}}\w)"
)


def billing_text(sentences: Sequence[Sentence]) -> BillingText:
    """Reads the sentences of a ticket in their order."""
    read = BillingText()
    kept = list(sentences[:_MOST_SENTENCES])
    states = [_state(one.written) for one in kept]
    for number, sentence in enumerate(kept):
        _keep_statements(read, sentence, number, states[number])
        for amount in amounts_in_sentence(sentence.written):
            state = _amount_state(amount, kept, states, number)
            read.amounts.append(AmountStatement(amount, state, sentence.source, number, sentence.written))
    return read


def _state(written: str) -> SaleState:
    """The state that a sentence gives to its sale."""
    text = written.lower()
    found = list(words_of.ACCEPTS.finditer(text))
    negated = [bool(words_of.NOT_BEFORE.search(_until_done(text, one))) for one in found]
    arrival = order_arrival(text)
    accepted = not all(negated) or (arrival is not None and arrival[0] is Arrival.ARRIVED)
    if words_of.REFUSED.search(text) and not words_of.OTHER_SUBJECT.search(text):
        return SaleState.REFUSED
    if arrival is not None and arrival[0] is Arrival.OPEN:
        return SaleState.CONDITIONAL
    condition = words_of.CONDITIONAL.search(text)
    if condition and not _TRIGGER_BEFORE.search(text[max(0, condition.start() - 30) : condition.start()]):
        return SaleState.CONDITIONAL
    offered = words_of.SENT.search(text) or any(negated)
    waits = words_of.WAITING.search(text)
    waits = None if waits and words_of.WAITS_FOR_OTHER.match(text, waits.end()) else waits
    if waits or (offered and not accepted):
        return SaleState.QUOTED
    spans = [one.span() for one in found] + ([arrival[1]] if arrival else [])
    return _by_polarity(text, spans) if accepted else SaleState.NAMED


_BY_POLARITY = {
    Polarity.NEGATED: SaleState.QUOTED,
    Polarity.CONDITIONAL: SaleState.CONDITIONAL,
    Polarity.PAST: SaleState.NAMED,
    Polarity.OTHER_PARTY: SaleState.NAMED,
}


def _by_polarity(text: str, found: Sequence[tuple[int, int]]) -> SaleState:
    """Agreed where one of the acceptances is affirmed, else what the first of them is."""
    polarities = [framed_polarity(text, *one) for one in found]
    return SaleState.AGREED if Polarity.AFFIRMED in polarities else _BY_POLARITY[polarities[0]]


def _until_done(text: str, match: re.Match[str]) -> str:
    """The words up to the last word of an acceptance, where a negation would stand."""
    return text[max(0, match.start() - 30) : max(match.start(), match.end() - 1)].rsplit(" ", 1)[0] + " "


def _amount_state(
    amount: AmountInText, kept: Sequence[Sentence], states: Sequence[SaleState], number: int
) -> SaleState:
    """The state of an amount: by its role, its clause or its sentence, else that of a neighbour about the same sale."""
    text = kept[number].written
    if amount.role is Role.OPTION:
        around = text[max(0, amount.start - 60) : amount.end + 60].lower()
        return SaleState.REFUSED if words_of.NOT_ORDERED.search(around) else _of_text(states)
    if amount.role in (Role.PAST, Role.BUDGET):
        return SaleState.REFUSED if amount.role is Role.PAST else SaleState.NAMED
    if (own := _of_clause(amount, text)) is not None:
        return own
    if states[number] not in (SaleState.NAMED, SaleState.AGREED):
        return states[number]
    return _of_neighbour(kept, states, number) or (
        SaleState.AGREED if states[number] is SaleState.AGREED else _of_text(states)
    )


def _of_neighbour(kept: Sequence[Sentence], states: Sequence[SaleState], number: int) -> SaleState | None:
    """What the following or preceding sentence retracts; it has no other topic and names no amount."""
    for near in (number + 1, number - 1):
        if 0 <= near < len(kept) and kept[near].source == kept[number].source:
            text = kept[near].written
            about_other = words_of.OTHER_SUBJECT.search(text.lower()) or amounts_in_sentence(text)
            if states[near] not in (SaleState.NAMED, SaleState.AGREED) and not about_other:
                return states[near]
    return None


_CLAUSES = re.compile(
    r"[,;](?!\d)|(?<!\w)(?:but|whereas|while|aber|jedoch|während|mais|tandis que|pero|mientras)(?!\w)"
)


def _of_clause(amount: AmountInText, text: str) -> SaleState | None:
    """The state of an amount's own clause, where a sentence names several amounts: "11,000 was rejected, 9,500 was signed"."""
    if len(amounts_in_sentence(text)) < 2:
        return None
    begin = max((one.end() for one in _CLAUSES.finditer(text, 0, amount.start)), default=0)
    behind = _CLAUSES.search(text, amount.end)
    state = _state(text[begin : behind.start() if behind else len(text)])
    return state if state in (SaleState.REFUSED, SaleState.CONDITIONAL, SaleState.AGREED) else None


def _of_text(states: Sequence[SaleState]) -> SaleState:
    return SaleState.AGREED if SaleState.AGREED in states else SaleState.NAMED


def _keep_statements(read: BillingText, sentence: Sentence, number: int, state: SaleState) -> None:
    text = sentence.written.lower()
    here = Statement(sentence.written[:160], sentence.source, number)
    if state is SaleState.AGREED:
        read.accepted.append(here)
    elif state is not SaleState.NAMED:
        read.not_agreed.append((state, here))
    plain = (
        (words_of.FIXED, read.fixed), (words_of.AS_QUOTED, read.as_quoted), (words_of.BY_TIME, read.by_time),
        (words_of.NOT_COVERED, read.not_covered), (words_of.CONFIDENTIAL, read.confidential), (words_of.INTERNAL, read.no_charge),
        (words_of.WARRANTY, read.no_charge),
    )  # fmt: skip
    for pattern, kept in plain:
        if any(
            not words_of.NOT_BEFORE.search(text[max(0, one.start() - 30) : one.start()])
            for one in pattern.finditer(text)
        ):
            kept.append(here)
    charge = words_of.NO_CHARGE.search(text)
    if charge and not words_of.LIMITED.search(text):
        read.no_charge.append(here)
    if re.search(r"(?<!\w)(?:optio|opció|opcion)", text) and words_of.NOT_ORDERED.search(text):
        read.options_not_ordered.append(here)
    if read.po_number is None and (match := _PO.search(text)):
        at = match.start("number")
        read.po_number = Statement(sentence.written[at : match.end("number")].upper(), sentence.source, number)
