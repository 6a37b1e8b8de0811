"""Whether a ticket may be touched: the one rule set of the live service, the audit and doctor.

Two questions. *Watched*: is the chart applied to the ticket without a person's request? *Blocked*: does something on the
ticket, its relatives or its company ask for a person before anything is written?
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from app.domain.customer_records import Company
from app.domain.reference import Reference, name_of
from app.domain.ticket import TicketRecord
from app.domain.work_records import TimeEntry

TIME_ENTRY_BILLED = ("Billed", "BilledAgreement")
"""Statuses of a time entry that is on an invoice or settled by an agreement (API schema `TimeEntry.status`)."""


@dataclass(frozen=True, slots=True)
class Board:
    """A service board, as far as eligibility depends on it (API schema `Board`)."""

    name: str
    is_project_board: bool = False
    is_inactive: bool = False

    @classmethod
    def from_json(cls, record: Mapping[str, Any]) -> Board:
        """A board of `/service/boards`."""
        name = record.get("name")
        flags = (record.get("projectFlag") is True, record.get("inactiveFlag") is True)
        return cls(name if isinstance(name, str) else "", *flags)


@dataclass(frozen=True, slots=True)
class EligibilityRules:
    """What the chart says about which tickets may be touched. Names are compared without case and spacing."""

    boards: frozenset[str] | None
    """The boards that are watched; None: all service boards."""
    ignored_boards: frozenset[str] = frozenset()
    ignored_types: frozenset[str] = frozenset()
    ignored_statuses: frozenset[str] = frozenset()
    protected_agreements: frozenset[str] = frozenset()
    """Agreements, by name or type, whose tickets only a person moves or converts."""
    mini_project_board: str = ""

    @classmethod
    def of(
        cls, *, boards: Iterable[str] | None, ignored_boards: Iterable[str] = (), ignored_types: Iterable[str] = (),
        ignored_statuses: Iterable[str] = (), protected_agreements: Iterable[str] = (), mini_project_board: str = "",
    ) -> EligibilityRules:  # fmt: skip
        """The rules with names as in the chart file."""
        return cls(
            None if boards is None else _folded(boards), _folded(ignored_boards), _folded(ignored_types),
            _folded(ignored_statuses), _folded(protected_agreements), fold(mini_project_board),
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Blocker:
    """A reason that asks for a person. `code` is stable, `text` is a sentence."""

    code: str
    text: str


def fold(name: str) -> str:
    """A name for comparison: case and runs of spaces do not matter."""
    return " ".join(name.casefold().split())


def board_not_watched(board: Board, rules: EligibilityRules) -> str | None:
    """The sentence why tickets of a board are not watched; None where they are."""
    name = fold(board.name)
    if board.is_project_board:
        return f"The board {board.name} is a project board."
    if board.is_inactive:
        return f"The board {board.name} is inactive."
    if name and name == rules.mini_project_board:
        return f"The ticket is on the board {board.name} already."
    if name in rules.ignored_boards or (rules.boards is not None and name not in rules.boards):
        return f"The chart does not watch the board {board.name}."
    return None


def not_watched(ticket: TicketRecord, board: Board | None, rules: EligibilityRules) -> str | None:
    """The sentence why the chart is not applied to a ticket without a person's request; None where it is.

    `board`: the ticket's board; None where it is not known, as for a past ticket that was moved since.
    """
    if board is not None and (reason := board_not_watched(board, rules)):
        return reason
    if fold(name_of(ticket.type)) in rules.ignored_types:
        return f"The chart does not watch the type {name_of(ticket.type)}."
    if fold(name_of(ticket.status)) in rules.ignored_statuses:
        return f"The chart does not watch the status {name_of(ticket.status)}."
    return "The ticket is closed." if ticket.closed_flag is True else None


def not_a_separate_ticket(ticket: TicketRecord) -> str | None:
    """The sentence why a record is no longer a separate service ticket; None where it is one."""
    if _is_set(ticket.merged_parent_ticket):
        return "The ticket was merged into another one."
    return "The ticket belongs to a project." if is_in_project(ticket) else None


def blockers(ticket: TicketRecord, rules: EligibilityRules) -> list[Blocker]:
    """What asks for a person before the ticket is moved or converted: its state, relatives, billed time, a protected
    agreement, a company that is not served."""
    company = ticket.company_billing
    found = (
        (ticket.closed_flag is True, "ticket-closed", "The ticket is closed."),
        (is_in_project(ticket), "ticket-in-project", "The ticket belongs to a project already."),
        (ticket.parent_ticket_id is not None, "ticket-child", "The ticket is a child of another ticket."),
        (ticket.has_child_ticket, "ticket-parent", "The ticket has child tickets."),
        (_is_merged(ticket), "ticket-merged", "The ticket is merged with another one."),
        (any(map(is_billed, ticket.time_entries)), "time-billed", "Time on the ticket is billed."),
    )
    return [
        *(Blocker(code, text) for applies, code, text in found if applies),
        *_protected(ticket, rules),
        *(_not_served(company) if company else ()),
    ]


def is_in_project(ticket: TicketRecord) -> bool:
    """Whether the ticket belongs to a project."""
    return ticket.record_type not in ("", "ServiceTicket") or _is_set(ticket.project)


def is_billed(entry: TimeEntry) -> bool:
    """Whether a time entry stands on an invoice or is settled by an agreement."""
    return entry.invoiced or entry.invoice is not None or entry.status in TIME_ENTRY_BILLED


def _is_merged(ticket: TicketRecord) -> bool:
    return _is_set(ticket.merged_parent_ticket) or ticket.has_merged_child_ticket_flag


def _is_set(reference: Reference | None) -> bool:
    return reference is not None and bool(reference.id or reference.name)


def _protected(ticket: TicketRecord, rules: EligibilityRules) -> list[Blocker]:
    agreement = ticket.agreement
    names = (agreement.name, agreement.type) if agreement else ()
    name = next((name for name in names if name and fold(name) in rules.protected_agreements), "")
    text = f"The chart protects tickets of the agreement “{name}”."
    return [Blocker("agreement-protected", text)] if name else []


def _not_served(company: Company) -> list[Blocker]:
    """A company that ConnectWise marks as deleted or inactive, or whose status forbids saving records."""
    status = f" (status “{company.status}”)" if company.status else ""
    if company.deleted_flag:
        return [Blocker("company-deleted", "The company is deleted.")]
    if company.inactive_flag:
        return [Blocker("company-inactive", f"The company is inactive{status}.")]
    if company.disallow_saving_flag:
        return [Blocker("company-on-hold", f"The company is on hold{status}: its status allows no new records.")]
    return []


def _folded(names: Iterable[str]) -> frozenset[str]:
    return frozenset(map(fold, names))
