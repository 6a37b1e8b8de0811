"""A ticket and what lies beside it become one case, in few requests and whatever is null, absent or of another type."""

from __future__ import annotations

import copy
import json
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.connectwise import (
    Agreements,
    ConnectWiseClient,
    ConnectWiseError,
    NotAServiceTicket,
    NotFound,
    ServerError,
    Unreachable,
    fetch_case,
    fetch_for_conversion,
)
from app.sandbox import Fault, Sandbox
from app.sandbox import samples as sample_tickets
from tests.support.fake_transport import API, SAMPLES, client, on, reply

SAMPLE = json.loads((SAMPLES / "ticket.json").read_text())
PLACES = {
    "/service/tickets/4711": "ticket", "/service/tickets/4711/notes": "notes", "/service/tickets/4711/tasks": "tasks",
    "/schedule/entries": "scheduleEntries", "/procurement/products": "products", "/time/entries": "timeEntries",
    "/finance/agreements/600": "agreement", "/finance/billingCycles": "cycles",
    "/sales/opportunities/71": "opportunity", "/company/companies/250": "company",
}  # fmt: skip


def connectwise(records: dict[str, Any] | None = None, **troubles: Any) -> tuple[ConnectWiseClient, Any]:
    """A ConnectWise that holds the sample ticket; `troubles` by the name of a part."""
    held = {"cycles": [{"id": 2, "billingOptions": "Monthly"}]} | SAMPLE | (records or {})

    def answer(request: httpx.Request) -> Any:
        name = PLACES.get(request.url.path.removeprefix(API))
        if name in troubles:
            return troubles[name]
        return reply(held[name]) if name else reply({"code": "NotFound"}, status=404)

    return client(answer)


async def test_a_case_is_the_ticket_with_what_lies_beside_it() -> None:
    manage, _ = connectwise()
    case = await fetch_case(manage, 4711)
    beside = ("notes", "scheduleEntries", "tasks", "products", "agreement", "opportunity")
    own = [name for name in SAMPLE["ticket"] if name not in beside]
    assert {name: case[name] for name in own} == {name: SAMPLE["ticket"][name] for name in own}
    assert case["dateEntered"] == "2026-06-01T10:00:00Z"
    assert case["initialDescription"] == "We move on the 14th.\nTwo engineers, please."
    assert case["notes"] == [
        {
            "id": 2,
            "text": "AM: order signed.",
            "internal": True,
            "dateCreated": "2026-06-01T10:02:00Z",
            "member": "jdoe",
        }
    ]
    assert [(one["id"], one["member"], one["hours"], one["done"]) for one in case["scheduleEntries"]] == [
        (91, "jdoe", 8.0, True),
        (92, None, 0.0, False),
    ]
    assert case["scheduleEntries"][0]["dateEntered"] == "2026-06-01T10:03:00Z"
    assert [(one["summary"], one["closed"]) for one in case["tasks"]] == [("Rack", False)]
    assert [(one["description"], one["quantity"], one["price"]) for one in case["products"]] == [("Switch", 2.0, 400.0)]
    assert (case["agreement"]["type"], case["agreement"]["billingCycle"]) == ("Managed", "Monthly")
    assert case["opportunity"] == {"id": 71, "name": "Office move", "stage": "Won", "expectedRevenue": 9800.0}
    assert case["unread"] == []


async def test_a_product_says_on_which_invoice_it_stands() -> None:
    lines = [{"id": 1, "invoice": {"id": 9100}}, {"id": 2, "invoice": None}]
    manage, _ = connectwise({"products": lines})
    shown = [(one["invoice"], one["invoiced"]) for one in (await fetch_case(manage, 4711))["products"]]
    assert shown == [(9100, True), (None, False)]


async def test_a_ticket_takes_five_requests_and_those_that_it_names() -> None:
    manage, script = connectwise({"ticket": SAMPLE["ticket"] | {"agreement": None, "opportunity": None}})
    await fetch_case(manage, 4711)
    assert sorted(script.asked) == [
        "GET /procurement/products", "GET /schedule/entries", "GET /service/tickets/4711", "GET /service/tickets/4711/notes",
        "GET /service/tickets/4711/tasks",
    ]  # fmt: skip
    manage, script = connectwise()
    await fetch_case(manage, 4711)
    assert sorted(set(script.asked)) == sorted(script.asked)
    assert len(script.requests) == 8


async def test_an_agreement_is_asked_for_once_for_many_tickets() -> None:
    manage, script = connectwise()
    agreements = Agreements(manage)
    for _ in range(3):
        await fetch_case(manage, 4711, agreements=agreements)
    assert script.asked.count("GET /finance/agreements/600") == 1
    assert script.asked.count("GET /finance/billingCycles") == 1
    agreements.forget()
    await agreements.get(600)
    assert script.asked.count("GET /finance/agreements/600") == 2


