"""Hours and amounts: counted in hundredths, kept apart by who pays, told as measured or estimated."""

from __future__ import annotations

from typing import Any

import pytest

from app.audit.evaluate import Row
from app.audit.report.answers import QUESTIONS, answers
from app.audit.report.figures import figures, remarks_of
from app.audit.totals import misplaced, would_move
from tests.support.audit_factories import past_ticket, project_ticket, row, tally, time_entry, work


def figure(rows: list[Row], key: str, unit: str = "amount") -> tuple[float | None, str]:
    """A figure of rows that have one currency."""
    found = next(one for one in figures(tally(rows).to_json()) if one.key == key)
    return getattr(found, unit), found.kind


def test_time_is_counted_by_who_pays_for_it() -> None:
    entries = [
        time_entry("jdoe", "2026-03-02", 1.5, invoice=9), time_entry("jdoe", "2026-03-03", 2.25, agreement=600), time_entry("jdoe", "2026-03-04", 0.1),
        time_entry("jdoe", "2026-03-05", 7.0) | {"billableOption": "DoNotBill"},
    ]  # fmt: skip
    counted = work(past_ticket(timeEntries=entries))
    assert (counted.billed_hours, counted.billed) == (150, 180_00)
    assert (counted.covered_hours, counted.covered) == (225, 270_00)
    assert (counted.open_hours, counted.open) == (10, 12_00)
    assert counted.hours == 1085


UNCOVERED = {"id": 600, "name": "Block hours", "coverAgreementTime": False}
ON_AGREEMENT = time_entry("jdoe", "2026-03-02", 3.0) | {"agreement": 600}


@pytest.mark.parametrize(
    ("entry", "agreement", "billed", "covered", "still_open"),
    [
        pytest.param(time_entry("jdoe", "2026-03-02", 2.0, invoice=9) | {"hoursBilled": 0.0}, None, (0, 0), (0, 0), (0, 0), id="none billed"),
        pytest.param(time_entry("jdoe", "2026-03-02", 2.0, invoice=9) | {"hoursBilled": None, "invoiceHours": 0.0}, None, (0, 0), (0, 0), (0, 0),
                     id="none on the invoice"),
        pytest.param(time_entry("jdoe", "2026-03-02", 2.0, invoice=9) | {"billableOption": "NoCharge"}, None, (0, 0), (0, 0), (0, 0),
                     id="free on an invoice"),
        pytest.param(ON_AGREEMENT | {"billableOption": "DoNotBill", "agreementAmount": 90.0, "status": "BilledAgreement"}, None, (0, 0), (0, 0),
                     (0, 0), id="free on an agreement"),
        pytest.param(ON_AGREEMENT, UNCOVERED, (0, 0), (0, 0), (300, 360_00), id="on an agreement that does not cover time"),
        pytest.param(ON_AGREEMENT | {"status": "BilledAgreement"}, UNCOVERED, (0, 0), (300, 360_00), (0, 0), id="settled all the same"),
        pytest.param(ON_AGREEMENT | {"agreement": 601}, UNCOVERED, (0, 0), (300, 360_00), (0, 0), id="on another agreement than the ticket's"),
        pytest.param(ON_AGREEMENT | {"agreementHours": 2.0}, UNCOVERED, (0, 0), (200, 240_00), (100, 120_00), id="a part settled, the rest open"),
        pytest.param(ON_AGREEMENT | {"agreementHours": 2.0, "invoice": 9}, None, (100, 120_00), (200, 240_00), (0, 0),
                     id="a part settled, the rest billed"),
        pytest.param(ON_AGREEMENT | {"agreementHours": 2.0, "status": "BilledAgreement", "invoiced": True}, None, (0, 0), (200, 240_00),
                     (100, 120_00), id="a part settled by its status, the rest open"),
        pytest.param(time_entry("jdoe", "2026-03-02", 2.0) | {"status": "Billed"}, None, (200, 240_00), (0, 0), (0, 0), id="billed, invoice not shown"),
        pytest.param(time_entry("jdoe", "2026-03-02", -2.0, invoice=9), None, (-200, -240_00), (0, 0), (0, 0), id="a credit"),
        pytest.param(ON_AGREEMENT | {"hours": -3.0, "agreementHours": -2.0}, None, (0, 0), (-200, -240_00), (-100, -120_00), id="a part taken back"),
    ],
)  # fmt: skip
def test_each_hour_is_counted_once_by_who_pays_for_it(
    entry: dict[str, Any], agreement: Any, billed: Any, covered: Any, still_open: Any
) -> None:
    counted = work(past_ticket(timeEntries=[entry], agreement=agreement))
    assert (counted.billed_hours, counted.billed) == billed
    assert (counted.covered_hours, counted.covered) == covered
    assert (counted.open_hours, counted.open) == still_open
    assert sum(counted.by_period.values()) == (counted.billed + counted.open) * (counted.hours > 0)


