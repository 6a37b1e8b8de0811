"""The brief over the API: shown with states and sources, changed in a person's name, approved only when it is complete."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest

from app.container import date_order
from tests.support.app_client import MANAGER, Site, settings, site, written
from tests.support.harness import person

TEXT = "We accept the fixed price of 12,000. Site A in March, site B in May, billed per site."
ANN = "API token on behalf of Ann"
MERGE_PATCH = {**MANAGER, "Content-Type": "application/merge-patch+json"}


async def waiting(service: Site, text: str = TEXT) -> dict[str, Any]:
    """A project whose manager is missing."""
    decision = await service.reclassify(service.enter("Two new sites", text), mode="review")
    assert (decision["outcome"], decision["status"]) == ("project", "awaiting-review"), decision["said"]
    return decision


async def patch(service: Site, decision: dict[str, Any], body: Any, *, status: int = 200, by: str = "Ann") -> Any:
    answer = await service.http.patch(
        f"/decisions/{decision['id']}/brief", params={"by": by}, content=json.dumps(body), headers=MERGE_PATCH
    )
    assert answer.status_code == status, answer.text
    return answer.json()


async def approve(service: Site, decision: dict[str, Any], *, status: int = 200, **body: Any) -> Any:
    answer = await service.http.post(f"/decisions/{decision['id']}/approve?wait=30", json=body, headers=MANAGER)
    assert answer.status_code == status, answer.text
    return answer.json()


async def test_every_field_has_its_value_state_and_sources(service: Site) -> None:
    brief = (await waiting(service))["brief"]
    for field in brief["fields"].values():
        assert set(field) == {"value", "state", "message", "by", "at", "sources"}
    fee = brief["fields"]["fee"]
    assert (fee["value"], fee["state"]) == ("12000.00", "proposed")
    assert any("12,000" in source["value"] or "12000" in source["value"] for source in fee["sources"])
    assert brief["waits_for"] == [
        {"field": "manager", "state": "missing", "message": brief["fields"]["manager"]["message"]}
    ]
    assert brief["editable"] is True


async def test_the_money_box_shows_how_the_sale_reaches_an_invoice(service: Site) -> None:
    money = (await waiting(service))["brief"]["money"]
    assert (money["sold_total"], money["fee"], money["product_lines"], money["difference"]) == (
        "12000.00", "12000.00", "0.00", "0.00",
    )  # fmt: skip
    assert money["adds_up"] is True
    assert [(part["text"], part["reach"]) for part in money["parts"]] == [("Fixed fee", "fee")]


async def test_a_patch_settles_fields_in_the_persons_name_and_plans_again(service: Site) -> None:
    decision = await waiting(service)
    changed = await patch(service, decision, {"manager": "jdoe", "fee": 9000, "sold_total": "9000.00"})
    assert changed["id"] == decision["id"]
    manager, fee = changed["brief"]["fields"]["manager"], changed["brief"]["fields"]["fee"]
    assert (manager["value"], manager["state"], manager["by"]) == ("jdoe", "settled", ANN)
    assert manager["at"]
    assert (fee["value"], fee["sources"][-1]["place"]) == ("9000.00", f"person: {ANN}")
    assert changed["brief"]["waits_for"] == []
    project = next(step for step in changed["plan"]["steps"] if step["key"] == "project")
    assert project["body"]["billingAmount"] == 9000
    assert changed["status"] == "awaiting-review"
    assert "complete" in changed["said"]


async def test_json_is_taken_as_well_as_a_merge_patch(service: Site) -> None:
    decision = await waiting(service)
    url = f"/decisions/{decision['id']}/brief"
    answer = await service.http.patch(url, json={"manager": "jdoe"}, headers=MANAGER)
    assert answer.json()["brief"]["fields"]["manager"]["by"] == "API token"


async def test_null_takes_a_value_back(service: Site) -> None:
    decision = await waiting(service)
    await patch(service, decision, {"manager": "jdoe"})
    again = await patch(service, decision, {"manager": None})
    assert [one["field"] for one in again["brief"]["waits_for"]] == ["manager"]


async def test_a_patch_writes_nothing_to_connectwise(service: Site) -> None:
    decision = await waiting(service)
    before = len(service.sandbox.journal)
    await patch(service, decision, {"manager": "jdoe"})
    assert written(service.sandbox.journal[before:]) == []


HOSTILE: list[tuple[Any, str]] = [
    ({"fee": -1}, "fee"),
    ({"fee": 0}, "fee"),
    ({"fee": "1e300"}, "fee"),
    ({"fee": "NaN"}, "fee"),
    ({"fee": "12.345"}, "fee"),
    ({"fee": True}, "fee"),
    ({"fee": [1]}, "fee"),
    ({"fee": "9" * 5000}, "fee"),
    ({"sold_total": {"amount": 1}}, "sold_total"),
    ({"method": "FREE"}, "method"),
    ({"manager": "nobody-here"}, "manager"),
    ({"team": [{"identifier": "nobody-here"}]}, "team"),
    ({"team": [{"identifier": "jdoe", "admin": True}]}, "team"),
    ({"start": "31.12.2026"}, "start"),
    ({"start": "2026-12-31", "end": "2026-01-01"}, "end"),
    ({"fee": 100, "payments": [{"amount": 99}]}, "payments"),
    ({"payments": [{"amount": 1}] * 101}, "payments"),
    ({"project": {"join": -1}}, "project"),
    ({"description": "x" * 8001}, "description"),
    ({"name": "a\u0000b"}, "name"),
    ({"name": "half \ud800 pair"}, "name"),
    ({"contacts": [{"name": "a\u0007b"}]}, "contacts"),
    ({"__proto__": 1}, "__proto__"),
    ({"agreed": False}, "agreed"),
]


async def test_values_that_do_not_fit_are_refused_and_nothing_changes(service: Site) -> None:
    decision = await waiting(service)
    before = await service.get(f"/decisions/{decision['id']}")
    for body, field in HOSTILE:
        problem = await patch(service, decision, {**body, "po_number": "PO-1"}, status=422)
        assert problem["code"] == "brief-invalid"
        assert field in {one["field"] for one in problem["errors"]}, problem
        assert all(one["message"] for one in problem["errors"])
        assert await service.get(f"/decisions/{decision['id']}") == before, field


async def test_a_refusal_lists_what_is_allowed(service: Site) -> None:
    decision = await waiting(service)
    errors = {
        one["field"]: one
        for one in (await patch(service, decision, {"method": "x", "manager": "x"}, status=422))["errors"]
    }
    assert errors["method"]["allowed"] == ["FixedFee", "NotToExceed", "OverrideRate", "ActualRates", "NoCharge"]
    assert "jdoe" in errors["manager"]["allowed"]


@pytest.mark.fast_cases(1)
@pytest.mark.parametrize("body", ["[]", '"text"', "1", "null", "{", "[" * 50_000])
async def test_a_body_that_is_no_object_is_refused_in_the_shape_of_errors(service: Site, body: str) -> None:
    decision = await waiting(service)
    answer = await service.http.patch(f"/decisions/{decision['id']}/brief", content=body, headers=MERGE_PATCH)
    assert answer.status_code in (400, 422)
    assert answer.headers["content-type"] == "application/problem+json"


async def test_a_brief_is_changed_only_while_its_decision_waits(service: Site) -> None:
    decision = await waiting(service)
    await service.http.post(f"/decisions/{decision['id']}/reject", json={}, headers=MANAGER)
    assert "rejected" in (await patch(service, decision, {"manager": "jdoe"}, status=409))["detail"]
    plain = await service.reclassify(service.sample("Reception printer jams"), mode="dry-run")
    assert (await patch(service, plain, {"manager": "jdoe"}, status=409))["detail"]
    unknown = await service.http.patch("/decisions/none/brief", json={}, headers=MANAGER)
    assert unknown.status_code == 404


async def test_a_dry_run_is_changed_and_stays_a_dry_run(service: Site) -> None:
    decision = await service.reclassify(service.enter("Two new sites", TEXT), mode="dry-run")
    changed = await patch(service, decision, {"manager": "jdoe"})
    assert (changed["mode"], changed["status"]) == ("dry-run", "planned")
    assert "dry run" in (await approve(service, changed, status=409))["detail"]


async def test_an_incomplete_brief_is_not_approved_and_names_what_is_open(service: Site) -> None:
    problem = await approve(service, await waiting(service), status=409)
    assert problem["code"] == "brief-open"
    assert [(one["code"], one["field"]) for one in problem["errors"]] == [("brief-missing", "manager")]
    assert problem["errors"][0]["message"]


async def test_a_brief_that_was_changed_since_it_was_shown_is_not_approved(service: Site) -> None:
    decision = await waiting(service)
    changed = await patch(service, decision, {"manager": "jdoe"})
    problem = await approve(service, decision, status=409, brief=decision["brief"]["inputs"])
    assert problem["code"] == "brief-changed"
    applied = await approve(service, changed, brief=changed["brief"]["inputs"], by="Ann")
    assert applied["status"] == "applied", applied["said"]
    accepted = applied["brief"]["accepted"]
    assert (accepted["by"], accepted["fields"]) == (ANN, changed["brief"]["needs_person"])
    project = service.sandbox.store.table("/project/projects")[applied["project_id"]]
    assert (project["billingMethod"], project["billingAmount"]) == ("FixedFee", 12000)


async def test_a_later_decision_of_the_ticket_uses_what_a_person_has_entered(service: Site) -> None:
    decision = await waiting(service)
    await patch(service, decision, {"manager": "jdoe", "po_number": "PO-77"})
    again = await service.reclassify(decision["ticket_id"], mode="review")
    assert again["id"] != decision["id"]
    fields = again["brief"]["fields"]
    assert (fields["po_number"]["value"], fields["po_number"]["by"]) == ("PO-77", ANN)
    assert again["brief"]["waits_for"] == []


async def test_a_record_that_changed_after_the_brief_was_shown_shows_it_anew(service: Site) -> None:
    decision = await waiting(service)
    changed = await patch(service, decision, {"manager": "jdoe"})
    note = {"text": "Signed today: fixed price 14,000 for both sites.", "internalAnalysisFlag": True}
    person(service.sandbox, "POST", f"/service/tickets/{decision['ticket_id']}/notes", note)
    ended = await approve(service, changed)
    assert ended["ended_as"] == "outdated", ended
    assert "14,000" in ended["said"]
    newest = await _decided_again(service, decision["ticket_id"], ended["id"])
    assert newest["status"] == "awaiting-review"
    assert newest["brief"]["fields"]["manager"]["by"] == ANN


async def _decided_again(service: Site, ticket_id: int, before: str) -> dict[str, Any]:
    async with asyncio.timeout(20):
        while True:
            page = await service.get("/decisions", ticket_id=ticket_id, limit=1)
            if page["items"][0]["id"] != before:
                newest: dict[str, Any] = await service.get(f"/decisions/{page['items'][0]['id']}")
                return newest
            await asyncio.sleep(0.02)


@pytest.mark.slow
async def test_a_sheet_that_was_accepted_is_asked_again_once_the_sale_is_another(service: Site) -> None:
    decision = await waiting(service)
    await patch(service, decision, {"manager": "jdoe", "billing_sheet": "accept"})
    same = await service.reclassify(decision["ticket_id"], mode="review")
    assert same["brief"]["fields"]["billing_sheet"]["by"] == ANN
    service.sandbox.store.table("/tickets")[decision["ticket_id"]]["summary"] = (
        "Two new sites, fixed price 9,000 accepted"
    )
    other = await service.reclassify(decision["ticket_id"], mode="review")
    assert other["brief"]["fields"]["billing_sheet"]["by"] is None


@pytest.mark.parametrize(("site_host", "chosen", "order"), [
    ("api-na.myconnectwise.net", None, "MDY"),
    ("https://na.myconnectwise.net", None, "MDY"),
    ("api-eu.myconnectwise.net", None, "DMY"),
    ("api-na.myconnectwise.net", "DMY", "DMY"),
    ("https://manage.example.com", "MDY", "MDY"),
    ("https://manage.example.com", None, "DMY"),
])  # fmt: skip
def test_numeric_dates_are_read_as_set_else_by_the_region_of_the_site(
    tmp_path: Path, site_host: str, chosen: str | None, order: str
) -> None:
    assert date_order(settings(tmp_path, cwm_site=site_host, cwm_date_order=chosen)) == order


@pytest.mark.fast_cases(1)
@pytest.mark.parametrize(("order", "day"), [("DMY", "2027-04-03"), ("MDY", "2027-03-04")])
async def test_the_date_order_reaches_the_brief(tmp_path: Path, order: str, day: str) -> None:
    async with site(tmp_path, cwm_date_order=order) as service:
        decision = await service.reclassify(
            service.enter(
                "Two new sites",
                "We accept the fixed price of 12,000 for sites A and B, billed per site. Start on 03/04/2027, end 30 September 2027.",
            ),
            mode="review",
        )
        assert decision["brief"]["fields"]["start"]["value"] == day


async def test_the_api_description_shows_the_patch_and_its_answers(service: Site) -> None:
    described = service.app.openapi()["paths"]["/decisions/{decision_id}/brief"]["patch"]
    assert set(described["requestBody"]["content"]) == {"application/merge-patch+json", "application/json"}
    schema = described["requestBody"]["content"]["application/merge-patch+json"]["schema"]
    assert {"fee", "payments", "project", "billing_sheet"} <= set(schema["properties"])
    assert schema["examples"]
    assert "$ref" not in str(schema)
    refused = described["responses"]["422"]["content"]["application/problem+json"]["schema"]
    assert any("errors" in form["properties"] for form in refused["anyOf"])
