"""What a further reader says of a row weighs like a statement, and only with a quote that verifies."""

from __future__ import annotations

from msgspec import structs

from app.chart import decide, shipped_chart
from app.domain.enums import Criterion, Outcome, PointsTo, Reader
from app.domain.facts import Quote, ReaderAnswer, RowStatement
from app.domain.ticket import TicketRecord

TICKET = TicketRecord(
    id=7,
    summary="New switches",
    initial_description="We accept your quote Q-2041, fixed price 9,400. Only Ms Adair and her three may touch the racks.",
    date_entered="2026-05-04T09:00:00Z",
)


def answer(words: str, says: PointsTo = PointsTo.PROJECT, row: Criterion = Criterion.BILLING) -> ReaderAnswer:
    quotes = (Quote(words, "initialDescription"),)
    return ReaderAnswer(rows=(RowStatement(row, says, quotes, "Billed in stages", Reader.MODEL),))


def test_a_verified_statement_settles_its_row() -> None:
    decision = decide(TICKET, shipped_chart(), extra=answer("fixed price 9,400"))
    billing = next(row for row in decision.findings if row.criterion is Criterion.BILLING)
    assert (decision.outcome, billing.points_to) == (Outcome.PROJECT, PointsTo.PROJECT)
    assert ("Billed in stages", "fixed price 9,400") in [(reason.text, reason.value) for reason in billing.reasons]


def test_a_statement_with_an_invented_quote_changes_nothing() -> None:
    invented = decide(TICKET, shipped_chart(), extra=answer("payable in three instalments"))
    assert invented == decide(TICKET, shipped_chart())


def test_a_statement_about_finance_counts_for_its_side() -> None:
    ticket = structs.replace(TICKET, initial_description="Look after the racks, as our flat care has it.")
    decision = decide(
        ticket, shipped_chart(), extra=answer("as our flat care has it", PointsTo.SERVICE, Criterion.FINANCE)
    )
    finance = next(row for row in decision.findings if row.criterion is Criterion.FINANCE)
    assert finance.points_to is PointsTo.SERVICE
