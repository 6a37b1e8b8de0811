"""Answers requests as ConnectWise would: credentials, version, contract, lists, records, and the rules of `rules.py`."""

from __future__ import annotations

import base64
import copy
import json
import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from app.sandbox import lists, world
from app.sandbox.callbacks import Outbox
from app.sandbox.conditions import BadCondition
from app.sandbox.contract import Operation, complaints, contract, operation
from app.sandbox.faults import Fault, Switches
from app.sandbox.refusals import Refusal, not_found
from app.sandbox.rules import Rules
from app.sandbox.store import Store, clean

COMPANY, PUBLIC_KEY, PRIVATE_KEY, CLIENT_ID = "sandbox", "public", "private", "00000000-0000-4000-8000-000000000001"
VERSION = "2026.11"
CODEBASE = "v2026_1/"
_API = "apis/3.0"


@dataclass
class Answer:
    """What goes back. `dropped`: the connection closes instead. `wait_before`, `wait_after`: seconds around the effect."""

    status: int
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)
    dropped: bool = False
    wait_after: float = 0.0


@dataclass
class Exchange:
    """One request and its answer, as the journal keeps them."""

    method: str
    path: str
    query: dict[str, str]
    body: Any
    status: int
    answer: Any
    fault: str = ""


class Sandbox:
    """A ConnectWise Manage in memory. `now` is its clock; the same seed gives the same world."""

    def __init__(
        self, *, seed: int = 1, now: Callable[[], datetime] | None = None, origin: str = "http://127.0.0.1"
    ) -> None:
        self.now = now or (lambda: datetime.now(UTC))
        self.seed = seed
        self.origin = origin
        self.reset()

    def reset(self) -> None:
        """Back to the seeded world: no faults, switches at their defaults, empty journal."""
        self.store = Store(self.now)
        world.build(self.store)
        self.switches = Switches()
        self.faults: list[Fault] = []
        self.journal: list[Exchange] = []
        self.violations: list[str] = []
        self.outbox = Outbox(self)
        self.rules = Rules(self.store, self.switches, self.outbox, self.now)
        self.random = random.Random(self.seed)  # noqa: S311 - makes mischief, keeps no secret

    def strike(self, method: str, target: str) -> Fault | None:
        """The fault that strikes this request, if one does."""
        return next((fault for fault in self.faults if fault.strikes(method, target)), None)

    def handle(
        self, method: str, target: str, headers: Mapping[str, str], raw: bytes, fault: Fault | None = None
    ) -> Answer:
        """Answers one request; `target` is path and query."""
        parts = urlsplit(target)
        query = dict(parse_qsl(parts.query, keep_blank_values=True))
        lowered = {name.lower(): value for name, value in headers.items()}
        before = self._fault_before(fault)
        if before is not None:
            self._note(method, parts.path, query, raw, before, fault)
            return before
        held = copy.deepcopy(self.store) if fault is not None and fault.kind == "no-effect" else None
        answer = self._answer(method, parts.path, query, lowered, raw)
        if held is not None:
            self.store.__dict__.update(held.__dict__)
            self.outbox.forget_latest()
        answer = self._fault_after(fault, answer)
        self._note(method, parts.path, query, raw, answer, fault)
        return answer

    def _answer(self, method: str, path: str, query: dict[str, str], headers: Mapping[str, str], raw: bytes) -> Answer:
        try:
            return self._route(method, path, query, headers, raw)
        except Refusal as refusal:
            return self._json(refusal.status, refusal.body())
        except BadCondition as bad:
            return self._json(400, {"code": "InvalidObject", "message": str(bad), "errors": None})

    def _route(self, method: str, path: str, query: dict[str, str], headers: Mapping[str, str], raw: bytes) -> Answer:
        if path.startswith("/login/companyinfo/"):
            return self._company_info(path.rsplit("/", 1)[-1])
        if path.endswith("/system/callbackkey/index.rails"):
            return self._callback_key(query, headers)
        start, found, rest = path.partition(_API)
        if not found or start.strip("/") not in (CODEBASE.strip("/"), "v4_6_release"):
            raise not_found("endpoint")
        self._check_credentials(headers)
        asked = operation(method, rest)
        if asked is None:
            raise Refusal(404, "ConnectWiseApi", "The endpoint does not exist.")
        body = self._body(raw)
        self._check_body(asked, body)
        return self._do(asked, rest, query, headers, body)

    def _do(self, asked: Operation, path: str, query: dict[str, str], headers: Mapping[str, str], body: Any) -> Answer:
        special = self.rules.special(asked)
        if special is not None:
            status, answer = special(asked, body, query)
            return self._json(status, answer)
        if asked.method == "GET" and asked.definition.get("response", {}).get("type") == "array":
            forward = headers.get("pagination-type", "").lower() == "forward-only"
            records, links = lists.page(self.rules.records(asked), query, forward=forward, url=f"{self.origin}{path}")
            return self._json(200, records, {"Link": links} if links else {})
        if asked.method == "GET" and asked.template.endswith("/count"):
            return self._json(200, {"count": lists.count(self.rules.records(asked), query)})
        status, answer = self.rules.record(asked, body, self._who(headers))
        if status == 204:
            return Answer(204)
        return self._json(status, lists.trimmed(answer, query.get("fields", "")))

    def _check_credentials(self, headers: Mapping[str, str]) -> None:
        if not self.credentials_are_right(headers):
            raise Refusal(401, "Unauthorized", "Authentication failed or the clientId is missing.")

    def credentials_are_right(self, headers: Mapping[str, str]) -> bool:
        """Whether a request carries the API member's keys and a clientId."""
        return headers.get("authorization") == credentials()["authorization"] and bool(headers.get("clientid"))

    def _who(self, headers: Mapping[str, str]) -> str:
        return headers.get("x-sandbox-member") or "api-mini"

    def _body(self, raw: bytes) -> Any:
        if not raw:
            return None
        try:
            return json.loads(raw)
        except ValueError:
            raise Refusal(400, "ConnectWiseApi", "The body is not JSON.") from None

    def _check_body(self, asked: Operation, body: Any) -> None:
        schema = asked.definition.get("request")
        if schema is None:
            return
        found = list(complaints(body, schema, require=asked.method == "POST"))
        if found:
            first = found[0]
            code = "ConnectWiseApi" if first.code == "ConnectWiseApi" else "InvalidObject"
            kind = asked.template.strip("/").split("/")[-1].rstrip("s")
            message = first.message if code == "ConnectWiseApi" else f"{kind} object is invalid"
            errors = [{"code": one.code, "message": one.message, "resource": kind, "field": one.field} for one in found]
            raise Refusal(400, code, message, errors=errors)

    def _company_info(self, company: str) -> Answer:
        if company.lower() != COMPANY:
            return self._json(200, None)
        info = {
            "CompanyName": COMPANY,
            "Codebase": CODEBASE,
            "VersionCode": "v2026.1",
            "VersionNumber": "v2026.1.0",
            "CompanyID": COMPANY,
            "IsCloud": True,
        }
        return self._json(200, info)

    def _callback_key(self, query: Mapping[str, str], headers: Mapping[str, str]) -> Answer:
        if self.switches.key_needs_credentials and not self.credentials_are_right(headers):
            return self._json(401, {"code": "Unauthorized", "message": "Authentication failed", "errors": None})
        key = self.outbox.key(query.get("id", ""))
        return (
            self._json(200, {"signing_key": key})
            if key
            else self._json(404, {"code": "NotFound", "message": "Key not found", "errors": None})
        )

    def _json(self, status: int, body: Any, headers: Mapping[str, str] | None = None) -> Answer:
        kind = f"application/vnd.connectwise.com+json; version={VERSION}"
        own = {
            "Content-Type": kind,
            "api-current-version": VERSION,
            "x-cw-request-id": f"{self.random.getrandbits(64):016x}",
        }
        return Answer(status, json.dumps(clean(body)).encode(), own | dict(headers or {}))

    def _fault_before(self, fault: Fault | None) -> Answer | None:
        if fault is None:
            return None
        texts = {"throttle": (429, "ConnectWiseAPI"), "error-before": (fault.status, "ConnectWiseApi"), "forbidden": (403, "Forbidden"),
                 "unauthorized": (401, "Unauthorized")}  # fmt: skip
        if fault.kind in texts:
            status, code = texts[fault.kind]
            answer = self._json(status, {"code": code, "message": "On demand.", "errors": None})
            if fault.kind == "throttle":
                answer.headers["Retry-After"] = f"{fault.seconds:g}"
            return answer
        return Answer(0, dropped=True) if fault.kind == "drop-before" else None

    def _fault_after(self, fault: Fault | None, answer: Answer) -> Answer:
        if fault is None or answer.status >= 400:
            return answer
        if fault.kind == "error-after":
            return self._json(fault.status, {"code": "ConnectWiseApi", "message": "On demand.", "errors": None})
        if fault.kind == "drop-after":
            return Answer(0, dropped=True)
        if fault.kind == "non-json":
            return Answer(answer.status, b"<html>Please wait</html>", {"Content-Type": "text/html"})
        if fault.kind in ("nulls", "absent"):
            answer.body = json.dumps(
                self._thinned(json.loads(answer.body or b"null"), null=fault.kind == "nulls")
            ).encode()
        if fault.kind == "delay-after":
            answer.wait_after = fault.seconds
        return answer

    def _thinned(self, value: Any, *, null: bool) -> Any:
        """An answer without its optional members, or with null for them."""
        if isinstance(value, list):
            return [self._thinned(item, null=null) for item in value]
        if not isinstance(value, dict):
            return value
        kept = ("id", "name", "identifier", "count", "success", "board", "company", "project", "phase", "text", "description", "billingMethod",
                "billingAmount", "status", "type", "subType", "item", "team", "department", "location", "billTime", "billExpenses", "billProducts",
                "billSeparatelyFlag", "budgetHours", "url", "level", "objectId", "member", "contact", "wbsCode", "recordType", "projectFlag", "table",
                "glType", "mappedType", "mappedRecord", "segment1", "defaultFlag", "inactiveFlag", "closedStatus", "summary")  # fmt: skip
        shown = {name: inner for name, inner in value.items() if name in kept}
        return shown | dict.fromkeys(value.keys() - shown.keys()) if null else shown

    def _note(
        self, method: str, path: str, query: dict[str, str], raw: bytes, answer: Answer, fault: Fault | None
    ) -> None:
        body, given = _json_or_text(raw), _json_or_text(answer.body)
        self.journal.append(Exchange(method, path, query, body, answer.status, given, fault.kind if fault else ""))
        _, found, rest = path.partition(_API)
        asked = operation(method, rest) if found else None
        if asked is not None and not fault and answer.status < 300:
            self._check_answer(asked, given)

    def _check_answer(self, asked: Operation, given: Any) -> None:
        """Our own answers must fit the contract as well; what does not is kept for the tests to find."""
        schema = asked.definition.get("response")
        for found in complaints(given, schema, require=False, lenient=True) if schema and given is not None else ():
            if asked.template in contract()["paths"]:
                self.violations.append(f"{asked.method} {asked.template}: {found.field}: {found.message}")


def credentials() -> dict[str, str]:
    """The headers of the API member."""
    pair = base64.b64encode(f"{COMPANY}+{PUBLIC_KEY}:{PRIVATE_KEY}".encode()).decode()
    return {"authorization": f"Basic {pair}", "clientId": CLIENT_ID}


def _json_or_text(raw: bytes) -> Any:
    if not raw:
        return None
    try:
        return json.loads(raw)
    except ValueError:
        return raw.decode("utf-8", "replace")[:500]
