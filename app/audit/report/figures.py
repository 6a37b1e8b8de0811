"""Every figure of money, with its kind and how it was computed, in words that the owner can check."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from app.audit.missing_data import NAMES, RECORDS, is_timeless, known_sums, named


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure. `kind`: `measured` from records, `estimated`, `incomplete` where it depends on records that could not be read,
    or `not-known`; `unit`: tickets, hours or amount."""

    key: str
    title: str
    value: float | None
    unit: str
    kind: str
    how: str


_FIGURES = (
    ("misplaced_tickets", "Tickets of project work outside Professional Services", "measured.tickets", "tickets", "measured",
     "Tickets that the records show to be mini-projects or projects by the chart's thresholds, whose department, board and type are not those "
     "of Professional Services today."),
    ("misplaced_hours", "Hours on these tickets", "measured.hours", "hours", "measured", "The hours of their time entries."),
    ("misplaced_billed", "Billed on these tickets", "measured.billed", "amount", "measured",
     "Billed hours times the rate of each time entry on an invoice, and the price of the products on invoices. Discounts on an invoice itself are "
     "not known."),
    ("swallowed_hours", "Of these hours, settled by agreements", "measured.covered_hours", "hours", "measured",
     "Hours of time entries that an agreement has settled."),
    ("swallowed", "Value of the hours settled by agreements", "measured.covered", "amount", "estimated",
     "The agreement's amount where the time entry names one, else its hours times its own rate. Whether the customer would have paid is not known."),
    ("unbilled", "Billable on these tickets and not billed yet", "measured.open", "amount", "estimated",
     "Billable time entries on no invoice, at their own rates, and of closed tickets billable products on no invoice, at their prices."),
    ("likely_tickets", "Further tickets that only the chart calls project work", "estimated.tickets", "tickets", "estimated",
     "Records do not settle their outcome, for example because the tickets are still open or records cannot be read."),
    ("likely_hours", "Hours on these tickets so far", "estimated.hours", "hours", "estimated", "The hours of their time entries."),
    ("likely_billed", "Billed on these tickets so far", "estimated.billed", "amount", "estimated", "As above."),
    ("staged_tickets", "Projects on one invoice at most", "staged.tickets", "tickets", "measured",
     "Projects by the records, worked in several billing periods, with not more than one invoice."),
    ("staged", "Could have been billed earlier, in stages", "staged.billed", "amount", "estimated",
     "The value of their work in all billing periods but the last one: a project bills a stage when it is done."),
    ("late_tickets", "Closed tickets that are not billed", "late.tickets", "tickets", "measured",
     "Closed for more than a whole billing period, with billable time or products on no invoice."),
    ("late_hours", "Hours on these tickets", "late.hours", "hours", "measured", "Billable hours of their time entries on no invoice."),
    ("late", "Value of these hours and products", "late.open", "amount", "estimated",
     "Hours at the rates of their time entries, products at their prices."),
)  # fmt: skip


_DEPENDS_ON = {
    "likely_tickets": (), "likely_hours": ("timeEntries",), "likely_billed": ("timeEntries", "products"),
    "late_tickets": ("timeEntries", "products", "agreement"), "late_hours": ("timeEntries", "agreement"),
    "late": ("timeEntries", "products", "agreement"),
}  # fmt: skip
"""The records a figure depends on; figures not listed depend on every record that shows what a ticket was."""


def figures(totals: dict[str, Any]) -> list[Figure]:
    """The figures of money in the order of the report, from the totals as JSON."""
    found = []
    timeless = _is_timeless(totals)
    for key, title, place, unit, kind, how in _FIGURES:
        group, name = place.split(".")
        value, known = totals["money"][group][name], known_sums(group, timeless=timeless)
        lacks = [record for record in _DEPENDS_ON.get(key, RECORDS) if totals["unread"].get(record)]
        if known is not None and name not in known:
            found.append(Figure(key, title, None, unit, "not-known", "The time entries could not be read."))
        elif lacks:
            less = f"{how} Most likely too low: of some tickets {named(lacks)} could not be read."
            found.append(Figure(key, title, value, unit, "incomplete", less))
        else:
            found.append(Figure(key, title, value, unit, kind, how))
    return found


def shown(value: float | None) -> str:
    """A count, or an amount, as it is written everywhere."""
    return f"{value:,}" if isinstance(value, int) else amount(value)


def amount(value: float | None) -> str:
    """Hours or money as they are written everywhere."""
    return "not known" if value is None else f"{value:,.2f}"


def changes(before: dict[str, Any], after: dict[str, Any]) -> list[dict[str, Any]]:
    """Every figure that another chart changes, from both totals as JSON: counts, judgement and money."""
    old, new = _counts(before), _counts(after)
    found = [{"title": title, "unit": "tickets", "before": old[title], "after": new[title]} for title in old]
    for figure, two in zip(figures(before), figures(after), strict=True):
        title = f"{figure.title}: {_GROUPS[figure.key]}" if figure.key in _GROUPS else figure.title
        found.append({"title": title, "unit": figure.unit, "before": figure.value, "after": two.value})
    return [figure for figure in found if figure["before"] != figure["after"]]


