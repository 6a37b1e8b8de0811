"""A ticket and its related records become one `TicketRecord`, in few requests, whatever is null, absent or of another type."""

from __future__ import annotations

import copy
import json
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import structs

from app.connectwise import (
    Agreements,
    ConnectWiseClient,
    ConnectWiseError,
    NotAServiceTicket,
    NotFound,
    ReferenceCache,
    ServerError,
    Unreachable,
    load_for_plan,
    load_ticket,
)
from app.domain.customer_records import Company
from app.domain.reference import Reference, id_of
from app.domain.sale_records import Forecast, OpenProject, Product
from app.domain.ticket import TicketRecord
from app.domain.work_records import ScheduleEntry, Task
from app.sandbox import Fault, Sandbox
from app.sandbox import samples as sample_tickets
from tests.support.fake_transport import API, SAMPLES, client, on, reply

SAMPLE = json.loads((SAMPLES / "ticket.json").read_text())
PLACES = {
    "/service/tickets/4711": "ticket", "/service/tickets/4711/notes": "notes", "/service/tickets/4711/tasks": "tasks",
    "/schedule/entries": "scheduleEntries", "/procurement/products": "products", "/time/entries": "timeEntries",
    "/finance/agreements/600": "agreement", "/finance/billingCycles": "cycles",
    "/sales/opportunities/71": "opportunity", "/sales/opportunities/71/forecast": "forecast", "/company/companies/250": "company",
    "/sales/opportunities/statuses": "opportunityStatuses", "/company/companies/statuses": "companyStatuses",
}  # fmt: skip


REVENUE = [{"id": 71, "serviceRevenue": {"revenue": 6400.0}, "productRevenue": {"revenue": 3400.0}, "otherRevenue1": {"revenue": 0.1},
            "otherRevenue2": {"revenue": 0.2}, "wonRevenue": {"revenue": 9800.0}, "agreementRevenue": None}]  # fmt: skip
LISTS: dict[str, Any] = {
    "cycles": [{"id": 2, "billingOptions": "Monthly"}], "forecast": REVENUE,
    "opportunityStatuses": [{"id": 1, "wonFlag": False}, {"id": 2, "wonFlag": True, "lostFlag": False}],
    "companyStatuses": [{"id": 1, "name": "Active", "inactiveFlag": False}, {"id": 7, "name": "Credit hold", "disallowSavingFlag": True}],
    "openProjects": [
        {"id": 900, "name": "Network refresh", "company": {"id": 250}, "opportunity": {"id": 70, "name": "Network"}, "billingMethod": "FixedFee",
         "closedFlag": False},
        {"id": 901, "name": "Phones", "company": {"id": 250}, "opportunity": None, "closedFlag": False},
    ],
    "opportunityProjects": [],
}  # fmt: skip


def connectwise(records: dict[str, Any] | None = None, **troubles: Any) -> tuple[ConnectWiseClient, Any]:
    """A ConnectWise that holds the sample ticket; `troubles` by the name of a part."""
    held = LISTS | SAMPLE | (records or {})

    def answer(request: httpx.Request) -> Any:
        name = PLACES.get(request.url.path.removeprefix(API))
        if request.url.path.removeprefix(API) == "/project/projects":
            name = "openProjects" if "closedFlag" in request.url.params["conditions"] else "opportunityProjects"
        if name in troubles:
            return troubles[name]
        return reply(held[name]) if name else reply({"code": "NotFound"}, status=404)

    return client(answer, bundle_size=0)


async def test_a_record_is_the_ticket_with_its_related_records() -> None:
    manage, _ = connectwise()
    ticket = await load_ticket(manage, 4711)
    assert (ticket.id, ticket.summary, ticket.resources, ticket.budget_hours) == (
        4711,
        "New office",
        "jdoe, awong",
        12.0,
    )
    assert ticket.board == Reference(id=1, name="Service Desk")
    assert (ticket.date_entered, ticket.last_updated) == ("2026-06-01T10:00:00Z", "2026-06-01T10:05:00Z")
    assert ticket.initial_description == "We move on the 14th.\nTwo engineers, please."
    assert [(one.id, one.text, one.internal, one.date_created, one.member) for one in ticket.notes] == [
        (2, "AM: order signed.", True, "2026-06-01T10:02:00Z", "jdoe")
    ]
    assert ticket.schedule_entries == [
        ScheduleEntry(91, "jdoe", "2026-06-14T07:00:00Z", "2026-06-14T15:00:00Z", 8.0, True, "2026-06-01T10:03:00Z"),
        ScheduleEntry(92, "", "2026-06-15T00:00:00Z", "", 0.0),
    ]
    assert ticket.tasks == [Task(5, "Rack")]
    assert ticket.products == [
        Product(id=7, description="Switch", catalog_item="SW-48", quantity=2.0, price=400.0, billable_option="Billable")
    ]
    assert ticket.agreement
    assert ticket.opportunity
    assert (ticket.agreement.type, ticket.agreement.billing_cycle) == ("Managed", "Monthly")
    assert (ticket.opportunity.id, ticket.opportunity.stage, ticket.opportunity.won) == (71, "Won", True)
    assert ticket.unread == []


