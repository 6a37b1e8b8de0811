"""The desk without a browser: previews write nothing, unchanged lists are not sent again, pages stay small and closed."""

from __future__ import annotations

import pytest

from tests.support.app_client import MANAGER, Site, written

HTML = MANAGER | {"Accept": "text/html"}
TEXT = "We accept the fixed price of 12,000. Site A in March, site B in May, billed per site."


async def test_a_preview_shows_each_answer_and_writes_nothing(service: Site) -> None:
    decision = await service.reclassify(service.sample("New printer for the depot"), mode="review")
    before = len(service.sandbox.journal)
    answer = await service.http.get(f"/desk/decisions/{decision['id']}/answers", headers=HTML)
    assert "No, covered by support" in answer.text
    assert "The ticket stays as it is. Nothing is written." in answer.text
    assert "Writes to ConnectWise at once" in answer.text
    assert written(service.sandbox.journal[before:]) == []
    assert (await service.get(f"/decisions/{decision['id']}"))["status"] == "awaiting-review"


async def test_an_unchanged_queue_is_not_sent_again(service: Site) -> None:
    await service.reclassify(service.sample("New printer for the depot"), mode="review")
    statuses = []
    for _ in range(2):  # the ages are renewed each minute, which may begin in between
        first = await service.http.get("/desk/queue", headers=HTML)
        version = first.text.partition("version=")[2].partition('"')[0]
        statuses.append((await service.http.get("/desk/queue", params={"version": version}, headers=HTML)).status_code)
    assert 204 in statuses
    await service.reclassify(service.sample("Reception printer jams"), mode="review")
    assert (await service.http.get("/desk/queue", params={"version": version}, headers=HTML)).status_code == 200


@pytest.mark.parametrize("path", ["/", "/tickets/4711", "/desk/queue", "/desk/strip", "/actions"])
async def test_a_stranger_sees_no_page(service: Site, path: str) -> None:
    page = await service.http.get(path, headers={"Accept": "text/html"})
    assert page.status_code == 303
    assert "sign-in?next=/" in page.headers["location"]
    assert (await service.http.get(path, headers={"HX-Request": "true", "Accept": "text/html"})).status_code == 401


async def test_pages_stay_below_a_hundred_kilobytes(service: Site) -> None:
    ticket = service.enter("Two new sites", TEXT * 40)
    await service.reclassify(ticket, mode="review")
    for path in ("/", f"/?tab=all&ticket={ticket}", f"/tickets/{ticket}", "/actions"):
        page = await service.http.get(path, headers=HTML)
        assert (page.status_code, len(page.content) < 100_000) == (200, True), path
        assert "<script>" not in page.text
        assert " style=" not in page.text


async def test_an_address_of_nothing_is_a_page_that_leads_back(service: Site) -> None:
    page = await service.http.get("/tickets/4711?decision=none", headers=HTML)
    assert (page.status_code, "Back to the queue" in page.text) == (404, True)
