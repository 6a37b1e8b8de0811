"""How strong the evidence behind a decision is, and whether live mode executes it without a person (chart section `autonomy`)."""

from __future__ import annotations

from typing import Literal

from app.chart import Chart, Decision
from app.domain.enums import Outcome
from app.domain.numbers import decimal_of
from app.domain.ticket import TicketRecord
from app.domain.vocabulary import is_won

Strength = Literal["record", "statement"]
_RECORDS = ("scheduleEntries", "tasks", "products", "opportunity")


def evidence_strength(decision: Decision, ticket: TicketRecord) -> Strength:
    """`record`: records support the deciding rows and the sale; else `statement`.

    A sale is supported by a won opportunity or priced product lines; where no row needs a sale, schedule or tasks suffice.
    """
    rows = [finding for finding in decision.findings if finding.criterion in decision.settled_by]
    by_record = any(reason.source.startswith(_RECORDS) for finding in rows for reason in finding.reasons)
    sold = _sold_by_record(ticket)
    if decision.outcome is Outcome.MINI_PROJECT:
        return "record" if sold else "statement"
    return "record" if by_record and (sold or not _speaks_of_sale(decision)) else "statement"


def _sold_by_record(ticket: TicketRecord) -> bool:
    return is_won(ticket.opportunity) or any(
        (decimal_of(product.price) or 0) != 0 for product in ticket.products if not product.cancelled
    )


def _speaks_of_sale(decision: Decision) -> bool:
    facts = decision.facts
    return facts.fixed_price is not None or facts.price_open or facts.cap is not None or facts.hourly_rate is not None


def waits_for_person(decision: Decision, ticket: TicketRecord, chart: Chart, *, has_model: bool = False) -> str:
    """Why live mode needs a person for this outcome, as a sentence, or empty. `has_model`: words and model agree."""
    outcome = decision.outcome
    if outcome not in (Outcome.PROJECT, Outcome.MINI_PROJECT):
        return ""
    needed = chart.autonomy.project if outcome is Outcome.PROJECT else chart.autonomy.mini_project
    if needed == "never":
        return f"The chart leaves every {outcome.value} to a person (autonomy: never)."
    strength = evidence_strength(decision, ticket)
    enough = needed == "statement" or strength == "record" or (needed == "two_readers" and has_model)
    if enough:
        return ""
    return f"Only statements support this {outcome.value}; the chart asks for {needed.replace('_', ' ')} (autonomy)."
