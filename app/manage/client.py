"""ConnectWise over httpx: one connection pool, every time-out set, repeats only what may be repeated.

Sources of each rule: the vendor's developer guide and what public clients were seen to do; a read is tried again after
network trouble, 429, 5xx and a 2xx without JSON; a write only when it was surely not
carried out. Everything else is for the caller, who looks in ConnectWise first.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import Any, Self

import httpx
import tenacity

from app.manage.answers import error_for, json_of
from app.manage.config import ManageConfig, Pace, TokenBucket
from app.manage.errors import ManageError, Nonsense, NotFound, Throttled, Unreachable, WritesForbidden
from app.manage.patching import patch_body

_READS = ("GET",)
_READING_POSTS = ("/search", "/system/bundles")
_PAGE = 1000
_TRIES = 4

Record = dict[str, Any]
Records = list[Record]


class Manage:
    """A client for one ConnectWise Manage. `read_only` refuses every write before anything is sent."""

    def __init__(
        self,
        config: ManageConfig,
        *,
        pace: Pace | None = None,
        transport: httpx.AsyncBaseTransport | None = None,
        read_only: bool = False,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self.config = config
        self._read_only = read_only
        self._sleep = sleep
        self._pace = pace or TokenBucket(config.requests_per_minute)
        self._slots = asyncio.Semaphore(config.max_concurrency)
        self._codebase = _normal_codebase(config.codebase)
        self._codebase_lock = asyncio.Lock()
        self._http = httpx.AsyncClient(
            base_url=config.origin,
            transport=transport,
            auth=httpx.BasicAuth(f"{config.company}+{config.public_key}", config.private_key),
            headers={
                "clientId": config.client_id,
                "Accept": f"application/vnd.connectwise.com+json; version={config.api_version}",
            },
            timeout=httpx.Timeout(config.read_timeout, connect=config.connect_timeout, pool=config.read_timeout),
            limits=httpx.Limits(
                max_connections=config.max_concurrency, max_keepalive_connections=config.max_concurrency
            ),
            follow_redirects=False,
            trust_env=False,
        )

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.aclose()

    async def aclose(self) -> None:
        """Closes the connections."""
        await self._http.aclose()

    async def get(
        self, path: str, *, fields: Sequence[str] = (), params: Mapping[str, str | int] | None = None
    ) -> Record:
        """One record. Raises NotFound when it is not there."""
        answer = await self._ask("GET", path, params=_query(fields=fields) | dict(params or {}))
        return _record(answer, path)

    async def find(self, path: str, *, fields: Sequence[str] = ()) -> Record | None:
        """One record, or None when it is not there."""
        try:
            return await self.get(path, fields=fields)
        except NotFound:
            return None

    async def list(
        self,
        path: str,
        conditions: str = "",
        *,
        fields: Sequence[str] = (),
        order_by: str = "",
        forward_only: bool = False,
    ) -> Records:
        """Every record of a list, page by page."""
        found: Records = []
        async for page in self.pages(path, conditions, fields=fields, order_by=order_by, forward_only=forward_only):
            found.extend(page)
        return found

    async def pages(
        self, path: str, conditions: str = "", *, fields: Sequence[str] = (), order_by: str = "",
        forward_only: bool = False, size: int = _PAGE,
    ) -> AsyncIterator[Records]:  # fmt: skip
        """The pages of a list, up to 1,000 records each; ends with the first page that is not full.

        `forward_only` pages by the last id seen, so that records which come and go do not shift the pages.
        """
        query = _query(conditions=conditions, fields=fields, order_by="" if forward_only else order_by or "id")
        number, last_id = 1, 0
        while True:
            place = {"pageId": last_id} if forward_only else {"page": number}
            headers = {"pagination-type": "forward-only"} if forward_only else {}
            answer = await self._ask("GET", path, params=query | {"pageSize": size} | place, headers=headers)
            records = _records(answer, path)
            if records:
                yield records
            if len(records) < size:
                return
            number, last_id = number + 1, max(int(record.get("id") or 0) for record in records)

    async def count(self, path: str, conditions: str = "") -> int:
        """How many records a list has; `path` is the list's own or its count address."""
        address = path if path.endswith("/count") else f"{path.rstrip('/')}/count"
        answer = _record(await self._ask("GET", address, params=_query(conditions=conditions)), address)
        count = answer.get("count")
        if not isinstance(count, int):
            raise Nonsense(f"ConnectWise gave no count for {address}.")
        return count

    async def post(self, path: str, body: Any) -> Record:
        """Creates or acts. Raises Lost when it may have been carried out without our knowing."""
        return _record(await self._ask("POST", path, body=body), path, after_write=True)

    async def patch(self, path: str, wish: Mapping[str, Any]) -> Record:
        """Sets the members of `wish` and returns the record as ConnectWise shows it afterwards."""
        body = patch_body(wish, self.config.patch_form)
        return _record(await self._ask("PATCH", path, body=body), path, after_write=True)

    async def delete(self, path: str) -> None:
        """Deletes a record; one that is gone already is fine."""
        try:
            await self._ask("DELETE", path)
        except NotFound:
            return

    async def company_info(self) -> Record:
        """What the site says of our company: `Codebase`, `VersionNumber`, `IsCloud`. No credentials are needed."""
        path = f"/login/companyinfo/{self.config.company}"

        async def ask() -> Any:
            return json_of(await self._send("GET", path))

        info = await self._repeat("GET", ask)
        if not isinstance(info, dict):
            raise Nonsense(
                f"The site does not know the company “{self.config.company}”. Check CWM_COMPANY and CWM_SITE."
            )
        return info

    async def server_time(self) -> datetime | None:
        """What time it is there, by the Date header; None where the answer has none."""
        answer = await self._send("GET", f"/login/companyinfo/{self.config.company}")
        try:
            return parsedate_to_datetime(answer.headers.get("Date", ""))
        except ValueError:
            return None

    async def _ask(
        self, method: str, path: str, *, params: Mapping[str, Any] | None = None, body: Any = None,
        headers: Mapping[str, str] | None = None,
    ) -> Any:  # fmt: skip
        if self._read_only and method not in _READS and not path.endswith(_READING_POSTS):
            raise WritesForbidden(f"{method} {path} was not sent: this part of the service may only read.")
        codebase = await self._known_codebase()
        send = self._sender(method, path, params=params, body=body, headers=headers)
        try:
            return await self._repeat(method, send)
        except NotFound:
            if self.config.codebase or await self._refreshed_codebase() == codebase:
                raise
            return await self._repeat(method, send)

    def _sender(self, method: str, path: str, **request: Any) -> Callable[[], Awaitable[Any]]:
        async def send() -> Any:
            response = await self._send(method, f"/{self._codebase}apis/3.0{path}", **request)
            return (
                None
                if response.status_code == httpx.codes.NO_CONTENT
                else json_of(response, wrote=method not in _READS)
            )

        return send

    async def _send(
        self, method: str, url: str, *, params: Mapping[str, Any] | None = None, body: Any = None,
        headers: Mapping[str, str] | None = None,
    ) -> httpx.Response:  # fmt: skip
        content = None if body is None else json.dumps(body).encode()
        kind = {"Content-Type": "application/json; charset=utf-8"} if content is not None else {}
        async with self._slots:
            await self._pace.take()
            try:
                response = await self._http.request(
                    method, url, params=params or None, content=content, headers={**kind, **(headers or {})}
                )
            except httpx.HTTPError as error:
                raise error_for(error, method) from error
        if not response.is_success:
            raise error_for(response, method)
        return response

    async def _repeat(self, method: str, send: Callable[[], Awaitable[Any]]) -> Any:
        retrying = tenacity.AsyncRetrying(
            retry=tenacity.retry_if_exception(lambda error: _may_repeat(error, method)),
            wait=_wait,
            stop=tenacity.stop_after_attempt(_TRIES) | _WaitedEnough(self.config.longest_wait),
            sleep=self._sleep,
            reraise=True,
        )
        return await retrying(send)

    async def _known_codebase(self) -> str:
        if not self._codebase:
            async with self._codebase_lock:
                if not self._codebase:
                    await self._refreshed_codebase()
        return self._codebase

    async def _refreshed_codebase(self) -> str:
        self._codebase = _normal_codebase(str((await self.company_info()).get("Codebase") or "v4_6_release/"))
        return self._codebase


