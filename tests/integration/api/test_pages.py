"""The decisions page in a real browser: what a dispatcher sees and presses, and that ticket text stays text."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from playwright.async_api import expect

from app.sandbox import samples
from tests.support.app_client import TOKEN
from tests.support.signed_in_page import opened

pytestmark = pytest.mark.browser

HOSTILE = "<img src=x onerror=\"document.title='taken'\"> & <b>bold</b>"


async def test_a_dispatcher_reads_why_and_approves(tmp_path: Path) -> None:
    async with opened(tmp_path) as (service, page):
        ticket = service.sample("Fit the replacement firewall")
        await service.reclassify(ticket)
        await page.reload()
        await page.get_by_role("button", name="Fit the replacement firewall").click()
        rows = page.locator("article table.rows tbody tr")
        await expect(rows).to_have_count(6)
        await expect(page.get_by_role("status")).to_have_text("")
        await expect(rows.nth(1)).to_contain_text("finance")
        await expect(rows.nth(1)).to_contain_text("project")
        await page.get_by_role("button", name="Approve").click()
        await expect(page.locator("article")).to_contain_text("applied", timeout=20_000)
        assert service.sandbox.store.table("/tickets")[ticket]["board"]["name"] == "Mini-Projects"
        await page.get_by_role("button", name="Undo").click()
        await expect(page.locator("article")).to_contain_text("undone", timeout=20_000)
        assert service.sandbox.store.table("/tickets")[ticket]["board"]["name"] != "Mini-Projects"


async def test_a_review_is_answered_by_a_button_for_each_candidate(tmp_path: Path) -> None:
    async with opened(tmp_path) as (service, page):
        ticket = service.sample("New printer for the depot")
        await service.reclassify(ticket)
        await page.reload()
        await page.get_by_label("Status").select_option("awaiting-review")
        await page.get_by_role("button", name="New printer for the depot").click()
        await page.get_by_role("button", name="Choose mini-project").click()
        await expect(page.locator("article")).to_contain_text("applied", timeout=20_000)
        assert service.sandbox.store.table("/tickets")[ticket]["board"]["name"] == "Mini-Projects"
        await page.get_by_label("Status").select_option("rejected")
        await page.get_by_role("button", name="answered: mini-project").click()
        await expect(page.locator("article")).to_contain_text("answered by API token: mini-project")
        await page.get_by_role("button", name="Open the newer decision").click()
        await expect(page.locator("article")).to_contain_text("applied")


async def test_ticket_text_is_shown_and_never_run(tmp_path: Path) -> None:
    async with opened(tmp_path) as (service, page):
        made = {
            "ticket": {
                "summary": HOSTILE,
                "initialDescription": f"Printer jams {HOSTILE}",
                "company": {"id": 250},
                "board": {"name": "Service Desk"},
            }
        }
        await service.reclassify(samples.create(service.sandbox, made))
        await page.reload()
        await page.get_by_role("button", name="bold").click()
        await expect(page.locator("article h2")).to_contain_text("<b>bold</b>")
        assert await page.title() == "Mini-Projects: decisions"
        assert await page.locator("article img").count() == 0


async def test_a_persons_reasons_are_shown_as_text(tmp_path: Path) -> None:
    async with opened(tmp_path) as (service, page):
        ticket = service.sample("Fit the replacement firewall")
        await service.reclassify(ticket, reason=f"sold by phone {HOSTILE}")
        await page.reload()
        await page.get_by_role("button", name="Fit the replacement firewall").click()
        await expect(page.locator("article .word q")).to_have_text(f"sold by phone {HOSTILE}")
        await page.get_by_label("Reason").fill("signed copy is here")
        await page.get_by_role("button", name="Approve").click()
        await expect(page.locator("article .word").nth(1)).to_contain_text("Approved by API token", timeout=20_000)
        await expect(page.locator("article .word q").nth(1)).to_have_text("signed copy is here")
        assert await page.locator("article img").count() == 0


async def test_a_wrong_token_is_said_and_asked_for_again(tmp_path: Path) -> None:
    async with opened(tmp_path) as (_, page):
        await page.get_by_role("button", name="Sign out").click()
        await page.get_by_label("Name", exact=True).fill("Ann")
        await page.get_by_label("Token", exact=True).fill("čtoken")
        await page.get_by_role("dialog").get_by_role("button", name="Sign in").click()
        await expect(page.get_by_role("alert")).to_contain_text("Wrong name or token")
        await expect(page.get_by_role("dialog")).to_be_visible()


async def test_a_session_that_has_ended_is_said_and_keeps_what_was_typed(tmp_path: Path) -> None:
    async with opened(tmp_path) as (service, page):
        ticket = service.sample("Fit the replacement firewall")
        await service.reclassify(ticket)
        await page.reload()
        await page.get_by_role("button", name="Fit the replacement firewall").click()
        await page.get_by_label("Reason").fill("signed copy is here")
        service.clock.ahead = timedelta(hours=13)
        await page.get_by_role("button", name="Approve").click()
        await expect(page.get_by_role("dialog").get_by_role("alert")).to_contain_text(
            "Your session has ended. Sign in again."
        )
        await page.get_by_label("Name", exact=True).fill("api TOKEN")
        await page.get_by_label("Token", exact=True).fill(TOKEN)
        await page.get_by_role("dialog").get_by_role("button", name="Sign in").click()
        await expect(page.get_by_role("dialog")).to_be_hidden()
        await expect(page.get_by_label("Reason")).to_have_value("signed copy is here")
        await page.get_by_role("button", name="Approve").click()
        await expect(page.locator("article .word").last).to_contain_text("Approved by API token", timeout=20_000)


async def test_two_tabs_share_the_session_and_sign_out_together(tmp_path: Path) -> None:
    async with opened(tmp_path) as (service, page):
        ticket = service.sample("Fit the replacement firewall")
        await service.reclassify(ticket)
        second = await page.context.new_page()
        await second.goto(page.url)
        await second.get_by_role("button", name="Fit the replacement firewall").click()
        await second.get_by_role("button", name="Reject").click()
        await expect(second.locator("article .word").last).to_contain_text("Rejected by API token")
        await second.get_by_role("button", name="Sign out").click()
        await expect(second.get_by_role("dialog")).to_be_visible()
        await page.get_by_role("button", name="Fit the replacement firewall").click()
        await expect(page.get_by_role("dialog").get_by_role("alert")).to_contain_text("Sign in again")


async def test_the_sign_in_page_goes_on_to_where_the_person_wanted(tmp_path: Path) -> None:
    async with opened(tmp_path) as (_, page):
        await page.get_by_role("button", name="Sign out").click()
        await expect(page.get_by_role("dialog")).to_be_visible()
        await page.goto(page.url.partition("#")[0] + "sign-in?next=/actions")
        await page.get_by_label("Name", exact=True).fill("API token")
        await page.get_by_label("Token", exact=True).fill("wrong")
        await page.get_by_role("button", name="Sign in").click()
        await expect(page.get_by_role("alert")).to_contain_text("Wrong name or token")
        await page.get_by_label("Token", exact=True).fill(TOKEN)
        await page.get_by_role("button", name="Sign in").click()
        await expect(page.get_by_role("heading", name="Manual actions")).to_be_visible()
        await expect(page.locator("#who")).to_contain_text("API token (admin)")


async def test_what_a_project_is_built_from_is_quoted_before_anybody_approves(tmp_path: Path) -> None:
    async with opened(tmp_path) as (service, page):
        text = "We accept the fixed price of 12,000. Site A in March, site B in May, billed per site."
        ticket = service.enter("Two new sites", text)
        await service.reclassify(ticket)
        await page.reload()
        await page.get_by_role("button", name="Two new sites").click()
        await expect(page.locator("article")).to_contain_text("Facts used")
        await expect(page.locator("article li q").first).to_contain_text("fixed price of 12,000")


async def test_a_ticket_is_run_from_the_page(tmp_path: Path) -> None:
    async with opened(tmp_path) as (service, page):
        ticket = service.sample("Reception printer jams")
        form = page.locator("form#run")
        await form.get_by_label("Ticket").fill(str(ticket))
        await form.get_by_label("Mode").select_option("dry-run")
        await form.get_by_role("button", name="Run").click()
        await expect(page.locator("article")).to_contain_text("service ticket", timeout=20_000)


async def test_the_page_leads_to_the_decision_that_keeps_a_ticket_where_it_is(tmp_path: Path) -> None:
    async with opened(tmp_path) as (service, page):
        ticket = service.sample("Fit the replacement firewall")
        applied = await service.reclassify(ticket, mode="live")
        stays = await service.reclassify(ticket, mode="live", outcome="service-ticket")
        await page.goto(f"{page.url.partition('#')[0]}#{stays['id']}")
        await page.reload()
        await expect(page.locator("article")).to_contain_text("made it (mini-project). To take that back, undo")
        await page.get_by_role("button", name="Open that decision").click()
        await expect(page.locator("article")).to_contain_text(f"Decision {applied['id']}")
        await page.get_by_role("button", name="Undo").click()
        await expect(page.locator("article")).to_contain_text("undone", timeout=20_000)


async def test_an_audit_is_begun_followed_and_read_from_its_page(tmp_path: Path) -> None:
    async with opened(tmp_path) as (service, page):
        for summary in ("Fit the replacement firewall", "Reception printer jams"):
            service.sample(summary)
        await service.parts.audits.start()
        await page.get_by_role("link", name="Audits").click()
        await page.get_by_role("button", name="Start audit").click()
        await expect(page.locator("article")).to_contain_text("done", timeout=30_000)
        await expect(page.locator("article")).to_contain_text("Chart and records agree")
        async with page.expect_popup() as opening:
            await page.get_by_role("button", name="Open the report").click()
        report = await opening.value
        await expect(report.locator("h1")).to_contain_text("audit", ignore_case=True)
        await expect(report.locator("#count")).not_to_be_empty()
        await expect(report.locator(".cards").first).to_have_css("display", "grid")
        async with page.expect_download() as saving:
            await page.get_by_role("button", name="CSV").click()
        assert (await saving.value).suggested_filename.endswith(".csv")
        other = tmp_path / "other.yaml"
        other.write_text(service.parts.audits.parts.chart.current().text, encoding="utf-8")
        await page.get_by_label("Chart file").set_input_files(other)
        await expect(page.locator("article")).to_contain_text("0 tickets would change", timeout=30_000)
        other.write_text('version: "2"\nfinance: {sold: many}\n', encoding="utf-8")
        await page.get_by_label("Chart file").set_input_files(other)
        await expect(page.get_by_role("status")).to_contain_text("invalid. Line 2", timeout=30_000)


async def test_an_audit_that_cannot_be_is_refused_on_its_page(tmp_path: Path) -> None:
    async with opened(tmp_path) as (_, page):
        await page.get_by_role("link", name="Audits").click()
        await page.get_by_label("until (exclusive)").fill("2001-01-01")
        await page.get_by_role("button", name="Start audit").click()
        await expect(page.get_by_role("status")).to_contain_text("range is empty")


async def test_an_ended_audit_and_another_chart_fit_on_a_phone(tmp_path: Path) -> None:
    async with opened(tmp_path, width=390) as (service, page):
        for summary in ("Fit the replacement firewall", "Reception printer jams", "Order handover"):
            service.sample(summary)
        await service.parts.audits.start()
        await page.get_by_role("link", name="Audits").click()
        await page.get_by_role("button", name="Start audit").click()
        await expect(page.locator("article")).to_contain_text("Tickets of project work outside", timeout=30_000)
        assert await page.evaluate("document.documentElement.scrollWidth") <= 390
        other = tmp_path / "other.yaml"
        other.write_text("rules: [{name: all, boards: [Service Desk], outcome: review}]", encoding="utf-8")
        await page.get_by_label("Chart file").set_input_files(other)
        await expect(page.locator("article")).to_contain_text("Every figure that would change", timeout=30_000)
        await expect(page.locator("article")).to_contain_text("Would wait for a person's answer")
        assert await page.evaluate("document.documentElement.scrollWidth") <= 390


async def test_numbers_are_written_as_in_the_report_whatever_the_browser_speaks(tmp_path: Path) -> None:
    async with opened(tmp_path, locale="de-DE") as (_, page):
        await page.get_by_role("link", name="Audits").click()
        await expect(page.locator("#list")).to_contain_text("No audits yet")
        written = "[number(3000), figure(374040, 'amount'), figure(3117, 'hours'), figure(172, 'tickets'), figure(null, 'hours')]"
        assert await page.evaluate(written) == ["3,000", "374,040.00", "3,117.00 h", "172", "not known"]
        days = "[day('2026-06-01T00:00:00Z'), day('2026-05-31T22:00:00Z'), day('2026-05-31T22:00:07Z')]"
        step = "{place: 'finance.sold', now: 2, then: 1.5, change: {right: 1200, wrong: 0, asks: -3, tickets: 1300}}"
        assert "finance.sold 1.5 instead of 2: +1,200 right, +0 wrong, -3 questions, 1,300 tickets changed" in (
            await page.evaluate(f"suggestion({step}).textContent")
        )
        assert await page.evaluate(days) == ["2026-06-01", "2026-05-31 22:00 UTC", "2026-05-31 22:00:07 UTC"]


async def test_the_page_filters_by_company_and_status_and_shows_the_reports_figures(tmp_path: Path) -> None:
    async with opened(tmp_path) as (service, page):
        service.sample("Fit the replacement firewall")
        await service.parts.audits.start()
        await page.get_by_role("link", name="Audits").click()
        await page.get_by_label("Companies").fill("250, No Such Company")
        await page.get_by_label("Current status").fill("New")
        await page.get_by_role("button", name="Start audit").click()
        await expect(page.locator("article h2")).to_contain_text("companies 250, No Such Company; statuses New")
        (shown,) = await service.parts.audits.recent()
        assert (shown["asked"]["companies"], shown["asked"]["statuses"]) == ([250, "No Such Company"], ["New"])
        await expect(page.locator("article")).to_contain_text("Closed tickets that are not billed", timeout=30_000)
        await expect(page.locator("article")).to_contain_text("Of those, right")
        other = tmp_path / "other.yaml"
        other.write_text('version: "2"\nfinance: [\n', encoding="utf-8")
        await page.get_by_label("Chart file").set_input_files(other)
        await expect(page.get_by_role("status")).to_contain_text("invalid. Line ", timeout=30_000)
        assert ", :" not in await page.get_by_role("status").inner_text()
