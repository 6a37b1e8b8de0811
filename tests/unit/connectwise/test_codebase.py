"""Where the API lies: asked once, and asked again only when a 404 may mean that it has moved."""

from __future__ import annotations

import asyncio
from typing import Any

import httpx
import pytest
import structlog

from app.connectwise import ConnectWiseClient, InvalidResponse, NotApiAnswer, NotFound, Unreachable, WriteResultUnknown
from app.sandbox import Sandbox
from tests.support.fake_transport import Sleeps, config, on, reply

MISSING = {"code": "NotFound", "message": "Ticket 4711 not found", "errors": None}
WEB_SERVER = b"<html>404 - File or directory not found.</html>"


class Site(httpx.AsyncBaseTransport):
    """A site whose API lies at `codebase`; anything else there is a 404 of the web server."""

    def __init__(self, codebase: str = "v2026_1/") -> None:
        self.codebase: Any = codebase
        self.infos = 0
        self.paths: list[str] = []
        self.methods: list[str] = []

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        await asyncio.sleep(0)
        path = request.url.path
        if path.startswith("/login/companyinfo/"):
            self.infos += 1
            return reply({"Codebase": self.codebase, "VersionNumber": "v2026.1"})
        self.paths.append(path)
        self.methods.append(request.method)
        if not path.startswith(f"/{str(self.codebase).strip('/')}/apis/3.0/"):
            return reply(WEB_SERVER, status=404)
        if path.endswith("/gone"):
            return reply(WEB_SERVER, status=404)
        return reply(MISSING, status=404) if path.endswith("/404") else reply({"id": 1})


