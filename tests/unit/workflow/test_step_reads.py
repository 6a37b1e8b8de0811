"""Reads of steps: one bundle between two writes, nothing from before the latest write, a doubtful answer read again."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import httpx
import pytest

from app.connectwise import ConnectWiseClient, Forbidden, NotFound, Wanted, counted_at, list_at, record_at
from app.workflow.steps.step_reads import StepReads
from tests.support.fake_transport import Script, client, reply

TICKET = "/service/tickets/4711"
NOTES = f"{TICKET}/notes"
RECORD = {"id": 4711, "summary": "Move"}
NOTE = {"id": 9, "ticketId": 4711, "text": "Moved"}

Changes = Callable[[str], dict[str, Any]]


def connectwise(changes: Changes = lambda _: {}, **config: Any) -> tuple[ConnectWiseClient, Script]:
    """A ticket with one note; `changes`: members of the bundle's results that differ, by resource type."""

    def answer(request: httpx.Request) -> httpx.Response:
        path = request.url.path
        if not path.endswith("/system/bundles"):
            single = reply([NOTE]) if path.endswith("/notes") else reply({"count": 1})
            return reply(RECORD) if path.endswith("/4711") else single
        asked = httpx.Response(200, content=request.content).json()["requests"]
        return reply({"results": [_result(each) | changes(each["resourceType"]) for each in asked]}, status=201)

    return client(answer, **config)


def _result(asked: dict[str, Any]) -> dict[str, Any]:
    entities = [RECORD] if asked["resourceType"] == "ticket" else [NOTE]
    return {
        "sequenceNumber": asked["sequenceNumber"],
        "statusCode": 200,
        "success": True,
        "count": 1,
        "entities": entities,
    }


def planned(*wanted: Wanted | None) -> list[Wanted]:
    assert None not in wanted
    return [each for each in wanted if each is not None]


async def test_what_is_needed_until_the_next_write_takes_one_request() -> None:
    manage, script = connectwise()
    reads = StepReads(manage)
    await reads.prefetch(planned(record_at(TICKET), list_at(NOTES), counted_at(f"{NOTES}/count")))
    assert (await reads.find(TICKET), await reads.list(NOTES), await reads.count(f"{NOTES}/count")) == (
        RECORD,
        [NOTE],
        1,
    )
    assert script.asked == ["POST /system/bundles"]
    assert reads.is_empty


async def test_a_write_drops_what_was_read_before_it() -> None:
    manage, script = connectwise()
    reads = StepReads(manage)
    for write in (reads.patch(TICKET, {"summary": "Move"}), reads.post(TICKET, {}), reads.delete(TICKET)):
        await reads.prefetch(planned(record_at(TICKET), list_at(NOTES)))
        await write
        script.requests.clear()
        await reads.find(TICKET)
        assert script.asked == [f"GET {TICKET}"]


async def test_what_is_read_back_and_needed_next_is_read_once_and_then_anew() -> None:
    manage, script = connectwise()
    reads = StepReads(manage)
    await reads.prefetch(planned(record_at(TICKET), record_at(TICKET)))
    for count in (1, 1, 2):
        assert await reads.find(TICKET) == RECORD
        assert script.asked == [f"GET {TICKET}"] * count


async def test_a_check_that_must_not_rely_on_earlier_reads_asks_again() -> None:
    manage, script = connectwise()
    reads = StepReads(manage)
    await reads.prefetch(planned(record_at(TICKET), list_at(NOTES)))
    assert await reads.unplanned().find(TICKET) == RECORD
    assert script.asked == ["POST /system/bundles", f"GET {TICKET}"]


async def test_without_bundles_each_read_is_a_request_when_it_is_needed() -> None:
    manage, script = connectwise(bundle_size=0)
    reads = StepReads(manage)
    await reads.prefetch(planned(record_at(TICKET), list_at(NOTES), counted_at(f"{NOTES}/count")))
    assert script.asked == []
    assert await reads.count(f"{NOTES}/count") == 1
    assert script.asked == [f"GET {NOTES}/count"]


