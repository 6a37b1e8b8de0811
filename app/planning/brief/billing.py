"""How a job is billed: method, fee, cap, rate, tax, currency, purchase order. Each from a record, else from the text.

Source: API schemas Project, Ticket (billingMethod: ActualRates, FixedFee, NotToExceed, OverrideRate; billTime: NoCharge).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal

from app.planning.amounts import usable, words
from app.planning.brief.inputs import BriefInputs
from app.planning.brief.lines import LineKind
from app.planning.brief.model import BriefField, Method, Source, conflict, missing, proposed, settled
from app.planning.brief.sale import Sold
from app.planning.brief.text_price import source_of
from app.reading.values.billing_statements import AmountStatement, SaleState, Statement
from app.reading.values.billing_words import Role, says_extra_work

_PRICED_ROLES = (
    Role.TOTAL,
    Role.PRICE,
    Role.BASE,
    Role.UNIT,
    Role.CAP,
    Role.RATE,
    Role.DAY_RATE,
    Role.DEPOSIT,
    Role.PAYMENT,
)
_OFFER = re.compile(
    r"(?<!\w)(?:quot(?:e|ation)s?|q-?\d[\w-]*|offers?|proposals?|sow|statement of work|angebot\w*|kostenvoranschlag"
    r"|devis|propositions?|presupuestos?|ofertas?|propuestas?)(?!\w)"
)
_STATE_WORDS = {
    SaleState.QUOTED: "offered and not accepted",
    SaleState.REFUSED: "declined, expired or withdrawn",
    SaleState.CONDITIONAL: "accepted only under a condition",
    SaleState.NAMED: "named without an acceptance",
}


def place_of(statement: Statement) -> Source:
    """The place of a statement with its words."""
    return Source(statement.source, statement.quote)


def agreed_of(inputs: BriefInputs, sold: Sold) -> BriefField[bool]:
    """Whether the sale is agreed: a won opportunity, a purchase order, or an acceptance next to the price."""
    ticket = inputs.ticket
    amounts = _sale_amounts(inputs)
    open_amounts = [statement for statement in amounts if statement.state is not SaleState.AGREED]
    if inputs.won:
        return settled(True, Source("opportunity.stage", ticket.opportunity.stage if ticket.opportunity else ""))
    if ticket.po_number and not open_amounts:
        return settled(True, Source("poNumber", ticket.po_number))
    if (
        open_amounts
        and sold.text.total is None
        and not any(statement.state is SaleState.AGREED for statement in amounts)
    ):
        worst = open_amounts[0]
        message = f"The price {words(worst.amount.value)} ({worst.source}) is {_STATE_WORDS[worst.state]}."
        kind = missing if worst.state is SaleState.NAMED else conflict
        return kind(message, *map(source_of, open_amounts))
    return _not_agreed(inputs, sold) or _accepted(inputs, sold)


def _not_agreed(inputs: BriefInputs, sold: Sold) -> BriefField[bool] | None:
    """A conflict where the sale is only offered: by the text, or by an opportunity that is not won."""
    text, opportunity = inputs.text, inputs.ticket.opportunity
    if text.not_agreed and not text.accepted and sold.text.total is None and (sold.has_price or text.fixed):
        state, statement = text.not_agreed[0]
        return conflict(f"The sale is {_STATE_WORDS[state]} ({statement.source}).", place_of(statement))
    if inputs.won is False and not text.accepted and _opportunity_amount(inputs):
        stage = opportunity.stage if opportunity else ""
        return conflict(f"The opportunity is not won (stage “{stage}”).", Source("opportunity.stage", stage))
    return None


def _accepted(inputs: BriefInputs, sold: Sold) -> BriefField[bool]:
    accepted = tuple(map(place_of, inputs.text.accepted))
    accepted = accepted or tuple(
        source_of(statement) for statement in _sale_amounts(inputs) if statement.state is SaleState.AGREED
    )
    if accepted:
        return settled(True, *accepted) if sold.recorded else proposed(True, *accepted)
    if not sold.has_price:
        return settled(None)
    return (
        proposed(True, *sold.sources)
        if sold.recorded
        else missing("Nothing says that the price is accepted.", *sold.sources)
    )


def _opportunity_amount(inputs: BriefInputs) -> bool:
    opportunity = inputs.ticket.opportunity
    return bool(opportunity and (opportunity.expected_revenue or opportunity.forecast))


def _sale_amounts(inputs: BriefInputs) -> list[AmountStatement]:
    used = inputs.stated_plan.used if inputs.stated_plan else frozenset()
    roles = _PRICED_ROLES if inputs.text.by_time else (*_PRICED_ROLES, Role.BUDGET)
    return [
        statement for statement in inputs.text.of(*roles)
        if (statement.sentence, statement.amount.start) not in used
        and not (statement.amount.role in (Role.RATE, Role.DAY_RATE) and says_extra_work(statement.written))
    ]  # fmt: skip


def limits_of(inputs: BriefInputs, sold: Sold) -> tuple[BriefField[Decimal], BriefField[Decimal]]:
    """The cap and the rate an hour of the job, each None where the text names none.

    A rate from which the price is worked out ("80 hours at 120, so 9,600") is not a rate of the job.
    """
    amounts = [
        statement
        for statement in _sale_amounts(inputs)
        if statement.state is SaleState.AGREED and not _works_out(statement, sold)
    ]
    caps = [statement for statement in amounts if statement.amount.role is Role.CAP]
    rates = [statement for statement in amounts if statement.amount.role in (Role.RATE, Role.DAY_RATE)]
    return _single(caps, "cap"), _rate(rates)


def _works_out(one: AmountStatement, sold: Sold) -> bool:
    price, rate = sold.text.total, one.amount.value
    if price is None or one.amount.role not in (Role.RATE, Role.DAY_RATE) or not rate or price % rate:
        return False
    many = int(price / rate)
    return bool(re.search(rf"(?<![\d.,]){many}(?![\d,]|[.]\d)", one.written)) or many == 1


def _single(found: Sequence[AmountStatement], what: str) -> BriefField[Decimal]:
    values = list(dict.fromkeys(statement.amount.value for statement in found))
    sources = tuple(map(source_of, found))
    if len(values) > 1:
        return conflict(
            f"The text names more than one {what}: {', '.join(map(words, values))} ({found[0].source}).", *sources
        )
    return proposed(usable(values[0]), *sources) if values else settled(None)


def _rate(found: Sequence[AmountStatement]) -> BriefField[Decimal]:
    rate = _single(found, "rate")
    if rate.value is not None and found[0].amount.role is Role.DAY_RATE:
        return conflict(
            f"The rate {words(rate.value)} is for a day ({found[0].source}); ConnectWise bills by the hour.",
            *rate.sources,
        )
    return rate


def method_of(
    inputs: BriefInputs, sold: Sold, cap: BriefField[Decimal], rate: BriefField[Decimal]
) -> BriefField[Method]:
    """The billing method, by the strongest evidence: fixed price, cap, rate, no charge, time and materials, the chart's default."""
    text, rules = inputs.text, inputs.chart.project.billing
    free = tuple(map(place_of, text.no_charge))
    by_time = tuple(place_of(statement) for statement in text.by_time if not says_extra_work(statement.quote))
    if sold.has_price and (sold.labour is None or sold.labour > 0):
        return _fixed(inputs, sold, rate, free, by_time)
    if cap.value is not None or cap.is_open:
        return proposed(rules.cap.value, *cap.sources)
    if rate.value is not None or rate.is_open:
        return proposed(rules.agreed_rate.value, *rate.sources)
    return proposed("NoCharge", *free) if free else _by_time(inputs, sold, by_time)


