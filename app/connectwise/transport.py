"""HTTP transport to one ConnectWise: connection pool, rate limit, retries and metrics, shared by all its clients."""

from __future__ import annotations

import asyncio
import json
import random
from collections.abc import Awaitable, Callable, Mapping
from typing import Any
from urllib.parse import quote

import httpx
import tenacity

from app.connectwise.config import ClientConfig, Pace, TokenBucket
from app.connectwise.errors import BadCredentials, ConnectWiseError, NotApiAnswer, RateLimited, Unreachable, WrongHost
from app.connectwise.metrics import ClientMetrics, template
from app.connectwise.responses import Answer, decode_json, error_for, refuses_version, too_large
from app.connectwise.tenant_profile import TenantProfile
from app.connectwise.write_guard import before_request

_TRIES = 4
_PLAIN = "/,():"
"""Characters that are not encoded in a query; long lists of ids would be twice as long otherwise."""

Query = Mapping[str, str | int]


class Transport:
    """Sends requests within the configured concurrency and rate, and repeats those that may be repeated."""

    def __init__(
        self,
        config: ClientConfig,
        *,
        pace: Pace | None = None,
        transport: httpx.AsyncBaseTransport | None = None,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        tenant: TenantProfile | None = None,
    ) -> None:
        self.metrics = ClientMetrics()
        self.tenant = tenant or TenantProfile()
        self._config = config
        self._sleep = sleep
        self._pace = pace or TokenBucket(config.requests_per_minute)
        self._slots = asyncio.Semaphore(config.max_concurrency)
        self._held_until = float("-inf")
        self._origin = config.origin
        self._http = httpx.AsyncClient(
            transport=transport,
            auth=httpx.BasicAuth(f"{config.company}+{config.public_key}", config.private_key),
            headers={
                "clientId": config.client_id,
                "Accept": f"application/vnd.connectwise.com+json; version={config.api_version}",
                "Accept-Encoding": "gzip, deflate",
            },
            timeout=httpx.Timeout(config.read_timeout, connect=config.connect_timeout, pool=config.read_timeout),
            limits=httpx.Limits(
                max_connections=config.max_concurrency, max_keepalive_connections=config.max_concurrency
            ),
            follow_redirects=False,
            trust_env=False,
        )

    async def aclose(self) -> None:
        """Close the connections."""
        await self._http.aclose()

    async def repeat(self, ask: Callable[[], Awaitable[Any]], *, reads: bool) -> Any:
        """Repeat a request until it succeeds, at most four times.

        Raises the last error when repeating is not allowed or the next wait would exceed `longest_wait`: longer waits are
        the run's.
        """
        try:
            return await ask()
        except ConnectWiseError as error:
            if not may_repeat(error, reads=reads):
                raise
            return await self._repeat_after(error, ask, reads=reads)

    async def _repeat_after(self, first: ConnectWiseError, ask: Callable[[], Awaitable[Any]], *, reads: bool) -> Any:
        """The tries after a first one that failed. Most requests succeed at once and need none of this."""
        failed = [first]
        retrying = tenacity.AsyncRetrying(
            retry=tenacity.retry_if_exception(lambda error: may_repeat(error, reads=reads)),
            wait=_wait,
            stop=tenacity.stop_after_attempt(_TRIES) | _WaitedEnough(self._config.longest_wait),
            before_sleep=self._note_wait,
            sleep=self._sleep,
            reraise=True,
        )

        async def attempt() -> Any:
            if failed:
                raise failed.pop()
            return await ask()

        return await retrying(attempt)

    async def ask(
        self, method: str, path: str, *, prefix: str = "", query: Query | None = None, body: Any = None,
        headers: Mapping[str, str] | None = None, reads: bool,
    ) -> Any:  # fmt: skip
        """One request; its JSON, or None for an empty answer. `reads`: it cannot change anything.

        Not repeated, except once without a version in the Accept header where the endpoint refuses the version alone: such a
        refusal comes before any effect.
        """
        plain = self.tenant.demands("plain_accept", template(path))
        answer = await self._answer(
            method, path, prefix=prefix, query=query, body=body, headers=headers, reads=reads, plain=plain
        )
        if not plain and refuses_version(answer):
            await self.tenant.learn("plain_accept", template(path))
            answer = await self._answer(
                method, path, prefix=prefix, query=query, body=body, headers=headers, reads=reads, plain=True
            )
        if not 200 <= answer.status < 300:
            trouble = error_for(answer, method, reads=reads, path=path, sent=body)
            self._hold(trouble)
            raise trouble
        return None if answer.status == httpx.codes.NO_CONTENT else decode_json(answer, reads=reads)

    async def _answer(
        self, method: str, path: str, *, prefix: str, query: Query | None, body: Any, headers: Mapping[str, str] | None, reads: bool,
        plain: bool,
    ) -> Answer:  # fmt: skip
        """The answer to one request, with any status. `plain`: without a version in the Accept header."""
        content = None if body is None else json.dumps(body, allow_nan=False).encode()
        kind = {"Content-Type": "application/json; charset=utf-8"} if content is not None else {}
        kind |= {"Accept": "application/json"} if plain else {}
        address = f"{self._origin}{prefix}{path}" + (f"?{query_text(query)}" if query else "")
        async with self._slots:
            await self._wait_out()
            await self._pace.take()
            await before_request(reads=reads)
            self.metrics.requests[method, template(path)] += 1
            try:
                request = self._http.build_request(
                    method, address, content=content, headers={**kind, **(headers or {})}
                )
                answer = await self._exchange(request, reads=reads)
            except (httpx.HTTPError, httpx.InvalidURL, TimeoutError) as error:
                self.metrics.answers[0] += 1
                raise error_for(error, method, reads=reads) from error
        self.metrics.answers[answer.status] += 1
        self.metrics.server_date = answer.headers.get("date") or self.metrics.server_date
        return answer

    async def _exchange(self, request: httpx.Request, *, reads: bool) -> Answer:
        """Send a request and read its answer, within the size limit and the time limit for the whole answer."""
        async with asyncio.timeout(self._config.longest_answer):
            response = await self._http.send(request, stream=True)
            try:
                pieces, size = [], 0
                async for piece in response.aiter_bytes():
                    size += len(piece)
                    if size > self._config.largest_answer:
                        raise too_large(response, request.method, reads=reads)
                    pieces.append(piece)
            finally:
                await response.aclose()
        return Answer(response.status_code, response.headers, b"".join(pieces))

    def _hold(self, error: ConnectWiseError) -> None:
        """Hold all requests after a 429: the limit applies to the API member, not to one request."""
        if isinstance(error, RateLimited) and error.retry_after:
            until = asyncio.get_running_loop().time() + error.retry_after
            self._held_until = max(self._held_until, until)

    async def _wait_out(self) -> None:
        left = self._held_until - asyncio.get_running_loop().time()
        if left > self._config.longest_wait:
            raise RateLimited("ConnectWise has asked to slow down. Nothing was sent.", retry_after=left)
        if left > 0:
            self.metrics.wait(left)
            await self._sleep(left)

    def _note_wait(self, state: tenacity.RetryCallState) -> None:
        error = state.outcome.exception() if state.outcome else None
        self.metrics.retries[type(error).__name__] += 1
        self.metrics.wait(state.upcoming_sleep)


