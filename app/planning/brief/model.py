"""Types of the brief. A field has a value, a state and its sources; a plan writes only what the states allow."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any, Generic, Literal, TypeVar

from app.domain.enums import Outcome
from app.planning.manual_actions import ManualAction

T_co = TypeVar("T_co", covariant=True)


class FieldState(StrEnum):
    """How sure a value is."""

    SETTLED = "settled"
    """From a record, or entered by a person."""
    PROPOSED = "proposed"
    """Only in text, or derived."""
    CONFLICT = "conflict"
    """Two sources disagree; nothing is written."""
    MISSING = "missing"
    """Needed and not known; nothing is written."""


@dataclass(frozen=True, slots=True)
class Source:
    """Where a value was read: a place such as `opportunity.forecast` or `notes[0].text`, and the value or quote there."""

    place: str
    value: str = ""


@dataclass(frozen=True, slots=True)
class BriefField(Generic[T_co]):
    """One field. `message` says why it is in conflict or missing; `by` and `at` name the person who entered the value."""

    value: T_co | None = None
    state: FieldState = FieldState.PROPOSED
    sources: tuple[Source, ...] = ()
    message: str = ""
    by: str = ""
    at: str = ""

    @property
    def is_open(self) -> bool:
        """Whether a person has to decide before anything is written."""
        return self.state in (FieldState.CONFLICT, FieldState.MISSING)


def settled(value: T_co | None, *sources: Source) -> BriefField[T_co]:
    """A value that a record gives."""
    return BriefField(value, FieldState.SETTLED, sources)


def proposed(value: T_co | None, *sources: Source) -> BriefField[T_co]:
    """A value that a person may accept."""
    return BriefField(value, FieldState.PROPOSED, sources)


def conflict(message: str, *sources: Source, value: T_co | None = None) -> BriefField[T_co]:
    """A field whose sources disagree."""
    return BriefField(value, FieldState.CONFLICT, sources, message)


def missing(message: str, *sources: Source) -> BriefField[Any]:
    """A needed value that is not known."""
    return BriefField(None, FieldState.MISSING, sources, message)


class Reach(StrEnum):
    """How a part of the sale reaches an invoice."""

    FEE = "fee"
    PRODUCT_LINE = "product_line"
    AGREEMENT = "agreement"
    NOBODY = "nobody"
    TIME = "time"


@dataclass(frozen=True, slots=True)
class SheetLine:
    """One part of the sale. `product`: the product line's id, where it is one; `index`: its place among the ticket's."""

    text: str
    amount: Decimal
    reach: Reach
    place: str = ""
    product: int | None = None
    index: int | None = None


@dataclass(frozen=True, slots=True)
class BillingSheet:
    """The sold total by the ways in which it reaches an invoice."""

    lines: tuple[SheetLine, ...] = ()

    def total(self, *reaches: Reach) -> Decimal:
        """The sum of the lines that reach an invoice these ways."""
        return sum((line.amount for line in self.lines if line.reach in reaches), Decimal(0))

    @property
    def invoiced_once(self) -> Decimal:
        """What is invoiced once: fee and product lines; recurring parts and time are not."""
        return self.total(Reach.FEE, Reach.PRODUCT_LINE)


@dataclass(frozen=True, slots=True)
class Payment:
    """One payment of the fee, in cents."""

    label: str
    amount: Decimal
    due: date | None = None
    received: bool = False


@dataclass(frozen=True, slots=True)
class Phase:
    """One phase of work."""

    name: str
    hours: Decimal | None = None
    start: date | None = None
    end: date | None = None
    contact: str = ""


@dataclass(frozen=True, slots=True)
class TeamMember:
    """A member of the project's team."""

    identifier: str
    hours: Decimal | None = None
    start: date | None = None
    end: date | None = None
    work_role: str = ""


@dataclass(frozen=True, slots=True)
class ContactPerson:
    """A contact of the project. `part`: the part of the work that they decide on; `id`: their record, where it is known."""

    name: str
    part: str = ""
    id: int | None = None


@dataclass(frozen=True, slots=True)
class ProjectChoice:
    """A new project, or a running one that the work joins."""

    join: int | None = None
    name: str = ""


