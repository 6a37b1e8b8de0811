"""The sandbox over HTTP: ConnectWise's own paths, and `/sandbox/…` to look at it and to make mischief."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator
from dataclasses import asdict
from typing import Any

import httpx
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from app.sandbox import samples
from app.sandbox.engine import Answer, Sandbox, credentials
from app.sandbox.faults import Fault

_WAITS_BEFORE = "delay-before"


class _Closed(Response):
    """Promises a body and ends without it: the server then closes the connection."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"100")]})
        with contextlib.suppress(RuntimeError):
            await send({"type": "http.response.body", "body": b"", "more_body": False})


class Server:
    """The routes over one sandbox."""

    def __init__(self, sandbox: Sandbox) -> None:
        self._sandbox = sandbox
        self.app = Starlette(
            routes=[
                Route("/sandbox/state", self._state),
                Route("/sandbox/journal", self._journal),
                Route("/sandbox/reset", self._reset, methods=["POST"]),
                Route("/sandbox/faults", self._faults, methods=["POST", "DELETE"]),
                Route("/sandbox/switches", self._switches, methods=["GET", "POST"]),
                Route("/sandbox/samples", self._samples, methods=["GET", "POST"]),
                Route("/sandbox/tickets", self._create, methods=["POST"]),
                Route("/sandbox/person", self._person, methods=["POST"]),
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
                    return (await client.post(url, headers=headers, content=body)).status_code
                except httpx.HTTPError:
                    return 0

            while True:
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(self._sandbox.outbox.wake.wait(), 0.2)
                self._sandbox.outbox.wake.clear()
                await self._sandbox.outbox.deliver(post)

    async def _connectwise(self, request: Request) -> Response:
        raw = await request.body()
        fault = self._sandbox.strike(request.method, request.url.path)
        if fault is not None and fault.kind == _WAITS_BEFORE:
            await asyncio.sleep(fault.seconds)
        target = request.url.path + (f"?{request.url.query}" if request.url.query else "")
        answer = self._sandbox.handle(request.method, target, dict(request.headers), raw, fault)
        if answer.wait_after:
            await asyncio.sleep(answer.wait_after)
        return _response(answer)

    async def _state(self, _request: Request) -> Response:
        records = {name: list(table.values()) for name, table in self._sandbox.store.collections()}
        return JSONResponse(
            {
                "records": records,
                "violations": self._sandbox.violations,
                "callbacksSent": len(self._sandbox.outbox.sent),
            }
        )

    async def _journal(self, request: Request) -> Response:
        since = int(request.query_params.get("since", "0"))
        return JSONResponse([asdict(exchange) for exchange in self._sandbox.journal[since:]])

    async def _reset(self, _request: Request) -> Response:
        self._sandbox.reset()
        return JSONResponse({})

    async def _faults(self, request: Request) -> Response:
        if request.method == "DELETE":
            self._sandbox.faults.clear()
            return JSONResponse([])
        return await self._told(request, lambda body: self._sandbox.faults.append(Fault(**body)))

    async def _switches(self, request: Request) -> Response:
        if request.method == "GET":
            return JSONResponse(self._sandbox.switches.to_json())
        return await self._told(request, self._sandbox.switches.change)

    async def _samples(self, request: Request) -> Response:
        """GET: the samples. POST {"from": 0, "to": 10}: creates those, answers with their ticket ids."""
        every = samples.samples()
        if request.method == "GET":
            return JSONResponse(every)
        body = await _json(request)
        chosen = every[int(body.get("from", 0)) : int(body.get("to", len(every)))]
        made = [{"id": samples.create(self._sandbox, sample), "expected": sample["expected"]} for sample in chosen]
        return JSONResponse(made, status_code=201)

    async def _create(self, request: Request) -> Response:
        """One ticket in the form of a sample."""
        body = await _json(request)
        return JSONResponse({"id": samples.create(self._sandbox, body)}, status_code=201)

    async def _person(self, request: Request) -> Response:
        """A person's own request: {"method", "path", "body"}, done as `member`; it raises callbacks like any change."""
        body = await _json(request)
        headers = {**credentials(), "x-sandbox-member": str(body.get("member", "dispatch"))}
        raw = json.dumps(body.get("body")).encode() if "body" in body else b""
        return _response(self._sandbox.handle(str(body["method"]), f"/v2026_1/apis/3.0{body['path']}", headers, raw))

    async def _told(self, request: Request, do: Any) -> Response:
        try:
            do(await _json(request))
        except (KeyError, TypeError, ValueError) as mistake:
            return JSONResponse({"message": f"not understood: {mistake}"}, status_code=400)
        return JSONResponse({}, status_code=201)


async def _json(request: Request) -> dict[str, Any]:
    body = await request.body()
    found = json.loads(body) if body else {}
    return found if isinstance(found, dict) else {}


def _response(answer: Answer) -> Response:
    return _Closed() if answer.dropped else Response(answer.body, answer.status, answer.headers)


def serve(host: str = "127.0.0.1", port: int = 8010, seed: int = 1) -> None:
    """Serves a sandbox until it is stopped."""
    sandbox = Sandbox(seed=seed, origin=f"http://{host}:{port}")
    uvicorn.run(Server(sandbox).app, host=host, port=port, log_level="critical", access_log=False)
