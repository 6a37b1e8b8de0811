"""A ConnectWise with a past, as the bulk reads see it: lists with conditions, fields and pages, and bundles."""

from __future__ import annotations

import asyncio
import random
import re
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx

from app.connectwise import ConnectWiseClient
from app.sandbox import predicate
from tests.support.fake_transport import API, Sleeps, config, reply

START = datetime(2026, 1, 1, tzinfo=UTC)
_LISTS = (
    "/service/tickets",
    "/schedule/entries",
    "/time/entries",
    "/procurement/products",
    "/finance/agreements",
    "/sales/opportunities",
)
_TEXTS = re.compile(r"/service/tickets/(\d+)/(notes|tasks)\Z")
_KINDS = {"servicenote": "notes", "servicetask": "tasks"}


class Past(httpx.AsyncBaseTransport):
    """Tickets entered an hour apart, each with schedule, time, products and texts by a seed."""

    def __init__(
        self, count: int, *, step: int = 1, first: int = 1_000_000, bundles: bool = True, seed: int = 1
    ) -> None:
        self.bundles = bundles
        self.requests: list[str] = []
        self.addresses: list[int] = []
        self.trouble: Callable[[httpx.Request], Any] = lambda _: None
        self.texts: dict[tuple[int, str], list[dict[str, Any]]] = {}
        self.lists: dict[str, list[dict[str, Any]]] = {path: [] for path in _LISTS}
        chance = random.Random(seed)  # noqa: S311 - a past that is the same each time
        for number in range(count):
            self._ticket(first + number * step, number, chance)
        self.lists["/finance/agreements"] = [_agreement(one) for one in range(1, 9)]
        self.lists["/sales/opportunities"] = [
            {"id": one, "name": f"o{one}", "expectedRevenue": 10.0 * one} for one in range(1, 40)
        ]

    def client(self, **changes: Any) -> ConnectWiseClient:
        """A client that may only read."""
        changes = {"max_concurrency": 8} | changes
        return ConnectWiseClient(config(**changes), transport=self, sleep=Sleeps(), read_only=True)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        await asyncio.sleep(0)
        path = request.url.path.removeprefix(API)
        self.requests.append(f"{request.method} {path}")
        self.addresses.append(len(str(request.url)))
        if (trouble := self.trouble(request)) is not None:
            if isinstance(trouble, Exception):
                raise trouble
            assert isinstance(trouble, httpx.Response)
            return trouble
        if request.method == "POST":
            return self._bundle(httpx.Response(200, content=request.content).json())
        if path.endswith("/count"):
            return reply({"count": len(_found(self.lists[path.removesuffix("/count")], dict(request.url.params)))})
        return reply(self._page(path, dict(request.url.params)))

    def _page(self, path: str, query: dict[str, str]) -> list[dict[str, Any]]:
        texts = _TEXTS.match(path)
        records = self.texts[int(texts[1]), texts[2]] if texts else self.lists[path]
        after, size = int(query.get("pageId", 0)), int(query["pageSize"])
        found = sorted((one for one in _found(records, query) if one["id"] > after), key=lambda one: int(one["id"]))
        return [_trimmed(one, query["fields"].split(",")) for one in found[:size]]

    def _bundle(self, body: dict[str, Any]) -> httpx.Response:
        if not self.bundles:
            return reply({"code": "ConnectWiseApi", "message": "x"}, status=404)
        results = []
        for one in body["requests"]:
            records = self.texts[one["apiRequest"]["parentId"], _KINDS[one["resourceType"]]]
            shown = [_trimmed(record, one["apiRequest"]["fields"].split(",")) for record in records]
            results.append(
                {
                    "sequenceNumber": one["sequenceNumber"],
                    "statusCode": 200,
                    "success": True,
                    "count": len(shown),
                    "entities": shown,
                }
            )
        return reply({"results": results}, status=201)

    def _ticket(self, number: int, order: int, chance: random.Random) -> None:
        entered = _instant(START + timedelta(hours=order))
        info = {"dateEntered": entered, "lastUpdated": entered, "board_href": "https://na.myconnectwise.net/x"}
        ticket = {
            "id": number, "summary": f"Ticket {number}", "recordType": "ServiceTicket", "closedFlag": True, "_info": info,
            "board": {"id": order % 3 + 1, "name": f"Board {order % 3 + 1}", "_info": {"board_href": "x"}},
            "company": {"id": order % 7 + 250, "name": f"Company {order % 7 + 250}"}, "status": {"id": order % 2 + 1, "name": "Closed"},
        }  # fmt: skip
        if chance.random() < 0.6:
            ticket["agreement"] = {"id": chance.randint(1, 8), "name": "Managed"}
        if chance.random() < 0.1:
            ticket["opportunity"] = {"id": chance.randint(1, 39)}
        self.lists["/service/tickets"].append(ticket)
        self._beside(number, info, chance)
        self.texts[number, "notes"] = [
            {
                "id": number * 10,
                "ticketId": number,
                "text": f"Please {number}",
                "detailDescriptionFlag": True,
                "_info": info,
            }
        ]
        self.texts[number, "tasks"] = (
            [{"id": number * 10, "ticketId": number, "notes": "Rack"}] if chance.random() < 0.1 else []
        )

    def _beside(self, number: int, info: dict[str, str], chance: random.Random) -> None:
        for path, member, kind, most in (
            ("/schedule/entries", "objectId", {"type": {"id": 4}}, 2),
            ("/time/entries", "chargeToId", {"chargeToType": "ServiceTicket"}, 5),
            ("/procurement/products", "chargeToId", {"chargeToType": "Ticket"}, 1),
        ):
            for _ in range(chance.randint(0, most)):
                records = self.lists[path]
                records.append(
                    {"id": len(records) + 1, member: number, "hours": 1.0, "actualHours": 1.0, "_info": info, **kind}
                )
                records.append(
                    {
                        "id": len(records) + 1,
                        member: number,
                        "hours": 9.0,
                        "type": {"id": 2},
                        "chargeToType": "Activity",
                    }
                )


def _at(record: Any, path: str) -> Any:
    for name in path.split("/"):
        record = record.get(name) if isinstance(record, dict) else None
    return record


def _found(records: Iterable[dict[str, Any]], query: dict[str, str]) -> list[dict[str, Any]]:
    test = predicate(query.get("conditions", ""))
    return [one for one in records if test({**one, "dateEntered": _at(one, "_info/dateEntered")})]


def _trimmed(record: dict[str, Any], fields: list[str]) -> dict[str, Any]:
    shown: dict[str, Any] = {}
    for name in fields:
        value = _at(record, name)
        if value is not None:
            outer, _, inner = name.partition("/")
            shown[outer] = {**shown.get(outer, {}), inner: value} if inner else value
    return shown


def _agreement(number: int) -> dict[str, Any]:
    return {
        "id": number,
        "name": f"a{number}",
        "type": {"id": 1, "name": "Managed"},
        "billingCycle": {"id": 2, "name": "Monthly"},
    }


def _instant(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")