class Clock:
    """A clock that a test moves on."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def manage_at(served: Site, clock: Clock | None = None, **changes: Any) -> ConnectWiseClient:
    return ConnectWiseClient(
        config(**({"codebase": ""} | changes)), transport=served, sleep=Sleeps(), clock=clock or Clock()
    )


async def test_the_codebase_is_asked_once_by_many_at_once() -> None:
    site = Site()
    manage = manage_at(site)
    await asyncio.gather(*(manage.get("/service/tickets/1") for _ in range(10)))
    assert site.infos == 1
    assert set(site.paths) == {"/v2026_1/apis/3.0/service/tickets/1"}


async def test_a_reader_uses_the_codebase_that_the_writer_found() -> None:
    site = Site()
    manage = manage_at(site)
    await manage.get("/service/tickets/1")
    await manage.reader().get("/service/tickets/1")
    assert site.infos == 1


async def test_a_configured_codebase_is_never_asked() -> None:
    site = Site()
    manage = manage_at(site, codebase="v2026_1")
    await manage.get("/service/tickets/1")
    with pytest.raises(NotFound):
        await manage.get("/service/tickets/404")
    assert site.infos == 0


async def test_a_fixed_codebase_that_has_moved_on_the_cloud_is_found_with_a_warning() -> None:
    site = Site("v2026_2/")
    manage = manage_at(site, codebase="v2026_1")
    with structlog.testing.capture_logs() as logs:
        assert await manage.get("/service/tickets/1") == {"id": 1}
        assert await manage.patch("/service/tickets/1", {"summary": "x"}) == {"id": 1}
    assert site.infos == 1
    assert [(one["event"], one["configured"], one["used"]) for one in logs] == [
        ("connectwise.codebase-moved", "v2026_1/", "v2026_2/")
    ]


@pytest.mark.parametrize(
    "changes",
    [{"site": "https://psa.example.net", "codebase": "v2026_1"}, {"codebase": "v4_6_release"}],
    ids=["on-premises", "alias"],
)
async def test_on_premises_and_for_the_lasting_name_companyinfo_is_never_asked_where_the_codebase_is_fixed(
    changes: Any,
) -> None:
    site = Site("v2026_2/")
    manage = manage_at(site, **changes)
    with pytest.raises(NotApiAnswer):
        await manage.get("/service/tickets/1")
    assert site.infos == 0


@pytest.mark.parametrize("status", [400, 403, 404])
async def test_a_companyinfo_that_is_not_there_means_unreachable(status: int) -> None:
    class Without(Site):
        async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
            return reply({"code": "NotFound", "message": "Not found"}, status=status)

    with pytest.raises(Unreachable, match="CWM_CODEBASE"):
        await manage_at(Without()).get("/service/tickets/1")


async def test_a_record_that_the_api_calls_missing_is_missing_though_companyinfo_is_away() -> None:
    class Without(Site):
        async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
            if "companyinfo" in request.url.path and self.infos:
                return reply(WEB_SERVER, status=404)
            return await super().handle_async_request(request)

    clock = Clock()
    manage = manage_at(Without(), clock)
    await manage.get("/service/tickets/1")
    clock.now += 3600
    assert await manage.find("/service/tickets/404") is None


@pytest.mark.parametrize("method", ["PATCH", "POST"])
async def test_a_write_answered_by_a_page_may_have_been_applied_where_companyinfo_is_away(method: str) -> None:
    class Without(Site):
        async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
            page = self.infos and ("companyinfo" in request.url.path or request.method != "GET")
            self.methods.append(request.method)
            return reply(WEB_SERVER, status=404) if page else await super().handle_async_request(request)

    site = Without()
    manage = manage_at(site)
    await manage.get("/service/tickets/1")
    with pytest.raises(WriteResultUnknown):
        await _send(manage, method)
    assert site.methods.count(method) == 1


async def test_missing_records_do_not_ask_again_each_time() -> None:
    site = Site()
    manage = manage_at(site)
    for _ in range(20):
        assert await manage.find("/service/tickets/404") is None
    assert site.infos == 1
    assert len(site.paths) == 20


@pytest.mark.parametrize("method", ["GET", "PATCH", "POST", "DELETE"])
async def test_after_a_move_the_request_goes_to_the_new_place(method: str) -> None:
    site, clock = Site(), Clock()
    manage = manage_at(site, clock)
    await manage.get("/service/tickets/1")
    clock.now += 11
    site.codebase = "v2026_2/"
    await _send(manage, method)
    assert site.infos == 2
    assert site.methods[-1] == method
    assert site.paths[-2:] == ["/v2026_1/apis/3.0/service/tickets/1", "/v2026_2/apis/3.0/service/tickets/1"]


async def test_many_requests_at_a_move_ask_once_and_all_arrive() -> None:
    site, clock = Site(), Clock()
    manage = manage_at(site, clock)
    await manage.get("/service/tickets/1")
    clock.now += 11
    site.codebase = "v2026_2/"
    found = await asyncio.gather(*(manage.find("/service/tickets/1") for _ in range(10)))
    assert found == [{"id": 1}] * 10
    assert site.infos == 2


async def test_a_404_of_the_web_server_without_a_move_asks_at_most_three_times_in_thirty_seconds() -> None:
    site, clock = Site(), Clock()
    manage = manage_at(site, clock)
    for count in (3, 6):
        for _ in range(10):
            with pytest.raises(NotApiAnswer, match="CWM_CODEBASE"):
                await manage.find("/service/tickets/gone")
        assert site.infos == count
        clock.now += 31


async def test_a_move_right_after_the_start_is_found() -> None:
    site = Site()
    manage = manage_at(site)
    for codebase in ("v2026_2/", "v2026_3/"):
        await manage.get("/service/tickets/1")
        site.codebase = codebase
        assert await manage.get("/service/tickets/1") == {"id": 1}


async def test_a_move_of_the_sandbox_is_found() -> None:
    sandbox = Sandbox(seed=1)
    manage = on(sandbox)
    await manage.list("/service/boards")
    sandbox.switches.codebase = "v2026_2/"
    assert await manage.list("/service/boards")


async def test_even_records_own_404s_ask_again_after_five_minutes() -> None:
    site, clock = Site(), Clock()
    manage = manage_at(site, clock)
    for seconds in (0, 299, 2, 1):
        clock.now += seconds
        assert await manage.find("/service/tickets/404") is None
    assert site.infos == 2


async def test_when_the_site_is_away_a_404_is_not_taken_for_a_missing_record() -> None:
    class Broken(Site):
        async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
            if "companyinfo" in request.url.path and self.infos:
                raise httpx.ConnectError("x")
            return await super().handle_async_request(request)

    site, clock = Broken(), Clock()
    manage = manage_at(site, clock)
    await manage.get("/service/tickets/1")
    clock.now += 11
    site.codebase = "v2026_2/"
    with pytest.raises(Unreachable):
        await manage.find("/service/tickets/1")


@pytest.mark.parametrize(
    ("named", "used"),
    [
        ("v2026_1", "v2026_1"),
        ("/v2026_1//", "v2026_1"),
        (" v4_6_release/ ", "v4_6_release"),
        (None, "v4_6_release"),
        ("", "v4_6_release"),
    ],
)
async def test_a_codebase_is_read_however_it_is_written(named: Any, used: str) -> None:
    site = Site(used)
    manage = manage_at(site)
    site.codebase = named
    with pytest.raises(NotApiAnswer):
        await manage.get("/service/tickets/gone")
    assert set(site.paths) == {f"/{used}/apis/3.0/service/tickets/gone"}


@pytest.mark.parametrize("named", ["../../evil", "a b", "https://evil.example/x", "x?y", {"a": 1}])
async def test_a_codebase_that_is_none_is_refused(named: Any) -> None:
    site = Site()
    site.codebase = named
    with pytest.raises(InvalidResponse, match="CWM_CODEBASE"):
        await manage_at(site).get("/service/tickets/1")
    assert site.paths == []


async def test_an_unknown_company_is_said() -> None:
    class Nobody(Site):
        async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
            return reply(None)

    with pytest.raises(InvalidResponse, match="CWM_COMPANY"):
        await manage_at(Nobody()).get("/service/tickets/1")


async def test_a_company_with_odd_letters_stays_inside_its_place() -> None:
    asked: list[bytes] = []

    class AuditRequest(Site):
        async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
            asked.append(request.url.raw_path)
            return await super().handle_async_request(request)

    await manage_at(AuditRequest(), company="a/../b?c").company_info()
    assert asked == [b"/login/companyinfo/a%2F..%2Fb%3Fc"]


async def _send(manage: ConnectWiseClient, method: str) -> None:
    if method == "GET":
        await manage.get("/service/tickets/1")
    elif method == "PATCH":
        await manage.patch("/service/tickets/1", {"summary": "x"})
    elif method == "POST":
        await manage.post("/service/tickets/1", {})
    else:
        await manage.delete("/service/tickets/1")