async def test_a_product_says_on_which_invoice_it_stands() -> None:
    lines = [{"id": 1, "invoice": {"id": 9100}}, {"id": 2, "invoice": None}]
    manage, _ = connectwise({"products": lines})
    shown = [(one.invoice, one.invoiced) for one in (await load_ticket(manage, 4711)).products]
    assert shown == [(9100, True), (None, False)]


async def test_a_product_says_its_class_and_whether_it_recurs_or_is_cancelled() -> None:
    lines = [
        {"id": 1, "productClass": "Service", "forecastDetailId": 81, "cancelledFlag": False, "recurring": None},
        {
            "id": 2,
            "productClass": "Agreement",
            "recurring": {"recurringRevenue": 320.0, "cycles": None},
            "cancelledFlag": True,
        },
        {"id": 3, "productClass": 7, "recurring": {"recurringRevenue": 0.0}, "forecastDetailId": "x"},
    ]
    manage, _ = connectwise({"products": lines})
    shown = [
        (one.product_class, one.recurring, one.cancelled, one.forecast_detail_id)
        for one in (await load_ticket(manage, 4711)).products
    ]
    assert shown == [("Service", False, False, 81), ("Agreement", True, True, None), ("", False, False, None)]


async def test_the_forecast_tells_labour_goods_and_recurring_revenue_apart() -> None:
    for answer in (REVENUE, REVENUE[0]):
        manage, _ = connectwise({"forecast": answer})
        sale = (await load_ticket(manage, 4711)).opportunity
        assert sale
        assert sale.forecast == Forecast(service=6400.0, product=3400.0, other=0.3, won=9800.0)
    two = [{"serviceRevenue": {"revenue": 0.1}}, {"serviceRevenue": {"revenue": 0.2}}]
    manage, _ = connectwise({"forecast": two})
    sale = (await load_ticket(manage, 4711)).opportunity
    assert sale
    assert sale.forecast == Forecast(service=0.3)


@pytest.mark.parametrize("answer", [[], {}, None, "x", [None], {"serviceRevenue": {"revenue": "x"}}])
async def test_a_forecast_without_figures_is_none(answer: Any) -> None:
    manage, _ = connectwise({"forecast": answer})
    ticket = await load_ticket(manage, 4711)
    assert ticket.opportunity
    assert ticket.opportunity.forecast is None


@pytest.mark.parametrize(
    ("statuses", "won", "lost"),
    [
        pytest.param([{"id": 2, "wonFlag": True, "lostFlag": False}], True, False, id="won"),
        pytest.param([{"id": 2, "wonFlag": False, "lostFlag": True}], False, True, id="lost"),
        pytest.param([{"id": 3, "wonFlag": True}], None, None, id="other-status"),
        pytest.param([{"id": 2, "wonFlag": None, "lostFlag": "yes"}], None, None, id="flags-unknown"),
    ],
)
async def test_flags_of_its_status_say_whether_an_opportunity_is_won(statuses: Any, won: Any, lost: Any) -> None:
    manage, _ = connectwise({"opportunityStatuses": statuses})
    sale = (await load_ticket(manage, 4711)).opportunity
    assert sale
    assert (sale.won, sale.lost) == (won, lost)


async def test_statuses_are_read_once_for_many_tickets() -> None:
    manage, script = connectwise()
    references = ReferenceCache(manage)
    for _ in range(3):
        ticket = await load_ticket(manage, 4711, references=references)
        await load_for_plan(manage, ticket, references=references)
    for path in ("/sales/opportunities/statuses", "/company/companies/statuses"):
        assert script.asked.count(f"GET {path}") == 1


@pytest.mark.parametrize("status", [400, 403, 404])
async def test_what_cannot_be_read_of_a_sale_is_named_and_fails_nothing(status: int) -> None:
    manage, _ = connectwise(forecast=reply(status=status), opportunityStatuses=reply(status=status))
    ticket = await load_ticket(manage, 4711)
    assert ticket.unread == ["opportunityForecast", "opportunityStatuses"]
    assert ticket.opportunity
    assert (ticket.opportunity.stage, ticket.opportunity.won) == ("Won", None)


