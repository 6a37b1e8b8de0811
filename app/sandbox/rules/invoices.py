"""Invoices: types that may be created over the API, progress against a fixed fee.

No public source describes the rules, so every type is refused unless the switch `invoice_types` names it. The checks of
progress invoices follow the third-party description: fixed-fee project or phase, together no more than the fee, the
latest deleted first.
"""

from __future__ import annotations

from decimal import Decimal

from app.sandbox.engine.api_errors import ApiError, invalid
from app.sandbox.engine.store import Record, Store
from app.sandbox.engine.switches import Switches
from app.sandbox.rules.products import money

TABLE = "/finance/invoices"
AGAINST_FEE = ("Progress", "DownPayment")
"""Types whose amount is part of a fixed fee."""


class Invoices:
    """The rules of invoices."""

    def __init__(self, store: Store, switches: Switches) -> None:
        self._store = store
        self._switches = switches

    def prepared(self, record: Record) -> Record:
        """A new invoice with number and totals; 400 for a type that the tenant does not create over the API."""
        kind = str(record.get("type"))
        if kind not in self._switches.names("invoice_types"):
            raise invalid("invoice", "type", code="InvalidField", message=f"Invoices of type {kind} cannot be created.")
        given = next(
            (record[name] for name in ("total", "subtotal", "serviceTotal") if record.get(name) is not None), 0
        )
        amount = money(given)
        made: Record = {"invoiceNumber": f"S{len(self._store.table(TABLE)) + 1:05d}"} | record
        made |= {"total": float(amount), "subtotal": float(amount), "balance": float(amount)}
        return made | self._against_fee(record, kind, amount) if kind in AGAINST_FEE else made

    def check_delete(self, invoice: Record) -> None:
        """Refuses to delete a progress invoice while a later one of the same record exists."""
        later = [
            each for each in self._store.table(TABLE).rows()
            if each["id"] > invoice["id"] and each.get("type") == invoice.get("type") == "Progress"
            and _target(each) == _target(invoice)
        ]  # fmt: skip
        if later:
            raise ApiError(409, "InvalidObject", "Later progress invoices have to be deleted first.")

    def _against_fee(self, record: Record, kind: str, amount: Decimal) -> Record:
        holder = self._holder(record)
        if holder.get("billingMethod") != "FixedFee":
            raise invalid("invoice", "applyToId", code="InvalidObject", message="The billing method is not fixed fee.")
        invoiced = sum(
            (money(each.get("total")) for each in self._store.table(TABLE).rows()
             if each.get("type") == kind and _target(each) == _target(record)), Decimal(0),
        )  # fmt: skip
        if amount <= 0 or invoiced + amount > money(holder.get("billingAmount")):
            raise invalid("invoice", "total", code="InvalidField", message="The invoices exceed the fixed fee.")
        return {"serviceTotal": float(amount), "previousProgressApplied": float(invoiced)}

    def _holder(self, record: Record) -> Record:
        """The project or phase that the invoice applies to."""
        kind, number = _target(record)
        if kind == "Project":
            found = self._store.table("/project/projects").peek(number)
        else:
            rows = self._store.table("/project/projects").rows()
            views = (self._store.view(f"/project/projects/{row['id']}/phases") for row in rows)
            found = next((phase for view in views if (phase := view.peek(number))), None)
        if kind not in ("Project", "ProjectPhase") or found is None:
            raise invalid("invoice", "applyToId", message="The project or phase was not found.")
        return found


def _target(record: Record) -> tuple[str, int]:
    return str(record.get("applyToType") or ""), int(record.get("applyToId") or 0)
