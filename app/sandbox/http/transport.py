"""The sandbox behind an httpx client, in one process: for tests. Dropped connections are httpx's own errors there."""

from __future__ import annotations

import asyncio

import httpx

from app.sandbox.http.api_response import ApiResponse
from app.sandbox.http.sandbox import Sandbox


class SandboxTransport(httpx.AsyncBaseTransport):
    """Passes requests to a sandbox. Answers outside the contract raise immediately, and so do requests unless `strict` is off."""

    def __init__(self, sandbox: Sandbox, *, strict: bool = True) -> None:
        self.sandbox = sandbox
        self.strict = strict

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Answers one request."""
        raw = await request.aread()
        with self.sandbox.at_once() as welcome:
            await asyncio.sleep(0)
            answer = self._answer(request, raw) if welcome else self.sandbox.too_many()
        if answer.dropped:
            raise httpx.ReadError("the connection was closed", request=request)
        if self.sandbox.violations:
            raise AssertionError(f"an answer outside the contract: {self.sandbox.violations}")
        if self.strict and self.sandbox.bad_requests:
            raise AssertionError(f"a request outside the contract: {self.sandbox.bad_requests}")
        return httpx.Response(answer.status, headers=answer.headers, content=answer.body, request=request)

    def _answer(self, request: httpx.Request, raw: bytes) -> ApiResponse:
        fault = self.sandbox.strike(request.method, request.url.path)
        target = request.url.raw_path.decode()
        return self.sandbox.handle(request.method, target, dict(request.headers), raw, fault)
