"""The service on a port, and a page of it in a browser with the token entered."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from urllib.parse import urlsplit

import uvicorn
from playwright.async_api import Page

from tests.support.app_client import TOKEN, Site, site
from tests.support.browser import browser_page
from tests.support.live_server import free_port


def address(page: Page, path: str) -> str:
    """The address of a page of the service that is open."""
    parts = urlsplit(page.url)
    return f"{parts.scheme}://{parts.netloc}/{path}"


@asynccontextmanager
async def opened(
    folder: Path, *, width: int = 1300, locale: str = "en-US", may_fail: bool = False, **choices: object
) -> AsyncIterator[tuple[Site, Page]]:
    """The service on a port, and its page with the token entered."""
    async with site(folder, mode="review", **choices) as service:
        port = free_port()
        server = uvicorn.Server(
            uvicorn.Config(service.app, host="127.0.0.1", port=port, log_config=None, access_log=False)
        )
        serving = asyncio.create_task(server.serve())
        while not server.started:  # noqa: ASYNC110
            await asyncio.sleep(0.02)
        try:
            async with browser_page(width=width, locale=locale, may_fail=may_fail) as page:
                await page.goto(f"http://127.0.0.1:{port}/")
                await page.get_by_label("Name", exact=True).fill("API token")
                await page.get_by_label("Token", exact=True).fill(TOKEN)
                await page.get_by_role("button", name="Sign in").click()
                await page.locator("#who").wait_for()
                yield service, page
        finally:
            server.should_exit = True
            await serving