_GROUPS = {
    "misplaced_hours": "misplaced work", "misplaced_billed": "misplaced work", "swallowed_hours": "misplaced work", "unbilled": "misplaced work",
    "swallowed": "misplaced work", "likely_hours": "what only the chart calls project work", "likely_billed": "what only the chart calls project work",
    "late_hours": "closed and not billed", "late": "closed and not billed",
}  # fmt: skip
"""The group of a figure whose title refers to the figure before it."""


def _counts(totals: dict[str, Any]) -> dict[str, int]:
    judged = totals["judged"]
    return {
        "Would become mini-projects": totals["would_move"]["mini-project"], "Would become projects": totals["would_move"]["project"],
        "Would wait for a person's answer": totals["asks_a_person"], "Are left alone": totals["left_alone"],
        "Outcome shown by records": judged["tickets"], "Chart and records agree": judged["agree"],
        "Would move, outcome shown by records": judged["moves"], "Of these, right": judged["right_moves"],
        "Project work that the chart missed": judged["missed"],
    }  # fmt: skip


def answers(totals: dict[str, Any]) -> list[str]:
    """The answers to the owner's three questions, a sentence or two each."""
    moves, asked = totals["would_move"], totals["asks_a_person"]
    first = (
        f"{sum(moves.values()):,} of {totals['tickets']:,} tickets would move: {moves['mini-project']:,} become mini-projects, "
        f"{moves['project']:,} projects. {asked:,} would wait for a person's answer, {totals['left_alone']:,} are left alone."
    )
    return [first, _is_right(totals), _cost(totals)]


def _is_right(totals: dict[str, Any]) -> str:
    judged, lacks = totals["judged"], _lacks(totals)
    if not judged["tickets"]:
        text = "No ticket in this range has records that show its outcome"
        return f"{text}: {named(lacks)} could not be read." if lacks else f"{text}."
    moved = sum(totals["would_move"].values())
    text = (
        f"Records show the outcome of {judged['tickets']:,} tickets; the chart agrees with them in {percent(judged['agree'], judged['tickets'])}. "
        f"Of the {moved:,} tickets that would move, records show the outcome of {judged['moves']:,}: {judged['right_moves']:,} of these are right. "
        f"Of all {judged['work']:,} tickets of project work, the chart missed {judged['missed']:,}."
    )
    return f"{text} Of some tickets {named(lacks)} could not be read." if lacks else text


def _cost(totals: dict[str, Any]) -> str:
    work, lacks = totals["money"]["measured"], _lacks(totals)
    if _is_timeless(totals):
        text = "The cost of misplaced work is not known: the time entries could not be read."
    else:
        least = "At least " if lacks else ""
        text = f"{least}{work['tickets']:,} tickets of project work were kept outside Professional Services: "
        text += f"{work['hours']:,.2f} hours, {work['billed']:,.2f} billed."
        if work["covered_hours"]:
            text += f" {work['covered_hours']:,.2f} of these hours were settled by agreements (about {work['covered']:,.2f})."
        if lacks:
            text += f" These sums are most likely too low: of some tickets {named(lacks)} could not be read."
    return text + _late(totals)


def _late(totals: dict[str, Any]) -> str:
    """Work billed late, or not in stages."""
    staged, late = totals["money"]["staged"], totals["money"]["late"]
    text = ""
    if staged["tickets"]:
        text += f" {staged['tickets']:,} projects are on one invoice at most; about {staged['billed']:,.2f} could have been billed in stages."
    if late["tickets"] and _is_timeless(totals):
        text += f" {late['tickets']:,} closed tickets are not billed: products alone about {late['open']:,.2f}."
    elif late["tickets"]:
        text += f" {late['tickets']:,} closed tickets are not billed: {late['hours']:,.2f} billable hours, with products about {late['open']:,.2f}."
    return text


def percent(part: int, whole: int) -> str:
    """A share with one decimal, rounded down so that 100.0 % means all of them."""
    return f"{int(1000 * part / whole) / 10:.1f} %" if whole else "0.0 %"


def _lacks(totals: dict[str, Any]) -> list[str]:
    """The records that could not be read of some tickets."""
    return [name for name in RECORDS if totals["unread"].get(name)]


def _is_timeless(totals: dict[str, Any]) -> bool:
    return is_timeless(totals["unread"], totals["tickets"] - totals["not_readable"])


def gaps(totals: dict[str, Any]) -> list[str]:
    """Records that could not be read, and the effect on outcomes and figures."""
    found = [
        f"Of {count:,} tickets {NAMES.get(name, name)} could not be read: the API member has no right to them, or they are gone."
        for name, count in totals["unread"].items()
    ]
    if lacks := _lacks(totals):
        too = "The chart decided without them, too. " if lacks != ["timeEntries"] else ""
        found.append(
            f"{too}Where they could change the outcome of a ticket, it is unknown. Figures that depend on them are most likely too low and marked "
            "incomplete, or not known."
        )
    return found


def remarks_of(totals: dict[str, Any]) -> list[str]:
    """Remarks for the reader: records that could not be read, and how well the fields alone showed the outcome."""
    found = gaps(totals)
    if totals["not_readable"]:
        found.append(f"{totals['not_readable']:,} tickets could not be evaluated; they are listed.")
    checked = totals["texts"]["check"]
    if checked:
        changed = totals["checked_and_changed"]
        found.append(
            f"{totals['texts']['clear']:,} tickets were decided by their fields alone. For {checked:,} more such tickets the texts were read "
            f"as a check: they changed {changed:,} outcomes."
        )
    return found
