"""Manual actions over the API: what an applied plan leaves to people."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from tests.support.app_client import MANAGER, Site

TEXT = (
    "We accept the fixed price of 12,000 for sites A and B, billed per site: 4,000 on signing and 8,000 after acceptance. "
    "Site A in March, site B in May."
)


async def applied(service: Site) -> dict[str, Any]:
    decision = await service.reclassify(service.enter("Two new sites", TEXT), mode="review")
    payments = [{"label": "Deposit", "amount": "4000.00", "due": "2027-02-01"}, {"label": "Rest", "amount": "8000.00"}]
    body = {"manager": "jdoe", "sold_total": 12000, "fee": 12000, "payments": payments, "agreed": True}
    url = f"/decisions/{decision['id']}"
    changed = await service.http.patch(f"{url}/brief", json=body, headers=MANAGER)
    assert changed.status_code == 200, changed.text
    answer = await service.http.post(f"{url}/approve?wait=30", json={}, headers=MANAGER)
    assert answer.json().get("status") == "applied", answer.text
    found: dict[str, Any] = answer.json()
    return found


async def post(service: Site, path: str) -> httpx.Response:
    return await service.http.post(path, headers=MANAGER)


async def test_an_applied_plan_leaves_its_actions_with_customer_amount_and_day(service: Site) -> None:
    decision = await applied(service)
    items = (await service.get("/actions", decision_id=decision["id"]))["items"]
    assert {one["ticket_id"] for one in items} == {decision["ticket_id"]}
    assert {one["customer"] for one in items} == {"Arbour Lane Clinic"}
    payments = sorted((one["amount"], one["due"]) for one in items if one["kind"] == "close-payments")
    assert payments == [("4000.00", "2027-02-01"), ("8000.00", None)]
    assert all(one["state"] == "open" and one["text"] for one in items)


async def test_a_plan_that_only_waits_leaves_none(service: Site) -> None:
    await service.reclassify(service.enter("Two new sites", TEXT), mode="review")
    assert (await service.get("/actions"))["items"] == []


async def test_an_action_is_done_once_by_name_and_can_be_reopened(service: Site) -> None:
    await applied(service)
    action = (await service.get("/actions", state="open", limit=1))["items"][0]
    done = (await post(service, f"/actions/{action['id']}/done?by=Ann")).json()
    assert (done["state"], done["done_by"]) == ("done", "API token on behalf of Ann")
    assert done["done_at"]
    assert (await post(service, f"/actions/{action['id']}/done?by=Bob")).json() == done
    assert (await post(service, f"/actions/{action['id']}/reopen")).json() == action


async def test_undo_cancels_what_nobody_has_done(service: Site) -> None:
    decision = await applied(service)
    first = (await service.get("/actions"))["items"][0]
    await post(service, f"/actions/{first['id']}/done")
    undone = await post(service, f"/decisions/{decision['id']}/undo?wait=30")
    assert undone.json()["status"] == "undone", undone.text
    states = {one["id"]: one["state"] for one in (await service.get("/actions"))["items"]}
    assert states.pop(first["id"]) == "done"
    assert set(states.values()) == {"cancelled"}
    refused = await post(service, f"/actions/{next(iter(states))}/done")
    assert (refused.status_code, "undone" in refused.json()["detail"]) == (409, True)


@pytest.mark.slow
async def test_pages_follow_each_other_without_gaps(service: Site) -> None:
    await applied(service)
    every = [one["id"] for one in (await service.get("/actions"))["items"]]
    seen: list[str] = []
    cursor: dict[str, str] = {}
    while True:
        page = await service.get("/actions", limit=1, **cursor)
        seen += [one["id"] for one in page["items"]]
        if page["next_cursor"] is None:
            break
        cursor = {"cursor": page["next_cursor"]}
    assert seen == every


@pytest.mark.fast_cases(1)
@pytest.mark.parametrize(("query", "status"), [
    ("state=maybe", 422), ("limit=0", 422), ("ticket_id=0", 422), ("decision_id=none", 422),
])  # fmt: skip
async def test_filters_are_checked(service: Site, query: str, status: int) -> None:
    assert (await service.http.get(f"/actions?{query}", headers=MANAGER)).status_code == status


@pytest.mark.parametrize("path", ["/actions/none/done", "/actions/none/reopen"])
async def test_an_action_that_is_not_there_is_404(service: Site, path: str) -> None:
    assert (await post(service, path)).status_code == 404


async def test_a_name_with_control_characters_is_refused(service: Site) -> None:
    assert (await post(service, "/actions/none/done?by=a%00b")).status_code == 422


async def test_a_browser_gets_the_page_and_a_program_the_list(service: Site) -> None:
    html = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}
    page = await service.http.get("/actions", headers=MANAGER | html)
    assert (page.status_code, page.headers["content-type"]) == (200, "text/html; charset=utf-8")
    assert "script-src 'self'" in page.headers["content-security-policy"]
    stranger = await service.http.get("/actions", headers=html)
    assert (stranger.status_code, stranger.headers["location"]) == (303, "./sign-in?next=/actions")
    assert (await service.http.get("/actions")).status_code == 401