NAMED = {"code": "NotFound", "message": "Ticket 4711 not found"}
DOUBTFUL = [
    pytest.param({"statusCode": 400, "success": False, "entities": []}, id="type-not-known"),
    pytest.param({"statusCode": 404, "success": False, "entities": []}, id="missing-without-a-name"),
    pytest.param({"statusCode": 404, "success": False, "error": {"code": "NotFound", "message": "Not found"}}, id="missing-unclear"),
    pytest.param({"entities": []}, id="no-record"),
    pytest.param({"entities": [{"id": 4712}]}, id="of-another-ticket"),
    pytest.param({"entities": [{"summary": "x"}]}, id="without-an-id"),
]  # fmt: skip


@pytest.mark.parametrize("changes", DOUBTFUL)
async def test_a_doubtful_record_of_a_bundle_is_read_by_itself(changes: dict[str, Any]) -> None:
    manage, script = connectwise(lambda kind: changes if kind == "ticket" else {})
    reads = StepReads(manage)
    await reads.prefetch(planned(record_at(TICKET), list_at(NOTES)))
    assert (await reads.find(TICKET), await reads.list(NOTES)) == (RECORD, [NOTE])
    assert script.asked == ["POST /system/bundles", f"GET {TICKET}"]


async def test_a_record_that_a_bundle_names_as_missing_is_missing() -> None:
    missing = {"statusCode": 404, "success": False, "entities": [], "error": NAMED}
    manage, script = connectwise(lambda kind: missing if kind == "ticket" else {})
    reads = StepReads(manage)
    await reads.prefetch(planned(record_at(TICKET), list_at(NOTES)))
    assert await reads.find(TICKET) is None
    assert script.asked == ["POST /system/bundles"]


@pytest.mark.parametrize(("status", "kind"), [(403, Forbidden), (404, NotFound)])
async def test_a_list_that_may_not_be_read_says_so(status: int, kind: type[Exception]) -> None:
    refused = {"statusCode": status, "success": False, "entities": []}
    manage, _ = connectwise(lambda name: refused if name == "servicenote" else {})
    reads = StepReads(manage)
    await reads.prefetch(planned(record_at(TICKET), list_at(NOTES)))
    with pytest.raises(kind):
        await reads.list(NOTES)


async def test_a_type_that_bundles_do_not_answer_is_left_out_of_them_after_two_attempts() -> None:
    manage, script = connectwise(lambda kind: {"statusCode": 400, "success": False} if kind == "ticket" else {})
    for _ in range(3):
        reads = StepReads(manage)
        await reads.prefetch(planned(record_at(TICKET), list_at(NOTES)))
        await reads.find(TICKET)
    assert script.asked == ["POST /system/bundles", f"GET {TICKET}"] * 2 + [f"GET {TICKET}"]


@pytest.mark.parametrize(
    ("path", "conditions", "belongs"),
    [
        ("/project/projects", "company/id=250", ("company/id", 250)),
        ("/project/tickets", "phase/id=3100", ("phase/id", 3100)),
        ("/time/entries", 'chargeToType="ServiceTicket" and chargeToId=4711 and status in ("Billed")', ("chargeToId", 4711)),
        ("/schedule/entries", "type/id = 4 and objectId = 7", ("objectId", 7)),
        ("/project/projects/900/phases", "", ("projectId", 900)),
    ],
)  # fmt: skip
def test_a_list_shows_where_its_records_belong(path: str, conditions: str, belongs: tuple[str, int]) -> None:
    (wanted,) = planned(list_at(path, conditions))
    assert (wanted.path, wanted.conditions, wanted.belongs) == (path, conditions, belongs)


@pytest.mark.parametrize(
    ("path", "conditions"),
    [
        ("/time/entries", ""),
        ("/time/entries", "chargeToId=1 or chargeToId=2"),
        ("/time/entries", 'chargeToType="Ticket"'),
        ("/time/entries", "not chargeToId=1"),
        ("/time/entries", 'notes="and chargeToId=1"'),
        (f"{TICKET}/documents", ""),
        ("/finance/invoices", "ticket/id=1"),
    ],
)
def test_a_list_whose_records_show_no_place_is_read_by_itself(path: str, conditions: str) -> None:
    assert list_at(path, conditions) is None
