"""The audits page in a real browser."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.async_api import expect

from tests.support.signed_in_page import opened

pytestmark = pytest.mark.browser


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
