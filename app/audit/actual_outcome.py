"""What a ticket turned out to be: the chart's own rules over what was done. No word of its text counts.

The chart decides a ticket whose schedule is the time that was booked, so that periods, people, size and the small-job rule
are those of the live chart. Project work also needs evidence of a sale; without it, support stays service however long it
took, and the rest is `unknown`. So the result does not depend on the reading of words that it is there to check. What the
records do not settle is `unknown`, and so is what records that could not be read might change.
"""

from __future__ import annotations

from dataclasses import dataclass

from msgspec import structs

from app.audit.actual_work import Work, count_work
from app.audit.as_of import is_on
from app.audit.kept_ticket import is_own_move
from app.audit.missing_data import could_be, missing, named
from app.audit.sale import PRICED, evidence_of_sale, hints_of_sale, is_support
from app.audit.values import hundredths
from app.chart import Chart, decide
from app.domain.eligibility import fold
from app.domain.enums import Outcome
from app.domain.reference import name_of
from app.domain.sale_records import Product
from app.domain.ticket import TicketRecord
from app.domain.work_records import ScheduleEntry

UNKNOWN = "unknown"
PROJECT_WORK = (Outcome.MINI_PROJECT.value, Outcome.PROJECT.value)


@dataclass(frozen=True, slots=True)
class ActualOutcome:
    """The outcome that the records show, with the sentence that says why."""

    outcome: str
    because: str


def actual_outcome(ticket: TicketRecord, work: Work, chart: Chart) -> ActualOutcome:
    """The outcome of a ticket whose work is counted.

    `unknown`: still open, no time booked, moved by this service, or records that do not settle it or cannot be read.
    """
    if is_own_move(ticket):
        return ActualOutcome(UNKNOWN, "This service moved the ticket; its own move is no evidence.")
    unread = missing(ticket)
    if "timeEntries" in unread:
        return ActualOutcome(UNKNOWN, "The time entries cannot be read.")
    found = _by_records(ticket, work, chart)
    if unread and found.outcome != UNKNOWN:
        others = (_by_records(other, count_work(other, chart), chart) for other in could_be(ticket, work, unread))
        if any(other.outcome != found.outcome for other in others):
            cause = _sentence([named(unread)])[:-1]
            return ActualOutcome(UNKNOWN, f"{cause} cannot be read and could change what it was.")
    return found


def _by_records(ticket: TicketRecord, work: Work, chart: Chart) -> ActualOutcome:
    """Support that nobody sold is service without further ado; the rest goes through the chart's rules.

    Work that was sold and is no support is a mini-project at least, whatever points the chart asks of a sale.
    """
    sale, settled = evidence_of_sale(ticket), bool(ticket.closed_flag and work.entries)
    support = is_support(ticket, work)
    decided = (
        _decided(ticket, work, chart, sold=bool(sale) and not support) if work.entries and (sale or not support) else ""
    )
    if decided in PROJECT_WORK and sale and (settled or decided == Outcome.PROJECT.value):
        return ActualOutcome(decided, _sentence([*_size(work), *sale]))
    if placed := _placed(ticket, chart):
        return ActualOutcome(chart.combination.only_finance_says_project, placed)
    if not settled:
        return ActualOutcome(UNKNOWN, "No time was booked." if ticket.closed_flag else "The ticket is still open.")
    if doubts := _doubts(ticket, work, decided, sale):
        return ActualOutcome(UNKNOWN, _sentence(doubts))
    return ActualOutcome(decided or chart.combination.otherwise, _sentence(_plain(work)))


def _doubts(ticket: TicketRecord, work: Work, decided: str, sale: list[str]) -> list[str]:
    """Why the records do not settle a finished ticket; empty where they do."""
    if not decided:
        return []
    if decided == Outcome.SERVICE_TICKET.value:
        hints = [] if sale else hints_of_sale(ticket, work)
        return [*hints, "too little to call it sold work"] if hints else []
    return [*sale, "the rest is not settled"] if sale else [*_size(work), "nothing shows whether it was sold"]


def _decided(ticket: TicketRecord, work: Work, chart: Chart, *, sold: bool) -> str:
    """The chart's outcome. What was `sold` and no project row calls a project is the outcome of finance alone."""
    decision = decide(as_done(ticket, work), chart, facts=False)
    open_to = decision.candidates or (decision.outcome,)
    if sold and Outcome.PROJECT not in open_to:
        return chart.combination.only_finance_says_project
    return decision.outcome.value


def as_done(ticket: TicketRecord, work: Work) -> TicketRecord:
    """The ticket as if everything that was done had been booked when it was entered, without its words.

    An agreed fee stands as a line of labour, and a charged line replaces one that was given away.
    """
    booked = [
        ScheduleEntry(
            id=entry.id, member=entry.member, date_start=entry.time_start, date_end=entry.time_end, hours=entry.hours
        )
        for entry in ticket.time_entries
        if hundredths(entry.hours) > 0
    ]
    lines = [structs.replace(line, billable_option="Billable") for line in ticket.products if not line.cancelled]
    if ticket.billing_method in PRICED and work.price:
        lines.append(
            Product(
                description="Fixed price",
                product_class="Service",
                quantity=1,
                price=work.price / 100,
                billable_option="Billable",
            )
        )
    return structs.replace(
        ticket, summary="", initial_description="", notes=[], tasks=[], custom_fields=[], contacts_cc=[], resources="",
        schedule_entries=booked, products=lines, time_entries=[], budget_hours=None, actual_hours=None, po_number="",
        estimated_start_date="", required_date="", closed_flag=False, closed_date="", status=None, board=None, unread=[],
    )  # fmt: skip


def _placed(ticket: TicketRecord, chart: Chart) -> str:
    """Where a person has put the ticket, if that says it is a mini-project."""
    target = chart.mini_project
    if target.method == "board" and is_on(ticket, target.board):
        return f"The ticket is on the board {target.board}."
    if target.method == "type" and fold(name_of(ticket.type)) == fold(target.type):
        return f"It has the type {target.type}."
    return ""


def _size(work: Work) -> list[str]:
    members = "one member" if len(work.members) <= 1 else f"{len(work.members)} members"
    periods = "one billing period" if len(work.by_period) <= 1 else f"{len(work.by_period)} billing periods"
    return [f"{work.hours / 100:g} hours by {members}", f"in {periods}"]


def _plain(work: Work) -> list[str]:
    settled = (
        "settled by the agreement" if work.covered_hours and not work.billed_hours else f"{len(work.invoices)} invoices"
    )
    return [*_size(work), "on one invoice" if len(work.invoices) == 1 else settled]


def _sentence(parts: list[str]) -> str:
    text = ", ".join(parts)
    return f"{text[:1].upper()}{text[1:]}."
