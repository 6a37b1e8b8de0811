"""A project as it was planned and worked, for the audit."""

from __future__ import annotations

from app.domain.json_record import Id, JsonRecord
from app.domain.numbers import Number
from app.domain.reference import Reference
from app.domain.sale_records import Opportunity


class PastProject(JsonRecord, frozen=True, rename="camel", omit_defaults=True):
    """A project with its size and the shape that it was given. `phases`, `tickets`: how many; None where they cannot be read."""

    id: Id | None = None
    name: str = ""
    description: str = ""
    company: Reference | None = None
    type: Reference | None = None
    department: Reference | None = None
    location: Reference | None = None
    agreement: Reference | None = None
    currency: Reference | None = None
    opportunity: Opportunity | None = None
    billing_method: str = ""
    billing_amount: Number | None = None
    budget_hours: Number | None = None
    actual_hours: Number | None = None
    closed_flag: bool = False
    date_entered: str = ""
    phases: int | None = None
    tickets: int | None = None
