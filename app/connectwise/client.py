"""Reads and writes ConnectWise records: one, all, or a page at a time.

A read is repeated after network errors, 429, 5xx and a 2xx without JSON; a write only if it was certainly not applied.
In every other case the caller checks ConnectWise before writing again. Sources: the vendor's developer guide, public clients.
"""

from __future__ import annotations

import asyncio
import copy
import re
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from typing import Any, Self
from urllib.parse import quote

import httpx

from app.connectwise.bundle_reads import Wanted
from app.connectwise.bundles import BUNDLES, NEWEST_FIRST, Bundling, bundle_body, parse_bundle
from app.connectwise.codebase import Codebase
from app.connectwise.config import ClientConfig, Pace
from app.connectwise.errors import (
    BadCredentials,
    BadRequest,
    ConnectWiseError,
    Forbidden,
    InvalidResponse,
    NotApiAnswer,
    NotFound,
    RateLimited,
    Unreachable,
    WriteResultUnknown,
    WritesForbidden,
)
from app.connectwise.json_patch import patch_body
from app.connectwise.metrics import ClientMetrics, template
from app.connectwise.pagination import ForwardPages, NumberedPages, Paging
from app.connectwise.responses import missing_error, record_in, records_in
from app.connectwise.tenant_profile import TenantProfile
from app.connectwise.transport import Transport

_API = "apis/3.0"
_PAGE = 1000
_PATH = re.compile(r"(?:/[A-Za-z0-9_-]+)+/?\Z")

Record = dict[str, Any]
Records = list[Record]


