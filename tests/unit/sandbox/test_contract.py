"""Both sides are held to the contract: what is asked, and what is answered."""

from __future__ import annotations

import copy
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.sandbox import Sandbox, SandboxTransport, contract, credentials, operation
from app.sandbox.engine.schema_check import fits, schema_errors
from tests.support.sandbox_client import Line, errors_of

_PARENTS = {
    "companies": 250, "projects": 900, "tickets": 4711, "boards": 20, "securityRoles": 1, "entries": 1, "departments": 14, "locations": 2,
    "projectTemplates": 1, "items": 700, "opportunities": 71, "billingRates": 900, "project": 900, "invoices": 1,
}  # fmt: skip
_ADDRESSES = sorted(path for path, methods in contract()["paths"].items() if "get" in methods and "{id}" not in path)


def address(template: str) -> str:
    """A template with parents that exist."""
    parts = template.strip("/").split("/")
    filled = [str(_PARENTS[parts[place - 1]]) if part.startswith("{") else part for place, part in enumerate(parts)]
    return "/" + "/".join(filled)


def furnished() -> Line:
    """A line to a sandbox that has something of everything."""
    line = Line()
    line.ticket(initialDescription="Since this morning")
    project = line.project()
    phase = line.phase(project["id"], billSeparatelyFlag=True, billingMethod="FixedFee", billingAmount=100)
    line.post("/project/tickets", {"summary": "Survey", "phase": {"id": phase["id"]}})
    line.post(
        "/schedule/entries",
        {"objectId": 4711, "type": {"identifier": "S"}, "member": {"identifier": "jdoe"}, "hours": 2},
    )
    line.post("/time/entries", {"chargeToId": 4711, "chargeToType": "ServiceTicket", "timeStart": "2026-06-01T10:00:00Z",
                                "notes": "Looked", "member": {"identifier": "jdoe"}})  # fmt: skip
    line.post("/project/900/billingRates", {"hourlyRate": 120, "workRole": {"id": 1}})
    line.post("/service/tickets/4711/tasks", {"notes": "Look", "priority": 1})
    line.store.add("/finance/invoices", {"invoiceNumber": "S00001", "type": "Standard"}, record_id=1)
    return line


@pytest.mark.fast_cases(40)
@pytest.mark.parametrize("template", _ADDRESSES)
def test_every_list_and_count_of_the_contract_is_there_and_fits_it(template: str) -> None:
    line = furnished()
    path = address(template)
    if "/tickets/4711" in path and path.startswith("/project"):
        path = path.replace("4711", "4712")
    found = line.get(path)
    assert isinstance(found, dict if template.endswith("/count") or template == "/system/info" else list)


@pytest.mark.fast_cases(20)
@pytest.mark.parametrize(
    "template", [path for path in _ADDRESSES if f"{path.rstrip('/')}/count" in contract()["paths"]]
)
def test_the_count_is_the_length_of_the_list(template: str) -> None:
    line = furnished()
    path = address(template).replace("/project/tickets/4711", "/project/tickets/4712")
    assert line.get(f"{path}/count")["count"] == len(line.get(path, pageSize=1000))


def test_every_seeded_record_can_be_read_by_its_id_and_fits_the_contract() -> None:
    line = furnished()
    read = 0
    for collection, table in list(line.store.collections()):
        path = (
            collection.replace("/tickets/", "/service/tickets/") if collection.startswith("/tickets/") else collection
        )
        for number in table:
            if operation("GET", f"{path}/{number}") is not None and collection != "/system/info":
                line.get(f"{path}/{number}")
                read += 1
    assert read > 300


TICKET = {"summary": "Printer jams", "company": {"id": 250}}


@pytest.mark.parametrize(
    ("changes", "field", "code"),
    [
        pytest.param({"summary": None}, "summary", "MissingRequiredField", id="required"),
        pytest.param({"company": None}, "company", "MissingRequiredField", id="required-reference"),
        pytest.param({"summary": "x" * 101}, "summary", "InvalidField", id="too-long"),
        pytest.param({"summary": 7}, "summary", "InvalidField", id="number-for-text"),
        pytest.param({"budgetHours": True}, "budgetHours", "InvalidField", id="flag-for-number"),
        pytest.param({"billTime": "Sometimes"}, "billTime", "InvalidField", id="not-in-enum"),
        pytest.param({"colour": "red"}, "colour", "ConnectWiseApi", id="unknown-member"),
        pytest.param({"board": {"id": "one"}}, "board/id", "InvalidField", id="nested-type"),
        pytest.param({"board": {"colour": "red"}}, "board/colour", "ConnectWiseApi", id="nested-unknown-member"),
        pytest.param({"board": 1}, "board", "InvalidField", id="number-for-reference"),
        pytest.param({"customFields": [{"id": "x"}]}, "customFields[0]/id", "InvalidField", id="inside-an-array"),
        pytest.param({"customFields": [{"type": "Colour"}]}, "customFields[0]/type", "InvalidField", id="enum-inside-an-array"),
        pytest.param({"customFields": [{"value": {}}]}, "customFields[0]/value", "InvalidField", id="none-of-several-types"),
    ],
)  # fmt: skip
def test_a_body_that_does_not_fit_is_refused_with_the_field(changes: dict[str, Any], field: str, code: str) -> None:
    line = Line()
    body = {name: value for name, value in (TICKET | changes).items() if value is not None}
    answer = line.ask("POST", "/service/tickets", body)
    assert answer.status == 400
    assert errors_of(answer)[field] == code
    assert len(line.store.table("/tickets")) == 0
    assert line.sandbox.bad_requests


