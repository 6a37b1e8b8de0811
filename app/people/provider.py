"""The company's OpenID Connect provider: discovery, code exchange, signing keys, user info. Its JSON ends here."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

import httpx
from joserfc import jwk, jwt
from joserfc.errors import JoseError

from app.people.oidc_config import OidcConfig
from app.workflow.context import utc_now

_SECONDS = 10.0
_METADATA_FOR = timedelta(hours=1)
_KEYS_AT_MOST_EVERY = timedelta(minutes=1)
_ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA")
"""Signatures with a key pair; never `none`, never one with the client's secret."""
_ENDPOINTS = ("authorization_endpoint", "token_endpoint", "jwks_uri")


class ProviderUnavailable(Exception):
    """The provider cannot be reached or answers nonsense. The text is a sentence; a token still signs in."""

    def __init__(self, issuer: str, cause: str) -> None:
        super().__init__(
            f"The company's sign-in at {urlsplit(issuer).hostname or issuer} does not work at the moment: {cause}. "
            "Sign in with a token, or try again later."
        )


class BadAnswer(Exception):
    """The provider refuses this sign-in, or its answer cannot be trusted; the text says why without secrets."""


@dataclass(frozen=True, slots=True)
class Client:
    """This service as the provider knows it."""

    issuer: str
    id: str
    secret: str
    redirect_uri: str


def client_of(config: OidcConfig) -> Client:
    """This service as these settings describe it."""
    return Client(config.issuer, config.client_id, config.client_secret, config.redirect_uri)


class Provider:
    """Requests to the provider. Metadata and keys are kept for an hour."""

    def __init__(
        self,
        client: Client,
        *,
        now: Callable[[], datetime] = utc_now,
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        self.client = client
        self._now = now
        self._http = httpx.AsyncClient(timeout=_SECONDS, transport=transport, trust_env=True)
        self._metadata: tuple[datetime, dict[str, Any]] | None = None
        self._keys: tuple[datetime, jwk.KeySet] | None = None

    async def aclose(self) -> None:
        """Closes the connections."""
        await self._http.aclose()

    async def metadata(self) -> dict[str, Any]:
        """The provider's description of itself. Raises ProviderUnavailable, also where it names another issuer."""
        if self._metadata is not None and self._now() - self._metadata[0] < _METADATA_FOR:
            return self._metadata[1]
        found = await self._json("GET", f"{self.client.issuer.rstrip('/')}/.well-known/openid-configuration")
        if str(found.get("issuer", "")).rstrip("/") != self.client.issuer.rstrip("/"):
            raise ProviderUnavailable(self.client.issuer, "it names another issuer than OIDC_ISSUER")
        for name in _ENDPOINTS:
            if not is_safe(str(found.get(name, ""))):
                raise ProviderUnavailable(self.client.issuer, f"its {name} is missing or not https")
        self._metadata = (self._now(), found)
        return found

    async def exchange(self, code: str, verifier: str) -> dict[str, Any]:
        """The tokens for a code. Raises BadAnswer where the provider refuses it."""
        metadata = await self.metadata()
        form = {
            "grant_type": "authorization_code", "code": code, "redirect_uri": self.client.redirect_uri,
            "client_id": self.client.id, "code_verifier": verifier,
        }  # fmt: skip
        methods = metadata.get("token_endpoint_auth_methods_supported") or ["client_secret_basic"]
        basic: httpx.BasicAuth | None = None
        if self.client.secret and "client_secret_basic" in methods:
            basic = httpx.BasicAuth(self.client.id, self.client.secret)
        elif self.client.secret:
            form["client_secret"] = self.client.secret
        answer = await self._request("POST", metadata["token_endpoint"], data=form, auth=basic)
        if answer.status_code in (400, 401, 403):
            raise BadAnswer(f"The provider refused the sign-in ({_error_code(answer)}).")
        return self._object(answer)

    async def claims(self, id_token: str) -> tuple[dict[str, Any], dict[str, Any]]:
        """Header and claims of an ID token whose signature is right. Raises BadAnswer."""
        for fresh in (False, True):
            try:
                token = jwt.decode(id_token, await self._key_set(fresh=fresh), algorithms=list(_ALGORITHMS))
            except (JoseError, ValueError, TypeError, KeyError):
                continue  # a key may have been changed since: the second time the keys are read again
            return token.header, token.claims
        raise BadAnswer("The signature of the provider's answer is wrong.")

    async def user_info(self, access_token: str) -> dict[str, Any]:
        """Further claims; empty where the provider has none."""
        endpoint = str((await self.metadata()).get("userinfo_endpoint") or "")
        if not access_token or not is_safe(endpoint):
            return {}
        answer = await self._request("GET", endpoint, headers={"Authorization": f"Bearer {access_token}"})
        return self._object(answer) if answer.status_code == httpx.codes.OK else {}

    async def key_count(self) -> int:
        """How many signing keys the provider has at present."""
        return len((await self._key_set(fresh=False)).keys)

    async def _key_set(self, *, fresh: bool) -> jwk.KeySet:
        now = self._now()
        most = _KEYS_AT_MOST_EVERY if fresh else _METADATA_FOR
        if self._keys is not None and now - self._keys[0] < most:
            return self._keys[1]
        found = await self._json("GET", (await self.metadata())["jwks_uri"])
        try:
            keys = jwk.KeySet.import_key_set({"keys": [key for key in found["keys"] if key.get("use", "sig") == "sig"]})
        except (JoseError, ValueError, TypeError, KeyError, AttributeError):
            raise ProviderUnavailable(self.client.issuer, "its signing keys cannot be read") from None
        self._keys = (now, keys)
        return keys

    async def _json(self, method: str, url: str) -> dict[str, Any]:
        return self._object(await self._request(method, url))

    def _object(self, answer: httpx.Response) -> dict[str, Any]:
        if answer.status_code != httpx.codes.OK:
            raise ProviderUnavailable(self.client.issuer, f"it responded with status {answer.status_code}")
        try:
            found = answer.json()
        except ValueError:
            found = None
        if not isinstance(found, dict):
            raise ProviderUnavailable(self.client.issuer, "its answer is no JSON object")
        return found

    async def _request(self, method: str, url: str, **options: Any) -> httpx.Response:
        try:
            return await self._http.request(method, url, **options)
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise ProviderUnavailable(self.client.issuer, f"it cannot be reached ({type(error).__name__})") from None


def is_safe(url: str) -> bool:
    """Whether an address is https, or http on this machine (for trials)."""
    parts = urlsplit(url)
    local = parts.hostname in ("127.0.0.1", "localhost", "::1")
    return bool(parts.hostname) and (parts.scheme == "https" or (parts.scheme == "http" and local))


def _error_code(answer: httpx.Response) -> str:
    """The error code of RFC 6749, cut; the provider's description may hold anything."""
    try:
        found = answer.json()
    except ValueError:
        found = None
    code = found.get("error") if isinstance(found, Mapping) else None
    plain = isinstance(code, str) and code.isascii() and code.isprintable()
    return str(code)[:60] if plain else f"status {answer.status_code}"
