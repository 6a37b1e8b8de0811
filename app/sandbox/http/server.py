"""The sandbox over HTTP: ConnectWise's paths, and control paths under `/sandbox/`."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator, Callable
from dataclasses import asdict
from datetime import timedelta
from typing import Any

import httpx
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from app.sandbox.engine.api_errors import ApiError
from app.sandbox.engine.faults import Fault
from app.sandbox.http import page, ticket_screen
from app.sandbox.http.access import credentials
from app.sandbox.http.api_response import ApiResponse
from app.sandbox.http.sandbox import Sandbox
from app.sandbox.seed import case_tickets, samples

_WAITS_BEFORE = "delay-before"


class _Closed(Response):
    """Promises a body and ends without it: the server then closes the connection."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"100")]})
        with contextlib.suppress(RuntimeError):
            await send({"type": "http.response.body", "body": b"", "more_body": False})


class _Json(JSONResponse):
    """JSON in ASCII: texts of tickets may hold lone surrogates, which UTF-8 cannot."""

    def render(self, content: Any) -> bytes:
        return json.dumps(content).encode()


class Server:
    """The routes over one sandbox."""

    def __init__(self, sandbox: Sandbox) -> None:
        self._sandbox = sandbox
        self.app = Starlette(
            routes=[
                Route("/sandbox", self._page),
                Route("/sandbox/page.json", self._page_data),
                Route("/sandbox/state", self._state),
                Route("/sandbox/journal", self._journal),
                Route("/sandbox/reset", self._reset, methods=["POST"]),
                Route("/sandbox/faults", self._faults, methods=["GET", "POST", "DELETE"]),
                Route("/sandbox/switches", self._switches, methods=["GET", "POST"]),
                Route("/sandbox/samples", self._samples, methods=["GET", "POST"]),
                Route("/sandbox/tickets", self._create, methods=["POST"]),
                Route("/sandbox/cases", self._cases, methods=["POST"]),
                Route("/sandbox/invoiced/{ticket:int}", self._invoiced),
                Route("/sandbox/invoiced/project/{project:int}", self._invoiced),
                Route("/sandbox/history", self._history, methods=["POST"]),
                Route("/sandbox/truth", self._truth),
                Route("/sandbox/clock", self._clock, methods=["POST"]),
                Route("/sandbox/person", self._person, methods=["POST"]),
                Route(ticket_screen.ADDRESS, self._ticket_screen),
                Route("/{path:path}", self._connectwise, methods=["GET", "POST", "PUT", "PATCH", "DELETE"]),
            ],
            lifespan=self._lifespan,
        )

    @contextlib.asynccontextmanager
    async def _lifespan(self, _app: Starlette) -> AsyncIterator[None]:
        delivering = asyncio.create_task(self._deliver())
        yield
        delivering.cancel()

    async def _deliver(self) -> None:
        async with httpx.AsyncClient(timeout=5.0, trust_env=False) as client:

            async def post(url: str, headers: dict[str, str], body: bytes) -> int:
                try:
                    async with asyncio.timeout(5.0):
                        return (await client.post(url, headers=headers, content=body)).status_code
                except (httpx.HTTPError, httpx.InvalidURL, TimeoutError):
                    return 0

            while True:
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(0.2):
                        await self._sandbox.outbox.wake.wait()
                self._sandbox.outbox.wake.clear()
                await self._sandbox.outbox.deliver(post)

    async def _ticket_screen(self, request: Request) -> Response:
        number = request.query_params.get("service_recid", "")
        status, html = ticket_screen.ticket_screen(self._sandbox, number)
        return HTMLResponse(html, status_code=status, headers=ticket_screen.HEADERS)

    async def _connectwise(self, request: Request) -> Response:
        raw = await request.body()
        with self._sandbox.at_once() as welcome:
            if not welcome:
                return _response(self._sandbox.too_many())
            fault = self._sandbox.strike(request.method, request.url.path)
            if fault is not None and fault.kind == _WAITS_BEFORE:
                await asyncio.sleep(fault.seconds)
            target = request.url.path + (f"?{request.url.query}" if request.url.query else "")
            answer = self._sandbox.handle(request.method, target, dict(request.headers), raw, fault)
            if answer.wait_after:
                await asyncio.sleep(answer.wait_after)
            return _response(answer)

    async def _page(self, _request: Request) -> Response:
        text, headers = page.html()
        return HTMLResponse(text, headers=headers)

    async def _page_data(self, request: Request) -> Response:
        chosen = request.query_params.get("board", "")
        return _Json(page.data(self._sandbox, board=int(chosen) if chosen.isdigit() else None))

    async def _state(self, _request: Request) -> Response:
        tables = list(self._sandbox.store.collections())
        return _Json(
            {
                "records": {name: list(table.live.values()) for name, table in tables if table.live},
                "past": {name: len(table.packed) for name, table in tables if table.packed},
                "violations": self._sandbox.violations,
                "badRequests": self._sandbox.bad_requests,
                "callbacksSent": len(self._sandbox.outbox.sent),
                "now": self._sandbox.now().isoformat(),
            }
        )

    async def _journal(self, request: Request) -> Response:
        since = request.query_params.get("since", "0")
        entries = self._sandbox.journal[int(since) if since.isdigit() else 0 :]
        return _Json([exchange.to_json() for exchange in entries])

    async def _reset(self, _request: Request) -> Response:
        self._sandbox.reset()
        return _Json({})

    async def _faults(self, request: Request) -> Response:
        if request.method == "GET":
            return _Json([asdict(fault) for fault in self._sandbox.faults])
        if request.method == "DELETE":
            self._sandbox.faults.clear()
            return _Json([])
        return await self._accept(request, lambda body: self._sandbox.faults.append(Fault(**body)))

    async def _switches(self, request: Request) -> Response:
        if request.method == "GET":
            return _Json(self._sandbox.switches.to_json())
        return await self._accept(request, self._sandbox.switches.change)

    async def _samples(self, request: Request) -> Response:
        """GET: the samples. POST {"from": 0, "to": 10}: creates those, answers with their ticket ids."""
        every = samples.samples()
        if request.method == "GET":
            return _Json(every)

        def make(body: dict[str, Any]) -> list[dict[str, Any]]:
            chosen = every[int(body.get("from", 0)) : int(body.get("to", len(every)))]
            return [{"id": samples.create(self._sandbox, each), "expected": each["expected"]} for each in chosen]

        return await self._accept(request, make)

    async def _create(self, request: Request) -> Response:
        """One ticket in the form of a sample."""
        return await self._accept(request, lambda body: {"id": samples.create(self._sandbox, body)})

    async def _cases(self, request: Request) -> Response:
        """One ticket with money in the form of a labelled case."""
        return await self._accept(request, lambda body: case_tickets.create(self._sandbox, body))

    async def _invoiced(self, request: Request) -> Response:
        """What would be invoiced in all for a ticket and the project it became, or for a project."""
        preview = self._sandbox.rules.invoice_preview
        numbers = request.path_params
        try:
            found = (
                preview.of_ticket(numbers["ticket"]) if "ticket" in numbers else preview.of_project(numbers["project"])
            )
        except ApiError as refusal:
            return _Json(refusal.body(), status_code=refusal.status)
        return _Json(found)

    async def _history(self, request: Request) -> Response:
        """A past: {"tickets": 20000, "months": 18}, or {"billing": true} for the one with every kind of money."""

        def fill(body: dict[str, Any]) -> dict[str, int]:
            if body.get("billing") is True:
                return self._sandbox.fill_billing_history()
            self._sandbox.fill_history(tickets=int(body["tickets"]), months=int(body.get("months", 12)))
            return {"tickets": len(self._sandbox.truth)}

        return await self._accept(request, fill)

    async def _truth(self, request: Request) -> Response:
        after, limit = (request.query_params.get(name, "") for name in ("after", "limit"))
        ids = sorted(number for number in self._sandbox.truth if number > (int(after) if after.isdigit() else 0))
        chosen = ids[: int(limit)] if limit.isdigit() else ids
        return _Json({str(number): self._sandbox.truth[number] for number in chosen})

    async def _clock(self, request: Request) -> Response:
        def move(body: dict[str, Any]) -> dict[str, str]:
            self._sandbox.ahead += timedelta(**{name: float(value) for name, value in body.items()})
            return {"now": self._sandbox.now().isoformat()}

        return await self._accept(request, move)

    async def _person(self, request: Request) -> Response:
        """A person's own request: {"method", "path", "body"}, done as `member`; it raises callbacks like any change."""
        body = await _json(request)
        headers = {**credentials(), "x-sandbox-member": str(body.get("member", "dispatch"))}
        raw = json.dumps(body["body"]).encode() if "body" in body else b""
        target = f"/v4_6_release/apis/3.0{body.get('path', '')}"
        return _response(self._sandbox.handle(str(body.get("method", "GET")).upper(), target, headers, raw))

    async def _accept(self, request: Request, do: Callable[[dict[str, Any]], Any]) -> Response:
        try:
            found = do(await _json(request))
        except (KeyError, TypeError, ValueError) as mistake:
            return _Json({"message": f"not understood: {mistake}"}, status_code=400)
        return _Json({} if found is None else found, status_code=201)


async def _json(request: Request) -> dict[str, Any]:
    body = await request.body()
    found = json.loads(body) if body else {}
    return found if isinstance(found, dict) else {}


def _response(answer: ApiResponse) -> Response:
    return _Closed() if answer.dropped else Response(answer.body, answer.status, answer.headers)


def serve(host: str = "127.0.0.1", port: int = 8010, seed: int = 1) -> None:
    """Serves a sandbox until it is stopped."""
    sandbox = Sandbox(seed=seed, origin=f"http://{host}:{port}")
    uvicorn.run(Server(sandbox).app, host=host, port=port, log_level="critical", access_log=False)