def test_a_correction_takes_hours_and_money_back_and_is_nobodys_work() -> None:
    entries = [time_entry("awong", "2026-05-02", -0.5, invoice=9), time_entry("jdoe", "2026-03-02", 2.0, invoice=9)]
    counted = work(past_ticket(timeEntries=entries))
    assert (counted.hours, counted.billed_hours, counted.billed, counted.entries) == (150, 150, 180_00, 1)
    assert (counted.members, len(counted.days), len(counted.by_period)) == ({"jdoe"}, 1, 1)
    assert sum(counted.by_period.values()) == counted.billed


SWITCH = {"description": "Switch", "quantity": 2, "price": 300.0, "billableOption": "Billable", "invoiced": False}


def test_a_product_that_nobody_billed_is_open_and_unbilled_once_the_ticket_is_closed() -> None:
    late, still_open = row(past_ticket(1, products=[SWITCH])), row(past_ticket(2, products=[SWITCH], closedFlag=False))
    free = row(past_ticket(3, products=[SWITCH | {"billableOption": "NoCharge"}, SWITCH | {"invoiced": True}]))
    gone = row(past_ticket(4, products=[SWITCH | {"cancelled": True}]))
    assert [(one["money"].get("open"), one["money"].get("unbilled")) for one in (late, still_open, free, gone)] == [
        (600_00, 600_00), (None, None), (None, None), (None, None),
    ]  # fmt: skip
    assert figure([late, still_open, free], "unbilled") == (600.0, "estimated")


def test_what_was_only_taken_back_is_not_late() -> None:
    assert "unbilled" not in row(past_ticket(timeEntries=[time_entry("jdoe", "2026-03-02", -2.0)]))["money"]


def test_a_stage_that_was_billed_as_a_product_is_an_invoice_of_the_ticket() -> None:
    billed = SWITCH | {"invoiced": True, "invoice": 9100}
    counted = work(past_ticket(products=[billed, SWITCH | {"invoiced": True}]))
    assert counted.invoices == {9100}
    assert row(project_ticket())["money"]["staged"]
    assert "staged" not in row(project_ticket(products=[billed]))["money"]


@pytest.mark.parametrize(
    "value", [None, "", "a lot", True, [], {}, float("nan"), float("inf"), 1e300, "9" * 400], ids=repr
)
def test_what_is_no_number_counts_nothing(value: Any) -> None:
    entry = time_entry("jdoe", "2026-03-02", 1.0, invoice=9) | {
        "hourlyRate": value,
        "hoursBilled": value,
        "hours": value,
    }
    counted = work(past_ticket(timeEntries=[entry]))
    assert (counted.hours, counted.billed) == (0, 0)


def test_a_thousand_small_entries_add_up_to_the_cent() -> None:
    entry = time_entry("jdoe", "2026-03-02", 0.1, invoice=9) | {"hourlyRate": 99.99}
    assert work(past_ticket(timeEntries=[entry] * 1000)).billed == 1000 * 1000


