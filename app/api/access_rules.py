"""Which role a request needs. One table for the access control and the API description.

Every address is closed unless it is listed here: reading needs a viewer, anything else an approver.
"""

from __future__ import annotations

from app.domain.enums import Role

SESSION = "/session"
SIGN_IN = "/sign-in"
SAFE_METHODS = ("GET", "HEAD", "OPTIONS")
"""Methods that change nothing, so that a cookie alone is enough for them."""
_PUBLIC_PATHS = frozenset({"/livez", "/readyz", "/metrics", "/docs", "/openapi.json", "/favicon.ico", SIGN_IN})
"""Paths without ticket data."""
_PUBLIC_FOLDERS = ("/pages/", "/docs/", f"{SIGN_IN}/")
_ADMIN_READS = ("/people", "/trail")
_ADMIN_CHANGES = ("/people", "/trail", "/writes", "/chart", "/settings")


def is_public(method: str, path: str) -> bool:
    """Whether a request needs neither a token nor a session. Signing in is one of them."""
    return path in _PUBLIC_PATHS or path.startswith(_PUBLIC_FOLDERS) or (method, path) == ("POST", SESSION)


def needed_role(method: str, path: str) -> Role | None:
    """The least role for a request; None for a public one."""
    if is_public(method, path):
        return None
    if method in SAFE_METHODS:
        return Role.ADMIN if _within(path, _ADMIN_READS) else Role.VIEWER
    if path == SESSION:
        return Role.VIEWER  # signing out
    return Role.ADMIN if _within(path, _ADMIN_CHANGES) else Role.APPROVER


def _within(path: str, folders: tuple[str, ...]) -> bool:
    return any(path == folder or path.startswith(f"{folder}/") for folder in folders)
