"""The operator's choices for sign-in with the company's accounts. Apart from `oidc`, whose libraries load slowly."""

from __future__ import annotations

from dataclasses import dataclass

from app.people.role_rules import RoleRule

ANSWER_PATH = "/sign-in/company/answer"
"""Where the provider sends the browser back to; registered there with PUBLIC_URL before it."""


@dataclass(frozen=True, slots=True)
class OidcConfig:
    """How this service is known at the provider, and which accounts get which role."""

    issuer: str
    client_id: str
    client_secret: str
    roles: tuple[RoleRule, ...]
    scopes: str
    redirect_uri: str
