"""Sections of the chart file about targets: watched tickets, mini-projects, projects, revenue.

Read as part of the chart; used by planning.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Discriminator, Field, StringConstraints, Tag

from app.domain.enums import BillingMethod


class Section(BaseModel):
    """A part of the chart file: unknown names are refused, values never change after loading."""

    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True)


Name = Annotated[str, StringConstraints(min_length=1, max_length=100)]
"""A name as in ConnectWise. Case does not matter."""
Names = dict[Name, Name]


def _kind_of_boards(value: Any) -> str:
    return "names" if isinstance(value, list | tuple) else "all"


Boards = Annotated[
    Annotated[list[Name], Tag("names")] | Annotated[Literal["all"], Tag("all")], Discriminator(_kind_of_boards)
]


class Watch(Section):
    """Which tickets the chart is applied to automatically."""

    boards: Boards = "all"
    """`all`: every active service board that is no project board and not the Mini-Project board; or a list of boards."""
    ignore_boards: list[Name] = ["Alerts"]
    """Boards whose tickets are never touched."""
    ignore_types: list[Name] = []
    """Service types whose tickets are never touched."""
    ignore_statuses: list[Name] = []
    """Statuses in which a ticket is never touched."""
    protected_agreements: list[Name] = []
    """Agreements, by name or type, whose tickets are moved or converted only by a person."""


class MiniProject(Section):
    """How the revenue of a mini-project reaches Professional Services: by board or by service type."""

    method: Literal["board", "type"] = "board"
    """`board`: the ticket moves to the Mini-Project board; `type`: it stays and gets the service type."""
    board: Name = "Mini-Projects"
    """The Mini-Project board; its department maps to Professional Services."""
    type: Name = "Projects"
    """Service type that the method `type` sets, on the ticket's board."""
    status: Name | None = None
    """Status there where `statuses` has no entry; empty: the same name, else the board's default."""
    statuses: Names = {}
    """Old status to status on the Mini-Project board; a name that is not listed is looked for under the same name there."""
    types: Names = {}
    """Old type to type there."""
    subtypes: Names = {}
    """Old subtype to subtype there."""
    items: Names = {}
    """Old item to item there."""
    teams: Names = {}
    """Old team to team there."""


class PhaseRule(Section):
    """A phase that a project gets when the evidence names no stages."""

    name: Name
    """The phase's name in ConnectWise."""
    share: Decimal = Field(default=Decimal(1), ge=0, le=1)
    """Its part of the budget hours, 0 to 1."""


Billable = Literal["Billable", "DoNotBill", "NoCharge", "NoDefault"]


class Billing(Section):
    """From evidence to billing. The methods are ConnectWise's own names."""

    fixed_price: BillingMethod = BillingMethod.FIXED_FEE
    """Where a price for the whole job is agreed."""
    cap: BillingMethod = BillingMethod.NOT_TO_EXCEED
    """Where an upper limit is agreed."""
    agreed_rate: BillingMethod = BillingMethod.OVERRIDE_RATE
    """Where a rate is agreed for this job."""
    otherwise: BillingMethod = BillingMethod.ACTUAL_RATES
    """Otherwise."""
    rate_type: Literal["StaffMember", "WorkRole"] = "WorkRole"
    """Whose rate is billed with actual rates."""
    terms: Name | None = None
    """Billing terms; empty: ConnectWise's default."""
    tax_code: Name | None = None
    """Tax code; empty: ConnectWise's default."""
    bill_time: Billable = "Billable"
    """How time is billed."""
    bill_expenses: Billable = "Billable"
    """How expenses are billed."""
    bill_products: Billable = "Billable"
    """How products are billed."""
    bill_after_close: bool = False
    """Bill only once the project is closed."""
    bill_unapproved: bool = False
    """Bill time and expenses that are not approved yet."""
    down_payment: Decimal = Field(default=Decimal(0), ge=0, le=1)
    """Part of a fixed price that is paid in advance, 0 to 1. Instalments take its place where they are agreed."""
    restrict_down_payment: bool = False
    """Only invoices of the project itself may use up its down payment."""
    agreement: Literal["keep", "remove", "remove-when-priced"] = "remove-when-priced"
    """The ticket's agreement on the project: kept, removed, or removed where a price, a cap or a rate is agreed."""
    stages_become_phases: bool = True
    """Instalments become fixed-fee phases that are billed separately when the phase closes."""
    amounts_from_text: Literal["ask", "allow"] = "ask"
    """`ask`: a person accepts amounts that only a text names; `allow`: live mode writes them."""
    labour_lines: Literal["fee", "lines"] = "fee"
    """`fee`: the fee is the sum of the labour lines, which are set to DoNotBill; `lines`: they bill, and time is not charged."""
    labour_items: list[Name] = Field(default=[], max_length=500)
    """Catalog items that are labour regardless of their product class."""
    payments: Literal["milestones", "downpayment", "progress", "manual"] = "milestones"
    """A payment plan becomes milestone phases, a down payment, progress invoices on a person's word, or a manual action."""


