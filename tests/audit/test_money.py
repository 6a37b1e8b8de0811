"""Hours and amounts: counted in hundredths, kept apart by who pays, told as measured or estimated."""

from __future__ import annotations

from typing import Any

import pytest

from app.audit.figures import answers, figures
from app.audit.judging import Row
from app.audit.tally import misplaced, tally, would_move
from app.audit.work import work_of
from app.chart import shipped_chart
from tests.audit.cast import past_ticket, project_ticket, row, time_entry


def figure(rows: list[Row], key: str) -> tuple[float, str]:
    found = next(one for one in figures(tally(rows).to_json()) if one.key == key)
    return found.value, found.kind


def test_time_is_counted_by_who_pays_for_it() -> None:
    entries = [
        time_entry("jdoe", "2026-03-02", 1.5, invoice=9), time_entry("jdoe", "2026-03-03", 2.25, agreement=600), time_entry("jdoe", "2026-03-04", 0.1),
        time_entry("jdoe", "2026-03-05", 7.0) | {"billableOption": "DoNotBill"},
    ]  # fmt: skip
    work = work_of(past_ticket(timeEntries=entries), shipped_chart())
    assert (work.billed_hours, work.billed) == (150, 180_00)
    assert (work.covered_hours, work.covered) == (225, 270_00)
    assert (work.open_hours, work.open) == (10, 12_00)
    assert work.hours == 1085


@pytest.mark.parametrize(
    "value", [None, "", "a lot", True, [], {}, float("nan"), float("inf"), 1e300, "9" * 400], ids=repr
)
def test_what_is_no_number_counts_nothing(value: Any) -> None:
    entry = time_entry("jdoe", "2026-03-02", 1.0, invoice=9) | {
        "hourlyRate": value,
        "hoursBilled": value,
        "hours": value,
    }
    work = work_of(past_ticket(timeEntries=[entry]), shipped_chart())
    assert (work.hours, work.billed) == (0, 0)


def test_a_thousand_small_entries_add_up_to_the_cent() -> None:
    entry = time_entry("jdoe", "2026-03-02", 0.1, invoice=9) | {"hourlyRate": 99.99}
    assert work_of(past_ticket(timeEntries=[entry] * 1000), shipped_chart()).billed == 1000 * 1000


def test_project_work_elsewhere_is_misplaced_by_measure_and_by_guess() -> None:
    known, guessed = (
        row(project_ticket(1)),
        row(project_ticket(2, closedFlag=False, timeEntries=[time_entry("jdoe", "2026-03-10", 2.0)])),
    )
    there = row(project_ticket(3, department={"id": 14, "name": "Professional Services"}))
    assert [misplaced(one) for one in (known, guessed, there, row(past_ticket(4)))] == ["measured", "estimated", "", ""]
    rows = [known, guessed, there, row(past_ticket(4))]
    assert figure(rows, "misplaced_hours") == (36.0, "measured")
    assert figure(rows, "misplaced_billed") == (4320.0, "measured")
    assert figure(rows, "likely_hours") == (2.0, "estimated")


def test_a_project_on_one_invoice_could_have_been_billed_in_stages() -> None:
    assert figure([row(project_ticket())], "staged") == (2880.0, "estimated")


def test_billable_time_that_nobody_billed_for_a_whole_period_is_late() -> None:
    open_time = [time_entry("jdoe", "2026-03-02", 2.0)]
    late, recent = (
        row(past_ticket(1, timeEntries=open_time)),
        row(past_ticket(2, timeEntries=open_time, closedDate="2026-11-20T09:00:00Z")),
    )
    assert figure([late, recent], "late_tickets") == (1, "measured")
    assert figure([late, recent], "late") == (240.0, "estimated")


def test_hours_that_an_agreement_swallowed_are_measured_and_their_worth_is_estimated() -> None:
    covered = [
        time_entry(member, f"2026-0{month}-10", 6.0, agreement=600)
        for month in (3, 4, 5)
        for member in ("jdoe", "awong")
    ]
    rows = [row(project_ticket(timeEntries=covered))]
    assert figure(rows, "swallowed_hours") == (36.0, "measured")
    assert figure(rows, "swallowed") == (4320.0, "estimated")


def test_every_figure_says_how_it_was_computed() -> None:
    found = figures(tally([]).to_json())
    assert {one.kind for one in found} == {"measured", "estimated"}
    assert all(len(one.how) > 8 and one.how.endswith(".") for one in found)


def test_the_three_questions_are_answered_even_of_nothing() -> None:
    first, second, third = answers(tally([]).to_json())
    assert first.startswith("0 of 0 tickets would move")
    assert second == "No ticket in this range has records that tell what it was."
    assert third.startswith("0 tickets of project work")


def test_groups_add_up_to_the_whole() -> None:
    rows = [
        row(project_ticket(number, company={"name": f"Company {number % 3}"}, board={"name": f"Board {number % 2}"}))
        for number in range(1, 20)
    ]
    total = tally(rows).to_json()
    for group in total["misplaced_by"].values():
        for name in ("tickets", "hours", "billed", "covered", "open"):
            assert sum(sums[name] for sums in group.values()) == total["money"]["measured"][name]
    assert sum(total["would_move"].values()) == sum(map(would_move, rows))
    assert sum(counts["tickets"] for counts in total["months"].values()) == total["tickets"] == 19
