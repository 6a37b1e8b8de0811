"""A past: the same for the same seed, within the contract, true to its kinds, and quick to read."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from typing import Any

import pytest

from app.sandbox import Sandbox, samples
from tests.support.limits import cpu_seconds
from tests.support.sandbox_client import NOW, Line


@pytest.fixture(scope="module")
def past() -> Line:
    line = Line()
    line.sandbox.fill_history(tickets=3000, months=12)
    return line


def every(line: Line, path: str, **query: Any) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    while True:
        headers = {"pagination-type": "forward-only"}
        page = line.ask(
            "GET", path, headers=headers, pageSize=1000, pageId=found[-1]["id"] if found else 0, **query
        ).value
        found += page
        if len(page) < 1000:
            return found


@pytest.mark.slow
def test_each_ticket_has_a_hidden_truth_and_most_are_plain_service(past: Line) -> None:
    tickets = every(past, "/service/tickets")
    assert {ticket["id"] for ticket in tickets} == past.sandbox.truth.keys()
    kinds = Counter(past.sandbox.truth.values())
    assert set(kinds) == {"service-ticket", "mini-project", "project", "review"}
    assert kinds["service-ticket"] > 2650
    assert "truth" not in json.dumps(tickets)


def test_everything_of_the_past_fits_the_contract_and_belongs_together(past: Line) -> None:
    tickets = {ticket["id"]: ticket for ticket in every(past, "/service/tickets")}
    for path, member in (
        ("/schedule/entries", "objectId"),
        ("/time/entries", "chargeToId"),
        ("/procurement/products", "chargeToId"),
    ):
        records = every(past, path)
        assert records
        assert {record[member] for record in records} <= tickets.keys()
    for number in list(tickets)[::50]:
        notes = past.get(f"/service/tickets/{number}/notes")
        assert past.get(f"/service/tickets/{number}/notes/count")["count"] == len(notes)
        assert {note["ticketId"] for note in notes} <= {number}
        assert past.get(f"/service/tickets/{number}")["summary"] == tickets[number]["summary"]
        past.get(f"/service/tickets/{number}/allNotes")


def test_values_are_of_the_tickets_own_board(past: Line) -> None:
    for ticket in every(past, "/service/tickets"):
        for member, kind in (("status", "statuses"), ("type", "types"), ("subType", "subtypes"), ("item", "items")):
            value = ticket.get(member)
            assert value is None or value["id"] in past.store.view(f"/service/boards/{ticket['board']['id']}/{kind}")


def test_projects_took_several_people_over_several_months_and_invoices(past: Line) -> None:
    work: defaultdict[int, list[dict[str, Any]]] = defaultdict(list)
    for entry in every(past, "/time/entries"):
        work[entry["chargeToId"]].append(entry)
    for number, kind in past.sandbox.truth.items():
        people = {entry["member"]["identifier"] for entry in work[number]}
        invoices = {entry["invoice"]["id"] for entry in work[number] if "invoice" in entry}
        if kind == "mini-project":
            assert len(people) <= 1
            assert len(invoices) <= 1
        if kind == "project" and len(work[number]) >= 4:
            assert len(people) >= 2
            assert len(invoices) >= 2
        if kind == "review":
            assert not work[number]


def test_tickets_lie_in_the_past_and_old_ones_are_closed(past: Line) -> None:
    now = NOW.strftime("%Y-%m-%dT%H:%M:%SZ")
    tickets = every(past, "/service/tickets")
    assert all(ticket["_info"]["dateEntered"] <= ticket["_info"]["lastUpdated"] <= now for ticket in tickets)
    assert sum(not ticket["closedFlag"] for ticket in tickets) < 300
    assert all(("closedDate" in ticket) is ticket["closedFlag"] for ticket in tickets)


def test_the_same_seed_gives_the_same_past() -> None:
    def made(seed: int) -> tuple[dict[int, str], str]:
        sandbox = Sandbox(seed=seed, now=lambda: NOW)
        sandbox.fill_history(tickets=60, months=3)
        return sandbox.truth, json.dumps(list(sandbox.store.table("/tickets").rows()))

    assert made(1) == made(1) != made(2)


def test_a_past_can_be_filled_twice_and_beside_living_tickets() -> None:
    line = Line()
    line.ticket()
    for _ in range(2):
        line.sandbox.fill_history(tickets=40, months=2)
    line.ticket()
    assert len(every(line, "/service/tickets")) == 82
    assert len(line.sandbox.truth) == 80


@pytest.mark.parametrize(("tickets", "months"), [(0, 1), (-1, 1), (1, 0), (2_000_000, 1), (1, 999)])
def test_a_past_that_makes_no_sense_is_refused(tickets: int, months: int) -> None:
    with pytest.raises(ValueError, match="tickets from 1"):
        Sandbox().fill_history(tickets=tickets, months=months)


def test_a_ticket_of_the_past_can_be_changed_converted_and_deleted() -> None:
    line = Line()
    line.sandbox.fill_history(tickets=50, months=2)
    line.sandbox.switches.change({"convert_refuses": ""})
    first, second = list(line.sandbox.truth)[:2]
    notes = line.get(f"/service/tickets/{first}/notes")
    line.project()
    line.phase(900)
    assert line.patch(f"/service/tickets/{first}", summary="Other").value["summary"] == "Other"
    line.post(f"/service/tickets/{first}/convert", {"phase": {"id": 3100}, "wbsCode": "1.1"})
    assert [note["text"] for note in line.get(f"/project/tickets/{first}/notes")] == [note["text"] for note in notes]
    line.post(f"/project/tickets/{first}/notes", {"text": "added"})
    assert line.get(f"/project/tickets/{first}/notes/count")["count"] == len(notes) + 1
    assert line.ask("DELETE", f"/service/tickets/{second}").status == 204
    assert line.get("/service/tickets/count")["count"] == 48


@pytest.mark.slow
def test_twenty_thousand_tickets_are_made_and_paged_in_reasonable_time() -> None:
    sandbox_line = Line()
    with cpu_seconds(30):
        sandbox_line.sandbox.fill_history(tickets=20_000, months=18)
    with cpu_seconds(20):
        found = every(
            sandbox_line, "/service/tickets", conditions="dateEntered > [2024-01-01T00:00:00Z]", fields="id,board/id"
        )
    assert len(found) == 20_000


def test_the_samples_have_every_kind_in_four_languages_and_every_sort_of_evidence() -> None:
    every_sample = samples.samples()
    assert set(Counter(each["expected"] for each in every_sample)) == {
        "service-ticket",
        "mini-project",
        "project",
        "review",
    }
    assert len(every_sample) >= 42
    line = Line()
    numbers = [samples.create(line.sandbox, each) for each in every_sample]
    assert len(line.get("/service/tickets", pageSize=1000)) == len(numbers)
    tags = Counter(tag for each in every_sample for tag in each.get("tags", ()))
    assert {
        "html",
        "thread",
        "stage-payments",
        "contacts-by-site",
        "fields-only",
        "words-only",
        "records-only",
        "de",
        "fr",
        "es",
    } <= set(tags)


def test_the_samples_hold_a_complete_sale_one_with_two_totals_and_one_that_joins_a_project() -> None:
    line = Line()
    by_tag = {tag: each for each in samples.samples() for tag in each.get("tags", ())}
    sale, asks, joins = (
        samples.create(line.sandbox, by_tag[tag]) for tag in ("complete-sale", "two-totals", "joins-project")
    )
    lines = line.get("/procurement/products", conditions=f"ticket/id={sale}")
    sold = {each["productClass"]: each["extPrice"] for each in lines}
    forecast = forecast_of(line, sale)
    assert sold == {
        "Service": forecast["serviceRevenue"]["revenue"],
        "Inventory": forecast["productRevenue"]["revenue"],
    }
    assert forecast["wonRevenue"]["revenue"] == sum(sold.values())
    assert "6,800.00" in line.get(f"/service/tickets/{asks}/notes")[0]["text"]
    assert forecast_of(line, asks)["wonRevenue"]["revenue"] == 7200.0
    ticket = line.get(f"/service/tickets/{joins}")
    company = ticket["company"]["id"]
    open_projects = line.get("/project/projects", conditions=f"company/id={company} and closedFlag=False")
    assert [each["name"] in ticket["summary"] for each in open_projects] == [True]
    assert forecast_of(line, joins)["wonRevenue"]["revenue"] < open_projects[0]["billingAmount"]
    assert len(line.get(f"/project/projects/{open_projects[0]['id']}/phases")) == 2


def forecast_of(line: Line, ticket_id: int) -> dict[str, Any]:
    """The forecast of the opportunity behind a ticket."""
    opportunity = line.get(f"/service/tickets/{ticket_id}")["opportunity"]["id"]
    found: dict[str, Any] = line.get(f"/sales/opportunities/{opportunity}/forecast")[0]
    return found