def _fixed(
    inputs: BriefInputs, sold: Sold, rate: BriefField[Decimal], free: tuple[Source, ...], by_time: tuple[Source, ...]
) -> BriefField[Method]:
    """The chart's method for a price, in conflict with work at no charge or billed by time."""
    method: Method = inputs.chart.project.billing.fixed_price.value
    if free:
        return conflict("The text mentions a price and work at no charge.", *sold.sources, *free)
    if not inputs.text.fixed and (by_time or rate.value is not None):
        return conflict("The text mentions a price and billing by time.", *sold.sources, *by_time, *rate.sources)
    return settled(method, *sold.sources) if sold.recorded and not sold.conflicts else proposed(method, *sold.sources)


def _by_time(inputs: BriefInputs, sold: Sold, stated: tuple[Source, ...]) -> BriefField[Method]:
    text = inputs.text
    otherwise: Method = inputs.chart.project.billing.otherwise.value
    if stated:
        return proposed("ActualRates", *stated)
    if sold.text.unreadable:
        return proposed(inputs.chart.project.billing.fixed_price.value, *sold.text.sources)
    unread = unread_price(inputs)
    fixed: Method = inputs.chart.project.billing.fixed_price.value
    if unread:
        return settled(fixed, *sold.sources) if by_lines_alone(inputs, sold) else proposed(fixed, *unread)
    if text.amounts or sold.goods:
        return proposed(otherwise, Source("chart: project.billing.otherwise", otherwise))
    return settled(otherwise, Source("chart: project.billing.otherwise", otherwise))