async def test_a_ticket_takes_five_requests_and_those_that_it_names() -> None:
    manage, script = connectwise({"ticket": SAMPLE["ticket"] | {"agreement": None, "opportunity": None}})
    await load_ticket(manage, 4711)
    assert sorted(script.asked) == [
        "GET /procurement/products", "GET /schedule/entries", "GET /service/tickets/4711", "GET /service/tickets/4711/notes",
        "GET /service/tickets/4711/tasks",
    ]  # fmt: skip
    manage, script = connectwise()
    await load_ticket(manage, 4711)
    assert sorted(set(script.asked)) == sorted(script.asked)
    assert len(script.requests) == 10


async def test_an_agreement_is_read_once_for_many_tickets() -> None:
    manage, script = connectwise()
    agreements = Agreements(manage)
    for _ in range(3):
        await load_ticket(manage, 4711, agreements=agreements)
    assert script.asked.count("GET /finance/agreements/600") == 1
    assert script.asked.count("GET /finance/billingCycles") == 1


async def test_an_agreement_says_to_which_place_it_is_restricted() -> None:
    restricted = SAMPLE["agreement"] | {
        "restrictDepartmentFlag": True,
        "department": {"id": 4, "name": "Helpdesk"},
        "location": None,
    }
    manage, _ = connectwise({"agreement": restricted})
    agreement = (await load_ticket(manage, 4711)).agreement
    assert agreement
    assert (agreement.restrict_department_flag, agreement.restrict_location_flag) == (True, False)
    assert (agreement.department, agreement.location) == (Reference(id=4, name="Helpdesk"), None)


async def billing_cycle(manage: ConnectWiseClient) -> str:
    ticket = await load_ticket(manage, 4711)
    assert ticket.agreement
    assert ticket.unread == []
    return ticket.agreement.billing_cycle


async def test_how_often_a_cycle_bills_is_a_record_and_not_the_name_that_its_owner_gave_it() -> None:
    quarterly: dict[str, Any] = {"cycles": [{"id": 2, "billingOptions": "Quarterly"}]}
    assert await billing_cycle(connectwise(quarterly)[0]) == "Quarterly"
    unknown: dict[str, Any]
    for unknown in ({"cycles": []}, {"cycles": [{"id": 2, "billingOptions": None}]}):
        assert await billing_cycle(connectwise(unknown)[0]) == "Jeden Monat"
    for status in (403, 404):
        assert await billing_cycle(connectwise(cycles=reply(status=status))[0]) == "Jeden Monat"


@pytest.mark.fast_cases(8)
@pytest.mark.parametrize("part", ["notes", "tasks", "scheduleEntries", "products", "agreement", "opportunity"])
@pytest.mark.parametrize("status", [400, 403, 404, 405])
async def test_a_part_that_may_not_be_read_is_named(part: str, status: int) -> None:
    troubles: dict[str, Any] = {part: reply(status=status)}
    manage, _ = connectwise(**troubles)
    ticket = await load_ticket(manage, 4711)
    assert ticket.unread == [part]
    shown = ticket.to_json()
    if part in ("agreement", "opportunity"):
        assert shown[part] == SAMPLE["ticket"][part]
    else:
        assert part not in shown


@pytest.mark.fast_cases(6)
@pytest.mark.parametrize(
    "part", ["ticket", "notes", "tasks", "scheduleEntries", "products", "agreement", "opportunity", "forecast"]
)
@pytest.mark.parametrize(
    "trouble", [reply(status=503), httpx.ReadTimeout("x"), reply(b"<html>")], ids=["503", "no-answer", "no-json"]
)
async def test_while_a_part_is_unavailable_there_is_no_record(part: str, trouble: Any) -> None:
    manage, _ = connectwise(**{part: trouble})
    with pytest.raises(ConnectWiseError) as caught:
        await load_ticket(manage, 4711)
    assert caught.value.waiting_helps
    assert isinstance(caught.value, ServerError | Unreachable) or "without JSON" in str(caught.value)


async def test_a_note_of_this_service_is_no_evidence() -> None:
    own = {
        "id": 3,
        "ticketId": 4711,
        "text": "Billing: project.\nMini-Projects decision 01J",
        "internalAnalysisFlag": True,
    }
    manage, _ = connectwise({"notes": [*SAMPLE["notes"], own]})
    assert [one.id for one in (await load_ticket(manage, 4711)).notes] == [2, 3]
    assert [one.id for one in (await load_ticket(manage, 4711, own_mark="Mini-Projects decision ")).notes] == [2]


