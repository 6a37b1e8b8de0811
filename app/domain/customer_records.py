"""Records of the customer: agreement, billing period, company."""

from __future__ import annotations

from app.domain.json_record import Id, JsonRecord
from app.domain.reference import Reference


class Agreement(JsonRecord, frozen=True, rename="camel", omit_defaults=True):
    """The agreement of a ticket: what it covers, how it bills, and to which place it is restricted."""

    id: Id | None = None
    name: str = ""
    type: str = ""
    billing_cycle: str = ""
    bill_start_date: str = ""
    next_invoice_date: str = ""
    cover_agreement_time: bool | None = None
    restrict_location_flag: bool = False
    restrict_department_flag: bool = False
    location: Reference | None = None
    department: Reference | None = None
    tax_code: Reference | None = None


class BillingPeriod(JsonRecord, frozen=True, rename="camel", omit_defaults=True):
    """The customer's billing period that holds the day of entry (case files only)."""

    cycle: str = ""
    start: str = ""
    end: str = ""


class Company(JsonRecord, frozen=True, rename="camel", omit_defaults=True):
    """How the customer is billed, and whether it may be served (API schemas `Company`, `CompanyStatus`).

    `inactive_flag`, `disallow_saving_flag`: what its status says; None where that is not known.
    """

    id: Id | None = None
    name: str = ""
    status: str = ""
    inactive_flag: bool | None = None
    disallow_saving_flag: bool | None = None
    deleted_flag: bool = False
    bill_to_company: Reference | None = None
    billing_contact: Reference | None = None
    billing_site: Reference | None = None
    billing_terms: Reference | None = None
    tax_code: Reference | None = None
    currency: Reference | None = None
    tax_identifier: str = ""
    invoice_delivery_method: Reference | None = None
