"""The line to one ConnectWise: one connection pool, its pace, its waits, its figures, shared by all who use it."""

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
from app.connectwise.errors import ConnectWiseError, RateLimited, Unreachable
from app.connectwise.metrics import ClientMetrics, template
from app.connectwise.responses import Answer, error_for, json_of, oversized
from app.connectwise.write_guard import before_request

_TRIES = 4
_PLAIN = "/,():"
"""Characters that stay as they are in a query; long lists of ids would be twice as long without them."""

Query = Mapping[str, str | int]


class Transport:
    """Sends requests, as many at once and as fast as the operator allows, and repeats what may be repeated."""

    def __init__(
        self,
        config: ClientConfig,
        *,
        pace: Pace | None = None,
        transport: httpx.AsyncBaseTransport | None = None,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self.figures = ClientMetrics()
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
        """Closes the connections."""
        await self._http.aclose()

    async def repeat(self, ask: Callable[[], Awaitable[Any]], *, reads: bool) -> Any:
        """Asks until there is an answer; gives up when repeating is not allowed, or after four tries, or when
        the next wait would be longer than `longest_wait` allows: then waiting is the run's business."""
        retrying = tenacity.AsyncRetrying(
            retry=tenacity.retry_if_exception(lambda error: may_repeat(error, reads=reads)),
            wait=_wait,
            stop=tenacity.stop_after_attempt(_TRIES) | _WaitedEnough(self._config.longest_wait),
            before_sleep=self._note_wait,
            sleep=self._sleep,
            reraise=True,
        )

        async def once() -> Any:
            return await ask()

        return await retrying(once)

    async def ask(
        self, method: str, path: str, *, prefix: str = "", query: Query | None = None, body: Any = None,
        headers: Mapping[str, str] | None = None, reads: bool,
    ) -> Any:  # fmt: skip
        """One request, once; the JSON of its answer, None for an empty one. `reads`: it can change nothing."""
        content = None if body is None else json.dumps(body, allow_nan=False).encode()
        kind = {"Content-Type": "application/json; charset=utf-8"} if content is not None else {}
        address = f"{self._origin}{prefix}{path}" + (f"?{query_text(query)}" if query else "")
        async with self._slots:
            await self._wait_out()
            await self._pace.take()
            await before_request(reads=reads)
            self.figures.requests[method, template(path)] += 1
            try:
                request = self._http.build_request(
                    method, address, content=content, headers={**kind, **(headers or {})}
                )
                answer = await self._exchange(request, reads=reads)
            except (httpx.HTTPError, httpx.InvalidURL, TimeoutError) as error:
                self.figures.answers[0] += 1
                raise error_for(error, method, reads=reads) from error
        self.figures.answers[answer.status] += 1
        self.figures.server_date = answer.headers.get("date") or self.figures.server_date
        if not 200 <= answer.status < 300:
            trouble = error_for(answer, method, reads=reads, path=path)
            self._hold(trouble)
            raise trouble
        return None if answer.status == httpx.codes.NO_CONTENT else json_of(answer, reads=reads)

    async def _exchange(self, request: httpx.Request, *, reads: bool) -> Answer:
        """Sends a request and takes in its answer, at most so large and within a time for the whole of it."""
        async with asyncio.timeout(self._config.longest_answer):
            response = await self._http.send(request, stream=True)
            try:
                pieces, size = [], 0
                async for piece in response.aiter_bytes():
                    size += len(piece)
                    if size > self._config.largest_answer:
                        raise oversized(response, request.method, reads=reads)
                    pieces.append(piece)
            finally:
                await response.aclose()
        return Answer(response.status_code, response.headers, b"".join(pieces))

    def _hold(self, error: ConnectWiseError) -> None:
        """A 429 is meant for all requests of this API member, not only for the one that got it."""
        if isinstance(error, RateLimited) and error.retry_after:
            until = asyncio.get_running_loop().time() + error.retry_after
            self._held_until = max(self._held_until, until)

    async def _wait_out(self) -> None:
        left = self._held_until - asyncio.get_running_loop().time()
        if left > self._config.longest_wait:
            raise RateLimited("ConnectWise has asked to slow down; nothing was sent.", retry_after=left)
        if left > 0:
            self.figures.wait(left)
            await self._sleep(left)

    def _note_wait(self, state: tenacity.RetryCallState) -> None:
        error = state.outcome.exception() if state.outcome else None
        self.figures.retries[type(error).__name__] += 1
        self.figures.wait(state.upcoming_sleep)


def query_text(query: Query) -> str:
    """A query as ConnectWise's guide wants it encoded; blanks are `%20`."""
    return "&".join(f"{name}={quote(str(value), safe=_PLAIN)}" for name, value in query.items())


def may_repeat(error: BaseException, *, reads: bool) -> bool:
    """A read may be repeated whenever waiting helps; a write only when nothing of it can have happened."""
    if reads:
        return isinstance(error, ConnectWiseError) and error.waiting_helps and error.status != httpx.codes.UNAUTHORIZED
    return isinstance(error, Unreachable | RateLimited)


_BACKOFF = tenacity.wait_exponential_jitter(multiplier=0.5, max=20, jitter=0.5)


def _wait(state: tenacity.RetryCallState) -> float:
    """A growing wait with jitter; at least what ConnectWise asked for, and a little more so that not all come back at once."""
    error = state.outcome.exception() if state.outcome else None
    asked = error.retry_after if isinstance(error, ConnectWiseError) else None
    spread = random.uniform(0, 0.5)  # noqa: S311 - spreads load, keeps no secret
    return max(asked + spread if asked else 0.0, _BACKOFF(state))


class _WaitedEnough(tenacity.stop.stop_base):
    """Stops before a wait that would be too long to hold on for."""

    def __init__(self, longest: float) -> None:
        self._longest = longest

    def __call__(self, retry_state: tenacity.RetryCallState) -> bool:
        return retry_state.idle_for + retry_state.upcoming_sleep > self._longest