def test_project_work_elsewhere_is_misplaced_by_measure_and_by_guess() -> None:
    known, guessed = (
        row(project_ticket(1)),
        row(project_ticket(2, closedFlag=False, timeEntries=[time_entry("jdoe", "2026-03-10", 2.0)])),
    )
    there = row(project_ticket(3, department={"id": 14, "name": "Professional Services"}))
    assert [misplaced(one) for one in (known, guessed, there, row(past_ticket(4)))] == ["measured", "estimated", "", ""]
    rows = [known, guessed, there, row(past_ticket(4))]
    assert figure(rows, "measured_work", "hours") == (36.0, "measured")
    assert figure(rows, "reclassified") == (4320.0, "estimated")
    assert figure(rows, "estimated_work", "hours") == (2.0, "estimated")


def test_a_project_on_one_invoice_could_have_been_billed_in_stages() -> None:
    assert figure([row(project_ticket())], "staged") == (2880.0, "estimated")


def test_billable_time_that_nobody_billed_for_a_whole_period_is_late() -> None:
    open_time = [time_entry("jdoe", "2026-03-02", 2.0)]
    late, recent = (
        row(past_ticket(1, timeEntries=open_time)),
        row(past_ticket(2, timeEntries=open_time, closedDate="2026-11-20T09:00:00Z")),
    )
    assert figure([late, recent], "unbilled", "tickets") == (1, "estimated")
    assert figure([late, recent], "unbilled") == (240.0, "estimated")


def test_hours_that_an_agreement_swallowed_are_measured_and_their_worth_is_estimated() -> None:
    covered = [
        time_entry(member, f"2026-0{month}-10", 6.0, agreement=600)
        for month in (3, 4, 5)
        for member in ("jdoe", "awong")
    ]
    rows = [row(project_ticket(timeEntries=covered))]
    assert figure(rows, "swallowed", "hours") == (36.0, "estimated")
    assert figure(rows, "swallowed") == (4320.0, "estimated")


def test_every_figure_says_how_it_was_computed() -> None:
    found = figures(tally([row(project_ticket())]).to_json())
    assert {one.kind for one in found} == {"measured", "estimated"}
    assert all(len(one.how) > 8 and one.how.endswith(".") for one in found)


def test_the_owners_questions_are_answered_even_of_nothing() -> None:
    found = dict(zip(QUESTIONS, answers(tally([]).to_json()), strict=True))
    assert found["What did we lose on work that was sold?"] == "There is no ticket in this range."
    assert found["Which tickets would move?"].startswith("0 of 0 tickets would move")
    assert found["Is the chart right?"] == "No ticket in this range has records that show its outcome."
    assert found["Is the revenue in the right account?"].startswith("Yes: no ticket of sold work")


SOLD: dict[str, Any] = {
    "agreement": None,
    "type": {"name": "Change"},
    "opportunity": {"id": 7, "name": "Rack", "won": True},
}
FEE: dict[str, Any] = {
    "agreement": None,
    "type": {"name": "Change"},
    "billingMethod": "FixedFee",
    "billingAmount": 5000.0,
}


def test_a_fixed_fee_counts_by_its_amount_and_not_by_its_hours() -> None:
    billed = time_entry("jdoe", "2026-03-05", 8.0, invoice=9)
    assert work(past_ticket(**FEE, timeEntries=[billed])).revenue == 5000_00
    unbilled = row(past_ticket(**FEE, timeEntries=[time_entry("jdoe", "2026-03-05", 8.0)]))["money"]
    assert (unbilled.get("revenue"), unbilled["unbilled"]) == (None, 5000_00)
    capped = FEE | {"billingMethod": "NotToExceed", "billingAmount": 600.0}
    assert work(past_ticket(**capped, timeEntries=[billed])).revenue == 600_00
    assert work(past_ticket(**capped, timeEntries=[billed | {"hoursBilled": 2.0}])).revenue == 240_00


def test_the_amount_of_the_invoice_goes_before_hours_times_rate() -> None:
    discounted = time_entry("jdoe", "2026-03-05", 8.0, invoice=9) | {"extendedInvoiceAmount": 800.0}
    assert work(past_ticket(timeEntries=[discounted])).revenue == 800_00


