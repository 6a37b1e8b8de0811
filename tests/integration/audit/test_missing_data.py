"""What an audit says where the API member may not read everything: unknown, incomplete or not known, never measured."""

from __future__ import annotations

import csv
import io
import re
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import expect

from app.audit.report.answers import answers
from app.audit.report.figures import figures
from app.audit.report.render import csv_head, csv_line, ticket
from app.audit_jobs.views import audit_json
from app.chart import shipped_chart
from tests.support.audit_factories import (
    LINK,
    actual,
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
SOLD: dict[str, Any] = {"type": {"name": "Change"}, "opportunity": {"id": 7, "name": "Rack", "won": True}}
WEEKS: dict[str, Any] = {
    "timeEntries": [time_entry("jdoe", day, 6.0, invoice=9000) for day in ("2026-03-03", "2026-03-20")]
}


@pytest.mark.parametrize(
    ("case", "outcome"),
    [
        pytest.param(past_ticket(unread=["products"]), "unknown", id="support, and products could say sold"),
        pytest.param(past_ticket(**BILLED, poNumber="PO 7", budgetHours=4.0, unread=["products"]), "unknown", id="sold, and products could be stages"),
        pytest.param(project_ticket(unread=["products"]), "project", id="a project whatever the products are"),
        pytest.param(project_ticket(unread=["products", "scheduleEntries", "opportunity"]), "project", id="a project whatever is unread"),
        pytest.param(past_ticket(**SEVERAL, unread=["scheduleEntries"]), "service-ticket", id="a repair by two, planned or not"),
        pytest.param(past_ticket(unread=["scheduleEntries"]), "service-ticket", id="one member, whatever was planned"),
        pytest.param(past_ticket(**BILLED, type={"name": "Change"}, unread=["scheduleEntries"]), "unknown", id="work perhaps planned ahead"),
        pytest.param(past_ticket(agreement={"id": 600}, unread=["agreement"]), "service-ticket", id="settled, whatever the agreement covers"),
        pytest.param(past_ticket(agreement={"id": 600}, timeEntries=BILLED["timeEntries"], unread=["agreement"]), "service-ticket",
                     id="a repair, covered or not"),
        pytest.param(past_ticket(agreement={"id": 600}, **WEEKS, **SOLD, unread=["agreement"]), "unknown", id="weeks, perhaps weekly bills"),
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
    case, chart = past_ticket(**SOLD, **BILLED), shipped_chart()
    assert actual(case, chart).outcome == "mini-project"
    blind = case | {"opportunity": {"id": 7}, "unread": ["opportunity"]}
    assert actual(blind, chart).because == "The opportunity cannot be read and could change what it was."


def test_a_project_that_may_have_been_billed_by_products_is_not_said_to_wait_for_its_bill() -> None:
    assert row(project_ticket())["money"]["staged"]
    assert "staged" not in row(project_ticket(unread=["products"]))["money"]


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
    assert {kinds[name] for name in ("measured_work", "reclassified", "given_away", "swallowed", "staged")} == {
        "incomplete"
    }
    assert "too low" in found["answers"][2]
    assert "could not be read" in found["answers"][4]
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
    shown = {one["key"]: (one["amount"], one["hours"], one["kind"]) for one in found["figures"]}
    for key in ("measured_work", "reclassified", "given_away", "swallowed", "over_budget", "below_price", "staged"):
        assert shown[key] == (None, None, "not-known"), key
    assert found["totals"]["misplaced"]["measured"]["hours"] is None
    assert (
        found["answers"][4]
        == "No ticket in this range has records that show its outcome: time entries could not be read."
    )
    assert found["answers"][2] == "Not known: the time entries could not be read."
    html = await past.report(row, "html")
    assert '<p class="big"><span>not known</span></p>' in html
    assert "<figcaption>Hours of sold work outside" not in html
    lines = list(csv.DictReader(io.StringIO((await past.report(row, "csv")).removeprefix("\ufeff"))))
    assert {(line["hours"], line["given_away"], line["staged"], line["members"]) for line in lines} == {
        ("", "", "", "")
    }
    assert {line["unread"] for line in lines} == {"timeEntries"}


def test_a_ticket_that_could_not_be_judged_does_not_make_time_known() -> None:
    blind = row(past_ticket(1, timeEntries=[], unread=["timeEntries"]))
    total = tally([blind, row(past_ticket(2))]).to_json()
    assert total["misplaced"]["measured"]["hours"] == 0.0
    assert {one.kind for one in figures(total) if one.key == "measured_work"} == {"incomplete"}
    assert "most likely too low" in answers(total)[2]


@pytest.mark.browser
async def test_the_list_says_that_hours_are_not_known(tmp_path: Path) -> None:
    address = tmp_path / "report.html"
    address.write_text(html_of([row(project_ticket(1, timeEntries=[], unread=["timeEntries"]))]), encoding="utf-8")
    async with browser_page() as page:
        await page.goto(address.as_uri())
        await expect(page.locator("#count")).to_have_text("1 of 1 tickets, not known hours")
        await expect(page.locator("#list tbody td.n").first).to_have_text("not known")


def test_each_form_leaves_out_what_nobody_knows_of_a_ticket() -> None:
    shown = ticket(row(past_ticket(1, timeEntries=[], unread=["timeEntries", "notes"])), LINK)
    assert (shown["hours"], shown["members"], shown["unbilled"], shown["unread"]) == (
        None,
        None,
        None,
        "timeEntries notes",
    )
    names, values = csv.reader(io.StringIO((csv_head() + csv_line(shown)).removeprefix("\ufeff")))
    assert dict(zip(names, values, strict=True))["hours"] == ""
