"""The measures that conditions of the decision table may name, each with what it says of a ticket."""

from __future__ import annotations

from collections.abc import Mapping

FINANCE: Mapping[str, str] = {
    "sold_points": "points for a sale",
    "support_points": "points for support",
    "fault_points": "points for a fault, a part of those for support",
    "request_points": "points for a routine request, a part of those for support",
    "budget_hours": "the ticket's budget hours",
    "kind": "work of a project's kind: migration, installation, consulting, or equipment that arrived and is to be set up",
    "covers": "the agreement covers time",
    "covered": "the ticket says that the work is covered",
    "charged": "the ticket says that it is charged, and not that it is covered",
    "priced": "a price is agreed, or the opportunity is won",
    "ordered": "an order, a price, a named quote, instalments, a won opportunity or a product line",
    "large": "the work affects everyone or a whole site",
    "sized": "the size of the job is known: an amount, hours, dates, products, people, one invoice",
    "booked": "there are schedule entries",
    "solved": "the fault is already solved",
    "wish": "a wish, or a price that is only asked for",
    "lasting_improvement": "a lasting improvement is asked for, not only a repair",
    "free_hand": "whatever is necessary may be done",
    "long_standing": "the fault has lasted for a long time",
    "device_asked": "work on a device is asked for",
    "licence_agreement": "the agreement is about licences",
    "finance_open": "the ticket leaves open whether it is covered or charged, or which job is meant",
    "support_type": "the ticket's type is support work",
    "documents_differ": "two documents contradict each other",
    "sold_as_one_visit": "the only product line is one visit",
    "parts_named": "the text names parts that are billed separately",
    "small_statements": "how many of one person, one visit and one invoice the ticket states",
}
"""Of the ticket."""
ROWS: Mapping[str, str] = {
    **{
        f"{row}_{side}": f"strength of the evidence of the row {row} for {side}"
        for row in ("duration", "billing", "scheduling", "team", "contacts")
        for side in ("project", "service")
    },
    "planned_in_parts": "several tasks have separate budget hours",
    "rows_hinting": "number of rows with at least a hint at a project",
    "rows_stating": "number of rows with at least a statement for a project",
    "rows_by_text": "number of rows with a hint by the text or the plan, not by other records",
    "finance_alone": "what finance says before the other rows are known",
}
"""Of all rows together."""
OF_ONE_ROW: Mapping[str, str] = {
    "row": "the row that is decided",
    "project": "strength of its evidence for a project",
    "service": "strength of its evidence for a service ticket",
    "undecided": "the ticket leaves it open",
    "worked_out": "the length follows from a number and a pace",
    "beyond_capacity": "more hours than one resource has in one billing period",
}
"""Of the row that is decided."""
DECIDED: Mapping[str, str] = {
    "project_row": "one of combination.project_rows says project",
    "open_row": "one of combination.project_rows is contested",
    "rows_saying": "number of rows but finance that say project",
    "rows_by_record": "number of these that a record settles",
    **{row: f"what the row {row} says" for row in ("duration", "finance", "billing", "scheduling", "team", "contacts")},
}
"""Of rows that are decided."""
STRENGTHS = ("record", "statement", "hint")
THRESHOLDS: tuple[tuple[str, str, str], ...] = tuple(
    (f"{section}.{name}", section, name)
    for section, names in (
        ("finance", ("sold", "support", "clear_support", "strong_fault", "sold_over_fault", "review_above_hours")),
        ("combination", ("rows_needed", "rows_needed_against_support")),
    )
    for name in names
)
"""Name in conditions, section and key of each threshold."""
EVERYWHERE = frozenset([*FINANCE, *STRENGTHS, *(name for name, *_ in THRESHOLDS)])
"""Names that are known before any row is decided."""
