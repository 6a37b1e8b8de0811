"""Product lines: defaults from the catalog, extended prices, refusal of changes once a line is invoiced."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from app.sandbox.engine.api_errors import invalid, not_found
from app.sandbox.engine.api_request import ApiRequest
from app.sandbox.engine.store import Record, Store
from app.sandbox.engine.switches import Switches

TABLE = "/procurement/products"
CATALOG = "/procurement/catalog"
_CHARGE_TO = ("chargeToId", "chargeToType")
_FROM_CATALOG = ("description", "customerDescription", "productClass", "price", "cost", "taxableFlag")
_DETACHED = {
    "removeFromTicket": "ticket", "removeFromProject": "project", "removeFromInvoice": "invoice",
    "removeFromOpportunity": "opportunity", "removeFromSalesOrder": "salesOrder",
}  # fmt: skip


def money(value: Any) -> Decimal:
    """A number of a record in whole cents; None is 0."""
    return Decimal(str(value or 0)).quantize(Decimal("0.01"), ROUND_HALF_UP)


def extended_price(line: Mapping[str, Any]) -> Decimal:
    """Price of a line: remaining quantity times price, less the discount, in whole cents.

    The document names `discount` without a unit. It is taken as an amount off the whole line.
    """
    quantity = line.get("quantity")
    count = Decimal(str(1 if quantity is None else quantity)) - Decimal(str(line.get("quantityCancelled") or 0))
    return money(count * Decimal(str(line.get("price") or 0)) - Decimal(str(line.get("discount") or 0)))


def shown_product(line: Record, switches: Switches) -> Record:
    """A line as answers show it; `chargeTo…` are for conditions only in 2026.11 and hidden by switch."""
    if switches.products_return_charge_to:
        return line
    return {name: value for name, value in line.items() if name not in _CHARGE_TO}


class Products:
    """The rules of product lines."""

    def __init__(self, store: Store, switches: Switches) -> None:
        self._store = store
        self._switches = switches

    def prepared(self, record: Record) -> Record:
        """A new line with the values of its catalog item, its company and its extended price."""
        item = self._store.find(CATALOG, record.get("catalogItem") or {}) or {}
        made = {name: item[name] for name in _FROM_CATALOG if item.get(name) is not None} | {"quantity": 1.0} | record
        if item.get("recurringFlag") and "recurring" not in record:
            made["recurring"] = {
                "recurringRevenue": item.get("recurringRevenue"), "recurringCost": item.get("recurringCost"),
                "billCycle": item.get("recurringBillCycle"), "cycleType": item.get("recurringCycleType"),
            }  # fmt: skip
        self._charge(made)
        return made | {"extPrice": float(extended_price(made))}

    def check_change(self, changed: Record, before: Record, touched: set[str]) -> None:
        """By switch refuses a change, or ignores it; an invoiced line is refused as shipped."""
        mode = self._switches.product_patch
        if mode == "refused" or (mode == "unless-invoiced" and before.get("invoice")):
            number = (before.get("invoice") or {}).get("identifier") or (before.get("invoice") or {}).get("id")
            reason = (
                f"The product is on invoice {number} and cannot be changed." if number else "The product is locked."
            )
            raise invalid("product", next(iter(sorted(touched)), ""), code="InvalidObject", message=reason)
        if mode == "without-effect":
            changed.clear()
            changed.update(before)
        changed["extPrice"] = float(extended_price(changed))

    def detach(self, request: ApiRequest) -> tuple[int, Any]:
        """Takes a line off its ticket, project, invoice, opportunity or order."""
        if request.number() not in self._store.table(TABLE):
            raise not_found(f"Product {request.number()}")
        line = self._store.table(TABLE)[request.number()]
        for flag, member in _DETACHED.items():
            if (request.body or {}).get(flag):
                line.pop(member, None)
                for name in _CHARGE_TO if member in ("ticket", "project") else ():
                    line.pop(name, None)
        self._store.touch(line, request.actor)
        return 204, None

    def _charge(self, line: Record) -> None:
        """Keeps `ticket` or `project` and the older `chargeTo…` members in step."""
        if line.get("chargeToType") == "Ticket" and "ticket" not in line:
            line["ticket"] = {"id": line.get("chargeToId")}
        ticket = self._store.table("/tickets").peek((line.get("ticket") or {}).get("id") or 0)
        if line.get("ticket") and ticket is None:
            raise invalid("product", "ticket/id", message="The ticket was not found.")
        if ticket is not None:
            line["ticket"] = {"id": ticket["id"], "summary": ticket.get("summary")}
            line |= {"chargeToId": ticket["id"], "chargeToType": "Ticket"}
            line.setdefault("company", ticket.get("company"))
        elif line.get("project"):
            line |= {"chargeToId": line["project"]["id"], "chargeToType": "Project"}
