"""What an audit says where the API member may not read everything: unknown, incomplete or not known, never measured."""

from __future__ import annotations

import csv
import io
import re
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import expect

from app.audit.report.figures import answers, figures
from app.audit.report.render import csv_head, csv_line, ticket
from app.audit.totals import waits_for_bill
from app.audit_jobs.views import audit_json
from app.chart import shipped_chart
from tests.support.audit_factories import (
    LINK,
    actual,
    booked,
    html_of,
    past_ticket,
    project_ticket,
    row,
    tally,
    time_entry,
)
from tests.support.browser import browser_page
from tests.support.history_fixture import Audited

BILLED: dict[str, Any] = {"agreement": None, "timeEntries": [time_entry("jdoe", "2026-03-05", 4.0, invoice=9000)]}
SEVERAL: dict[str, Any] = {
    "agreement": None,
    "timeEntries": [time_entry(one, day, 3.0, invoice=9000) for one, day in (("jdoe", "2026-03-03"), ("awong", "2026-03-05"))],
}  # fmt: skip
WEEKS: dict[str, Any] = {
    "timeEntries": [time_entry("jdoe", day, 3.0, invoice=9000) for day in ("2026-03-03", "2026-03-20")]
}


@pytest.mark.parametrize(
    ("case", "outcome"),
    [
        pytest.param(past_ticket(unread=["products"]), "unknown", id="support, and products could say sold"),
        pytest.param(past_ticket(**BILLED, poNumber="PO 7", budgetHours=4.0, unread=["products"]), "unknown", id="sold, and products could be stages"),
        pytest.param(project_ticket(unread=["products"]), "project", id="a project whatever the products are"),
        pytest.param(project_ticket(unread=["products", "scheduleEntries", "opportunity"]), "project", id="a project whatever is unread"),
        pytest.param(past_ticket(**SEVERAL, unread=["scheduleEntries"]), "unknown", id="two members who may have been planned"),
        pytest.param(past_ticket(unread=["scheduleEntries"]), "service-ticket", id="one member, whatever was planned"),
        pytest.param(past_ticket(**BILLED, type={"name": "Change"}, unread=["scheduleEntries"]), "unknown", id="work that may have been planned ahead"),
        pytest.param(past_ticket(agreement={"id": 600}, unread=["agreement"]), "service-ticket", id="settled, whatever the agreement covers"),
        pytest.param(past_ticket(agreement={"id": 600}, timeEntries=BILLED["timeEntries"], unread=["agreement"]), "unknown",
                     id="billed, and the agreement may cover time"),
        pytest.param(past_ticket(agreement={"id": 600}, **WEEKS, unread=["agreement"]), "unknown", id="weeks, and the agreement may bill weekly"),
        pytest.param(past_ticket(**BILLED, opportunity={"id": 7}, unread=["opportunity"]), "unknown", id="an opportunity that may be won"),
        pytest.param(past_ticket(unread=["notes", "tasks"]), "service-ticket", id="words are no records"),
    ],
)  # fmt: skip
def test_a_verdict_holds_only_where_nothing_unread_could_change_it(case: dict[str, Any], outcome: str) -> None:
    chart = shipped_chart()
    found = actual(case, chart)
    assert found.outcome == outcome
    assert ("cannot be read and could change what it was." in found.because) == (outcome == "unknown")


def test_a_right_that_is_missing_costs_verdicts_and_turns_none_round() -> None:
    chart, planned = shipped_chart(), [booked("jdoe", "2026-03-03"), booked("awong", "2026-03-05")]
    case = past_ticket(**SEVERAL, scheduleEntries=planned)
    assert actual(case, chart).outcome == "project"
    blind = case | {"scheduleEntries": [], "unread": ["scheduleEntries"]}
    assert actual(blind, chart).because == "Schedule entries cannot be read and could change what it was."


def test_a_project_that_may_have_been_billed_by_products_is_not_said_to_wait_for_its_bill() -> None:
    assert waits_for_bill(row(project_ticket()))
    assert not waits_for_bill(row(project_ticket(unread=["products"])))


UNREAD = {"/procurement": "products", "/schedule": "scheduleEntries", "/finance/agreements": "agreement"}