def unread_price(inputs: BriefInputs) -> tuple[Source, ...]:
    """Where the text mentions an agreed price without its amount: "fixed price as quoted", an accepted quote without its amount."""
    text = inputs.text
    if text.by_time and not text.fixed:
        return ()
    spoken = [*text.fixed, *text.as_quoted, *(statement for statement in text.accepted if says_offer(statement.quote))]
    return tuple(map(place_of, spoken))


def by_lines_alone(inputs: BriefInputs, sold: Sold) -> bool:
    """Whether product lines bill the whole fixed price: its total is named and leaves nothing for the work.

    Goods without a named total may come with a price of the work that was not read.
    """
    named = sold.forecast or sold.text.total == sold.total or any(line.kind is LineKind.LABOUR for line in sold.ordered)
    return bool(
        sold.total and sold.recorded and named and not sold.labour and not sold.conflicts and not inputs.text.as_quoted
    )


def says_offer(quote: str) -> bool:
    """Whether an acceptance is one of an offer, which has a price."""
    return bool(_OFFER.search(quote.lower()))


def fee_of(inputs: BriefInputs, sold: Sold, method: BriefField[Method]) -> BriefField[Decimal]:
    """The fixed fee, or why it is not known."""
    if method.value != "FixedFee" and not (sold.conflicts or sold.unclear):
        return settled(None)
    if sold.conflicts:
        return settled(None) if sold.total is None or sold.labour is None else proposed(sold.labour, *sold.sources)
    if sold.labour is None or sold.total is None:
        if sold.text.unreadable:
            return missing(
                "A price for each is agreed, but the number ordered is not stated next to it.", *sold.text.sources
            )
        return missing("A fixed price is agreed, and its amount cannot be read.", *unread_price(inputs))
    fee = usable(sold.labour)
    if fee is None:
        return conflict(f"The fee would be {words(sold.labour)}.", *sold.sources)
    return settled(fee, *sold.sources) if sold.recorded else proposed(fee, *sold.sources)


def total_of(sold: Sold, inputs: BriefInputs, method: BriefField[Method]) -> BriefField[Decimal]:
    """The sold total with the sources that agree on it."""
    if sold.conflicts:
        return conflict(" ".join(sold.conflicts), *sold.sources, value=None)
    if sold.total is None:
        return settled(None)
    return settled(sold.total, *sold.sources) if sold.recorded else proposed(sold.total, *sold.sources)


def tax_of(sold: Sold) -> BriefField[str]:
    """Net, unless only an amount with tax is named."""
    if sold.text.gross_only and not sold.recorded:
        amount = words(sold.text.total or Decimal(0))
        return conflict(f"{amount} includes tax, and no net amount is named.", *sold.text.sources)
    return settled("net") if sold.recorded else proposed("net", *sold.text.sources)


def purchase_order(inputs: BriefInputs, sold: Sold) -> tuple[BriefField[str], BriefField[Decimal]]:
    """The purchase order's number and, where it is stated, its amount; an order below the price is a conflict."""
    ticket, stated = inputs.ticket, inputs.text.po_number
    recorded = ticket.po_number or (ticket.opportunity.customer_po if ticket.opportunity else "")
    number: BriefField[str] = settled(None)
    if recorded.strip():
        number = settled(recorded.strip()[:50], Source("poNumber", recorded))
    elif stated is not None:
        number = proposed(stated.quote[:50], place_of(stated))
    amounts = inputs.text.of(Role.PO)
    if not amounts:
        return number, settled(None)
    limit = amounts[0].amount.value
    if sold.total is not None and limit < sold.total:
        message = f"The purchase order is for {words(limit)} ({amounts[0].source}), the price is {words(sold.total)}."
        return number, conflict(message, source_of(amounts[0]), *sold.sources)
    return number, proposed(usable(limit), source_of(amounts[0]))
