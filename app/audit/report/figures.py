"""Every figure of money, by currency and kind, with how it was computed, in words that the owner can check."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from app.audit.missing_data import NAMES, RECORDS, is_timeless, named


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure. `kind`: `measured` from records, `estimated`, `incomplete` where it depends on records that could not be
    read, or `not-known`. `share`: of the service revenue in the same currency."""

    key: str
    title: str
    currency: str
    tickets: int | None
    hours: float | None
    amount: float | None
    share: float | None
    kind: str
    how: str


_TICKETS = (
    ("measured", "Sold work kept outside Professional Services", "measured",
     "Tickets that the records show to be mini-projects or projects, by the chart's own rules over the work that was done and with evidence of "
     "a sale, whose revenue does not reach Professional Services."),
    ("estimated", "Further tickets that only the chart calls project work", "estimated",
     "Records do not settle their outcome, for example because the tickets are still open or records cannot be read."),
)  # fmt: skip

_MONEY = (
    ("reclassified", "Revenue in the wrong account", "measured",
     "Invoiced services of sold work whose GL path does not lead to Professional Services: fixed fees by their amount, time by the invoice, lines of "
     "labour by their price. It was earned; it is no cost."),
    ("given_away", "Sold work given away", "estimated",
     "Time and lines of labour of sold work marked NoCharge or DoNotBill or written off, at their own rates. Time inside a fixed fee or beside a "
     "charged line of labour is not counted. Assumption: the customer would have paid these rates."),
    ("swallowed", "Sold work that agreements swallowed", "estimated",
     "Hours of sold work settled by an agreement, at the agreement's amount where the entry names one, else at their own rates; of an unbilled "
     "fixed fee its amount. Beside a billed fee or line nothing is counted. Assumption: the customer would have paid."),
    ("unbilled", "Finished and not billed", "estimated",
     "Billable time at its rates, fixed fees and products of any ticket that was closed more than a whole billing period ago and stands on no "
     "invoice. Assumption: it can still be billed."),
    ("billed_late", "Billed late", "measured",
     "Invoiced more than a whole billing period after the ticket was closed, by the dates of the invoices."),
    ("over_budget", "Hours over budget", "estimated", "Hours of sold work beyond the ticket's budget hours, at the average rate of its time."),
    ("below_price", "Hours that the price did not pay", "estimated",
     "What the hours of sold work are worth at their rates beyond its fixed fee, cap or lines of labour."),
    ("staged", "Could have been billed earlier, in stages", "estimated",
     "Of projects on one invoice at most: the value of the work in all billing periods but the last one. Assumption: a stage is billed when it is "
     "done."),
)  # fmt: skip
_DEPENDS_ON = {
    "estimated": (), "unbilled": ("timeEntries", "products", "agreement"), "billed_late": ("timeEntries", "products"),
}  # fmt: skip
"""The records a figure depends on; figures not listed depend on every record that shows what a ticket was."""


def figures(totals: dict[str, Any]) -> list[Figure]:
    """The figures in the order of the report, from the totals as JSON."""
    found = []
    for key, title, kind, how in _TICKETS:
        group = totals["misplaced"][key]
        values = (group["tickets"], group["hours"], None, None)
        found.append(
            _figure(
                totals, f"{key}_work", title, values=values, kind=kind, how=how, depends=_DEPENDS_ON.get(key, RECORDS)
            )
        )
    for currency, money in totals["money"].items():
        for key, title, kind, how in _MONEY:
            sums = money[key]
            values = (sums["tickets"], sums["hours"], sums["amount"], sums["share"])
            by_name = money["by_department_name"] if key == "reclassified" else 0
            assumed = f"{how} Of {by_name:,} tickets the GL path is not known: by their department's name."
            found.append(
                _figure(
                    totals, key, title, values=values, kind="estimated" if by_name else kind, how=assumed if by_name else how,
                    depends=_DEPENDS_ON.get(key, RECORDS), currency=currency,
                )
            )  # fmt: skip
    return found


