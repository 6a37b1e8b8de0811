"""The ticket page in a real browser: what a dispatcher reads, decides and takes back, and that text stays text."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from playwright.async_api import Page, expect

from app.sandbox import samples
from tests.support.app_client import TOKEN, Site
from tests.support.signed_in_page import address, opened

pytestmark = pytest.mark.browser

HOSTILE = "<img src=x onerror=\"document.title='taken'\"> & <b>bold</b>"
FIREWALL = "Fit the replacement firewall"
PRINTER = "New printer for the depot"
SITES = "We accept the fixed price of 12,000. Site A in March, site B in May, billed per site."


def board(service: Site, ticket: int) -> str:
    return str(service.sandbox.store.table("/tickets")[ticket]["board"]["name"])


async def decided(service: Site, page: Page, summary: str, **body: object) -> int:
    """A decided sample ticket, open on its page."""
    ticket = service.sample(summary)
    await service.reclassify(ticket, **body)
    await page.goto(address(page, f"tickets/{ticket}"))
    return ticket


async def test_a_dispatcher_reads_why_approves_and_undoes(tmp_path: Path) -> None:
    async with opened(tmp_path) as (service, page):
        ticket = await decided(service, page, FIREWALL)
        await expect(page.locator(".row")).to_have_count(6)
        finance = page.locator("[data-row=finance]")
        await expect(finance).to_contain_text("project · decides")
        await expect(page.locator(".facts")).to_contain_text("Brindle & Sons Bakery")
        await finance.hover()
        await expect(page.locator("mark.lit").first).to_be_visible()
        await page.get_by_role("button", name="Approve").click()
        await expect(page.locator(".verdict")).to_contain_text("applied", timeout=20_000)
        assert board(service, ticket) == "Mini-Projects"
        await page.get_by_role("button", name="Undo…").click()
        await expect(page.get_by_role("group", name="Undo this decision?")).to_contain_text("Restore board")
        assert board(service, ticket) == "Mini-Projects"
        await page.get_by_role("button", name="Undo now").click()
        await expect(page.locator(".verdict")).to_contain_text("undone", timeout=20_000)
        assert board(service, ticket) != "Mini-Projects"
        await expect(page.locator(".timeline")).to_contain_text("Had the decision undone")


async def test_each_answer_shows_what_it_leads_to_before_it_is_given(tmp_path: Path) -> None:
    async with opened(tmp_path) as (service, page):
        ticket = await decided(service, page, PRINTER)
        answers = page.locator(".answer")
        await expect(answers).to_have_count(2)
        await expect(answers.filter(has_text="No, covered by support")).to_contain_text("The ticket stays as it is")
        sold = answers.filter(has_text="Yes, sold or charged as project work")
        await expect(sold).to_contain_text("Writes to ConnectWise at once")
        assert board(service, ticket) != "Mini-Projects"
        await page.get_by_label("Reason").first.fill("sold by phone")
        await sold.get_by_role("button").click()
        await expect(page.locator(".verdict")).to_contain_text("applied", timeout=20_000)
        assert board(service, ticket) == "Mini-Projects"
        await expect(page.locator(".timeline")).to_contain_text("Chose the outcome: mini-project: sold by phone")


async def test_a_decided_ticket_is_overruled(tmp_path: Path) -> None:
    async with opened(tmp_path) as (service, page):
        ticket = await decided(service, page, "Reception printer jams")
        await expect(page.locator(".verdict")).to_contain_text("no change")
        await page.get_by_text("Change the outcome").click()
        answer = page.locator(".answer").filter(has_text="Make it a mini-project")
        await expect(answer).to_contain_text("Makes a plan for you to check, since only the text says agreement")
        await answer.get_by_role("button").click()
        await expect(page.locator(".verdict")).to_contain_text("Chose mini-project by API token")
        assert board(service, ticket) != "Mini-Projects"
        await page.get_by_role("button", name="Approve").click()
        await expect(page.locator(".verdict")).to_contain_text("applied", timeout=20_000)
        assert board(service, ticket) == "Mini-Projects"


async def test_ticket_text_and_reasons_are_shown_and_never_run(tmp_path: Path) -> None:
    async with opened(tmp_path) as (service, page):
        made = {
            "summary": HOSTILE, "initialDescription": f"Printer jams {HOSTILE}", "company": {"id": 250},
            "board": {"name": "Service Desk"},
        }  # fmt: skip
        ticket = samples.create(service.sandbox, {"ticket": made})
        await service.reclassify(ticket, reason=f"by phone {HOSTILE}")
        for path in ("?tab=all", f"?tab=all&ticket={ticket}", f"tickets/{ticket}"):
            await page.goto(address(page, path))
            await expect(page.get_by_text("<b>bold</b>").first).to_be_visible()
            assert await page.locator("main img, main b").count() == 0
            assert (await page.title()).startswith(("Mini-Projects", "("))
        await expect(page.locator(".word q")).to_have_text(f"by phone {HOSTILE}")


async def test_a_rejection_needs_a_reason(tmp_path: Path) -> None:
    async with opened(tmp_path) as (service, page):
        ticket = await decided(service, page, FIREWALL)
        await page.get_by_role("button", name="Reject").click()
        await expect(page.locator("#problem")).to_contain_text("Give a reason")
        await page.get_by_label("Reason").first.fill("not sold")
        await page.get_by_role("button", name="Reject").click()
        await expect(page.locator("#problem")).to_be_hidden()
        await expect(page.locator(".word q")).to_have_text("not sold")
        assert board(service, ticket) != "Mini-Projects"


async def test_a_session_that_has_ended_is_said_and_keeps_what_was_typed(tmp_path: Path) -> None:
    async with opened(tmp_path) as (service, page):
        await decided(service, page, FIREWALL)
        await page.get_by_label("Reason").first.fill("signed copy is here")
        service.clock.ahead = timedelta(hours=13)
        await page.get_by_role("button", name="Approve").click()
        await expect(page.get_by_role("dialog").get_by_role("alert")).to_contain_text("Your session has ended")
        await page.get_by_role("dialog").get_by_label("Name", exact=True).fill("api TOKEN")
        await page.get_by_role("dialog").get_by_label("Token", exact=True).fill(TOKEN)
        await page.get_by_role("dialog").get_by_role("button", name="Sign in").click()
        await expect(page.get_by_role("dialog")).to_be_hidden()
        await expect(page.get_by_label("Reason").first).to_have_value("signed copy is here")
        await page.get_by_role("button", name="Approve").click()
        await expect(page.locator(".word").last).to_contain_text("Approved by API token", timeout=20_000)


async def test_two_tabs_share_the_session_and_sign_out_together(tmp_path: Path) -> None:
    async with opened(tmp_path) as (service, page):
        ticket = await decided(service, page, FIREWALL)
        second = await page.context.new_page()
        await second.goto(page.url)
        await second.get_by_role("button", name="Sign out").click()
        await expect(second.get_by_role("heading", name="Sign in")).to_be_visible()
        await page.get_by_role("button", name="Approve").click()
        await expect(page.get_by_role("dialog").get_by_role("alert")).to_contain_text("Sign in again")
        assert board(service, ticket) != "Mini-Projects"


async def test_the_sign_in_page_goes_on_to_where_the_person_wanted(tmp_path: Path) -> None:
    async with opened(tmp_path) as (_, page):
        await page.get_by_role("button", name="Sign out").click()
        await expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
        await page.goto(address(page, "actions"))
        await page.get_by_label("Name", exact=True).fill("API token")
        await page.get_by_label("Token", exact=True).fill("čwrong")
        await page.get_by_role("button", name="Sign in").click()
        await expect(page.get_by_role("alert")).to_contain_text("Wrong name or token")
        await page.get_by_label("Token", exact=True).fill(TOKEN)
        await page.get_by_role("button", name="Sign in").click()
        await expect(page.get_by_role("heading", name="Manual actions")).to_be_visible()
        await expect(page.locator("#who")).to_contain_text("API token (admin)")


async def test_what_a_project_is_built_from_is_quoted_before_anybody_approves(tmp_path: Path) -> None:
    async with opened(tmp_path) as (service, page):
        ticket = service.enter("Two new sites", SITES)
        await service.reclassify(ticket)
        await page.goto(address(page, f"tickets/{ticket}"))
        await expect(page.get_by_role("region", name="Facts used")).to_contain_text("fixed price of 12,000")
        await expect(page.locator("[data-row=duration]")).to_contain_text("threshold: 2 billing periods")


async def test_the_page_leads_to_the_decision_that_keeps_a_ticket_where_it_is(tmp_path: Path) -> None:
    async with opened(tmp_path) as (service, page):
        ticket = service.sample(FIREWALL)
        applied = await service.reclassify(ticket, mode="live")
        await service.reclassify(ticket, mode="live", outcome="service-ticket")
        await page.goto(address(page, f"tickets/{ticket}"))
        await expect(page.locator(".verdict")).to_contain_text("made it (mini-project). To take that back, undo")
        await page.get_by_role("link", name="Open that decision").click()
        await expect(page.locator("article")).to_contain_text(f"Decision {applied['id']}")
        await page.get_by_role("button", name="Undo…").click()
        await page.get_by_role("button", name="Undo now").click()
        await expect(page.locator(".timeline")).to_contain_text("Undone:", timeout=20_000)
