"""Sign-in with the company's accounts: OpenID Connect, authorization code with PKCE, state and nonce."""

from __future__ import annotations

import hmac
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import structlog
from authlib.common.urls import add_params_to_uri
from authlib.oauth2.rfc7636 import create_s256_code_challenge
from authlib.oidc.core import CodeIDToken
from joserfc.errors import JoseError

from app.domain.enums import Role
from app.people.accounts import PeopleService
from app.people.model import AccessRefused
from app.people.oidc_config import OidcConfig
from app.people.provider import BadAnswer, Provider, client_of
from app.people.role_rules import role_of
from app.people.tokens import digest, new_secret
from app.storage import Database, PendingSignIn, PersonRow, Sessions
from app.workflow.errors import ConflictError, InvalidRequest

log = structlog.get_logger()

_LASTS = timedelta(minutes=10)
_MOST_PENDING = 1000
_CLOCK_SECONDS = 120
"""How far the provider's clock may differ."""
_NAMES = ("email", "preferred_username", "upn", "name")
"""Claims that name the person, the most distinctive first: a display name can be chosen to look like another's."""


@dataclass(frozen=True, slots=True)
class SignInRequest:
    """Where to send the browser, and the secret for its cookie, by which the answer is tied to this browser."""

    url: str
    browser_secret: str


class OidcSignIn:
    """Sends browsers to the provider and reads its answer."""

    def __init__(
        self, config: OidcConfig, provider: Provider, database: Database, people: PeopleService,
        *, now: Callable[[], datetime],
    ) -> None:  # fmt: skip
        self.config = config
        self.provider = provider
        self._sessions = Sessions(database)
        self._people = people
        self._now = now

    async def begin(self, destination: str) -> SignInRequest:
        """Starts a sign-in. Raises ProviderUnavailable, or AccessRefused where too many wait."""
        metadata = await self.provider.metadata()
        state, browser, nonce, verifier = (new_secret() for _ in range(4))
        pending = PendingSignIn(digest(state), digest(browser), nonce, verifier, destination, self._now() + _LASTS)
        if not await self._sessions.begin_sign_in(pending, now=self._now(), most=_MOST_PENDING):
            raise AccessRefused("Too many sign-ins are under way. Try again in ten minutes.", code="busy")
        url = add_params_to_uri(
            metadata["authorization_endpoint"],
            {
                "response_type": "code", "client_id": self.config.client_id, "redirect_uri": self.config.redirect_uri,
                "scope": self.config.scopes, "state": state, "nonce": nonce,
                "code_challenge": create_s256_code_challenge(verifier), "code_challenge_method": "S256",
            }.items(),
        )  # fmt: skip
        return SignInRequest(url, browser)

    async def finish(self, query: Mapping[str, str], browser_secret: str) -> tuple[PersonRow, str]:
        """The person whom the provider's answer names, and where they wanted to go.

        Raises AccessRefused for an answer that is not accepted, ProviderUnavailable where the provider does not answer.
        """
        pending = await self._sessions.take_sign_in(digest(query.get("state", "")))
        if pending is None or pending.ends_at <= self._now():
            raise AccessRefused("This sign-in has expired or was used already. Sign in again.", code="sign-in-expired")
        if not hmac.compare_digest(pending.browser_sha256, digest(browser_secret)):
            raise AccessRefused("The sign-in was begun in another browser. Sign in again.", code="sign-in-foreign")
        try:
            return await self._person(query, pending), pending.destination
        except BadAnswer as error:
            log.warning("people.sign-in-refused", reason=str(error))
            raise AccessRefused(f"{error} Sign in again, or ask an admin.", code="sign-in-refused") from None
        except (ConflictError, InvalidRequest) as error:
            raise AccessRefused(str(error), code="sign-in-refused") from None

    async def _person(self, query: Mapping[str, str], pending: PendingSignIn) -> PersonRow:
        if "code" not in query:
            raise BadAnswer("The provider did not sign you in.")
        tokens = await self.provider.exchange(query["code"], pending.verifier)
        claims = await self._claims(str(tokens.get("id_token", "")), pending)
        if self._role(claims) is None or _name(claims) is None:
            more = await self.provider.user_info(str(tokens.get("access_token", "")))
            claims = {**more, **claims} if more.get("sub") == claims["sub"] else claims
        role, name = self._role(claims), _name(claims)
        if role is None:
            raise BadAnswer("Your account has no role here: no rule of OIDC_ROLES fits it.")
        if name is None:
            raise BadAnswer("Your account has neither an e-mail address nor a name.")
        row = await self._people.account(name, subject=digest(f"{self.config.issuer}\n{claims['sub']}"), role=role)
        if row.removed_at is not None:
            raise BadAnswer(f"The access of {row.name} was removed.")
        return row

    async def _claims(self, id_token: str, pending: PendingSignIn) -> dict[str, Any]:
        """The claims of an ID token that is genuine, current, for us and for this sign-in."""
        header, claims = await self.provider.claims(id_token)
        options = {
            "iss": {"essential": True, "value": (await self.provider.metadata())["issuer"]},
            "sub": {"essential": True}, "exp": {"essential": True}, "iat": {"essential": True},
            "aud": {"essential": True, "value": self.config.client_id},
        }  # fmt: skip
        params = {"client_id": self.config.client_id, "nonce": pending.nonce}
        checked = CodeIDToken(claims, header, options, params)
        try:
            checked.validate(now=int(self._now().timestamp()), leeway=_CLOCK_SECONDS)
        except (JoseError, ValueError, TypeError) as error:
            raise BadAnswer(f"The provider's answer is not valid ({type(error).__name__}).") from None
        if claims.get("nonce") != pending.nonce or not isinstance(claims.get("sub"), str):
            raise BadAnswer("The provider's answer belongs to another sign-in.")
        return dict(claims)

    def _role(self, claims: Mapping[str, Any]) -> Role | None:
        return role_of(claims, self.config.roles)


def _name(claims: Mapping[str, Any]) -> str | None:
    """How the person is shown; an e-mail address that the provider has not verified does not count."""
    unverified = claims.get("email_verified") in (False, "false")
    names = (claims.get(name) for name in _NAMES if not (name == "email" and unverified))
    return next((name for name in names if isinstance(name, str) and name.strip()), None)


def build_oidc(
    config: OidcConfig, database: Database, people: PeopleService, *, now: Callable[[], datetime]
) -> OidcSignIn:
    """The sign-in of this configuration; its provider is closed by the caller."""
    return OidcSignIn(config, Provider(client_of(config), now=now), database, people, now=now)
