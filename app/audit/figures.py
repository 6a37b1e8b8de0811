"""Every figure of money, with its kind and how it was computed, in words that an owner can check."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure. `kind`: `measured` from records, or `estimated`; `unit`: tickets, hours or amount."""

    key: str
    title: str
    value: float
    unit: str
    kind: str
    how: str


_FIGURES = (
    ("misplaced_tickets", "Tickets of project work outside Professional Services", "measured.tickets", "tickets", "measured",
     "Tickets that the records show to be mini-projects or projects by the chart's thresholds, whose department, board and type are not those "
     "of Professional Services today."),
    ("misplaced_hours", "Hours on them", "measured.hours", "hours", "measured", "The hours of their time entries."),
    ("misplaced_billed", "Billed on them", "measured.billed", "amount", "measured",
     "Billed hours times the rate of each time entry on an invoice, and the price of the products on invoices. Discounts on an invoice itself are "
     "not known."),
    ("swallowed_hours", "Of those hours, settled by agreements", "measured.covered_hours", "hours", "measured",
     "Hours of time entries that an agreement has settled."),
    ("swallowed", "What those hours would have come to", "measured.covered", "amount", "estimated",
     "The agreement's amount where the time entry names one, else its hours times its own rate. Whether the customer would have paid is not known."),
    ("unbilled", "Billable on them and not billed yet", "measured.open", "amount", "estimated",
     "Billable time entries on no invoice, at their own rates, and of closed tickets billable products on no invoice, at their prices."),
    ("likely_tickets", "Further tickets that only the chart calls project work", "estimated.tickets", "tickets", "estimated",
     "The records do not settle what they were, for example because they are still open."),
    ("likely_hours", "Hours on them so far", "estimated.hours", "hours", "estimated", "The hours of their time entries."),
    ("likely_billed", "Billed on them so far", "estimated.billed", "amount", "estimated", "As above."),
    ("staged_tickets", "Projects on one invoice at most", "staged.tickets", "tickets", "measured",
     "Projects by the records, worked in several billing periods, with not more than one invoice."),
    ("staged", "Could have been billed earlier, in stages", "staged.billed", "amount", "estimated",
     "The value of their work in all billing periods but the last one: a project bills a stage when it is done."),
    ("late_tickets", "Closed tickets that nobody has billed", "late.tickets", "tickets", "measured",
     "Closed for more than a whole billing period, with billable time or products on no invoice."),
    ("late_hours", "Hours on them", "late.hours", "hours", "measured", "Billable hours of their time entries on no invoice."),
    ("late", "What they come to", "late.open", "amount", "estimated", "Those hours at the rates of their time entries, the products at their prices."),
)  # fmt: skip


def figures(totals: dict[str, Any]) -> list[Figure]:
    """The figures of money in the order of the report, from the totals as JSON."""
    found = []
    for key, title, place, unit, kind, how in _FIGURES:
        group, name = place.split(".")
        found.append(Figure(key, title, totals["money"][group][name], unit, kind, how))
    return found


def answers(totals: dict[str, Any]) -> list[str]:
    """The answers to the owner's three questions, a sentence or two each."""
    moves, judged, money = totals["would_move"], totals["judged"], totals["money"]
    moved = sum(moves.values())
    asked = totals["asks_a_person"]
    first = (
        f"{moved} of {totals['tickets']} tickets would move: {moves['mini-project']} become mini-projects, {moves['project']} projects. "
        f"{asked} would wait for a person's answer, {totals['left_alone']} are left alone."
    )
    if judged["tickets"]:
        second = (
            f"Where the records tell ({judged['tickets']} tickets), the chart agrees with them in {percent(judged['agree'], judged['tickets'])}. "
            f"{judged['right_moves']} of its {judged['moves']} moves were right; it missed {judged['missed']} of {judged['work']}."
        )
    else:
        second = "No ticket in this range has records that tell what it was."
    work = money["measured"]
    third = f"{work['tickets']} tickets of project work were kept outside Professional Services: "
    third += f"{work['hours']:,.2f} hours, {work['billed']:,.2f} billed."
    if work["covered_hours"]:
        third += (
            f" {work['covered_hours']:,.2f} of these hours were settled by agreements (about {work['covered']:,.2f})."
        )
    staged, late = money["staged"], money["late"]
    if staged["tickets"]:
        third += f" {staged['tickets']} projects stand on one invoice at most; about {staged['billed']:,.2f} could have been billed in stages."
    if late["tickets"]:
        third += f" {late['tickets']} closed tickets are not billed: {late['hours']:,.2f} billable hours, with products about {late['open']:,.2f}."
    return [first, second, third]


def percent(part: int, whole: int) -> str:
    """A share with one decimal, rounded down so that 100.0 % means all of them."""
    return f"{int(1000 * part / whole) / 10:.1f} %" if whole else "0.0 %"


_NAMES = {
    "notes": "notes", "tasks": "tasks", "scheduleEntries": "schedule entries", "timeEntries": "time entries", "products": "products",
    "agreement": "the agreement", "opportunity": "the opportunity",
}  # fmt: skip


def remarks_of(totals: dict[str, Any]) -> list[str]:
    """What a reader of the figures must know: what could not be read, and how well the fields alone told the outcome."""
    found = [
        f"Of {count} tickets {_NAMES.get(name, name)} could not be read: the API member has no right to them, or they are gone."
        for name, count in totals["unread"].items()
    ]
    if totals["not_readable"]:
        found.append(f"{totals['not_readable']} tickets could not be judged; they are listed.")
    checked = totals["texts"]["check"]
    if checked:
        changed = totals["checked_and_changed"]
        found.append(
            f"{totals['texts']['clear']} tickets were decided by their fields alone. Of {checked} more such tickets the texts were read "
            f"as a check: they changed {changed} of them."
        )
    return found
