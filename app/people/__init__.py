"""People who use the service: names, roles, tokens, sessions, and sign-in with the company's accounts.

Knows nothing of HTTP: a credential goes in, a person or a refusal comes out. `oidc` and `provider` are imported where they
are needed: most commands need neither, and their libraries load slowly.
"""

from app.people.accounts import NewToken, PeopleService
from app.people.model import AccessRefused, Person
from app.people.oidc_config import ANSWER_PATH, OidcConfig
from app.people.role_rules import RoleRule, parse_roles
from app.people.sessions import Session, SessionService

__all__ = [
    "ANSWER_PATH",
    "AccessRefused",
    "NewToken",
    "OidcConfig",
    "PeopleService",
    "Person",
    "RoleRule",
    "Session",
    "SessionService",
    "parse_roles",
]