@pytest.mark.parametrize(
    ("changes", "given"),
    [
        pytest.param({}, 240_00, id="no charge"),
        pytest.param({"billingMethod": "FixedFee", "billingAmount": 900.0}, 0, id="inside a fee"),
        pytest.param(
            {"products": [{"description": "Labour", "price": 500.0, "billableOption": "Billable"}]},
            0,
            id="beside a charged line",
        ),
        pytest.param(
            {"products": [{"description": "Labour", "price": 500.0, "billableOption": "DoNotBill"}]},
            740_00,
            id="with a line",
        ),
        pytest.param({"opportunity": None}, 0, id="not sold"),
    ],
)
def test_free_work_is_given_away_only_where_it_was_sold_and_nothing_pays_for_it(
    changes: dict[str, Any], given: int
) -> None:
    free = time_entry("jdoe", "2026-03-05", 2.0) | {"billableOption": "NoCharge"}
    assert row(past_ticket(**(SOLD | {"timeEntries": [free]} | changes)))["money"].get("given_away", 0) == given


def test_late_bills_are_told_by_the_dates_of_their_invoices() -> None:
    def late(day: str) -> int:
        entry = time_entry("jdoe", "2026-03-02", 2.0, invoice=9) | {"invoiceDate": f"{day}T00:00:00Z"}
        found: int = row(past_ticket(timeEntries=[entry], agreement=None))["money"].get("billed_late", 0)
        return found

    assert (late("2026-04-30"), late("2026-05-01")) == (0, 240_00)


def test_currencies_stand_next_to_each_other_and_are_never_added() -> None:
    euro = row(project_ticket(2, currency={"id": 2, "name": "Euro", "identifier": "EUR"}))
    found = tally([row(project_ticket(1)), euro]).to_json()
    assert {name: money["reclassified"]["amount"] for name, money in found["money"].items()} == {
        "GBP": 4320.0,
        "EUR": 4320.0,
    }
    assert "GBP 4,320.00" in answers(found)[2]
    assert "EUR 4,320.00" in answers(found)[2]
    assert "8,640" not in " ".join(answers(found))


def test_groups_add_up_to_the_whole() -> None:
    rows = [
        row(project_ticket(number, company={"name": f"Company {number % 3}"}, board={"name": f"Board {number % 2}"}))
        for number in range(1, 20)
    ]
    total = tally(rows).to_json()
    for group in total["misplaced_by"].values():
        for name in ("tickets", "hours"):
            assert sum(sums[name] for sums in group.values()) == total["misplaced"]["measured"][name]
        assert (
            sum(sums["reclassified"]["GBP"] for sums in group.values())
            == total["money"]["GBP"]["reclassified"]["amount"]
        )
    assert sum(total["would_move"].values()) == sum(map(would_move, rows))
    assert sum(counts["tickets"] for counts in total["months"].values()) == total["tickets"] == 19


def test_tickets_that_would_move_are_the_same_ones_in_each_sentence() -> None:
    there = {"department": {"id": 14, "name": "Professional Services"}}
    right, unknown = row(project_ticket(1)), row(project_ticket(2, closedFlag=False, timeEntries=[]))
    rows = [right, unknown, row(project_ticket(3, **there))]
    assert [would_move(one) for one in rows] == [True, True, False]
    first, second = answers(tally(rows).to_json())[3:]
    assert first.startswith("2 of 3 tickets would move")
    assert "Of the 2 tickets that would move, records show the outcome of 1: 1 of these are right." in second
    assert "Of all 2 tickets of project work, the chart missed 0." in second
    halves = tally(rows[:1])
    halves.merge(tally(rows[1:]))
    assert halves.to_json() == tally(rows).to_json()


def test_counts_in_sentences_are_written_as_everywhere() -> None:
    total = tally([]).to_json() | {"tickets": 3000, "left_alone": 1355}
    assert answers(total)[3].startswith("0 of 3,000 tickets would move")
    assert "1,355 are left alone" in answers(total)[3]
    assert remarks_of(total | {"unread": {"notes": 2500}})[0].startswith("Of 2,500 tickets notes could not be read")
