"""The currency of a sale: that of the ticket; amounts of the text in another one are a conflict."""

from __future__ import annotations

from app.planning.amounts import words
from app.planning.brief.inputs import BriefInputs
from app.planning.brief.model import BriefField, FieldState, conflict, settled
from app.planning.brief.text_price import source_of
from app.reading.values.billing_statements import AmountStatement
from app.reading.values.billing_words import Role

_OF_DOLLARS = ("USD", "CAD", "AUD", "NZD", "SGD", "HKD")
_CODES = (
    ("canadian", "CAD"), ("austral", "AUD"), ("new zealand", "NZD"), ("singapore", "SGD"), ("hong kong", "HKD"), ("eur", "EUR"),
    ("dollar", "USD"), ("pound", "GBP"), ("sterling", "GBP"), ("pfund", "GBP"), ("franc", "CHF"), ("franken", "CHF"), ("€", "EUR"),
    ("£", "GBP"),
)  # fmt: skip


def currency_of(inputs: BriefInputs) -> BriefField[str]:
    """The currency of the ticket, its company or its opportunity; amounts of the sale in another one are a conflict.

    Where no record names one, a person confirms the currency that the text names.
    """
    ticket = inputs.ticket
    known = ticket.currency or (ticket.company_billing.currency if ticket.company_billing else None)
    known = known or (ticket.opportunity.currency if ticket.opportunity else None)
    code = _code(f"{known.identifier} {known.name}") if known else ""
    named: dict[str, AmountStatement] = {}
    for one in inputs.text.amounts:
        if one.amount.currency and one.amount.role not in (Role.PAST, Role.BUDGET):
            named.setdefault(one.amount.currency, one)
    foreign = [one for name, one in named.items() if code and not _same_currency(name, code)]
    if foreign:
        first = foreign[0]
        return conflict(f"The text names {words(first.amount.value)} in {first.amount.currency} ({first.source}); the ticket is billed in {code}.",
                        *map(source_of, foreign))  # fmt: skip
    if len(named) > 1:
        return conflict(f"The text names amounts in {' and '.join(named)}.", *map(source_of, named.values()))
    if not code and named and "$" not in named:
        sign, first = next(iter(named.items()))
        message = (
            f"The text names {words(first.amount.value)} in {sign} ({first.source}); no record of the ticket, its company or its "
            "opportunity names a currency. Confirm the currency."
        )
        return BriefField(sign, FieldState.PROPOSED, tuple(map(source_of, named.values())), message)
    return settled(code or None)


def _same_currency(named: str, code: str) -> bool:
    return named == code or (named == "$" and code in _OF_DOLLARS)


def _code(text: str) -> str:
    upper = text.upper()
    for code in ("USD", "EUR", "GBP", "CHF", "CAD", "AUD", "NZD", "SEK", "NOK", "DKK", "SGD", "HKD"):
        if code in upper:
            return code
    return next((code for name, code in _CODES if name in text.casefold()), text.strip())
