"""What cannot be known because something could not be read: which verdicts hang on it, and which sums are none.

A verdict holds only where nothing that is unread could change it. So each unread part is taken as it could be at its least
and at its most, and a ticket that is not the same each time is unknown.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Any

from app.audit.actual_work import Work
from app.audit.values import instant

NAMES = {
    "notes": "notes", "tasks": "tasks", "timeEntries": "time entries", "products": "products", "scheduleEntries": "schedule entries",
    "agreement": "the agreement", "opportunity": "the opportunity",
}  # fmt: skip
RECORDS = ("timeEntries", "products", "scheduleEntries", "agreement", "opportunity")
"""What the records of a ticket are; notes and tasks are words."""
TOLD_BY_TIME = ("hours", "billed", "covered_hours", "covered", "open", "staged", "late_hours", "members", "periods", "days", "invoices")  # fmt: skip
"""What nobody knows of a ticket whose time entries are unread."""
_WITHOUT_TIME = {"measured": (), "estimated": ("tickets",), "staged": (), "late": ("tickets", "open")}
"""The sums of money that are something all the same where no time entry could be read."""
_LATER = timedelta(days=30)
_STAGE = {"description": "Stage payment, installation", "quantity": 1, "price": 1}


def missing(case: Mapping[str, Any]) -> list[str]:
    """The records of a ticket that could not be read."""
    unread = case.get("unread") or ()
    return [name for name in RECORDS if name in unread]


def could_be(case: Mapping[str, Any], work: Work, unread: list[str]) -> Iterator[Mapping[str, Any]]:
    """The case with what its unread records could hold at most. Products, schedule and opportunity can only say more of a project,
    so all of them together are the most; an agreement can say this or that."""
    most: dict[str, Any] = {name: _at_most(name, case, work) for name in unread if name != "agreement"}
    agreements = _agreements(case, work) if "agreement" in unread else []
    for records in [{}, most] if most else [{}]:
        for agreement in [{}, *agreements]:
            if records or agreement:
                yield {**case, **records, **agreement}


def known_sums(group: str, *, timeless: bool) -> tuple[str, ...] | None:
    """The sums of a group of money that are known; None: all of them. `timeless`: no time entry could be read."""
    return _WITHOUT_TIME[group] if timeless else None


def is_timeless(unread: Mapping[str, int], readable: int) -> bool:
    """Whether of no ticket that could be judged the time entries could be read."""
    return 0 < readable <= unread.get("timeEntries", 0)


def named(parts: list[str]) -> str:
    """Unread parts as a person lists them."""
    words = [NAMES.get(name, name) for name in parts]
    return " and ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words)


def _at_most(name: str, case: Mapping[str, Any], work: Work) -> Any:
    if name == "products":
        return [_STAGE, _STAGE]
    if name == "opportunity":
        return {"stage": "Won"}
    entered = instant(case.get("dateEntered"))
    start = (entered + _LATER).isoformat() if entered else None
    return [{"member": one, "dateStart": start} for one in sorted(work.members) or [""]]


def _agreements(case: Mapping[str, Any], work: Work) -> list[dict[str, Any]]:
    """The ticket's agreement with one long billing period or with short ones that part the work, and covering time or not."""
    days, own = sorted(work.days), case.get("agreement")
    cycles = [("Yearly", days[0]), ("Weekly", days[-1])] if work.span else [("Yearly", None)]
    known = own if isinstance(own, dict) else {}
    return [
        {
            "agreement": {
                **known,
                "billingCycle": cycle,
                "billStartDate": start and start.isoformat(),
                "coverAgreementTime": covers,
            }
        }
        for cycle, start in cycles
        for covers in (True, False)
    ]