async def test_custom_fields_for_passwords_are_left_out() -> None:
    fields = [
        {"id": 1, "caption": "Door code", "type": "Password", "value": "4711!"},
        {"id": 2, "caption": "In contract?", "type": "Text", "entryMethod": "List", "value": "No"},
        None,
    ]
    manage, _ = connectwise({"ticket": SAMPLE["ticket"] | {"customFields": fields}})
    ticket = await load_ticket(manage, 4711)
    assert [(one.caption, one.value) for one in ticket.custom_fields] == [("In contract?", "No")]


async def test_a_ticket_of_a_project_is_refused() -> None:
    manage, _ = connectwise({"ticket": SAMPLE["ticket"] | {"recordType": "ProjectTicket"}})
    with pytest.raises(NotAServiceTicket):
        await load_ticket(manage, 4711)
    manage, _ = client(lambda request: reply({"id": 9} if "/project/" in request.url.path else {"code": "NotFound"},
                                             status=200 if "/project/" in request.url.path else 404))  # fmt: skip
    with pytest.raises(NotAServiceTicket, match="belongs to a project"):
        await load_ticket(manage, 9)


async def test_a_ticket_that_does_not_exist_is_not_found() -> None:
    manage, _ = connectwise()
    with pytest.raises(NotFound, match="no ticket 12"):
        await load_ticket(manage, 12)


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
async def test_whatever_is_null_absent_or_of_another_type_there_is_a_record(records: dict[str, Any]) -> None:
    manage, _ = connectwise(records)
    try:
        ticket = await load_for_plan(manage, await load_ticket(manage, 4711))
    except NotAServiceTicket:
        assert records["ticket"]["recordType"] in ("ProjectTicket", "ProjectIssue")
        return
    assert ticket.id == 4711
    assert TicketRecord.from_json(ticket.to_json()) == ticket
    json.dumps(ticket.to_json(), allow_nan=False)


async def test_for_a_conversion_time_company_and_projects_are_read() -> None:
    manage, script = connectwise()
    ticket = await load_ticket(manage, 4711)
    sent = len(script.requests)
    full = await load_for_plan(manage, ticket)
    assert sorted(script.asked[sent:]) == [
        "GET /company/companies/250", "GET /company/companies/statuses", "GET /project/projects", "GET /project/projects", "GET /time/entries",
    ]  # fmt: skip
    assert [(one.id, one.hours, one.member, one.invoice, one.invoiced) for one in full.time_entries] == [
        (31, 2.0, "jdoe", None, False), (32, 1.0, "awong", 8001, True), (33, 0.5, "", None, True),
    ]  # fmt: skip
    assert full.company_billing
    assert full.company_billing.billing_terms == Reference(id=1, name="Net 30 days")
    assert [(one.id, one.name, id_of(one.opportunity), one.billing_method) for one in full.open_projects] == [
        (900, "Network refresh", 70, "FixedFee"), (901, "Phones", None, ""),
    ]  # fmt: skip
    assert full.unread == []
    reset: dict[str, Any] = {"time_entries": [], "company_billing": None, "open_projects": []}
    assert structs.replace(full, **reset) == ticket


async def test_the_newest_fifty_open_projects_are_read_in_one_request() -> None:
    manage, script = connectwise()
    await load_for_plan(manage, TicketRecord(id=4711, company=Reference(id=250)))
    query = next(dict(one.url.params) for one in script.requests if one.url.path.endswith("/project/projects"))
    assert (query["pageSize"], query["orderBy"], query["conditions"]) == (
        "50",
        "id desc",
        "company/id = 250 and closedFlag = False",
    )


async def test_the_project_of_the_opportunity_is_read_even_when_it_is_closed() -> None:
    made = {"id": 880, "name": "Office move", "opportunity": {"id": 71, "name": "Office move"}, "closedFlag": True}
    manage, _ = connectwise({"opportunityProjects": [made]})
    full = await load_for_plan(manage, await load_ticket(manage, 4711))
    assert full.opportunity
    assert full.opportunity.project == OpenProject(
        id=880, name="Office move", opportunity=Reference(id=71, name="Office move"), closed_flag=True
    )


