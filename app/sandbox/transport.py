"""The sandbox behind an httpx client, in one process: for tests. Dropped connections are httpx's own errors there."""

from __future__ import annotations

import asyncio

import httpx

from app.sandbox.engine import Sandbox


class SandboxTransport(httpx.AsyncBaseTransport):
    """Passes requests to a sandbox. Violations of the contract on either side raise at once."""

    def __init__(self, sandbox: Sandbox) -> None:
        self.sandbox = sandbox

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Answers one request."""
        await asyncio.sleep(0)
        raw = await request.aread()
        target = request.url.raw_path.decode()
        fault = self.sandbox.strike(request.method, request.url.path)
        answer = self.sandbox.handle(request.method, target, dict(request.headers), raw, fault)
        if answer.dropped:
            raise httpx.ReadError("the connection was closed", request=request)
        if self.sandbox.violations:
            raise AssertionError(f"outside the contract: {self.sandbox.violations}")
        return httpx.Response(answer.status, headers=answer.headers, content=answer.body, request=request)
