"""The brief of a decision, and the merge patch that changes it."""

from __future__ import annotations

from datetime import date
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

_AMOUNT = Field(None, description="Amount with at most two decimals, as text or number; null takes the value back")
Amount = str | float | None
State = Literal["settled", "proposed", "conflict", "missing"]


class PaymentEntry(BaseModel):
    """One payment of the fee."""

    label: str = "Payment"
    amount: str | float
    due: date | None = None


class PhaseEntry(BaseModel):
    """One phase of work."""

    name: str
    hours: str | float | None = None
    start: date | None = None
    end: date | None = None
    contact: str | None = None


class TeamEntry(BaseModel):
    """A member of the team by identifier."""

    identifier: str
    hours: str | float | None = None
    start: date | None = None
    end: date | None = None
    work_role: str | None = None


class ContactEntry(BaseModel):
    """A contact; `part`: the part of the work that they decide on."""

    name: str
    part: str | None = None
    id: int | None = None


class JoinedProject(BaseModel):
    """The id of the running project that the work joins."""

    join: int


class BriefPatch(BaseModel):
    """JSON merge patch: field to value; null takes a person's value back. Fields that are left out stay as they are."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {"sold_total": "12400.00", "fee": "12400.00", "agreed": True},
                {"payments": [{"label": "Deposit", "amount": "4000.00", "due": "2026-07-01"}, {"label": "Rest", "amount": "8400.00"}]},
                {"project": {"join": 312}, "manager": None},
            ]
        }
    )  # fmt: skip

    name: str | None = Field(None, max_length=90)
    description: str | None = Field(None, max_length=8000)
    agreed: Literal[True] | None = None
    method: Literal["FixedFee", "NotToExceed", "OverrideRate", "ActualRates", "NoCharge"] | None = None
    currency: str | None = Field(None, max_length=3)
    sold_total: Amount = _AMOUNT
    fee: Amount = _AMOUNT
    cap: Amount = _AMOUNT
    rate: Amount = _AMOUNT
    tax_basis: Literal["net"] | None = None
    po_number: str | None = Field(None, max_length=50)
    po_amount: Amount = _AMOUNT
    agreement: Literal["keep", "remove"] | None = None
    billing_sheet: Literal["accept"] | None = Field(None, description="Accepts the billing sheet as shown")
    payments: list[PaymentEntry] | None = Field(None, max_length=100)
    payment_form: Literal["milestones", "downpayment", "progress", "manual"] | None = None
    deposit_received: Amount = _AMOUNT
    phases: list[PhaseEntry] | None = Field(None, max_length=100)
    budget_hours: str | float | None = None
    start: date | None = None
    end: date | None = None
    manager: str | None = Field(None, description="Identifier of an active member")
    team: list[TeamEntry] | None = Field(None, max_length=100)
    contacts: list[ContactEntry] | None = Field(None, max_length=100)
    project: Literal["new"] | JoinedProject | None = None
    company: Literal["proceed"] | None = None
    time: Literal["keep", "correct"] | None = None
    products: Literal["proceed"] | None = None
    revenue: Literal["proceed"] | None = None
    confidential: Literal["hidden", "shown"] | None = None


class Source(BaseModel):
    """Where a value was read."""

    place: str = Field(examples=["opportunity.forecast", "notes[0].text"])
    value: str


class BriefField(BaseModel):
    """One field. Amounts are texts with two decimals, days YYYY-MM-DD."""

    value: Any = Field(examples=["12400.00"])
    state: State
    message: str = Field(description="Why it is in conflict or missing")
    by: str | None = Field(description="The person who entered the value")
    at: str | None = Field(description="When it was entered")
    sources: list[Source]


class OpenField(BaseModel):
    """A field that the plan waits for."""

    field: str
    state: Literal["conflict", "missing"]
    message: str


class MoneyPart(BaseModel):
    """One part of the sale and how it reaches an invoice."""

    text: str
    amount: str
    reach: Literal["fee", "product_line", "agreement", "nobody", "time"]
    place: str


class MoneyBox(BaseModel):
    """What is sold, how each part reaches an invoice, and what differs. Null: not known, or billed by time."""

    currency: str = Field(examples=["USD"])
    method: str | None
    sold_total: str | None = Field(examples=["12400.00"])
    fee: str
    product_lines: str
    recurring: str
    nobody: str
    by_time: bool
    invoiced_once: str
    difference: str | None = Field(description="Sold total less what is invoiced once", examples=["0.00"])
    payments: str | None
    payments_difference: str | None
    adds_up: bool
    parts: list[MoneyPart]


class Accepted(BaseModel):
    """Which proposals an approval accepted as shown."""

    by: str
    at: str
    fields: list[str]


class Brief(BaseModel):
    """Everything that the plan writes, field by field, with what it waits for."""

    model_config = ConfigDict(extra="allow")

    outcome: Literal["mini-project", "project"]
    inputs: str = Field(description="Digest of what the brief was built from; give it to approve as `brief`")
    fields: dict[str, BriefField]
    waits_for: list[OpenField]
    needs_person: list[str] = Field(description="Proposals that an approval accepts")
    manual_actions: list[dict[str, Any]]
    person: dict[str, Any] = Field(description="Values that people have entered, in the form of a merge patch")
    accepted: Accepted | None = None
    editable: bool
    choices: dict[str, list[Any]] = Field(description="Allowed values of fields that take one of a few")
    money: MoneyBox


class DecisionWithBrief(BaseModel):
    """A decision. Only the members that belong to the brief are described here."""

    model_config = ConfigDict(extra="allow")

    id: str
    ticket_id: int
    outcome: str
    status: str
    brief: Brief | None


class FieldProblem(BaseModel):
    """One field with what is wrong."""

    code: Literal["brief-invalid", "brief-conflict", "brief-missing"]
    field: str
    message: str
    allowed: list[Any] | None = None


class BriefProblems(BaseModel):
    """An error (RFC 9457) that names fields of the brief."""

    type: str
    title: str
    status: int
    detail: str
    code: Literal["brief-invalid", "brief-open", "brief-changed"] | None = Field(None, description="Of the brief alone")
    errors: list[FieldProblem] = []

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "type": "about:blank", "title": "Conflict", "status": 409, "code": "brief-open",
                    "detail": "The brief is not complete. Fee: the price cannot be read.",
                    "errors": [{"code": "brief-missing", "field": "fee", "message": "the price cannot be read"}],
                }
            ]
        }
    )  # fmt: skip