async def test_how_often_a_cycle_bills_is_told_by_connectwise_and_not_by_the_name_that_its_owner_gave_it() -> None:
    quarterly: dict[str, Any] = {"cycles": [{"id": 2, "billingOptions": "Quarterly"}]}
    manage, _ = connectwise(quarterly)
    assert (await fetch_case(manage, 4711))["agreement"]["billingCycle"] == "Quarterly"
    unknown: dict[str, Any]
    for unknown in ({"cycles": []}, {"cycles": [{"id": 2, "billingOptions": None}]}):
        manage, _ = connectwise(unknown)
        assert (await fetch_case(manage, 4711))["agreement"]["billingCycle"] == "Jeden Monat"
    for status in (403, 404):
        manage, _ = connectwise(cycles=reply(status=status))
        case = await fetch_case(manage, 4711)
        assert (case["agreement"]["billingCycle"], case["unread"]) == ("Jeden Monat", [])


@pytest.mark.parametrize("part", ["notes", "tasks", "scheduleEntries", "products", "agreement", "opportunity"])
@pytest.mark.parametrize("status", [400, 403, 404, 405])
async def test_a_part_that_may_not_be_read_is_named(part: str, status: int) -> None:
    troubles: dict[str, Any] = {part: reply(status=status)}
    manage, _ = connectwise(**troubles)
    case = await fetch_case(manage, 4711)
    assert case["unread"] == [part]
    if part in ("agreement", "opportunity"):
        assert case[part] == SAMPLE["ticket"][part]
    else:
        assert case[part] == []


@pytest.mark.parametrize(
    "part", ["ticket", "notes", "tasks", "scheduleEntries", "products", "agreement", "opportunity"]
)
@pytest.mark.parametrize(
    "trouble", [reply(status=503), httpx.ReadTimeout("x"), reply(b"<html>")], ids=["503", "no-answer", "no-json"]
)
async def test_while_a_part_is_away_there_is_no_case(part: str, trouble: Any) -> None:
    manage, _ = connectwise(**{part: trouble})
    with pytest.raises(ConnectWiseError) as caught:
        await fetch_case(manage, 4711)
    assert caught.value.waiting_helps
    assert isinstance(caught.value, ServerError | Unreachable) or "without JSON" in str(caught.value)


async def test_a_note_of_our_own_is_no_evidence() -> None:
    own = {
        "id": 3,
        "ticketId": 4711,
        "text": "Billing: project.\nMini-Projects decision 01J",
        "internalAnalysisFlag": True,
    }
    manage, _ = connectwise({"notes": [*SAMPLE["notes"], own]})
    assert [one["id"] for one in (await fetch_case(manage, 4711))["notes"]] == [2, 3]
    assert [one["id"] for one in (await fetch_case(manage, 4711, own_mark="Mini-Projects decision "))["notes"]] == [2]


async def test_what_stands_in_a_field_for_passwords_goes_no_further() -> None:
    fields = [
        {"id": 1, "caption": "Door code", "type": "Password", "value": "4711!"},
        {"id": 2, "caption": "In contract?", "type": "Text", "entryMethod": "List", "value": "No"},
        None,
    ]
    manage, _ = connectwise({"ticket": SAMPLE["ticket"] | {"customFields": fields}})
    case = await fetch_case(manage, 4711)
    assert case["customFields"] == [fields[1]]


async def test_a_ticket_of_a_project_is_none_for_us() -> None:
    manage, _ = connectwise({"ticket": SAMPLE["ticket"] | {"recordType": "ProjectTicket"}})
    with pytest.raises(NotAServiceTicket):
        await fetch_case(manage, 4711)
    manage, _ = client(lambda request: reply({"id": 9} if "/project/" in request.url.path else {"code": "NotFound"},
                                             status=200 if "/project/" in request.url.path else 404))  # fmt: skip
    with pytest.raises(NotAServiceTicket, match="belongs to a project"):
        await fetch_case(manage, 9)


async def test_a_ticket_that_is_nowhere_is_missing() -> None:
    manage, _ = connectwise()
    with pytest.raises(NotFound, match="no ticket 12"):
        await fetch_case(manage, 12)


