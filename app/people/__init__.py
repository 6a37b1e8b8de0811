"""People who use the service: names, roles, tokens, sessions, and sign-in with the company's accounts.

Knows nothing of HTTP: a credential goes in, a person or a refusal comes out.
"""

from app.people.accounts import NewToken, PeopleService
from app.people.model import AccessRefused, Person
from app.people.oidc import ANSWER_PATH as OIDC_ANSWER_PATH
from app.people.oidc import OidcConfig, OidcSignIn, SignInRequest, build_oidc
from app.people.provider import Client, Provider, ProviderUnavailable
from app.people.role_rules import RoleRule, parse_roles
from app.people.sessions import Session, SessionService

__all__ = [
    "OIDC_ANSWER_PATH",
    "AccessRefused",
    "Client",
    "NewToken",
    "OidcConfig",
    "OidcSignIn",
    "PeopleService",
    "Person",
    "Provider",
    "ProviderUnavailable",
    "RoleRule",
    "Session",
    "SessionService",
    "SignInRequest",
    "build_oidc",
    "parse_roles",
]
