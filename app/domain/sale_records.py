"""Records of a sale: product lines, opportunity, forecast, projects made of it."""

from __future__ import annotations

import msgspec

from app.domain.json_record import Id, JsonRecord
from app.domain.numbers import Number
from app.domain.reference import Reference


class Product(JsonRecord, frozen=True, rename="camel", omit_defaults=True):
    """A product line; prices are for each unit. `invoice`: the id of the invoice on which it stands.

    Source: API schema `ProductItem` (productClass: Agreement, Bundle, Inventory, NonInventory, Service; billableOption:
    Billable, DoNotBill, NoCharge).
    """

    id: Id | None = None
    description: str = ""
    catalog_item: str = ""
    product_class: str = ""
    quantity: Number | None = None
    price: Number | None = None
    billable_option: str = ""
    recurring: bool = False
    cancelled: bool = False
    invoice: Id | None = None
    invoice_date: str = ""
    invoiced: bool = False
    forecast_detail_id: Id | None = None
    internal_notes: str = ""
    date_entered: str = ""


class Forecast(JsonRecord, frozen=True, rename="camel", omit_defaults=True):
    """Revenue of an opportunity by kind, in its currency and without tax.

    Source: `/sales/opportunities/{id}/forecast` (serviceRevenue, productRevenue, agreementRevenue, other).
    """

    service: Number | None = None
    product: Number | None = None
    agreement: Number | None = None
    other: Number | None = None
    won: Number | None = None
    """What of it stands on lines whose status is won."""


class OpenProject(JsonRecord, frozen=True, rename="camel", omit_defaults=True):
    """A project of the same customer, or of the same opportunity."""

    id: Id | None = None
    name: str = ""
    opportunity: Reference | None = None
    billing_method: str = ""
    closed_flag: bool = False


class Opportunity(JsonRecord, frozen=True, rename="camel", omit_defaults=True):
    """The opportunity of a ticket. `won`: its status has ConnectWise's wonFlag; None where that is not known.

    `expected_revenue` exists in case files only; version 2026.11 has no such member.
    """

    id: Id | None = None
    name: str = ""
    stage: str = ""
    status: str = ""
    won: bool | None = None
    lost: bool | None = None
    expected_revenue: Number | None = None
    forecast: Forecast | None = None
    project: OpenProject | None = None
    """The project that was made of it."""
    currency: Reference | None = None
    customer_po: str = msgspec.field(default="", name="customerPO")