def places(value: Any, at: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Every place in a JSON value."""
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [at, *(place for key, one in inner for place in places(one, (*at, key)))]


EVERYWHERE = [place for place in places(SAMPLE) if place and place not in {(name,) for name in SAMPLE}]
STRANGE: st.SearchStrategy[Any] = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-5, 10**12),
    st.floats(),
    st.text(max_size=5),
    st.sampled_from([[], {}, [None, 7, "x", {}, []], {"id": True, "name": [], "identifier": {}}]),
)


@st.composite
def mutated(draw: st.DrawFn) -> dict[str, Any]:
    """The sample with some members null, absent or of another type."""
    records: dict[str, Any] = copy.deepcopy(SAMPLE)
    for place in draw(st.lists(st.sampled_from(EVERYWHERE), min_size=1, max_size=6)):
        holder: Any = records
        try:
            for key in place[:-1]:
                holder = holder[key]
            if draw(st.booleans()) and isinstance(holder, dict):
                holder.pop(place[-1], None)
            else:
                holder[place[-1]] = draw(STRANGE)
        except (KeyError, IndexError, TypeError):
            continue
    return records


@given(records=mutated())
async def test_whatever_is_null_absent_or_of_another_type_there_is_a_case(records: dict[str, Any]) -> None:
    manage, _ = connectwise(records)
    try:
        case = await fetch_for_conversion(manage, await fetch_case(manage, 4711))
    except NotAServiceTicket:
        assert records["ticket"]["recordType"] in ("ProjectTicket", "ProjectIssue")
        return
    assert case["id"] == 4711
    for name in ("notes", "scheduleEntries", "tasks", "products", "timeEntries", "unread"):
        assert isinstance(case[name], list)
        assert all(isinstance(one, dict) for one in case[name]) or name == "unread"
    assert all(isinstance(one["done"], bool) for one in case["scheduleEntries"])
    assert all(isinstance(one["invoiced"], bool) for one in case["timeEntries"])
    json.dumps(case, allow_nan=False)


async def test_for_a_conversion_time_and_the_companys_billing_come_in_two_requests() -> None:
    manage, script = connectwise()
    case = await fetch_case(manage, 4711)
    sent = len(script.requests)
    full = await fetch_for_conversion(manage, case)
    assert sorted(script.asked[sent:]) == ["GET /company/companies/250", "GET /time/entries"]
    assert [(one["id"], one["hours"], one["member"], one["invoice"], one["invoiced"]) for one in full["timeEntries"]] == [
        (31, 2.0, "jdoe", None, False), (32, 1.0, "awong", 8001, True), (33, 0.5, None, None, True),
    ]  # fmt: skip
    assert full["companyBilling"]["billingTerms"] == {"id": 1, "name": "Net 30 days"}
    assert full["unread"] == []
    assert {name: full[name] for name in case if name != "unread"} == {
        name: case[name] for name in case if name != "unread"
    }


async def test_for_a_conversion_what_may_not_be_read_is_named() -> None:
    manage, _ = connectwise(timeEntries=reply(status=403), company=reply(status=403), products=reply(status=403))
    full = await fetch_for_conversion(manage, await fetch_case(manage, 4711))
    assert full["unread"] == ["products", "timeEntries", "companyBilling"]
    assert full["timeEntries"] == []
    assert full["companyBilling"] is None


async def test_without_a_company_only_time_is_asked() -> None:
    manage, script = connectwise()
    full = await fetch_for_conversion(manage, {"id": 4711})
    assert script.asked == ["GET /time/entries"]
    assert full["companyBilling"] is None


@pytest.mark.parametrize("bundled", [False, True], ids=["singly", "bundled"])
async def test_every_sample_ticket_of_the_sandbox_makes_a_case_in_few_requests(*, bundled: bool) -> None:
    sandbox = Sandbox(seed=1)
    manage = on(sandbox, bundle_cases=bundled)
    agreements = Agreements(manage)
    await manage.list("/service/boards", "id = 1")
    for sample in sample_tickets.samples()[:12]:
        number = sample_tickets.create(sandbox, sample)
        sent = len(sandbox.journal)
        named = bool(sample["ticket"].get("opportunity")) + (
            agreements.kept(sample["ticket"].get("agreement", {}).get("id")) is None
        )
        case = await fetch_case(manage, number, agreements=agreements)
        assert case["summary"] == sample["ticket"]["summary"]
        assert case["initialDescription"] == sample["ticket"].get("initialDescription")
        assert len(case["scheduleEntries"]) == len(sample.get("schedule", ()))
        assert len(case["products"]) == len(sample.get("products", ()))
        assert case["unread"] == []
        assert len(sandbox.journal) - sent <= (2 if bundled else 5) + named


async def test_singly_and_bundled_give_the_same_case() -> None:
    sandbox = Sandbox(seed=1)
    number = sample_tickets.create(sandbox, sample_tickets.samples()[3])
    assert await fetch_case(on(sandbox, bundle_cases=True), number) == await fetch_case(on(sandbox), number)


@pytest.mark.parametrize("kind", ["nulls", "absent"])
async def test_a_sandbox_that_leaves_everything_optional_out_still_gives_a_case(kind: Any) -> None:
    sandbox = Sandbox(seed=1)
    number = sample_tickets.create(sandbox, sample_tickets.samples()[3])
    sandbox.faults.append(Fault(kind, times=100))
    case = await fetch_case(on(sandbox, codebase="v4_6_release/"), number)
    assert case["id"] == number
    assert "Quotation 2291 accepted" in case["notes"][0]["text"]