def _may_repeat(error: BaseException, method: str) -> bool:
    """A read may be repeated whenever waiting helps; a write only when nothing of it can have happened."""
    if method in _READS:
        return isinstance(error, ManageError) and error.waiting_helps and error.status != httpx.codes.UNAUTHORIZED
    return isinstance(error, Unreachable | Throttled)


_BACKOFF = tenacity.wait_exponential_jitter(multiplier=0.5, max=20, jitter=0.5)


def _wait(state: tenacity.RetryCallState) -> float:
    error = state.outcome.exception() if state.outcome else None
    asked = error.retry_after if isinstance(error, ManageError) else None
    return max(asked or 0.0, _BACKOFF(state))


class _WaitedEnough(tenacity.stop.stop_base):
    """Stops before a wait that would be too long to hold on for; the run then waits durably."""

    def __init__(self, longest: float) -> None:
        self._longest = longest

    def __call__(self, retry_state: tenacity.RetryCallState) -> bool:
        return retry_state.idle_for + _wait(retry_state) > self._longest


def _normal_codebase(text: str) -> str:
    stripped = text.strip().strip("/")
    return f"{stripped}/" if stripped else ""


def _query(*, conditions: str = "", fields: Sequence[str] = (), order_by: str = "") -> dict[str, str | int]:
    named = {"conditions": conditions, "fields": ",".join(fields), "orderBy": order_by}
    return {name: value for name, value in named.items() if value}


def _record(answer: Any, path: str, *, after_write: bool = False) -> Record:
    if isinstance(answer, dict):
        return answer
    raise Nonsense(f"ConnectWise answered {path} with something other than a record.")


def _records(answer: Any, path: str) -> Records:
    if isinstance(answer, list):
        return [record for record in answer if isinstance(record, dict)]
    raise Nonsense(f"ConnectWise answered {path} with something other than a list.")
