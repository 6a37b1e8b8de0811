"""The report in a real browser: sorting, filtering, no errors, no requests, on a screen and on a phone."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.async_api import Page, expect

from app.audit_jobs.report_files import write
from tests.support.audit_factories import html_of, past_ticket, project_ticket, row, tally, time_entry
from tests.support.browser import browser_page
from tests.support.history_fixture import NOW, YEAR, Audited

pytestmark = pytest.mark.browser

HOSTILE = "<img src=x onerror=\"document.title='taken'\"> & <b>bold</b> </script>"


@pytest.fixture
async def report(past: Audited, tmp_path: Path) -> str:
    """The address of a report on disk, with one hostile ticket in it."""
    past.sandbox.rules.tickets.create(
        {
            "summary": HOSTILE, "company": {"id": 250}, "board": {"id": 1}, "poNumber": "PO 1",
            "initialDescription": "Order accepted for 900 GBP, fixed price: install the new firewall. One invoice when done.",
        }, "dispatch",
    )  # fmt: skip
    done = await past.run(replace(YEAR, until=NOW + timedelta(days=1)))
    files = await write(past.service.parts, done, tmp_path / "out")
    return files[0].as_uri()


async def opened(page: Page, address: str) -> list[str]:
    """Opens the report; what it asks for beside itself is kept."""
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    await page.goto(address)
    return asked


async def column(page: Page, number: int) -> list[str]:
    return await page.locator(f"#list tbody td:nth-child({number})").all_inner_texts()


async def test_tickets_sort_by_any_column(report: str) -> None:
    async with browser_page() as page:
        asked = await opened(page, report)
        assert await column(page, 2) == sorted(await column(page, 2), reverse=True)
        await page.get_by_role("columnheader", name="Hours").last.get_by_role("button").click()
        hours = [float(text.replace(",", "")) for text in await column(page, 6)]
        assert hours == sorted(hours, reverse=True)
        assert hours[0] > 0
        await page.get_by_role("columnheader", name="Hours").last.get_by_role("button").press("Enter")
        assert [float(text.replace(",", "")) for text in await column(page, 6)] == sorted(hours)
        await expect(page.locator("#list th[aria-sort=ascending]")).to_have_text("Hours")
        assert [url for url in asked if not url.startswith(("file:", "data:"))] == []


async def test_filters_work_together_and_the_count_follows(report: str) -> None:
    async with browser_page() as page:
        await opened(page, report)
        every = await page.locator("#list tbody tr").count()
        await page.get_by_label("Show", exact=True).select_option("would move")
        await page.get_by_label("Chart", exact=True).select_option("project")
        shown = await page.locator("#list tbody tr").count()
        assert 0 < shown < every
        assert {text.split("\n")[0] for text in await column(page, 4)} == {"project"}
        await expect(page.locator("#count")).to_contain_text(f"{shown} of ")
        await page.get_by_label("Words", exact=True).fill("no such word anywhere")
        await expect(page.locator("#list tbody tr")).to_have_count(0)
        await expect(page.locator("#count")).to_contain_text("0 of ")


GBP = {"id": 3, "name": "Pound Sterling", "identifier": "GBP"}


async def test_each_filter_agrees_with_its_figure_to_the_unit(tmp_path: Path) -> None:
    guessed = project_ticket(2, closedFlag=False, timeEntries=[time_entry("jdoe", "2026-03-10", 2.0)])
    late = past_ticket(3, currency=GBP, timeEntries=[time_entry("jdoe", "2026-03-02", 12.25)])
    rows = [row(one) for one in (project_ticket(1), guessed, late, project_ticket(4, parentTicketId=9))]
    totals = tally(rows).to_json()
    money, outside = totals["money"]["GBP"], totals["misplaced"]
    assert all(outside[kind]["tickets"] > 0 for kind in ("measured", "estimated"))
    assert all(money[kind]["tickets"] > 0 for kind in ("reclassified", "staged", "unbilled"))
    address = tmp_path / "report.html"
    address.write_text(html_of(rows), encoding="utf-8")
    expected = {
        "would move": (sum(totals["would_move"].values()), ""),
        "outside Professional Services by the records": (outside["measured"]["tickets"], f"{outside['measured']['hours']:,.2f} hours"),
        "outside by the chart alone": (outside["estimated"]["tickets"], f"{outside['estimated']['hours']:,.2f} hours"),
        **{name: (money[name]["tickets"], f"GBP {money[name]['amount']:,.2f} {name}") for name in ("reclassified", "staged", "unbilled")},
        "asks a person": (totals["asks_a_person"], ""),
    }  # fmt: skip
    async with browser_page() as page:
        await opened(page, address.as_uri())
        for choice, (count, sums) in expected.items():
            await page.get_by_label("Show", exact=True).select_option(choice)
            await expect(page.locator("#count")).to_have_text(
                re.compile(f"^{count:,} of .* tickets, .*{re.escape(sums)}")
            )


async def test_hostile_text_is_shown_as_text(report: str) -> None:
    async with browser_page() as page:
        await opened(page, report)
        await page.get_by_label("Words", exact=True).fill("onerror")
        await expect(page.locator("#list tbody tr")).to_have_count(1)
        await expect(page.locator("#list tbody td").nth(2)).to_contain_text("<img src=x onerror=")
        assert await page.locator("#list img").count() == 0
        assert (await page.title()).startswith("Dry-run audit")


async def test_the_other_tables_sort_too(report: str) -> None:
    async with browser_page() as page:
        await opened(page, report)
        await page.get_by_text("Numbers by board").click()
        table = page.get_by_role("table", name="Outcomes of the chart by board")
        await table.get_by_role("columnheader", name="Tickets").get_by_role("button").click()
        counts = [int(text) for text in await table.locator("tbody td:nth-child(2)").all_inner_texts()]
        assert counts == sorted(counts, reverse=True)


async def test_a_ticket_opens_in_connectwise_without_a_word_about_us(report: str) -> None:
    async with browser_page() as page:
        await opened(page, report)
        link = page.locator("#list tbody a").first
        assert "fv_sr100_request.rails?service_recid=" in (await link.get_attribute("href") or "")
        assert await link.get_attribute("rel") == "noopener noreferrer"


@pytest.mark.parametrize("width", [390, 820, 1300], ids=["phone", "tablet", "screen"])
async def test_nothing_sticks_out_at_any_width(report: str, width: int) -> None:
    async with browser_page(width=width) as page:
        await opened(page, report)
        assert await page.evaluate("document.documentElement.scrollWidth") <= width


async def test_a_phone_sorts_by_a_choice_and_has_no_button_out_of_sight(report: str) -> None:
    async with browser_page(width=390) as page:
        await opened(page, report)
        for number in range(await page.locator("button").count()):
            button = page.locator("button").nth(number)
            await button.evaluate("(node) => node.focus()")
            focused, box = (
                await button.evaluate("(node) => node === document.activeElement"),
                await button.bounding_box(),
            )
            assert not focused or (box is not None and box["x"] >= 0), await button.inner_text()
        await page.get_by_label("Sorted by").select_option("Hours, descending")
        hours = [float(text.replace(",", "")) for text in await column(page, 6)]
        assert hours == sorted(hours, reverse=True)
        await page.get_by_label("Sorted by").select_option("Entered, ascending")
        assert await column(page, 2) == sorted(await column(page, 2))


@pytest.mark.parametrize("width", [390, 1300], ids=["phone", "screen"])
async def test_no_label_of_a_chart_is_cut_or_lies_on_another(report: str, width: int) -> None:
    async with browser_page(width=width) as page:
        await opened(page, report)
        assert await page.evaluate(_CUT_LABELS) == []


async def test_every_chart_and_table_has_a_name_and_text_has_contrast(report: str) -> None:
    async with browser_page() as page:
        await opened(page, report)
        assert await page.locator("svg:not([aria-label])").count() == 0
        assert await page.locator("table:not(:has(caption))").count() == 0
        assert await page.locator("th:not([scope])").count() == 0
        for scheme in ("light", "dark"):
            await page.emulate_media(color_scheme=scheme)
            assert await page.evaluate(_CONTRAST) >= 4.5


async def test_answers_figures_and_verdict_print_on_two_pages(report: str) -> None:
    async with browser_page() as page:
        await opened(page, report)
        await page.emulate_media(media="print")
        for hidden in ("#filters", "#list", "nav"):
            await expect(page.locator(hidden)).to_be_hidden()
        for shown in ("#answers", "#money table.money", "#right table"):
            await expect(page.locator(shown).first).to_be_visible()
        printed = await page.pdf(prefer_css_page_size=True)
        assert re.findall(rb"/Type\s*/Pages\s*/Count (\d+)|/Count (\d+)", printed)[0] in ((b"2", b""), (b"", b"2"))


_CUT_LABELS = """() => [...document.querySelectorAll('svg')].flatMap((svg) => {
  const frame = svg.getBoundingClientRect(), labels = [...svg.querySelectorAll('text')].map((one) => [one.textContent, one.getBoundingClientRect()]);
  const cut = labels.filter(([, box]) => box.left < frame.left - 1 || box.right > frame.right + 1 || box.bottom > frame.bottom + 1);
  const close = labels.filter(([, a], place) => labels.some(([, b], other) =>
    other > place && Math.abs(a.top - b.top) < 2 && a.left < b.right && b.left < a.right));
  return [...cut, ...close].map(([text]) => svg.getAttribute('aria-label') + ': ' + text);
})"""
_CONTRAST = """() => {
  const canvas = document.createElement('canvas').getContext('2d', { willReadFrequently: true });
  const light = (colour) => { canvas.clearRect(0, 0, 1, 1); canvas.fillStyle = colour; canvas.fillRect(0, 0, 1, 1);
    const part = [...canvas.getImageData(0, 0, 1, 1).data].slice(0, 3)
      .map((v) => v / 255).map((v) => v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
    return 0.2126 * part[0] + 0.7152 * part[1] + 0.0722 * part[2]; };
  const behind = (node) => { for (; node; node = node.parentElement) { const colour = getComputedStyle(node).backgroundColor;
    if (!/, 0\\)$|transparent/.test(colour)) return colour; } return 'white'; };
  let least = 21;
  for (const node of document.querySelectorAll('h1, h2, h3, p, td, th, span, a, b, li, summary, label, figcaption, caption, code')) {
    if (!node.innerText || !node.offsetParent) continue;
    const [a, b] = [light(getComputedStyle(node).color), light(behind(node))].sort((x, y) => y - x);
    least = Math.min(least, (a + 0.05) / (b + 0.05));
  }
  return least;
}"""