@pytest.mark.slow
@pytest.mark.parametrize("area", UNREAD)
async def test_figures_that_hang_on_what_is_unread_are_not_called_measured(past: Audited, area: str) -> None:
    whole = {one["id"]: one["hindsight"] for one in await past.rows(await past.year())}
    past.sandbox.switches.change({"forbidden_areas": area})
    row = await past.run()
    found = await past.document(row)
    assert all(one["hindsight"] in (whole[one["id"]], "unknown") for one in await past.rows(row))
    kinds = {one["key"]: one["kind"] for one in found["figures"]}
    assert {kinds[name] for name in ("misplaced_tickets", "misplaced_hours", "misplaced_billed", "staged")} == {
        "incomplete"
    }
    assert found["answers"][2].startswith("At least ")
    assert "too low" in found["answers"][2]
    assert "could not be read" in found["answers"][1]
    assert any("too low and marked incomplete" in one for one in audit_json(row)["remarks"])
    html = await past.report(row, "html")
    assert '<span class="kind incomplete">incomplete</span>' in html
    assert re.search('<p class="warn">Of .* The chart decided without them, too.', html)
    lines = csv.DictReader(io.StringIO((await past.report(row, "csv")).removeprefix("\ufeff")))
    assert {line["unread"] for line in lines} - {""} == {UNREAD[area]}


async def test_without_the_right_to_time_nothing_is_measured_as_zero(past: Audited) -> None:
    past.sandbox.switches.change({"forbidden_areas": "/time/entries"})
    row = await past.run()
    found = await past.document(row)
    shown = {one["key"]: (one["value"], one["kind"]) for one in found["figures"]}
    for key in (
        "misplaced_tickets",
        "misplaced_hours",
        "misplaced_billed",
        "swallowed_hours",
        "likely_hours",
        "staged_tickets",
        "late_hours",
    ):
        assert shown[key] == (None, "not-known"), key
    assert found["totals"]["money"]["measured"]["hours"] is None
    assert (
        found["answers"][1]
        == "No ticket in this range has records that show its outcome: time entries could not be read."
    )
    assert found["answers"][2].startswith(
        "The cost of misplaced work is not known: the time entries could not be read."
    )
    html = await past.report(row, "html")
    assert '<p class="big">not known</p>' in html
    assert "<figcaption>Hours of project work outside" not in html
    assert 'Hours on these tickets</th><td class="n">not known</td>' in html
    lines = list(csv.DictReader(io.StringIO((await past.report(row, "csv")).removeprefix("\ufeff"))))
    assert {(line["hours"], line["billed"], line["staged"], line["members"]) for line in lines} == {("", "", "", "")}
    assert {line["unread"] for line in lines} == {"timeEntries"}


def test_a_ticket_that_could_not_be_judged_does_not_make_time_known() -> None:
    blind = row(past_ticket(1, timeEntries=[], unread=["timeEntries"]))
    total = tally([blind, row(past_ticket(2))]).to_json()
    assert total["money"]["measured"]["hours"] == 0.0
    assert {one.kind for one in figures(total) if one.key == "misplaced_hours"} == {"incomplete"}
    assert answers(total)[2].startswith("At least 0 tickets")


@pytest.mark.browser
async def test_the_list_says_that_hours_are_not_known(tmp_path: Path) -> None:
    address = tmp_path / "report.html"
    address.write_text(html_of([row(project_ticket(1, timeEntries=[], unread=["timeEntries"]))]), encoding="utf-8")
    async with browser_page() as page:
        await page.goto(address.as_uri())
        await expect(page.locator("#count")).to_have_text("1 of 1 tickets, hours not known, billed not known")
        await expect(page.locator("#list tbody td.n").first).to_have_text("not known")


def test_each_form_leaves_out_what_nobody_knows_of_a_ticket() -> None:
    shown = ticket(row(past_ticket(1, timeEntries=[], unread=["timeEntries", "notes"])), LINK)
    assert (shown["hours"], shown["members"], shown["late"], shown["unread"]) == (None, None, None, "timeEntries notes")
    names, values = csv.reader(io.StringIO((csv_head() + csv_line(shown)).removeprefix("\ufeff")))
    assert dict(zip(names, values, strict=True))["hours"] == ""
