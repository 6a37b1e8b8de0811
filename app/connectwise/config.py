"""Address, credentials and limits for one ConnectWise Manage."""

from __future__ import annotations

import asyncio
import ipaddress
import re
from dataclasses import dataclass, field
from typing import Literal, Protocol
from urllib.parse import urlsplit

from app.connectwise.errors import BadSite

_CLOUD_USER_HOST = re.compile(r"(?:(?:na|eu|au|aus|za)\.myconnectwise\.net|staging\.connectwisedev\.com)\Z")
_CLOUD_HOST = re.compile(r".+\.(?:myconnectwise\.net|connectwisedev\.com)\Z")
_HOST = re.compile(r"[a-z0-9._-]+\Z|[0-9a-f:.]*:[0-9a-f:.]*\Z")


class Pace(Protocol):
    """A rate limit: `take` returns when the next request may be sent."""

    async def take(self) -> None: ...


@dataclass(frozen=True, slots=True)
class ClientConfig:
    """One ConnectWise Manage and this service's API member. Secrets are left out of its text form."""

    site: str
    """Host such as `api-na.myconnectwise.net`, or a full origin; plain http only for loopback."""
    company: str
    public_key: str = field(repr=False)
    private_key: str = field(repr=False)
    client_id: str = field(repr=False)
    codebase: str = ""
    """For example `v4_6_release/`; empty: read from companyinfo."""
    api_version: str = "2026.11"
    max_concurrency: int = 4
    requests_per_minute: int = 900
    patch_form: Literal["object", "scalar"] = "object"
    """References in a PATCH: `board` with an object, or `board/id` with a number."""
    key_credentials: bool = False
    """Whether the request for a signing key carries credentials (to the configured site only)."""
    key_path: str = "/callbackkey/index.rails"
    """How the path of every signing key's URL ends."""
    connect_timeout: float = 5.0
    read_timeout: float = 30.0
    longest_answer: float = 120.0
    """Seconds within which an answer must be complete."""
    largest_answer: int = 32 * 1024 * 1024
    """Bytes of one decompressed answer."""
    longest_wait: float = 60.0
    """Seconds that one request may wait between its tries; longer waits are the run's."""
    bundle_size: int = 50
    """Reads in one request to `/system/bundles`; below 2: bundles are not used. ConnectWise's limit is not public, so a
    refused bundle is halved, and finally bundles are given up."""

    @property
    def origin(self) -> str:
        """Scheme, host and port, such as `https://api-na.myconnectwise.net`."""
        return normal_origin(self.site)

    @property
    def on_cloud(self) -> bool:
        """Whether the site is one of the vendor's own; on premises some installations have no companyinfo."""
        return bool(_CLOUD_HOST.match(urlsplit(self.origin).hostname or ""))


def normal_origin(site: str) -> str:
    """The origin of a configured site; cloud hosts get the `api-` prefix that their API needs."""
    try:
        parts = urlsplit(site if "://" in site else f"https://{site}")
        host, port = (parts.hostname or "").lower(), parts.port
    except ValueError:
        raise BadSite("The site must be a host or an origin, such as api-na.myconnectwise.net.") from None
    odd = parts.username is not None or parts.password is not None or not _HOST.match(host) or port == 0
    if odd or parts.path not in ("", "/") or parts.query or parts.fragment:
        raise BadSite("The site must be a host or an origin, such as api-na.myconnectwise.net, without a path.")
    if parts.scheme not in ("https", "http"):
        raise BadSite(f"The site must be https, not {parts.scheme}.")
    if parts.scheme == "http" and not is_loopback(host):
        raise BadSite("Plain http is allowed for loopback only; use https.")
    if _CLOUD_USER_HOST.match(host):
        host = f"api-{host}"
    shown = f"[{host}]" if ":" in host else host
    return f"{parts.scheme}://{shown}" + (f":{port}" if port else "")


def is_loopback(host: str) -> bool:
    """Whether a host name is this machine's loopback."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


class TokenBucket:
    """A rate limit for one process: refilled evenly, with a short burst."""

    def __init__(self, per_minute: int, *, burst: int = 10) -> None:
        self._interval = 60.0 / per_minute
        self._burst = burst * self._interval
        self._due = 0.0

    async def take(self) -> None:
        """Return when the next request may be sent, in the order of the calls."""
        now = asyncio.get_running_loop().time()
        self._due = max(self._due + self._interval, now - self._burst)
        if self._due > now:
            await asyncio.sleep(self._due - now)
