"""Builds the brief of a ticket: each part from its own module, a person's values over all of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from typing import Any

from app.chart import Chart
from app.domain.enums import Outcome
from app.domain.facts import JobFacts
from app.domain.ticket import TicketRecord
from app.planning.brief import agreement as agreements
from app.planning.brief import billing, currency, dates, guards, joining, payments, people, phases, sheet
from app.planning.brief.actions import actions_of
from app.planning.brief.inputs import BriefInputs
from app.planning.brief.model import Brief, BriefField, FieldState, PersonValue, Source, proposed, settled
from app.planning.brief.sale import Sold, sold_of
from app.planning.reference_lists import ReferenceLists
from app.planning.texts import cut
from app.reading.values.work_dates import DateOrder


def build_brief(
    ticket: TicketRecord, facts: JobFacts, outcome: Outcome, chart: Chart, lists: ReferenceLists, *,
    now: datetime, person: Mapping[str, PersonValue] | None = None, date_order: DateOrder = "DMY",
    in_force: frozenset[str] = frozenset(),
) -> Brief:  # fmt: skip
    """The brief of a ticket that becomes a mini-project or a project. Pure: the same inputs give the same brief."""
    inputs = BriefInputs(ticket, facts, outcome, chart, lists, now.date(), person or {}, date_order, in_force)
    sold = _sold_with_person(inputs, sold_of(inputs))
    brief = replace(_money(inputs, sold), inputs=inputs.digest, person=dict(inputs.person))
    brief = _with_guards(inputs, _with_work(inputs, brief))
    return replace(brief, manual_actions=tuple(actions_of(inputs, sold, brief)))


def brief_lists(inputs: BriefInputs) -> Iterator[str]:
    """The lists that the brief is built from."""
    yield from agreements.agreement_lists(inputs)
    yield from people.people_lists(inputs)


def _sold_with_person(inputs: BriefInputs, sold: Sold) -> Sold:
    """A sold total or a fee that a person entered takes the place of sources in conflict."""
    if inputs.has("sold_total"):
        total: Decimal = inputs.person["sold_total"].value
        return replace(
            sold,
            total=total,
            labour=total - sold.goods,
            recorded=True,
            conflicts=(),
            sources=(Source("person", str(total)),),
        )
    if inputs.has("fee"):
        fee: Decimal | None = inputs.person["fee"].value
        if fee is not None:
            return replace(
                sold,
                total=fee + sold.goods,
                labour=fee,
                recorded=True,
                conflicts=(),
                sources=(Source("person", str(fee)),),
            )
    return sold


def _money(inputs: BriefInputs, sold: Sold) -> Brief:
    cap, rate = billing.limits_of(inputs, sold)
    cap, rate = inputs.entered("cap", cap), inputs.entered("rate", rate)
    method = inputs.entered("method", billing.method_of(inputs, sold, cap, rate))
    total = inputs.entered("sold_total", joining.not_billed_there(inputs, billing.total_of(sold, inputs, method)))
    fee = inputs.entered("fee", billing.fee_of(inputs, sold, method))
    by_lines = sheet.labour_by_lines(inputs, sold) or billing.by_lines_alone(inputs, sold)
    if by_lines and not inputs.has("fee"):
        fee = settled(None)
    number, amount = billing.purchase_order(inputs, sold)
    plan = inputs.entered("payments", payments.payments_of(inputs, sold, fee, method))
    return Brief(
        inputs.outcome,
        name=inputs.entered("name", settled(cut(inputs.ticket.summary or "Ticket", 90), Source("summary"))),
        description=inputs.entered("description", _scope(inputs)),
        agreed=inputs.entered("agreed", billing.agreed_of(inputs, sold)),
        method=method,
        currency=inputs.entered("currency", currency.currency_of(inputs)),
        sold_total=total, fee=fee, cap=cap, rate=rate,
        tax_basis=inputs.entered("tax_basis", billing.tax_of(sold)),
        po_number=inputs.entered("po_number", number),
        po_amount=inputs.entered("po_amount", amount),
        agreement=inputs.entered("agreement", agreements.agreement_of(inputs, sold, method)),
        billing_sheet=_sheet(inputs, sold, method, fee, total),
        payments=plan,
        payment_form=inputs.entered("payment_form", payments.form_of(inputs, plan)),
        deposit_received=inputs.entered("deposit_received", payments.received_of(inputs)),
    )  # fmt: skip


def _sheet(
    inputs: BriefInputs, sold: Sold, method: BriefField[Any], fee: BriefField[Decimal], total: BriefField[Decimal]
) -> BriefField[Any]:
    """The sheet; a person accepts it as shown by the word `accept`."""
    found = sheet.sheet_of(inputs, sold, method, fee, total)
    given = inputs.person.get("billing_sheet")
    return found if given is None else replace(found, state=FieldState.SETTLED, message="", by=given.by, at=given.at)


def _scope(inputs: BriefInputs) -> BriefField[str]:
    """The scope of the work: what the sender wrote, without its subject."""
    lines = [one.written.strip() for one in inputs.sentences if one.source == "initialDescription"]
    text = ". ".join(line.rstrip(".") for line in lines if line)[:2000]
    return proposed(f"{text}." if text else inputs.ticket.summary, Source("initialDescription"))


def _with_work(inputs: BriefInputs, brief: Brief) -> Brief:
    contacts = inputs.entered("contacts", people.contacts_of(inputs))
    stages = inputs.entered("phases", phases.phases_of(inputs, contacts.value or ()))
    budget = inputs.entered("budget_hours", phases.budget_of(inputs, stages.value or ()))
    if inputs.is_project and not stages.value:
        stages = replace(stages, value=phases.chart_phases(inputs, budget.value))
    start, end = dates.days_of(inputs, stages.value or ())
    return replace(
        brief,
        contacts=contacts,
        phases=stages,
        budget_hours=budget,
        start=inputs.entered("start", start),
        end=inputs.entered("end", end),
        manager=inputs.entered("manager", people.manager_of(inputs)),
        team=inputs.entered("team", people.team_of(inputs)),
    )


def _with_guards(inputs: BriefInputs, brief: Brief) -> Brief:
    return replace(
        brief,
        project=inputs.entered("project", joining.project_of(inputs)),
        company=inputs.entered("company", guards.company_of(inputs)),
        time=inputs.entered("time", guards.time_of(inputs)),
        confidential=inputs.entered("confidential", guards.confidential_of(inputs)),
        products=inputs.entered("products", brief.products),
        revenue=inputs.entered("revenue", brief.revenue),
    )