@pytest.mark.parametrize(
    "operation_body", [{}, {"op": "replace"}, {"op": "move", "path": "summary"}, {"op": "add", "path": 1}, 7]
)
def test_patch_operations_are_held_to_their_form(operation_body: Any) -> None:
    line = Line()
    line.ticket()
    assert line.ask("PATCH", "/service/tickets/4711", [operation_body]).status == 400


@pytest.mark.parametrize("path", ["id", "_info", "", "/", "board/id/name"])
def test_what_cannot_be_changed_is_refused(path: str) -> None:
    line = Line()
    line.ticket()
    assert line.ask("PATCH", "/service/tickets/4711", [{"op": "replace", "path": path, "value": 1}]).status == 400


@pytest.mark.parametrize("raw", [b"{", b"\xff\xfe", b"[" * 100_000, b"", b"null", b'"text"', b"[1]"])
def test_a_body_that_is_no_record_is_refused(raw: bytes) -> None:
    assert Line().ask("POST", "/service/tickets", raw).status == 400


def test_a_put_needs_more_than_a_post_and_forgets_what_it_does_not_name() -> None:
    line = Line()
    agreement = line.get("/finance/agreements/600")
    short = {"name": "Renamed"}
    assert set(errors_of(line.ask("PUT", "/finance/agreements/600", short))) >= {
        "billTime",
        "billExpenses",
        "invoicingCycle",
    }
    full = short | {"billTime": "Billable", "billExpenses": "Billable", "billProducts": "Billable", "employeeCompRate": "Actual",
                    "employeeCompNotExceed": "Billing", "invoicingCycle": "CalendarYear", "type": agreement["type"],
                    "company": agreement["company"], "contact": {"id": 34}, "applicationUnits": "Hours", "periodType": "Current",
                    "applicationCycle": "Contract2Weeks"}  # fmt: skip
    properties = contract()["schemas"]["Agreement"]["properties"]
    full = {name: next(v for v in properties[name].get("enum", [value])) for name, value in full.items()}
    assert line.ask("PUT", "/finance/agreements/600", full).status == 200
    assert "billStartDate" not in line.get("/finance/agreements/600")


async def test_the_transport_raises_for_answers_and_requests_outside_the_contract() -> None:
    sandbox = Sandbox()
    headers = credentials()
    async with httpx.AsyncClient(
        transport=SandboxTransport(sandbox), base_url="http://127.0.0.1", headers=headers
    ) as client:
        with pytest.raises(AssertionError, match="a request outside the contract"):
            await client.post("/v2026_1/apis/3.0/service/tickets", json={"colour": "red"})
        sandbox.bad_requests.clear()
        sandbox.store.table("/service/boards")[1]["colour"] = "red"
        with pytest.raises(AssertionError, match=r"an answer outside the contract.*colour"):
            await client.get("/v2026_1/apis/3.0/service/boards/1")


async def test_a_transport_that_is_not_strict_lets_bad_requests_be_answered() -> None:
    transport = SandboxTransport(Sandbox(), strict=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1", headers=credentials()) as client:
        assert (await client.get("/v2026_1/apis/3.0/service/nonsense")).status_code == 404
        assert (await client.get("/v2026_1/apis/3.0/service/boards?filter=x")).status_code == 200
    assert transport.sandbox.bad_requests == [
        "GET /service/nonsense: there is no such endpoint",
        "GET /service/boards: query filter",
    ]


values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-5, 5)
    | st.floats(allow_nan=False)
    | st.sampled_from(["", "x" * 101, "Billable", "1.5"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["id", "name", "type", "_info", "value", "x"]), inner)
    ),
    max_leaves=6,
)
members = st.sampled_from(["id", "summary", "board", "billTime", "budgetHours", "customFields", "closedFlag", "colour"])


@given(st.dictionaries(members, values))
def test_the_quick_check_says_the_same_as_the_schema_errors(record: dict[str, Any]) -> None:
    schema = contract()["schemas"]["Ticket"]
    before = copy.deepcopy(record)
    assert fits(record, schema) is not any(True for _ in schema_errors(record, schema, lenient=True))
    assert record == before