class ConnectWiseClient:
    """A client for one ConnectWise Manage. With `read_only`, a write raises WritesForbidden before anything is sent."""

    def __init__(
        self,
        config: ClientConfig,
        *,
        pace: Pace | None = None,
        transport: httpx.AsyncBaseTransport | None = None,
        read_only: bool = False,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        clock: Callable[[], float] = time.monotonic,
        tenant: TenantProfile | None = None,
    ) -> None:
        self.config = config
        self.bundling = Bundling(config.bundle_size, clock=clock)
        self._read_only = read_only
        self._transport = Transport(config, pace=pace, transport=transport, sleep=sleep, tenant=tenant)
        self._codebase = Codebase(config.codebase, self.company_info, on_cloud=config.on_cloud, clock=clock)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.aclose()

    async def aclose(self) -> None:
        """Close the connections."""
        await self._transport.aclose()

    def reader(self) -> ConnectWiseClient:
        """A read-only client on the same connections, limits and metrics."""
        other = copy.copy(self)
        other._read_only = True
        return other

    @property
    def metrics(self) -> ClientMetrics:
        """Requests and waits so far, of all clients on these connections."""
        return self._transport.metrics

    @property
    def tenant(self) -> TenantProfile:
        """What this tenant's ConnectWise has been found to demand."""
        return self._transport.tenant

    async def get(
        self, path: str, *, fields: Sequence[str] = (), params: Mapping[str, str | int] | None = None
    ) -> Record:
        """One record. Raises NotFound if it does not exist."""
        answer = await self._ask("GET", path, query=_query(fields=fields) | dict(params or {}))
        return record_in(answer, path)

    async def find(self, path: str, *, fields: Sequence[str] = ()) -> Record | None:
        """One record, or None if the API says that it does not exist."""
        try:
            return await self.get(path, fields=fields)
        except NotFound as missing:
            if missing.of_a_record:
                return None
            raise

    async def value(self, path: str) -> Any:
        """The JSON of a path in any form."""
        return await self._ask("GET", path)

    async def newest(self, path: str, conditions: str = "", *, fields: Sequence[str] = (), most: int) -> Records:
        """The records of a list with the greatest ids, at most `most`, in one request."""
        query = _query(conditions=conditions, fields=_with_id(fields))
        query |= {"orderBy": NEWEST_FIRST, "page": 1, "pageSize": most}
        return records_in(await self._ask("GET", path, query=query), path)[1]

    async def list(self, path: str, conditions: str = "", *, fields: Sequence[str] = (), order_by: str = "") -> Records:
        """Every record of a list, page by page."""
        found: Records = []
        async for page in self.pages(path, conditions, fields=fields, order_by=order_by):
            found.extend(page)
        return found

    async def pages(
        self, path: str, conditions: str = "", *, fields: Sequence[str] = (), order_by: str = "",
        size: int = _PAGE, after: int = 0,
    ) -> AsyncIterator[Records]:  # fmt: skip
        """The pages of a list, up to 1,000 records each; the first page that is not full is the last.

        Without `order_by` a list is paged by the last id seen, so that records which appear or disappear do not shift the
        pages; `after` starts behind an id. With it, pages are numbered, and a record that a shift repeats is returned once.
        """
        fields = _with_id(fields)
        paging: Paging = NumberedPages(order_by) if order_by else ForwardPages(after)
        query = _query(conditions=conditions, fields=fields)
        while True:
            query_of_page = query | paging.query | {"pageSize": size}
            answer = await self._ask("GET", path, query=query_of_page, headers=paging.headers)
            count, records = records_in(answer, path)
            if new := paging.take(records, full=count >= size, path=path):
                yield new
            if count < size:
                return

    async def count(self, path: str, conditions: str = "") -> int:
        """Number of records of a list; `path` is the list or its count endpoint."""
        address = path if path.endswith("/count") else f"{path.rstrip('/')}/count"
        answer = record_in(await self._ask("GET", address, query=_query(conditions=conditions)), address)
        count = answer.get("count")
        if not isinstance(count, int) or isinstance(count, bool):
            raise InvalidResponse(f"ConnectWise gave no count for {address}.")
        return count

    async def bundle(self, wanted: Sequence[Wanted]) -> Sequence[Records | ConnectWiseError]:
        """The records of many reads, in the given order, in as few requests as ConnectWise allows.

        A list that cannot be read is returned as its error. Reads that a bundle did not answer completely, or all of them
        where bundles are refused, are sent as single requests.
        """
        found = dict(enumerate(await self.bundled(wanted)))
        rest = [number for number, answer in found.items() if answer is None]
        singly = await asyncio.gather(*(self._attempt(wanted[number]) for number in rest))
        found |= dict(zip(rest, singly, strict=True))
        return [answer for answer in found.values() if answer is not None]

    async def bundled(self, wanted: Sequence[Wanted]) -> Sequence[Records | ConnectWiseError | None]:
        """As `bundle`, without single requests: None for a read that no bundle answered."""
        found: dict[int, Records | ConnectWiseError | None] = dict.fromkeys(range(len(wanted)))
        known = [number for number, one in enumerate(wanted) if self.bundling.takes(one)]
        while (size := self.bundling.size) and len(known) > 1:
            now = known[:size]
            part = [wanted[number] for number in now]
            try:
                answer = await self._ask("POST", BUNDLES, body=bundle_body(part, self.config.api_version), reads=True)
            except (BadCredentials, RateLimited, Unreachable):
                raise
            except ConnectWiseError as error:
                self.bundling.refused(error, len(now))
                continue
            known = known[len(now) :]
            answers = parse_bundle(answer, part)
            self.bundling.answered(zip(part, answers, strict=True))
            self.metrics.bundled += sum(one is not None for one in answers)
            found |= dict(zip(now, answers, strict=True))
        return [found[number] for number in range(len(wanted))]

    async def _attempt(self, wanted: Wanted) -> Records | ConnectWiseError:
        try:
            if wanted.single:
                return [await self.get(wanted.path, fields=wanted.fields)]
            if wanted.most:
                return await self.newest(wanted.path, wanted.conditions, fields=wanted.fields, most=wanted.most)
            return await self.list(wanted.path, wanted.conditions, fields=wanted.fields)
        except ConnectWiseError as error:
            return error

    async def post(self, path: str, body: Any) -> Record:
        """Create a record or run an action. Raises WriteResultUnknown if it may have been applied."""
        return record_in(await self._ask("POST", path, body=body), path, after_write=True)

    async def patch(self, path: str, desired: Mapping[str, Any]) -> Record:
        """Set the members of `desired`; returns the record as ConnectWise shows it afterwards.

        Some tenants refuse a PATCH without `customFields`; there the record's own are sent along, read immediately before.
        """
        kind = template(path)
        if self.tenant.demands("custom_fields", kind):
            return await self._patch(path, await self._with_custom_fields(path, desired))
        try:
            return await self._patch(path, desired)
        except BadRequest as refused:
            if not any(error.field == "customFields" for error in refused.field_errors):
                raise
            whole = await self._with_custom_fields(path, desired)
            if whole == desired:
                raise
        patched = await self._patch(path, whole)
        await self.tenant.learn("custom_fields", kind)
        return patched

    async def _patch(self, path: str, desired: Mapping[str, Any]) -> Record:
        body = patch_body(desired, self.config.patch_form)
        return record_in(await self._ask("PATCH", path, body=body), path, after_write=True)

    async def _with_custom_fields(self, path: str, desired: Mapping[str, Any]) -> Mapping[str, Any]:
        shown = (await self.get(path, fields=("id", "customFields"))).get("customFields")
        return {**desired, "customFields": shown} if shown and "customFields" not in desired else desired

    async def delete(self, path: str) -> None:
        """Delete a record; a missing one is no error."""
        try:
            await self._ask("DELETE", path)
        except NotFound as missing:
            if not missing.of_a_record:
                raise

    async def company_info(self) -> Record:
        """`Codebase`, `VersionNumber` and `IsCloud` of the configured company. Needs no rights."""
        path = f"/login/companyinfo/{quote(self.config.company, safe='')}"
        try:
            info = await self._transport.repeat(lambda: self._transport.ask("GET", path, reads=True), reads=True)
        except (NotFound, NotApiAnswer, BadRequest, Forbidden) as error:
            text = (
                f"ConnectWise is not reachable: /login/companyinfo answers {error.status}. Check CWM_SITE. On premises set CWM_CODEBASE, "
                "which makes this request unnecessary."
            )
            raise Unreachable(text, status=error.status, request_id=error.request_id) from error
        if not isinstance(info, dict):
            raise InvalidResponse(
                f"The site does not know the company “{self.config.company}”. Check CWM_COMPANY and CWM_SITE."
            )
        return info

    async def _ask(
        self, method: str, path: str, *, query: Mapping[str, str | int] | None = None, body: Any = None,
        headers: Mapping[str, str] | None = None, reads: bool = False,
    ) -> Any:  # fmt: skip
        """One request, repeated where allowed, and once more if the API has moved."""
        reads = reads or method == "GET"
        if self._read_only and not reads:
            raise WritesForbidden(f"{method} {path} was not sent: this client may only read.")
        if not _PATH.match(path):
            raise BadRequest(f"{method} was not sent: invalid path. Expected a path such as /service/tickets/1.")
        while True:
            used = await self._codebase.known()

            async def send(prefix: str = f"/{used}{_API}") -> Any:
                return await self._transport.ask(
                    method, path, prefix=prefix, query=query, body=body, headers=headers, reads=reads
                )

            try:
                return await self._transport.repeat(send, reads=reads)
            except (NotFound, NotApiAnswer) as missing:
                if not await self._moved_from(used, missing, reads=reads):
                    raise missing_error(missing, path, reads=reads) from missing

    async def _moved_from(self, used: str, missing: NotFound | NotApiAnswer, *, reads: bool) -> bool:
        """Whether the API has moved. Where that cannot be found out, it is not known what became of a write."""
        try:
            return await self._codebase.moved_from(used, missing)
        except ConnectWiseError as error:
            if reads:
                raise
            raise WriteResultUnknown(f"{missing} {error}", status=missing.status) from error


def _with_id(fields: Sequence[str]) -> Sequence[str]:
    return fields if not fields or "id" in fields else ("id", *fields)


def _query(*, conditions: str = "", fields: Sequence[str] = ()) -> dict[str, str | int]:
    named = {"conditions": str(conditions), "fields": ",".join(fields)}
    return {name: value for name, value in named.items() if value}
