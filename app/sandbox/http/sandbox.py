"""Answers requests as ConnectWise would: credentials, version, contract, lists, records, and the rules of `rules.py`."""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, nullcontext
from datetime import datetime
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from app.sandbox.engine import listing
from app.sandbox.engine.api_errors import ApiError, not_found
from app.sandbox.engine.api_request import ApiRequest
from app.sandbox.engine.conditions import BadCondition
from app.sandbox.engine.contract import Operation, contract, operation
from app.sandbox.engine.faults import Fault
from app.sandbox.engine.journal import Exchange, Journal
from app.sandbox.engine.schema_check import fits, schema_errors
from app.sandbox.engine.store import clean
from app.sandbox.http import api_response
from app.sandbox.http.access import HTML, Access
from app.sandbox.http.api_response import ApiResponse
from app.sandbox.rules import bundles, documents
from app.sandbox.rules.system import System
from app.sandbox.seed import billing_history, history, world

VERSION = "2026.11"
_API = "apis/3.0"
_QUERY = frozenset(("conditions", "childConditions", "customFieldConditions", "orderBy", "fields", "page", "pageSize", "pageId",
                    "recordType", "recordId", "type", "id", "deviceIdentifier"))  # fmt: skip


class Sandbox(System):
    """A ConnectWise Manage in memory. `now` is its clock; the same seed gives the same world."""

    def __init__(
        self, *, seed: int = 1, now: Callable[[], datetime] | None = None, origin: str = "http://127.0.0.1"
    ) -> None:
        super().__init__(seed=seed, now=now, origin=origin)

    def reset(self) -> None:
        """Back to the seeded world: no faults, switches at their defaults, empty journal, no past."""
        super().reset()
        world.build(self.store)
        self.faults: list[Fault] = []
        self.journal = Journal()
        self.violations: list[str] = []
        self.bad_requests: list[str] = []
        self.random = random.Random(self.seed)  # noqa: S311 - drives faults, guards no secret
        self.truth: dict[int, str] = {}
        self._access = Access(self.switches, self.now)
        self._under_way = 0

    def fill_history(self, *, tickets: int, months: int = 12) -> None:
        """Adds past tickets over the last months; `truth` then holds the right outcome of each."""
        self.truth |= history.fill(self.store, tickets=tickets, months=months, now=self.now(), seed=self.seed)

    def fill_billing_history(self) -> dict[str, int]:
        """Adds a past with every kind of money and its projects; their ids by the key in `seed/billing_history.json`."""
        return billing_history.fill(self.store, now=self.now())

    def strike(self, method: str, target: str) -> Fault | None:
        """The fault for this request, if any."""
        return next((each for each in self.faults if each.strikes(method, target, self.random.random())), None)

    @contextmanager
    def at_once(self) -> Iterator[bool]:
        """Counts a request as active; False if there are more than the switch allows."""
        self._under_way += 1
        most = self.switches.requests_at_once
        try:
            yield not most or self._under_way <= most
        finally:
            self._under_way -= 1

    def too_many(self) -> ApiResponse:
        """The answer to a request too many."""
        text = "Too many requests. Please try again in 1 seconds."
        return self._json(429, {"code": "ConnectWiseAPI", "message": text, "errors": None}, {"Retry-After": "1"})

    def handle(
        self, method: str, target: str, headers: Mapping[str, str], raw: bytes, fault: Fault | None = None
    ) -> ApiResponse:
        """Answers one request; `target` is path and query."""
        parts = urlsplit(target)
        query = dict(parse_qsl(parts.query, keep_blank_values=True))
        lowered = {name.lower(): value for name, value in headers.items()}
        refused = api_response.refused_by(fault)
        if fault is not None and fault.kind == "html":
            answer = ApiResponse(fault.status, HTML, {"Content-Type": "text/html"})
        elif refused is not None:
            status, body, more = refused
            answer = self._json(status, body, more) if status else ApiResponse(0, dropped=True)
        else:
            answer = self._done(method, parts.path, query, lowered, raw, fault)
        self._note(method, parts.path, query, lowered, raw, answer, fault)
        return answer

    def _done(
        self, method: str, path: str, query: dict[str, str], headers: Mapping[str, str], raw: bytes, fault: Fault | None
    ) -> ApiResponse:
        waiting = self.outbox.waiting()
        vain = fault is not None and fault.kind == "no-effect"
        with self.store.trial() if vain else nullcontext():
            answer = self._answer(method, path, query, headers, raw)
        if vain:
            self.outbox.forget_since(waiting)
        return api_response.spoiled_by(fault, answer)

    def _answer(
        self, method: str, path: str, query: dict[str, str], headers: Mapping[str, str], raw: bytes
    ) -> ApiResponse:
        version = api_response.version_of(headers, VERSION)
        try:
            answer = self._route(method, path, query, headers, raw)
        except ApiError as refusal:
            answer = self._json(refusal.status, refusal.body())
        except BadCondition as bad:
            answer = self._json(400, {"code": "InvalidObject", "message": str(bad), "errors": None})
        if answer.headers.get("Content-Type") == "text/html":
            return answer
        answer.headers |= {
            "Content-Type": f"application/vnd.connectwise.com+json; version={version}", "api-current-version": version,
        }  # fmt: skip
        return answer

    def _route(
        self, method: str, path: str, query: dict[str, str], headers: Mapping[str, str], raw: bytes
    ) -> ApiResponse:
        if path.startswith("/login/companyinfo/"):
            return self._company_info(path.rsplit("/", 1)[-1])
        if path.endswith("/system/callbackkey/index.rails"):
            return self._callback_key(query, headers)
        start, found, rest = path.partition(_API)
        if not found or start.strip("/") not in (self.switches.codebase.strip("/"), "v4_6_release"):
            raise not_found("endpoint")
        self._access.check_credentials(headers)
        if self._access.is_over_limit():
            return self.too_many()
        self._access.check_request(rest, query, headers)
        endpoint = operation(method, rest)
        if endpoint is None:
            self.bad_requests.append(f"{method} {rest}: there is no such endpoint")
            raise ApiError(404, "ConnectWiseApi", "The endpoint does not exist.")
        self.bad_requests += [f"{method} {rest}: query {name}" for name in query.keys() - _QUERY]
        actor = headers.get("x-sandbox-member") or "api-mini"
        if (endpoint.method, endpoint.template) == ("POST", "/system/documents"):
            return self._json(201, documents.upload(self.store, headers, raw, actor))
        request = ApiRequest(endpoint, self._body(endpoint, raw), query, actor)
        return self._do(request, forward=headers.get("pagination-type", "").lower() == "forward-only")

    def _do(self, request: ApiRequest, *, forward: bool) -> ApiResponse:
        if request.template == "/system/bundles":
            return self._finished(200, bundles.run(request.body, self.switches, self._read), request)
        if request.template.endswith("/tickets/search"):
            return self._finished(200, self.rules.search(request), request)
        action = self.rules.action(request)
        if action is not None:
            status, value = action(request)
            return self._finished(status, clean(value), request)
        if request.method == "GET" and request.template.endswith("/count"):
            return self._finished(200, {"count": listing.count(self.rules.source(request), request.query)}, request)
        if request.method == "GET" and request.operation.definition.get("response", {}).get("type") == "array":
            url = f"{self.origin}/{self.switches.codebase}{_API}{request.operation.template}"
            source = self.rules.source(request)
            found = listing.page(source, request.query, forward=forward, url=url, shifting=self.switches.pages_shift)
            return self._finished(200, found.records, request, {"Link": found.links} if found.links else {})
        status, value = self.rules.record(request)
        return self._finished(status, listing.trimmed(clean(value), request.query.get("fields", "")), request)

    def _read(self, path: str, query: Mapping[str, str]) -> tuple[int, Any]:
        """One read of a bundle."""
        endpoint = operation("GET", path)
        if endpoint is None:
            return 404, {"code": "NotFound", "message": "The endpoint does not exist.", "errors": None}
        inside = (
            each for each in self.faults if each.method in ("", "GET") and each.kind in ("forbidden", "error-before")
        )
        if refused := api_response.refused_by(next((each for each in inside if each.strikes("GET", path)), None)):
            return refused[0], refused[1]
        self._access.check_request(path, query, {})
        try:
            answer = self._do(ApiRequest(endpoint, None, query, "api-mini"), forward="pageId" in query)
        except BadCondition as bad:
            return 400, {"code": "InvalidObject", "message": str(bad), "errors": None}
        self._check_answer(endpoint, answer.value)
        return answer.status, answer.value

    def _finished(
        self, status: int, value: Any, request: ApiRequest, headers: Mapping[str, str] | None = None
    ) -> ApiResponse:
        if status == 204:
            return ApiResponse(204)
        schema = request.operation.definition.get("response")
        return self._json(status, api_response.as_switched(value, schema, self.switches, self.random), headers)

    def _body(self, endpoint: Operation, raw: bytes) -> Any:
        schema = endpoint.definition.get("request")
        if schema is None:
            return {}
        if self.switches.newlines_refused and b"\\n" in raw:
            raise ApiError(400, "ConnectWiseApi", "The body has line breaks in a text.")
        try:
            body = json.loads(raw) if raw else None
        except (ValueError, RecursionError):
            raise ApiError(400, "ConnectWiseApi", "The body is not JSON.") from None
        # Items of an array are created in every method: the operations of a PATCH, the requests of a bundle.
        found = list(schema_errors(body, schema, require=endpoint.method))
        if found:
            kind = endpoint.template.strip("/").split("/")[-1].rstrip("s")
            unknown = next((one for one in found if one.code == "ConnectWiseApi"), None)
            code, message = (
                (unknown.code, unknown.message) if unknown else ("InvalidObject", f"{kind} object is invalid")
            )
            errors = [{"code": one.code, "message": one.message, "resource": kind, "field": one.field} for one in found]
            self.bad_requests += [f"{endpoint.method} {endpoint.template}: {one.field}: {one.message}" for one in found]
            raise ApiError(400, code, message, errors=errors)
        return body

    def _company_info(self, company: str) -> ApiResponse:
        status, value = self._access.company_info(company)
        if isinstance(value, bytes):
            return ApiResponse(status, value, {"Content-Type": "text/html"})
        return self._json(status, value)

    def _callback_key(self, query: Mapping[str, str], headers: Mapping[str, str]) -> ApiResponse:
        if self.switches.key_needs_credentials and not self._access.is_authenticated(headers):
            raise ApiError(401, "Unauthorized", "Authentication failed")
        key = self.outbox.key(query.get("id", ""))
        if key is None:
            raise not_found("Key")
        value = {"signing_key": key}
        return self._json(200, json.dumps(value) if self.switches.key_encoded_twice else value)

    def _json(self, status: int, value: Any, headers: Mapping[str, str] | None = None) -> ApiResponse:
        kind = f"application/vnd.connectwise.com+json; version={VERSION}"
        own = {
            "Content-Type": kind, "api-current-version": VERSION, "x-cw-request-id": f"{self.random.getrandbits(64):016x}",
            "x-server-name": "SANDBOX",
        }  # fmt: skip
        return ApiResponse(status, json.dumps(value).encode(), own | dict(headers or {}), value=value)

    def _note(
        self, method: str, path: str, query: dict[str, str], headers: Mapping[str, str], raw: bytes, answer: ApiResponse,
        fault: Fault | None,
    ) -> None:  # fmt: skip
        actor = headers.get("x-sandbox-member", "")
        kind = fault.kind if fault else ""
        self.journal.note(Exchange(method, path, query, raw, answer.status, answer.body, kind, actor))
        _, found, rest = path.partition(_API)
        endpoint = operation(method, rest) if found else None
        if endpoint is not None and not fault and answer.status < 300:
            self._check_answer(endpoint, answer.value)

    def _check_answer(self, endpoint: Operation, value: Any) -> None:
        """Records answers that do not fit the contract, for tests to assert on."""
        schema = endpoint.definition.get("response")
        if endpoint.template.endswith("/projectRecap") and isinstance(value, list):
            for line in value:
                self._check_answer(endpoint, line)
            return
        if endpoint.template.endswith("/forecast") and isinstance(value, dict) and endpoint.method == "GET":
            value = [value]
        if not schema or value is None or endpoint.template not in contract()["paths"] or fits(value, schema):
            return
        found = schema_errors(value, schema, lenient=True)
        self.violations += [f"{endpoint.method} {endpoint.template}: {one.field}: {one.message}" for one in found]
