"""Tickets as entries of a `cases.yaml`, which `chart test` and `chart score` run."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import yaml

from app.chart.regression.cases import Case
from app.domain.billing_periods import day_of
from app.domain.enums import Criterion, Outcome, PointsTo
from app.domain.numbers import decimal_of
from app.domain.reference import name_of
from app.domain.ticket import TicketRecord

_LONGEST_NAME = 100
_LABELS = {Outcome.REVIEW: "AMBIGUOUS"}


def cases_yaml(cases: Iterable[Case]) -> str:
    """The text of a cases file; every case has an outcome."""
    entries = [_entry(case) for case in cases if case.outcome is not None]
    text: str = yaml.safe_dump({"cases": entries}, allow_unicode=True, sort_keys=False, width=120)
    return text


def labelled_json(case: Case) -> dict[str, Any]:
    """A case as one line of JSON Lines: the ticket with its label."""
    outcome = case.outcome or Outcome.REVIEW
    label: dict[str, Any] = {
        "outcome": _LABELS.get(outcome, outcome.name),
        "criteria": _rows(case.rows),
        "why": case.why,
    }
    if case.candidates:
        label["candidates"] = [candidate.name for candidate in case.candidates]
    return {**case.ticket.to_json(), "label": label}


def _entry(case: Case) -> dict[str, Any]:
    between = [candidate.value for candidate in case.candidates]
    return {
        "name": case.name[:_LONGEST_NAME],
        "outcome": (case.outcome or Outcome.REVIEW).value,
        **({"between": between} if between else {}),
        "why": case.why or "As a person decided.",
        **({"rows": _rows(case.rows)} if case.rows else {}),
        "ticket": _without_empty(_ticket(case.ticket)),
    }


def _rows(rows: Mapping[Criterion, PointsTo]) -> dict[str, str]:
    return {criterion.value: rows[criterion].value for criterion in Criterion if criterion in rows}


def _ticket(ticket: TicketRecord) -> dict[str, Any]:
    """The short form of a ticket."""
    entered = day_of(ticket.date_entered)
    return {
        "summary": ticket.summary or "(no summary)", "text": ticket.initial_description,
        "entered": entered.isoformat() if entered else None, "board": name_of(ticket.board), "type": name_of(ticket.type),
        "company": name_of(ticket.company), "contact": name_of(ticket.contact), "agreement": _agreement(ticket),
        "period": _period(ticket), "opportunity": _opportunity(ticket), "budget_hours": _number(ticket.budget_hours),
        "resources": ticket.resources, "schedule": list(map(_booking, ticket.schedule_entries)),
        "tasks": [_without_empty({"summary": task.summary, "hours": _number(task.budget_hours)}) for task in ticket.tasks],
        "products": [
            _without_empty({
                "description": product.description, "quantity": _number(product.quantity), "price": _number(product.price),
            })
            for product in ticket.products
        ],
        "notes": [note.text for note in ticket.notes if note.text],
        "in_copy": [name for contact in ticket.contacts_cc if (name := name_of(contact))],
    }  # fmt: skip


def _agreement(ticket: TicketRecord) -> dict[str, Any] | None:
    found = ticket.agreement
    if found is None or not found.name:
        return None
    return _without_empty({"name": found.name, "type": found.type, "cycle": found.billing_cycle})


def _period(ticket: TicketRecord) -> dict[str, Any] | None:
    found = ticket.billing_period
    start = day_of(found.start) if found else None
    if found is None or start is None:
        return None
    end = day_of(found.end)
    return _without_empty({"cycle": found.cycle, "start": start.isoformat(), "end": end.isoformat() if end else None})


def _opportunity(ticket: TicketRecord) -> dict[str, Any] | None:
    found = ticket.opportunity
    if found is None or not found.name:
        return None
    stage = "Won" if found.won else found.stage or found.status or "Open"
    return _without_empty({"name": found.name, "stage": stage, "revenue": _number(found.expected_revenue)})


def _booking(entry: Any) -> dict[str, Any]:
    start, end = day_of(entry.date_start), day_of(entry.date_end)
    return _without_empty({
        "member": entry.member or "somebody", "start": start.isoformat() if start else None,
        "end": end.isoformat() if end else None, "hours": _number(entry.hours),
    })  # fmt: skip


def _number(number: float | None) -> int | float | None:
    exact = decimal_of(number)
    if exact is None:
        return None
    return int(exact) if exact == exact.to_integral_value() else float(exact)


def _without_empty(members: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in members.items() if value not in (None, "", [], {})}
