"""Access to the API: credentials, transport, API version, rights, rate limit, company information."""

from __future__ import annotations

import base64
from collections import deque
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

from app.sandbox.engine.api_errors import ApiError
from app.sandbox.engine.switches import Switches

COMPANY, PUBLIC_KEY, PRIVATE_KEY, CLIENT_ID = "sandbox", "public", "private", "00000000-0000-4000-8000-000000000001"
HTML = b"<!DOCTYPE html><html><head><title>Object moved</title></head><body><h1>Please sign in</h1></body></html>"
_LONGEST_QUERY = 10_000


def credentials() -> dict[str, str]:
    """The headers of the API member."""
    pair = base64.b64encode(f"{COMPANY}+{PUBLIC_KEY}:{PRIVATE_KEY}".encode()).decode()
    return {"authorization": f"Basic {pair}", "clientId": CLIENT_ID}


class Access:
    """Refuses requests before any rule sees them."""

    def __init__(self, switches: Switches, now: Callable[[], datetime]) -> None:
        self._switches = switches
        self._now = now
        self._recent: deque[datetime] = deque()

    def is_authenticated(self, headers: Mapping[str, str]) -> bool:
        """Whether a request carries the API member's keys and a clientId."""
        return headers.get("authorization") == credentials()["authorization"] and bool(headers.get("clientid"))

    def check_credentials(self, headers: Mapping[str, str]) -> None:
        """Refuses wrong keys, by switch with the 404 of the cloud, and by switch every request as not encrypted."""
        if self._switches.ssl_required:
            raise ApiError(403, "Security", "SSL is required.")
        if not self.is_authenticated(headers):
            if self._switches.wrong_keys == "not-found":
                raise ApiError(404, "NotFound", "Not found")
            raise ApiError(401, "Unauthorized", "Authentication failed or the clientId is missing.")

    def check_request(self, rest: str, query: Mapping[str, str], headers: Mapping[str, str]) -> None:
        """Refuses long addresses, areas without a right, and versions that an endpoint does not support."""
        if sum(map(len, query.values())) > _LONGEST_QUERY:
            raise ApiError(414, "ConnectWiseApi", "The address is too long.")
        if any(rest.startswith(area) for area in self._switches.names("forbidden_areas")):
            raise ApiError(403, "Forbidden", "The member has no right to this.")
        _, named, version = headers.get("accept", "").partition("version=")
        if named and any(part in rest for part in self._switches.names("version_refused_paths")):
            message = (
                f"The HTTP resource that matches the request does not support the API version '{version.strip()[:20]}'."
            )
            raise ApiError(400, "UnsupportedApiVersion", message)

    def is_over_limit(self) -> bool:
        """Counts a request of the last minute; true where the switch allows no more."""
        most, now = self._switches.requests_per_minute, self._now()
        if not most:
            return False
        while self._recent and self._recent[0] <= now - timedelta(minutes=1):
            self._recent.popleft()
        if len(self._recent) >= most:
            return True
        self._recent.append(now)
        return False

    def company_info(self, company: str) -> tuple[int, Any]:
        """Status and value of companyinfo; the value is bytes where the switch answers with a page."""
        mode = self._switches.company_info
        if mode in ("not-found", "html"):
            return (
                (404, HTML) if mode == "html" else (404, {"code": "NotFound", "message": "Not found", "errors": None})
            )
        if mode == "unavailable":
            return 503, {"code": "ConnectWiseApi", "message": "Service unavailable", "errors": None}
        if company.lower() != COMPANY or mode == "null":
            return 200, None
        return 200, {
            "CompanyName": COMPANY, "Codebase": self._switches.codebase, "VersionCode": "v2026.1", "VersionNumber": "v2026.1.0",
            "CompanyID": COMPANY, "IsCloud": True,
        }  # fmt: skip
