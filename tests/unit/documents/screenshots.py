"""Takes the pictures of the documents from a running demonstration: `python -m tests.unit.documents.screenshots`."""

from __future__ import annotations

import asyncio

from app.cli.demo import Demonstration
from tests.support.browser import browser_page
from tests.support.documents import ROOT

_TO = ROOT / "deploy" / "images"


async def _take(service: str, sandbox: str, token: str) -> None:
    async with browser_page(width=1300, height=900) as page:
        await page.goto(service)
        await page.get_by_label("Name", exact=True).fill("API token")
        await page.get_by_label("Token", exact=True).fill(token)
        await page.get_by_role("button", name="Sign in").click()
        await page.locator(".card", has_text="New printer").first.click()
        await page.locator(".answer").first.wait_for()
        await page.evaluate("window.scrollTo(0, 0)")
        await page.screenshot(path=_TO / "decisions.png")
    async with browser_page(width=1300, height=900) as page:
        await page.goto(f"{sandbox}/sandbox")
        await page.wait_for_timeout(1500)
        await page.screenshot(path=_TO / "sandbox.png")


def main() -> None:
    """Run the demonstration once and take pictures of its pages."""
    _TO.mkdir(exist_ok=True)
    asyncio.run(_demonstrate())


async def _demonstrate() -> None:
    async with Demonstration() as demonstration:
        await demonstration.show()
        await _take(demonstration.service_url, demonstration.sandbox_url, demonstration.token)


if __name__ == "__main__":
    main()
