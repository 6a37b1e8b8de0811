"""The chart file's sections that say where tickets go: what is watched, the mini-project way, projects, revenue.

Read by `app.chart.file` as part of the whole chart; used by the plan.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from app.chart.model import BillingMethod


class Section(BaseModel):
    """A part of the chart file: unknown names are refused, values never change after loading."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Watch(Section):
    """Which tickets the chart is applied to."""

    boards: list[str] | Literal["all"] = "all"
    """`all`: every active service board that is no project board and not the Mini-Project board."""
    leave_alone_boards: list[str] = ["Alerts"]
    leave_alone_types: list[str] = []
    leave_alone_statuses: list[str] = []


class MiniProject(Section):
    """How a mini-project keeps its revenue in Professional Services: by board or by service type."""

    way: Literal["board", "type"] = "board"
    board: str = "Mini-Projects"
    type: str = "Projects"
    """Service type set by the `type` way, on the ticket's own board."""
    status: str | None = None
    """Status there where `statuses` does not map the old one; empty: the same name, else the board's default."""
    statuses: dict[str, str] = {}
    types: dict[str, str] = {}
    subtypes: dict[str, str] = {}
    items: dict[str, str] = {}
    teams: dict[str, str] = {}
    """Old name to name on the Mini-Project board; a name not listed is looked for under the same name there."""


class PhaseRule(Section):
    """A phase every project gets when the evidence names no stages; hours as a share of the budget, 0 to 1."""

    name: str = Field(max_length=100)
    share: Decimal = Field(default=Decimal(1), ge=0, le=1)


class Billing(Section):
    """From evidence to billing. The methods are ConnectWise's own names."""

    fixed_price: BillingMethod = BillingMethod.FIXED_FEE
    cap: BillingMethod = BillingMethod.NOT_TO_EXCEED
    agreed_rate: BillingMethod = BillingMethod.OVERRIDE_RATE
    otherwise: BillingMethod = BillingMethod.ACTUAL_RATES
    rate_type: Literal["StaffMember", "WorkRole"] = "WorkRole"
    terms: str | None = None
    tax_code: str | None = None
    bill_time: Literal["Billable", "DoNotBill", "NoCharge", "NoDefault"] = "Billable"
    bill_expenses: Literal["Billable", "DoNotBill", "NoCharge", "NoDefault"] = "Billable"
    bill_products: Literal["Billable", "DoNotBill", "NoCharge", "NoDefault"] = "Billable"
    bill_after_close: bool = False
    down_payment: bool = False
    stages_become_phases: bool = True
    """Instalments become fixed-fee phases that are billed separately when the phase closes."""


class Project(Section):
    """What a converted ticket becomes."""

    board: str = "Projects"
    status: str | None = None
    type: str | None = None
    types: dict[str, str] = {}
    """Kind of work to project type."""
    templates: dict[str, str] = {}
    """Kind of work to project template name."""
    location: str | None = None
    """Empty: the ticket's own location."""
    department: str = "Professional Services"
    manager: str | None = None
    """Member identifier; empty: the ticket's owner, else the first scheduled member."""
    role: str | None = None
    """Project role of scheduled members; empty: the first role without the manager flag."""
    manager_role: str | None = None
    default_days: int = Field(default=30, ge=1, le=3650)
    """Estimated length when the evidence names no end."""
    budget_analysis: Literal["ActualHours", "BillableHours"] = "ActualHours"
    phases: list[PhaseRule] = [PhaseRule(name="Delivery")]
    billing: Billing = Billing()


class Revenue(Section):
    """Where project revenue belongs."""

    account: str = "Professional Services"
    """An account text of a GL row that contains this counts."""
    department: str = "Professional Services"
