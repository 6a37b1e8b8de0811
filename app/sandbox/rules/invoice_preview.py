"""Invoice preview: what would be invoiced in all for a ticket and the project it became, from the records' flags alone.

It is the referee of property tests, so it reads no text, no tolerance and no setting of the service. Rules:

1. Fixed fee of a service ticket: `billingAmount` where `billingMethod` is FixedFee, once.
2. Fixed fee of a project: `billingAmount` where `billingMethod` is FixedFee. A phase counts only with
   `billSeparatelyFlag`, then with its own method and amount and in addition to the project's amount: a phase without the
   flag merely shows the project's values. A project ticket has no separate fee.
3. `downpayment`, and invoices of type DownPayment or Progress, are part of the fee. Progress invoices beyond the fee add
   the excess. Miscellaneous invoices of the ticket, project or phase are added.
4. Product lines of the tickets and the project: extended price where `billableOption` is Billable (or absent). DoNotBill,
   NoCharge and cancelled lines are 0. Recurring lines (`recurring`, class Agreement) are 0: an agreement bills them.
5. Time entries: hours times rate where the entry is Billable and its holder (ticket, separately billed phase or project)
   bills by ActualRates, OverrideRate or NotToExceed; NotToExceed ends at the holder's `billingAmount`. Under FixedFee
   time is part of the fee. An entry on an invoice counts regardless of the present terms. Rates: the holder's
   `hourlyRate` or project rate for OverrideRate, else the entry's `hourlyRate`, else the work role's.
6. Agreements: where the agreement of a ticket, phase, project, line or entry covers time (or products), its fee and time (or
   lines) are 0.

`time_and_materials` is whether time booked from now on would be invoiced by rates. `cap` is the amount of NotToExceed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from app.sandbox.engine.api_errors import not_found
from app.sandbox.engine.store import Record, Store
from app.sandbox.rules.billing_terms import RATED, Terms, TermsReader
from app.sandbox.rules.invoices import AGAINST_FEE
from app.sandbox.rules.invoices import TABLE as INVOICES
from app.sandbox.rules.products import TABLE as PRODUCTS
from app.sandbox.rules.products import extended_price, money
from app.sandbox.rules.time_entries import TABLE as TIME

_ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class Part:
    """One part of the invoices: record, amount, reason."""

    source: str
    amount: Decimal
    why: str

    def to_json(self) -> dict[str, Any]:
        """As the control path answers it."""
        return {"source": self.source, "amount": float(self.amount), "why": self.why}


class InvoicePreview:
    """Adds up fees, lines and time of a ticket or a project."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._terms = TermsReader(store)

    def of_ticket(self, ticket_id: int) -> dict[str, Any]:
        """Preview of a service ticket, or of the whole project of a project ticket. 404 for an unknown ticket."""
        tickets = self._store.table("/tickets")
        ticket = tickets.peek(ticket_id) or next(
            (row for row in tickets.rows() if row.get("~formerId") == ticket_id), None
        )
        if ticket is None:
            raise not_found(f"Ticket {ticket_id}")
        project_id = (ticket.get("project") or {}).get("id")
        if project_id is not None:
            return {"ticket": ticket["id"]} | self.of_project(project_id)
        return {"ticket": ticket["id"], "project": None} | self._preview([ticket], None, [])

    def of_project(self, project_id: int) -> dict[str, Any]:
        """Preview of a project with all its phases and tickets. 404 for an unknown project."""
        project = self._store.table("/project/projects").peek(project_id)
        if project is None:
            raise not_found(f"Project {project_id}")
        phases = list(self._store.view(f"/project/projects/{project_id}/phases").rows())
        tickets = [
            row for row in self._store.table("/tickets").rows() if (row.get("project") or {}).get("id") == project_id
        ]
        return {"project": project_id} | self._preview(tickets, project, phases)

    def _preview(self, tickets: list[Record], project: Record | None, phases: list[Record]) -> dict[str, Any]:
        by_ticket = {ticket["id"]: self._terms.of_ticket(ticket, project, phases) for ticket in tickets}
        holders = list(self._holders(tickets, project, phases))
        fees = [part for terms in holders for part in self._fee(terms)]
        parts = [*fees, *self._lines(tickets, project), *self._time(by_ticket)]
        parts += self._invoices(holders, sum((part.amount for part in fees), _ZERO))
        rated = list(by_ticket.values()) or holders
        caps = [money(terms.amount) for terms in rated if terms.method == "NotToExceed"]
        return {
            "total": float(sum((part.amount for part in parts), _ZERO)),
            "parts": [part.to_json() for part in parts],
            "cap": float(max(caps)) if caps else None,
            "time_and_materials": any(_bills_time(terms) for terms in rated),
        }

    def _holders(self, tickets: list[Record], project: Record | None, phases: list[Record]) -> Iterator[Terms]:
        """Every record with separate billing terms."""
        if project is None:
            yield from (self._terms.of_ticket(ticket, None, []) for ticket in tickets)
            return
        yield self._terms.of_project(project)
        yield from (self._terms.of_phase(phase, project) for phase in phases if phase.get("billSeparatelyFlag"))

    def _fee(self, terms: Terms) -> Iterator[Part]:
        if terms.method != "FixedFee":
            return
        if terms.covered_by:
            yield Part(f"{terms.holder} fee", _ZERO, f"FixedFee, covered by agreement {terms.covered_by}")
        else:
            yield Part(f"{terms.holder} fee", money(terms.amount), "FixedFee")
        if terms.down_payment:
            why = f"{money(terms.down_payment)} is part of the fee"
            yield Part(f"{terms.holder} down payment", _ZERO, why)

    def _lines(self, tickets: Iterable[Record], project: Record | None) -> Iterator[Part]:
        of_ticket = {ticket["id"]: ticket for ticket in tickets}
        for line in self._store.table(PRODUCTS).rows():
            ticket = of_ticket.get((line.get("ticket") or {}).get("id") or 0)
            in_project = project is not None and (line.get("project") or {}).get("id") == project["id"]
            if ticket is None and not in_project:
                continue
            reason = self._unbilled(line, ticket or project or {})
            amount = _ZERO if reason else extended_price(line)
            yield Part(f"product {line['id']}", amount, reason or str(line.get("billableOption") or "Billable"))

    def _unbilled(self, line: Record, owner: Record) -> str:
        """Why a line is not invoiced; empty where it is."""
        if line.get("cancelledFlag"):
            return "cancelled"
        if line.get("recurring") or line.get("productClass") == "Agreement":
            return "recurring, billed by an agreement"
        if line.get("billableOption") in ("DoNotBill", "NoCharge"):
            return str(line["billableOption"])
        covered_by = self._terms.covering(line.get("agreement") or owner.get("agreement"), "coverAgreementProduct")
        return f"covered by agreement {covered_by}" if covered_by else ""

    def _time(self, by_ticket: dict[int, Terms]) -> Iterator[Part]:
        spent: dict[str, Decimal] = {}
        for entry in self._store.table(TIME).rows():
            terms = by_ticket.get(entry.get("chargeToId") or 0)
            if terms is None:
                continue
            amount, why = self._entry(entry, terms)
            if terms.method == "NotToExceed" and amount:
                left = max(_ZERO, money(terms.amount) - spent.get(terms.holder, _ZERO))
                if amount > left and not entry.get("invoice"):
                    amount, why = left, f"{why}, limited by the cap"
                spent[terms.holder] = spent.get(terms.holder, _ZERO) + amount
            yield Part(f"time {entry['id']}", amount, why)

    def _entry(self, entry: Record, terms: Terms) -> tuple[Decimal, str]:
        hours = Decimal(str(entry.get("hoursBilled") or entry.get("actualHours") or 0))
        rate = self._terms.rate(entry, terms)
        option = entry.get("billableOption") or "Billable"
        covered_by = self._terms.covering(entry.get("agreement"), "coverAgreementTime")
        if entry.get("invoice"):
            return money(hours * rate), "already invoiced"
        if covered_by:
            return _ZERO, f"covered by agreement {covered_by}"
        if option not in ("Billable", "NoDefault"):
            return _ZERO, str(option)
        if terms.method not in RATED:
            return _ZERO, "part of the fee"
        return money(hours * rate), f"{terms.method}, {hours:f} h at {rate:f}"

    def _invoices(self, holders: list[Terms], fee: Decimal) -> Iterator[Part]:
        targets = {terms.target for terms in holders}
        applied: dict[str, Decimal] = dict.fromkeys(AGAINST_FEE, _ZERO)
        for invoice in self._store.table(INVOICES).rows():
            kind, amount = str(invoice.get("type")), money(invoice.get("total"))
            if (invoice.get("applyToType"), invoice.get("applyToId")) not in targets:
                continue
            if kind in AGAINST_FEE:
                applied[kind] += amount
                yield Part(f"invoice {invoice['id']}", _ZERO, f"{kind}, {amount} is part of the fee")
            elif kind == "Miscellaneous":
                yield Part(f"invoice {invoice['id']}", amount, kind)
        if applied["Progress"] > fee:
            yield Part("progress invoices", applied["Progress"] - fee, "beyond the fee")


def _bills_time(terms: Terms) -> bool:
    return terms.method in RATED and terms.bill_time in ("Billable", "NoDefault") and not terms.covered_by