def query_text(query: Query) -> str:
    """A query, encoded as ConnectWise's guide requires; blanks are `%20`."""
    return "&".join(f"{name}={quote(str(value), safe=_PLAIN)}" for name, value in query.items())


def may_repeat(error: BaseException, *, reads: bool) -> bool:
    """A read may be repeated where waiting seconds helps; a write only if it was certainly not applied."""
    if reads:
        elsewhere = isinstance(error, BadCredentials | NotApiAnswer | WrongHost)
        return isinstance(error, ConnectWiseError) and error.waiting_helps and not elsewhere
    return isinstance(error, Unreachable | RateLimited)


_BACKOFF = tenacity.wait_exponential_jitter(multiplier=0.5, max=20, jitter=0.5)


def _wait(state: tenacity.RetryCallState) -> float:
    """Exponential wait with jitter; at least Retry-After, and a little more so that not all requests return at once."""
    error = state.outcome.exception() if state.outcome else None
    asked = error.retry_after if isinstance(error, ConnectWiseError) else None
    spread = random.uniform(0, 0.5)  # noqa: S311 - spreads load, keeps no secret
    return max(asked + spread if asked else 0.0, _BACKOFF(state))


class _WaitedEnough(tenacity.stop.stop_base):
    """Stops before a wait that would exceed the limit."""

    def __init__(self, longest: float) -> None:
        self._longest = longest

    def __call__(self, retry_state: tenacity.RetryCallState) -> bool:
        return retry_state.idle_for + retry_state.upcoming_sleep > self._longest
