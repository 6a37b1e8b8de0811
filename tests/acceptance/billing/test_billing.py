"""Tickets that carry money: what finance expects of the brief and of the plan. See README.md for `expect`."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal
from typing import Any

import pytest

from app.planning.brief.model import FieldState
from tests.support.billing_cases import Planned, billing_lines, invoiced, planned, written

LINES = {line["name"]: line for line in billing_lines()}
_ABOUT = {"products": ("products", "billing_sheet"), "fee": ("fee", "sold_total")}


def test_every_ticket_has_a_name_of_its_own() -> None:
    assert len(LINES) == len(list(billing_lines()))


@pytest.mark.parametrize("name", LINES)
def test_a_ticket_is_billed_as_finance_expects(name: str) -> None:
    assert list(complaints(planned(LINES[name]))) == []


def complaints(made: Planned) -> Iterator[str]:
    """How a plan differs from what is expected; a ticket about which a person is asked may wait with its money."""
    expect = made.line["expect"]
    yield from _outcome(made, expect)
    if expect.get("service") or made.plan.brief is None:
        return
    if expect.get("ask"):
        yield from _question(made, expect)
        return
    if expect.get("records"):
        yield from _asked_in_vain(made)
    if made.asked:
        return
    if made.plan.problems:
        yield f"problems: {[one.text for one in made.plan.problems]}"
    for key, check in _CHECKS.items():
        if key in expect:
            yield from check(made, expect[key])


def _outcome(made: Planned, expect: Mapping[str, Any]) -> Iterator[str]:
    wanted = "service-ticket" if expect.get("service") else expect.get("outcome")
    decided = made.decision.outcome.value
    if wanted and decided != wanted and (decided != "review" or expect.get("records")):
        yield f"outcome {decided}, expected {wanted}"


def _question(made: Planned, expect: Mapping[str, Any]) -> Iterator[str]:
    if not made.asked:
        yield f"no question; invoiced would be {invoiced(made)}"
        return
    open_fields = dict(made.brief.open_fields)
    topics = {name for topic in expect.get("ask_about", ()) for name in _ABOUT.get(topic, (topic,))}
    if topics and not topics & set(open_fields):
        yield f"asked about {sorted(open_fields)}, expected one of {sorted(topics)}"
    if "joins" in expect and (made.brief.project.value is None or made.brief.project.value.join != expect["joins"]):
        yield f"joins {made.brief.project.value}, expected {expect['joins']}"
    if any(not one.message for one in open_fields.values()):
        yield "a question without a sentence"


def _asked_in_vain(made: Planned) -> Iterator[str]:
    if made.decision.outcome.value == "review":
        yield f"asked in vain: {made.decision.question}"
    for name, one in made.brief.open_fields:
        yield f"asked in vain: {name}: {one.message}"
    if made.plan.proposals:
        yield f"waits for a person although records agree: {made.plan.proposals}"


def _bill(made: Planned, wanted: float) -> Iterator[str]:
    found = invoiced(made)
    if found != Decimal(str(wanted)):
        yield f"invoiced {found}, expected {wanted}"


def _cap(made: Planned, wanted: float) -> Iterator[str]:
    found = written(made.plan, "billingMethod", "billingAmount")
    if found != {"billingMethod": "NotToExceed", "billingAmount": float(wanted)}:
        yield f"cap {found}, expected {wanted}"


def _by_time(made: Planned, _: int) -> Iterator[str]:
    if invoiced(made) or made.brief.method.value not in ("ActualRates", "OverrideRate"):
        yield f"method {made.brief.method.value}, invoiced {invoiced(made)}"


def _agreement(made: Planned, _: str) -> Iterator[str]:
    found = written(made.plan, "agreement")
    if found != {"agreement": None}:
        yield f"the agreement stays: {found}"


def _payments(made: Planned, wanted: list[list[Any]]) -> Iterator[str]:
    found = made.brief.payments.value or ()
    amounts = [one.amount for one in found]
    if amounts != [Decimal(str(amount)) for amount, _ in wanted]:
        yield f"payments {amounts}, expected {wanted}"
        return
    for one, (_, due) in zip(found, wanted, strict=True):
        if due is not None and not (one.due and one.due.isoformat().startswith(due)):
            yield f"payment due {one.due}, expected {due}"
    labels = {one.label.casefold() for one in found}
    if mixed := [phase.name for phase in made.brief.phases.value or () if phase.name.casefold() in labels]:
        yield f"payments among the phases of work: {mixed}"


def _phases(made: Planned, wanted: list[Any]) -> Iterator[str]:
    found = made.brief.phases.value or ()
    names = [one if isinstance(one, str) else one[0] for one in wanted]
    hours = [None if isinstance(one, str) else one[1] for one in wanted]
    if [phase.name for phase in found] != names:
        yield f"phases {[phase.name for phase in found]}, expected {names}"
    elif any(hour is not None and phase.hours != hour for phase, hour in zip(found, hours, strict=True)):
        yield f"hours {[phase.hours for phase in found]}, expected {hours}"


def _contacts(made: Planned, wanted: list[list[Any]]) -> Iterator[str]:
    found = {one.name: one.part.casefold() for one in made.brief.contacts.value or ()}
    for name, part in wanted:
        if name not in found or found[name] != (part or ""):
            yield f"contacts {found}, expected {name} for {part}"
    if any(one.id is None for one in made.brief.contacts.value or ()):
        yield "a contact of the company is not resolved"


def _field(field: str, read: Callable[[Any], Any] = str) -> Callable[[Planned, Any], Iterator[str]]:
    def check(made: Planned, wanted: Any) -> Iterator[str]:
        one = getattr(made.brief, field)
        found = None if one.value is None else read(one.value)
        if found != wanted:
            yield f"{field} {found} ({one.state}), expected {wanted}"

    return check


def _hours_not(made: Planned, wanted: float) -> Iterator[str]:
    if made.brief.budget_hours.value == Decimal(str(wanted)):
        yield f"budget of {wanted} h"


_CHECKS: dict[str, Callable[[Planned, Any], Iterator[str]]] = {
    "bill": _bill, "cap": _cap, "tm": _by_time, "agreement": _agreement, "payments": _payments, "phases": _phases, "contacts": _contacts,
    "hours_not": _hours_not, "method": _field("method"), "rate": _field("rate", float), "po": _field("po_number"),
    "po_amount": _field("po_amount", float), "start": _field("start"), "end": _field("end"), "manager": _field("manager"),
}  # fmt: skip


def test_every_expectation_has_a_check() -> None:
    read = {"ask", "ask_about", "joins", "records", "outcome", "service", *_CHECKS}
    assert {key for line in LINES.values() for key in line["expect"]} <= read


@pytest.mark.parametrize("name", [name for name, line in LINES.items() if line["expect"].get("ask")])
def test_a_question_names_where_its_values_stand(name: str) -> None:
    made = planned(LINES[name])
    for field, one in made.brief.open_fields:
        assert one.state in (FieldState.CONFLICT, FieldState.MISSING)
        assert one.message, field