Kind = Literal["migration", "installation", "consulting"]
Weekday = Literal["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]


class Project(Section):
    """What a converted ticket becomes."""

    board: Name = "Projects"
    """The project board."""
    status: Name | None = None
    """Project status; empty: the default."""
    type: Name | None = None
    """Project type where `types` has no entry for the kind of work."""
    types: dict[Kind, Name] = {}
    """Kind of work to project type."""
    templates: dict[Kind, Name] = {}
    """Kind of work to project template."""
    location: Name | None = None
    """Empty: the ticket's own location."""
    department: Name = "Professional Services"
    """The project's department, which maps its revenue."""
    manager: Name | None = None
    """Member identifier where the text names no project manager; empty: the ticket's owner."""
    managers: dict[Kind, Name] = {}
    """Kind of work to the manager's member identifier, before `manager`."""
    manager_required: bool = True
    """A conversion without a manager waits for a person."""
    role: Name | None = None
    """Project role of scheduled members; empty: the first role without the manager flag."""
    manager_role: Name | None = None
    """Project role of the manager; empty: the first role with the manager flag."""
    default_days: int = Field(default=30, ge=1, le=3650, strict=True)
    """Estimated length in days when the evidence names no end."""
    budget_analysis: Literal["ActualHours", "BillableHours"] = "ActualHours"
    """What the budget is compared with."""
    working_days: list[Weekday] = Field(default=["Mon", "Tue", "Wed", "Thu", "Fri"], min_length=1, max_length=7)
    """Days on which estimated dates may fall."""
    days_off: list[date] = Field(default=[], max_length=400)
    """Holidays on which estimated dates do not fall, such as 2026-12-25."""
    phases: list[PhaseRule] = Field(default=[PhaseRule(name="Delivery")], min_length=1, max_length=50)
    """Phases when the evidence names no stages; their shares add up to 1."""
    billing: Billing = Billing()
    """From evidence to billing."""


class Revenue(Section):
    """Where project revenue belongs."""

    account: Name = "Professional Services"
    """A GL account whose text contains this counts."""
    department: Name = "Professional Services"
    """The Mini-Project board's department."""
    unproven: Literal["ask", "allow"] = "ask"
    """Where the GL mapping cannot be read: `ask` a person, or `allow` the plan."""


EvidenceStrength = Literal["record", "two_readers", "statement", "never"]
"""The weakest evidence with which live mode acts without a person. `never`: a person always decides."""


class Autonomy(Section):
    """What live mode does without a person, by outcome."""

    project: EvidenceStrength = "record"
    """For a project: `record` is a won opportunity, priced lines, schedule or tasks."""
    mini_project: EvidenceStrength = "two_readers"
    """For a mini-project; where no model is set, `two_readers` means `record`."""
