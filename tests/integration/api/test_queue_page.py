"""The queue in a real browser: by mouse, by keyboard, on a phone, and what stays in place while it changes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Page, expect

from tests.support.app_client import MANAGER, Site
from tests.support.signed_in_page import address, opened

pytestmark = pytest.mark.browser

FIREWALL = "Fit the replacement firewall"
PRINTER = "New printer for the depot"
_AXE = Path(__file__).parents[2] / "support" / "vendor" / "axe-4.14.1.min.js"


async def filled(service: Site, page: Page) -> list[int]:
    """A question and a plan to approve wait; one ticket needs nothing. The queue is open."""
    tickets = [service.sample(summary) for summary in (FIREWALL, PRINTER, "Reception printer jams")]
    for ticket in tickets:
        await service.reclassify(ticket)
    await page.goto(address(page, ""))
    return tickets


async def test_tabs_search_and_selection_live_in_the_address(tmp_path: Path) -> None:
    async with opened(tmp_path) as (service, page):
        firewall, printer, _ = await filled(service, page)
        await expect(page).to_have_title("(2) Mini-Projects: queue")
        await expect(page.locator(".card")).to_have_count(2)
        await expect(page.locator(".card").first).to_contain_text("Question")
        await page.get_by_role("link", name="Done 1").click()
        await expect(page.locator(".card")).to_contain_text("Reception printer jams")
        await page.get_by_role("link", name="All 3").click()
        await page.get_by_role("searchbox").fill("cobalt")
        await expect(page.locator(".card")).to_have_count(1)
        assert "tab=all&q=cobalt" in page.url
        await page.get_by_role("searchbox").fill(str(firewall))
        await expect(page.locator(".card")).to_contain_text(FIREWALL)
        await page.locator(".card").click()
        await expect(page.locator("#ticket-title")).to_contain_text(FIREWALL)
        assert f"ticket={firewall}" in page.url
        await page.reload()
        await expect(page.locator("#ticket-title")).to_contain_text(FIREWALL)
        await page.get_by_role("searchbox").fill("nothing of the kind")
        await expect(page.locator(".empty")).to_contain_text("No ticket matches")
        assert printer


async def test_a_dispatcher_works_by_keyboard_alone(tmp_path: Path) -> None:
    async with opened(tmp_path) as (service, page):
        firewall, printer, _ = await filled(service, page)
        await page.keyboard.press("j")
        await page.keyboard.press("Enter")
        await expect(page.locator(".answer")).to_have_count(2)
        await page.keyboard.press("2")
        await expect(page.locator(".verdict")).to_contain_text("applied", timeout=20_000)
        assert service.sandbox.store.table("/tickets")[printer]["board"]["name"] == "Mini-Projects"
        await expect(page.locator(".card")).to_have_count(1)
        await page.keyboard.press("j")
        await page.keyboard.press("Enter")
        await expect(page.locator("#ticket-title")).to_contain_text(FIREWALL)
        await page.keyboard.press("a")
        await expect(page.locator(".verdict")).to_contain_text("applied", timeout=20_000)
        await expect(page.locator(".empty")).to_contain_text("Nothing waits for you")
        await page.keyboard.press("u")
        await expect(page.get_by_role("button", name="Undo now")).to_be_visible()
        await page.keyboard.press("/")
        await expect(page.get_by_role("searchbox")).to_be_focused()
        await page.keyboard.press("Escape")
        await page.keyboard.press("?")
        await expect(page.get_by_role("dialog")).to_contain_text("next and previous ticket")
        assert firewall


async def test_what_changes_elsewhere_appears_and_keeps_the_focus(tmp_path: Path) -> None:
    async with opened(tmp_path) as (service, page):
        await filled(service, page)
        await page.keyboard.press("j")
        await page.keyboard.press("j")
        focused = await page.evaluate("document.activeElement.id")
        await service.reclassify(service.sample(PRINTER))
        await expect(page).to_have_title("(3) Mini-Projects: queue", timeout=15_000)
        assert await page.evaluate("document.activeElement.id") == focused


async def test_an_error_goes_away_when_the_service_is_back(tmp_path: Path) -> None:
    async with opened(tmp_path, may_fail=True) as (service, page):
        await filled(service, page)
        await page.route("**/desk/**", lambda route: route.abort())
        await expect(page.locator("#problem")).to_contain_text("cannot be reached", timeout=15_000)
        await page.unroute("**/desk/**")
        await expect(page.locator("#problem")).to_be_hidden(timeout=15_000)


async def test_writing_is_paused_and_resumed_from_the_strip(tmp_path: Path) -> None:
    async with opened(tmp_path) as (service, page):
        await filled(service, page)
        await page.get_by_role("button", name="Pause writing").click()
        await expect(page.locator("#strip")).to_contain_text("Writing paused by API token")
        assert (await service.get("/writes"))["paused"]
        await page.get_by_role("button", name="Resume writing").click()
        await expect(page.locator("#strip")).not_to_contain_text("paused")
        await expect(page.locator("#strip")).to_contain_text("Mode review")


async def test_a_phone_leads_from_the_list_to_the_ticket_and_back(tmp_path: Path) -> None:
    async with opened(tmp_path, width=390) as (service, page):
        await filled(service, page)
        assert await page.evaluate("document.documentElement.scrollWidth") <= 390
        await page.locator(".card").first.click()
        await expect(page.locator("#ticket-title")).to_contain_text(PRINTER)
        await expect(page.locator(".answer").first).to_be_visible()
        assert await page.evaluate("document.documentElement.scrollWidth") <= 390
        small = await page.evaluate(
            "[...document.querySelectorAll('button, .card, .tabs a, .bar a, summary, input:not([type=hidden]), select')]"
            ".filter((each) => each.offsetParent && each.getBoundingClientRect().height < 31.5).map((each) => each.outerHTML)"
        )
        assert small == []
        await page.get_by_role("link", name="← Queue").click()
        await expect(page.locator(".card")).to_have_count(2)


async def test_a_viewer_reads_and_cannot_decide(tmp_path: Path) -> None:
    async with opened(tmp_path) as (service, page):
        tickets = await filled(service, page)
        body = {"name": "Vera View", "role": "viewer"}
        made = (await service.http.post("/people", json=body, headers=MANAGER)).json()
        await page.get_by_role("button", name="Sign out").click()
        await page.get_by_label("Name", exact=True).fill("Vera View")
        await page.get_by_label("Token", exact=True).fill(made["token"])
        await page.get_by_role("button", name="Sign in").click()
        await expect(page.locator("#who")).to_contain_text("Vera View (viewer)")
        await page.goto(address(page, f"tickets/{tickets[0]}"))
        await expect(page.locator("#ticket")).to_contain_text("approvers decide")
        await expect(page.get_by_role("button", name="Approve")).to_have_count(0)
        await expect(page.get_by_role("button", name="Pause writing")).to_have_count(0)


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_axe_finds_nothing_serious(tmp_path: Path, scheme: Any) -> None:
    async with opened(tmp_path) as (service, page):
        await filled(service, page)
        sites = service.enter("Two new sites", "We accept the fixed price of 12,000. Site A in March, site B in May.")
        await service.reclassify(sites)
        await page.emulate_media(color_scheme=scheme)
        for path in ("", f"?ticket={sites - 1}", f"tickets/{sites - 2}", f"tickets/{sites}", "actions"):
            await page.goto(address(page, path))
            await page.wait_for_load_state("networkidle")
            await page.evaluate(_AXE.read_text(encoding="utf-8"))
            found = await page.evaluate("axe.run()")
            serious = [
                (each["id"], node["html"]) for each in found["violations"] for node in each["nodes"]
                if each["impact"] in ("serious", "critical")
            ]  # fmt: skip
            assert serious == [], path