@dataclass(frozen=True, slots=True)
class PersonValue:
    """A value that a person entered, with who and when (ISO instant)."""

    value: Any
    by: str
    at: str


Method = Literal["FixedFee", "NotToExceed", "OverrideRate", "ActualRates", "NoCharge"]
PaymentForm = Literal["milestones", "downpayment", "progress", "manual"]
AgreementUse = Literal["keep", "remove", "none"]
EMPTY: BriefField[Any] = BriefField(None, FieldState.SETTLED)


@dataclass(frozen=True, slots=True)
class Brief:
    """What a plan writes. Fields that an outcome does not use are empty and settled."""

    outcome: Outcome
    name: BriefField[str] = EMPTY
    description: BriefField[str] = EMPTY
    agreed: BriefField[bool] = EMPTY
    method: BriefField[Method] = EMPTY
    currency: BriefField[str] = EMPTY
    sold_total: BriefField[Decimal] = EMPTY
    """What is sold once: labour and goods, without tax and recurring parts."""
    fee: BriefField[Decimal] = EMPTY
    cap: BriefField[Decimal] = EMPTY
    rate: BriefField[Decimal] = EMPTY
    tax_basis: BriefField[str] = EMPTY
    po_number: BriefField[str] = EMPTY
    po_amount: BriefField[Decimal] = EMPTY
    agreement: BriefField[AgreementUse] = EMPTY
    billing_sheet: BriefField[BillingSheet] = EMPTY
    payments: BriefField[tuple[Payment, ...]] = EMPTY
    payment_form: BriefField[PaymentForm] = EMPTY
    """How the payments reach invoices; `progress` is tried only where a person entered it."""
    deposit_received: BriefField[Decimal] = EMPTY
    phases: BriefField[tuple[Phase, ...]] = EMPTY
    budget_hours: BriefField[Decimal] = EMPTY
    start: BriefField[date] = EMPTY
    end: BriefField[date] = EMPTY
    manager: BriefField[str] = EMPTY
    team: BriefField[tuple[TeamMember, ...]] = EMPTY
    contacts: BriefField[tuple[ContactPerson, ...]] = EMPTY
    project: BriefField[ProjectChoice] = EMPTY
    company: BriefField[str] = EMPTY
    time: BriefField[str] = EMPTY
    products: BriefField[str] = EMPTY
    revenue: BriefField[str] = EMPTY
    confidential: BriefField[str] = EMPTY
    """`hidden` or `shown`: whether the project shows in the customer portal."""
    manual_actions: tuple[ManualAction, ...] = ()
    person: Mapping[str, PersonValue] = field(default_factory=dict)
    inputs: str = ""
    """Digest of what the brief was built from."""

    def fields(self) -> Iterator[tuple[str, BriefField[Any]]]:
        """Every field with its name, in the order of a form."""
        for each in fields(self):
            value = getattr(self, each.name)
            if isinstance(value, BriefField):
                yield each.name, value

    @property
    def open_fields(self) -> tuple[tuple[str, BriefField[Any]], ...]:
        """The fields in conflict or missing: the plan waits for them."""
        return tuple((name, one) for name, one in self.fields() if one.is_open)

    def proposals(self, *, amounts_from_text: bool = False) -> tuple[str, ...]:
        """The names of proposed fields that live mode does not write without a person."""
        gated = () if amounts_from_text else NEEDS_PERSON
        return tuple(
            name
            for name, one in self.fields()
            if name in gated and one.state is FieldState.PROPOSED and one.value not in (None, (), "")
        )

    @property
    def invoiced(self) -> Decimal:
        """What is invoiced once by the billing sheet."""
        return self.billing_sheet.value.invoiced_once if self.billing_sheet.value else Decimal(0)


NEEDS_PERSON = (
    "agreed",
    "method",
    "currency",
    "sold_total",
    "fee",
    "cap",
    "rate",
    "po_amount",
    "agreement",
    "billing_sheet",
    "payments",
    "contacts",
)
"""A proposal of these is written only after a person has accepted it (billing.md, "The brief")."""
