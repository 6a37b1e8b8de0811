"""The brief and the manual actions in a real browser: the money box, the form, errors beside their fields."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Locator, Page, expect

from tests.support.app_client import MANAGER, Site
from tests.support.signed_in_page import address, opened

pytestmark = pytest.mark.browser

TEXT = "We accept the fixed price of 12,000. Site A in March, site B in May, billed per site."
HOSTILE = "<img src=x onerror=\"document.title='taken'\">"


async def waiting(service: Site, page: Page, *, summary: str = "Two new sites", text: str = TEXT) -> dict[str, Any]:
    """A project that waits for its manager, open on the page."""
    decision = await service.reclassify(service.enter(summary, text), mode="review")
    assert decision["status"] == "awaiting-review", decision["said"]
    await page.goto(address(page, f"tickets/{decision['ticket_id']}"))
    await expect(page.get_by_role("heading", name="Brief")).to_be_visible()
    return decision


def row(page: Page, field: str) -> Locator:
    return page.locator(f"[data-field={field}]")


async def save(page: Page) -> None:
    await page.get_by_role("button", name="Save").click()


async def test_a_brief_is_completed_in_the_form_and_approved(tmp_path: Path) -> None:
    async with opened(tmp_path) as (service, page):
        decision = await waiting(service, page)
        await expect(row(page, "manager").locator(".badge")).to_have_text("missing")
        await expect(row(page, "fee").locator(".badge")).to_have_text("proposed")
        await expect(row(page, "fee").get_by_label("Fee")).to_have_value("12,000.00")
        await page.get_by_role("button", name="Approve").click()
        await expect(row(page, "manager").get_by_role("alert")).to_contain_text("Nobody is named as project manager")
        await row(page, "manager").get_by_label("Manager").fill("jdoe")
        await row(page, "fee").get_by_label("Fee").fill("9,500.00")
        await row(page, "sold_total").get_by_label("Sold total").fill("9500")
        await page.get_by_role("button", name="Approve").click()
        await expect(page.locator("#problem")).to_contain_text("not saved")
        await save(page)
        await expect(row(page, "manager").locator(".badge")).to_have_text("settled")
        await expect(row(page, "manager")).to_contain_text("API token")
        await expect(page.locator("table.money")).to_contain_text("9,500.00")
        await page.get_by_role("button", name="Approve").click()
        await expect(page.locator("article")).to_contain_text("applied", timeout=20_000)
        applied = await service.get(f"/decisions/{decision['id']}")
        project = service.sandbox.store.table("/project/projects")[applied["project_id"]]
        assert (project["billingMethod"], project["billingAmount"]) == ("FixedFee", 9500)
        await expect(page.get_by_role("button", name="Save")).to_have_count(0)


async def test_a_value_that_does_not_fit_is_named_beside_its_field(tmp_path: Path) -> None:
    async with opened(tmp_path) as (service, page):
        decision = await waiting(service, page)
        await row(page, "manager").get_by_label("Manager").fill("nobody-here")
        await row(page, "fee").get_by_label("Fee").fill("-5")
        await save(page)
        await expect(row(page, "manager").get_by_role("alert")).to_contain_text("No active member “nobody-here”")
        await expect(row(page, "manager").get_by_role("alert")).to_contain_text("Allowed:")
        await expect(row(page, "fee").get_by_role("alert")).to_contain_text("Invalid amount")
        await expect(row(page, "fee").get_by_label("Fee")).to_have_value("-5")
        assert (await service.get(f"/decisions/{decision['id']}"))["brief"]["person"] == {}


async def test_money_that_does_not_add_up_is_highlighted(tmp_path: Path) -> None:
    async with opened(tmp_path) as (service, page):
        await waiting(service, page)
        await expect(page.locator("table.money tr.differs")).to_have_count(0)
        await row(page, "sold_total").get_by_label("Sold total").fill("12,400.00")
        await row(page, "fee").get_by_label("Fee").fill("12000")
        await save(page)
        await expect(page.locator("table.money tr.differs")).to_contain_text("400.00")
        await expect(page.locator("table.money tr.differs")).to_contain_text("does not add up")
        await expect(row(page, "billing_sheet").locator(".badge")).to_have_text("conflict")


async def test_payments_are_entered_row_by_row(tmp_path: Path) -> None:
    async with opened(tmp_path) as (service, page):
        decision = await waiting(service, page)
        await page.get_by_text("More fields").click()
        payments = row(page, "payments")
        for label, amount in (("Deposit", "4,000.00"), ("Rest", "8000")):
            await payments.get_by_role("button", name="Add to payments").click()
            await payments.get_by_label("Payments: Label").last.fill(label)
            await payments.get_by_label("Payments: Amount").last.fill(amount)
        await row(page, "fee").get_by_label("Fee").fill("12000.00")
        await save(page)
        await expect(page.locator("table.money")).to_contain_text("Payments")
        entered = (await service.get(f"/decisions/{decision['id']}"))["brief"]["fields"]["payments"]
        assert [(one["label"], one["amount"]) for one in entered["value"]] == [
            ("Deposit", "4000.00"),
            ("Rest", "8000.00"),
        ]
        await payments.get_by_role("button", name="Take back").click()
        await expect(page.locator("table.money")).not_to_contain_text("Payments")


async def test_a_brief_that_was_changed_by_somebody_else_is_shown_anew(tmp_path: Path) -> None:
    async with opened(tmp_path) as (service, page):
        decision = await waiting(service, page)
        url = f"/decisions/{decision['id']}/brief"
        await service.http.patch(url, params={"by": "Bob"}, json={"manager": "jdoe"}, headers=MANAGER)
        await page.get_by_role("button", name="Approve").click()
        await expect(page.locator("#problem")).to_contain_text("has changed since it was shown")
        await expect(row(page, "manager")).to_contain_text("on behalf of Bob")


async def test_ticket_text_and_names_stay_text_in_the_form(tmp_path: Path) -> None:
    async with opened(tmp_path) as (service, page):
        await waiting(service, page, summary=f"Two new sites {HOSTILE}", text=f"{TEXT} {HOSTILE}")
        await row(page, "manager").get_by_label("Manager").fill("jdoe")
        await save(page)
        await expect(row(page, "manager")).to_contain_text("API token")
        await expect(row(page, "description").get_by_label("Description")).to_have_value(TEXT)
        assert await page.locator("article img").count() == 0
        assert (await page.title()).startswith("Mini-Projects: ticket")


@pytest.mark.parametrize("width", [390, 1300])
async def test_the_form_fits_the_screen(tmp_path: Path, width: int) -> None:
    async with opened(tmp_path, width=width) as (service, page):
        await waiting(service, page)
        assert await page.evaluate("document.documentElement.scrollWidth") <= width
        box = await page.get_by_role("button", name="Save").bounding_box()
        assert box is not None
        assert box["x"] + box["width"] <= width


async def test_manual_actions_are_ticked_and_reopened_on_their_page(tmp_path: Path) -> None:
    async with opened(tmp_path) as (service, page):
        decision = await waiting(service, page)
        await service.http.patch(f"/decisions/{decision['id']}/brief", json={"manager": "jdoe"}, headers=MANAGER)
        await service.http.post(f"/decisions/{decision['id']}/approve?wait=30", json={}, headers=MANAGER)
        await page.get_by_role("link", name="Actions").click()
        actions = page.locator("li.action")
        await expect(actions.first).to_be_visible()
        before = await actions.count()
        await actions.first.get_by_role("button", name="Done").click()
        await expect(actions.first).to_contain_text("Done by API token")
        await page.locator("select[name=state]").select_option("done")
        await expect(actions).to_have_count(1)
        await actions.first.get_by_role("button", name="Reopen").click()
        await expect(actions.first.get_by_role("button", name="Done")).to_be_visible()
        await page.locator("select[name=state]").select_option("open")
        await expect(actions).to_have_count(before)