def _figure(
    totals: dict[str, Any], key: str, title: str, *, values: tuple[int | None, float | None, float | None, float | None],
    kind: str, how: str, depends: tuple[str, ...], currency: str = "",
) -> Figure:  # fmt: skip
    tickets, hours, amount, share = values
    lacks = [record for record in depends if totals["unread"].get(record)]
    if _is_timeless(totals) and (
        amount is None if key not in ("measured_work", "estimated_work") else key == "measured_work"
    ):
        return Figure(key, title, currency, None, None, None, None, "not-known", "The time entries could not be read.")
    if lacks:
        kind, how = "incomplete", f"{how} Most likely too low: of some tickets {named(lacks)} could not be read."
    return Figure(key, title, currency, tickets, hours, amount, share, kind, how)


def shown(value: float | None) -> str:
    """A count, or an amount, as it is written everywhere."""
    return f"{value:,}" if isinstance(value, int) else amount(value)


def amount(value: float | None) -> str:
    """Hours or money as they are written everywhere."""
    return "not known" if value is None else f"{value:,.2f}"


def money(value: float | None, currency: str) -> str:
    """An amount with its currency."""
    return f"{currency} {amount(value)}".strip()


def changes(before: dict[str, Any], after: dict[str, Any]) -> list[dict[str, Any]]:
    """Every figure that another chart changes, from both totals as JSON: counts, judgement and money."""
    old, new = _counts(before), _counts(after)
    found = [{"title": title, "unit": "tickets", "before": old[title], "after": new[title]} for title in old]
    later = {(figure.key, figure.currency): figure for figure in figures(after)}
    for figure in figures(before):
        two = later.get((figure.key, figure.currency))
        for unit in ("tickets", "hours", "amount"):
            title = f"{figure.title}, {figure.currency or unit}" if unit == "amount" else f"{figure.title}: {unit}"
            values = getattr(figure, unit), getattr(two, unit) if two else None
            found.append({"title": title, "unit": unit, "before": values[0], "after": values[1]})
    return [figure for figure in found if figure["before"] != figure["after"]]


def _counts(totals: dict[str, Any]) -> dict[str, int]:
    judged = totals["judged"]
    return {
        "Would become mini-projects": totals["would_move"]["mini-project"], "Would become projects": totals["would_move"]["project"],
        "Would wait for a person's answer": totals["asks_a_person"], "Are left alone": totals["left_alone"],
        "Outcome shown by records": judged["tickets"], "Chart and records agree": judged["agree"],
        "Would move, outcome shown by records": judged["moves"], "Of these, right": judged["right_moves"],
        "Project work that the chart missed": judged["missed"],
    }  # fmt: skip


def percent(part: int, whole: int) -> str:
    """A share with one decimal, rounded down so that 100.0 % means all of them."""
    return f"{int(1000 * part / whole) / 10:.1f} %" if whole else "0.0 %"


def lacking(totals: dict[str, Any]) -> list[str]:
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
    if lacks := lacking(totals):
        too = "The chart decided without them, too. " if lacks != ["timeEntries"] else ""
        found.append(
            f"{too}Where they could change the outcome of a ticket, it is unknown. Figures that depend on them are most likely too low and marked "
            "incomplete, or not known."
        )
    return found


def remarks_of(totals: dict[str, Any]) -> list[str]:
    """Remarks for the reader: records that could not be read, own moves, and how well the fields alone showed the outcome."""
    found = gaps(totals)
    if totals["not_readable"]:
        found.append(f"{totals['not_readable']:,} tickets could not be evaluated; they are listed.")
    if totals.get("own_moves"):
        found.append(
            f"{totals['own_moves']:,} tickets were moved by this service itself. They are marked and confirm nothing."
        )
    checked = totals["texts"]["check"]
    if checked:
        changed = totals["checked_and_changed"]
        found.append(
            f"{totals['texts']['clear']:,} tickets were decided by their fields alone. For {checked:,} more such tickets the texts were read "
            f"as a check: they changed {changed:,} outcomes."
        )
    return found
