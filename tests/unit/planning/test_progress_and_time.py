"""Progress invoices and corrected time entries: only on a person's word, read back, and undone without deleting an invoice."""

from __future__ import annotations

from typing import Any

from app.planning import Plan, StepRecord, undo_plan
from app.planning.model import StepKind
from tests.support.planning_factories import MARK, line, mini, misfits, project, sold, step, steps_of

PAID = "Order signed, fixed price: 30% on 5 June 2026, 50% on 7 August 2026, 20% at handover."
ENTRY = {"id": 31, "hours": 2, "department": 10, "agreement": 600, "workType": "Remote"}


def paid(person: dict[str, Any] | None = None) -> Plan:
    return project(ticket=sold(1000, products=[line(1, 1000)], initialDescription=PAID), person=person)


def test_without_a_persons_word_no_invoice_is_created() -> None:
    assert steps_of(paid(), "progress-") == []


def test_dated_payments_become_progress_invoices_on_a_persons_word() -> None:
    made = paid({"payment_form": "progress"})
    invoices = steps_of(made, "progress-")
    assert [(one.body["serviceTotal"], one.body["date"][:10]) for one in invoices] == [
        (300.0, "2026-06-05"),
        (500.0, "2026-08-07"),
    ]
    assert [misfits(one) for one in invoices] == [[], []]
    assert all(one.optional and one.fallback and one.expect["type"] == "Progress" for one in invoices)
    assert all(one.look is not None and MARK in one.look.contains["internalNotes"] for one in invoices)
    assert steps_of(made, "payment-") == []
    assert step(made, "project").body["billingAmount"] == 1000.0


def test_a_payment_at_an_event_is_left_to_a_person() -> None:
    actions = [one for one in paid({"payment_form": "progress"}).actions if one.key == "progress-invoices"]
    assert [one.values["names"] for one in actions] == [("At handover: 200.00",)]


def test_an_undo_leaves_invoices_and_their_project_and_says_so() -> None:
    made = paid({"payment_form": "progress"})
    records = [StepRecord(one, "done", result={"id": 900, "invoiceNumber": "S1"}) for one in made.steps]
    back = undo_plan(records, decision_id="D1")
    assert [one for one in back.steps if "/finance/invoices" in one.path] == []
    assert any(look.path == "/finance/invoices" for look in step(back, "undo-project").unused)
    assert "undo-project" in step(back, "undo-line-1").after.split()
    assert "S1 On 5 June 2026" in step(back, "undo-note").body["text"]


def test_open_time_entries_are_corrected_on_a_persons_word() -> None:
    billed = {"id": 32, "hours": 1, "invoiced": True}
    agreement = {"id": 600, "name": "Managed Services"}
    ticket = sold(
        1000,
        products=[line(1, 1000)],
        timeEntries=[ENTRY, billed],
        agreement=agreement,
        workType={"id": 4, "name": "On site"},
    )
    assert steps_of(project(ticket=ticket), "time-") == []
    assert steps_of(project(ticket=ticket, person={"time": "keep"}), "time-") == []
    made = project(ticket=ticket, person={"time": "correct"})
    corrected = steps_of(made, "time-")
    assert [one.path for one in corrected] == ["/time/entries/31"]
    assert corrected[0].wish == {
        "department": step(made, "project").body["department"],
        "workType": {"id": 4},
        "agreement": None,
    }
    assert corrected[0].restore == {"department": {"id": 10}, "workType": {"name": "Remote"}, "agreement": {"id": 600}}
    assert misfits(corrected[0]) == []
    assert [str(one.values["hours"]) for one in made.actions if one.key == "time-booked"] == ["1"]


def test_a_corrected_time_entry_goes_back_and_the_note_goes_to_the_ticket() -> None:
    ticket = sold(1000, products=[line(1, 1000)], timeEntries=[ENTRY])
    made = mini(ticket=ticket, person={"time": "correct"})
    records = [StepRecord(one, "done", result={"id": 1}) for one in made.steps if one.kind is not StepKind.GUARD]
    back = undo_plan(records, decision_id="D1")
    assert step(back, "undo-time-31").wish["department"] == {"id": 10}
    assert step(back, "undo-note").path == "/service/tickets/4711/notes"
