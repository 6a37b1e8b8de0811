"""Autonomy by evidence: what live mode goes on with by itself."""

from __future__ import annotations

from typing import Any

import pytest

from app.chart import Decision, decide
from app.domain.enums import Outcome
from app.domain.ticket import TicketRecord
from app.planning.autonomy import evidence_strength, waits_for_person
from tests.support.planning_factories import chart, line, make_ticket, sold

WORDS = "Order signed, fixed price $12,000. Two engineers from July to September, one invoice per stage."
VISITS = [
    {"member": "jdoe", "dateStart": "2026-06-10T09:00:00Z", "hours": 7},
    {"member": "awong", "dateStart": "2026-07-15T09:00:00Z", "hours": 7},
]


def decided(ticket: dict[str, Any]) -> tuple[Decision, TicketRecord]:
    """The chart's decision on a ticket of June 2026."""
    record = TicketRecord.from_json(ticket | {"dateEntered": "2026-06-03T09:00:00Z"})
    return decide(record, chart()), record


@pytest.mark.parametrize(
    ("ticket", "strength"),
    [
        (make_ticket(initialDescription=WORDS), "statement"),
        (make_ticket(initialDescription=WORDS, scheduleEntries=VISITS), "statement"),
        (sold(12000, initialDescription=WORDS), "statement"),
        (sold(12000, initialDescription=WORDS, scheduleEntries=VISITS), "record"),
        (make_ticket(initialDescription=WORDS, scheduleEntries=VISITS, products=[line(1, 12000)]), "record"),
    ],
    ids=["words", "schedule without a sale", "sale without a schedule", "sale and schedule", "lines and schedule"],
)
def test_records_have_to_support_rows_and_sale(ticket: dict[str, Any], strength: str) -> None:
    decision, record = decided(ticket)
    assert decision.outcome is Outcome.PROJECT
    assert evidence_strength(decision, record) == strength
    assert bool(waits_for_person(decision, record, chart())) is (strength == "statement")


def test_the_chart_may_let_statements_suffice_or_never_go_on() -> None:
    decision, record = decided(make_ticket(initialDescription=WORDS))
    assert waits_for_person(decision, record, chart(autonomy={"project": "statement"})) == ""
    assert "autonomy: never" in waits_for_person(decision, record, chart(autonomy={"project": "never"}))
    assert "record (autonomy)" in waits_for_person(decision, record, chart())


def test_two_readers_mean_a_record_where_no_model_is_set() -> None:
    text = "Quote 4711 accepted, fixed price $640. One engineer, half a day, one invoice when done."
    decision, record = decided(make_ticket(summary="Install access point", initialDescription=text))
    assert decision.outcome is Outcome.MINI_PROJECT
    assert waits_for_person(decision, record, chart())
    assert waits_for_person(decision, record, chart(), has_model=True) == ""


def test_a_service_ticket_waits_for_nobody() -> None:
    decision, record = decided(make_ticket(summary="Printer jam", initialDescription="The printer is jammed again."))
    assert decision.outcome is Outcome.SERVICE_TICKET
    assert waits_for_person(decision, record, chart()) == ""
