"""A real browser for tests of pages: Debian's Chromium, headless, that may open nothing but this machine."""

from __future__ import annotations

import os
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from urllib.parse import urlsplit

import pytest
from playwright.async_api import Page, async_playwright

_FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--no-first-run",
    "--disable-component-update",
]


@asynccontextmanager
async def browser_page(
    *, width: int = 1300, height: int = 900, locale: str = "en-US", may_fail: bool = False
) -> AsyncIterator[Page]:
    """A fresh page. What it logs as an error, but for what the API refuses as it should, what fails in it and what it asks other
    hosts for fails the test. `may_fail`: requests of this page are cut off on purpose."""
    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if chromium is None:
        if os.environ.get("CI"):
            raise RuntimeError("CI must have a browser: apt-get install chromium")
        pytest.skip("no Chromium on this machine (Debian: apt-get install chromium)")
    wrong: list[str] = []
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=chromium, args=_FLAGS)
        context = await browser.new_context(viewport={"width": width, "height": height}, locale=locale)
        page = await context.new_page()
        page.on("pageerror", lambda error: wrong.append(f"error: {error}"))
        page.on("console", lambda message: wrong.append(message.text) if message.type == "error" else None)
        page.on("request", lambda request: wrong.append(f"asked {request.url}") if _elsewhere(request.url) else None)
        yield page
        await browser.close()
    if may_fail:
        wrong = [line for line in wrong if "net::ERR_FAILED" not in line and not line.startswith("htmx:")]
    refusals = [f"{words} {status}" for words in ("status of", "Status Error Code") for status in (401, 403, 409, 422)]
    unexpected = [line for line in wrong if not any(refusal in line for refusal in refusals)]
    assert unexpected == [], unexpected


def _elsewhere(url: str) -> bool:
    parts = urlsplit(url)
    return parts.scheme in ("http", "https") and parts.hostname not in ("127.0.0.1", "localhost")
