"""What is unknown because records could not be read: which results depend on them, and which sums are none.

A result holds only where no unread record could change it. So each unread part is assumed at its least and at its most,
and a ticket with different results is unknown.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Any

from msgspec import structs

from app.audit.actual_work import Work
from app.audit.values import instant
from app.domain.customer_records import Agreement
from app.domain.sale_records import Opportunity, Product
from app.domain.ticket import TicketRecord
from app.domain.work_records import ScheduleEntry

NAMES = {
    "notes": "notes", "tasks": "tasks", "timeEntries": "time entries", "products": "products", "scheduleEntries": "schedule entries",
    "agreement": "the agreement", "opportunity": "the opportunity",
}  # fmt: skip
RECORDS = ("timeEntries", "products", "scheduleEntries", "agreement", "opportunity")
"""The records of a ticket; notes and tasks are words."""
_LATER = timedelta(days=30)
_STAGE = Product(description="Stage payment, installation", quantity=1, price=1)


def missing(ticket: TicketRecord) -> list[str]:
    """The records of a ticket that could not be read."""
    return [name for name in RECORDS if name in ticket.unread]


def could_be(ticket: TicketRecord, work: Work, unread: list[str]) -> Iterator[TicketRecord]:
    """The ticket with what its unread records could hold at most.

    Products, schedule and opportunity can only say more for a project, so all of them together are the most; an agreement
    can say this or that.
    """
    most: dict[str, Any] = {}
    for name in unread:
        most |= _at_most(name, ticket, work)
    agreements = _agreements(ticket, work) if "agreement" in unread else []
    for records in [{}, most] if most else [{}]:
        for agreement in [{}, *({"agreement": other} for other in agreements)]:
            if records or agreement:
                yield structs.replace(ticket, **records, **agreement)


def is_timeless(unread: Mapping[str, int], readable: int) -> bool:
    """Whether no readable ticket has readable time entries."""
    return 0 < readable <= unread.get("timeEntries", 0)


def named(parts: list[str]) -> str:
    """Unread parts as a list in words."""
    words = [NAMES.get(name, name) for name in parts]
    return " and ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words)


def _at_most(name: str, ticket: TicketRecord, work: Work) -> dict[str, Any]:
    if name == "products":
        return {"products": [_STAGE, _STAGE]}
    if name == "opportunity":
        return {"opportunity": Opportunity(stage="Won")}
    if name != "scheduleEntries":
        return {}
    entered = instant(ticket.date_entered)
    start = (entered + _LATER).isoformat() if entered else ""
    return {
        "schedule_entries": [ScheduleEntry(member=member, date_start=start) for member in sorted(work.members) or [""]]
    }


def _agreements(ticket: TicketRecord, work: Work) -> list[Agreement]:
    """The ticket's agreement with one long billing period or with short ones that part the work, and covering time or not."""
    days, agreement = sorted(work.days), ticket.agreement or Agreement()
    cycles = [("Yearly", days[0]), ("Weekly", days[-1])] if work.span else [("Yearly", None)]
    return [
        structs.replace(
            agreement,
            billing_cycle=cycle,
            bill_start_date=start.isoformat() if start else "",
            cover_agreement_time=covers,
        )
        for cycle, start in cycles
        for covers in (True, False)
    ]