@pytest.mark.parametrize(
    ("company", "expected"),
    [
        pytest.param(
            {"status": {"id": 1, "name": "Active"}}, Company(status="Active", inactive_flag=False), id="active"
        ),
        pytest.param(
            {"status": {"id": 7}, "deletedFlag": True},
            Company(disallow_saving_flag=True, deleted_flag=True),
            id="hold-deleted",
        ),
        pytest.param({"status": {"id": 9, "name": "Other"}}, Company(status="Other"), id="unknown-status"),
    ],
)
async def test_flags_of_its_status_say_whether_a_company_may_be_served(
    company: dict[str, Any], expected: Company
) -> None:
    manage, _ = connectwise({"company": {"id": 250, "name": "Harbour Clinic", **company}})
    full = await load_for_plan(manage, await load_ticket(manage, 4711))
    assert full.company_billing == structs.replace(expected, id=250, name="Harbour Clinic")


async def test_for_a_conversion_what_may_not_be_read_is_named() -> None:
    no = reply(status=403)
    manage, _ = connectwise(timeEntries=no, company=no, products=no, openProjects=no, opportunityProjects=no)
    full = await load_for_plan(manage, await load_ticket(manage, 4711))
    assert full.unread == ["products", "timeEntries", "companyBilling", "openProjects"]
    assert (full.time_entries, full.company_billing, full.open_projects) == ([], None, [])
    manage, _ = connectwise(companyStatuses=no)
    full = await load_for_plan(manage, await load_ticket(manage, 4711))
    assert full.unread == ["companyStatuses"]


async def test_for_a_conversion_a_part_that_is_unavailable_is_waited_for() -> None:
    for part in ("timeEntries", "company", "openProjects", "companyStatuses"):
        troubles: dict[str, Any] = {part: reply(status=503)}
        manage, _ = connectwise(**troubles)
        with pytest.raises(ServerError):
            await load_for_plan(manage, TicketRecord(id=4711, company=Reference(id=250)))


async def test_without_a_company_only_time_is_read() -> None:
    manage, script = connectwise()
    full = await load_for_plan(manage, TicketRecord(id=4711))
    assert script.asked == ["GET /time/entries"]
    assert full.company_billing is None


@pytest.mark.parametrize("bundle_size", [0, 50], ids=["singly", "bundled"])
async def test_every_sample_ticket_of_the_sandbox_is_loaded_in_few_requests(bundle_size: int) -> None:
    sandbox = Sandbox(seed=1)
    manage = on(sandbox, bundle_size=bundle_size)
    agreements, references = Agreements(manage), ReferenceCache(manage)
    await manage.list("/service/boards", "id = 1")
    await references.readable("/company/companies/statuses")
    for sample in sample_tickets.samples()[:12]:
        number = sample_tickets.create(sandbox, sample)
        sent = len(sandbox.journal)
        sale = bool(sample["ticket"].get("opportunity"))
        named = 3 * sale + (agreements.cached(sample["ticket"].get("agreement", {}).get("id")) is None)
        ticket = await load_ticket(manage, number, agreements=agreements, references=references)
        assert ticket.summary == sample["ticket"]["summary"]
        assert ticket.initial_description == sample["ticket"].get("initialDescription")
        assert len(ticket.schedule_entries) == len(sample.get("schedule", ()))
        assert len(ticket.products) == len(sample.get("products", ()))
        assert len(sandbox.journal) - sent <= 5 + named
        sent = len(sandbox.journal)
        full = await load_for_plan(manage, ticket, references=references)
        assert full.company_billing
        assert full.company_billing.name
        assert "openProjects" not in full.unread
        assert len(sandbox.journal) - sent <= (1 if bundle_size else 3 + sale) + ("companyStatuses" in full.unread)


async def test_singly_and_bundled_give_the_same_record() -> None:
    sandbox = Sandbox(seed=1)
    number = sample_tickets.create(sandbox, sample_tickets.samples()[3])
    singly, bundled = (on(sandbox, bundle_size=size) for size in (0, 50))
    ticket = await load_ticket(singly, number)
    assert await load_for_plan(bundled, ticket) == await load_for_plan(singly, ticket)


@pytest.mark.parametrize("kind", ["nulls", "absent"])
async def test_a_sandbox_that_leaves_everything_optional_out_still_gives_a_record(kind: Any) -> None:
    sandbox = Sandbox(seed=1)
    number = sample_tickets.create(sandbox, sample_tickets.samples()[3])
    sandbox.faults.append(Fault(kind, times=100))
    ticket = await load_ticket(on(sandbox, codebase="v4_6_release/"), number)
    assert ticket.id == number
    assert "Quotation 2291 accepted" in ticket.notes[0].text
