"""A small OpenID Connect provider on a port of this machine, which can be told to answer wrongly."""

from __future__ import annotations

import base64
import hashlib
import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, urlencode

from joserfc import jwk, jwt
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from tests.support.live_server import free_port, served

CLIENT_ID, CLIENT_SECRET = "desk", "secret of the desk"
ANN = {"sub": "account-1", "email": "ann@example.com", "email_verified": True, "groups": ["Dispatch"]}


@dataclass
class Provider:
    """The account that signs in next, and what is wrong with the answer."""

    issuer: str
    account: dict[str, Any] = field(default_factory=lambda: dict(ANN))
    changes: dict[str, Any] = field(default_factory=dict)
    """Claims of the ID token in place of the right ones; None leaves a claim out."""
    user_info: dict[str, Any] = field(default_factory=dict)
    signing_key: jwk.RSAKey = field(default_factory=lambda: jwk.RSAKey.generate_key(2048, {"kid": "key-1"}))
    published_key: jwk.RSAKey | None = None
    """Another key than the one that signs."""
    algorithm: str = "RS256"
    broken: str = ""
    """Path that answers with status 500."""
    denies: bool = False
    pending: dict[str, dict[str, str]] = field(default_factory=dict)
    token_requests: int = 0

    def routes(self) -> Starlette:
        """The application."""
        named = {
            "/.well-known/openid-configuration": self._metadata, "/authorize": self._authorize, "/token": self._token,
            "/jwks": self._jwks, "/userinfo": self._userinfo,
        }  # fmt: skip
        return Starlette(
            routes=[
                Route(path, self._unless_broken(path, answer), methods=["GET", "POST"])
                for path, answer in named.items()
            ]
        )

    def _unless_broken(self, path: str, answer: Any) -> Any:
        async def respond(request: Request) -> Response:
            if self.broken == path:
                return JSONResponse({}, status_code=500)
            response: Response = await answer(request)
            return response

        return respond

    async def _metadata(self, _request: Request) -> Response:
        names = ("authorization_endpoint", "token_endpoint", "jwks_uri", "userinfo_endpoint")
        paths = ("authorize", "token", "jwks", "userinfo")
        endpoints = {name: f"{self.issuer}/{path}" for name, path in zip(names, paths, strict=True)}
        return JSONResponse({"issuer": self.issuer, "id_token_signing_alg_values_supported": ["RS256"], **endpoints})

    async def _authorize(self, request: Request) -> Response:
        asked = dict(request.query_params)
        assert (asked["response_type"], asked["client_id"], asked["code_challenge_method"]) == (
            "code",
            CLIENT_ID,
            "S256",
        )
        answer = {"state": asked["state"]}
        if self.denies:
            answer["error"] = "access_denied"
        else:
            answer["code"] = secrets.token_urlsafe(8)
            self.pending[answer["code"]] = asked
        return RedirectResponse(f"{asked['redirect_uri']}?{urlencode(answer)}")

    async def _token(self, request: Request) -> Response:
        self.token_requests += 1
        form = dict(parse_qsl((await request.body()).decode()))
        asked = self.pending.pop(form["code"], None)
        pair = base64.b64decode(request.headers.get("authorization", "Basic ").removeprefix("Basic ")).decode()
        digest = hashlib.sha256(form["code_verifier"].encode()).digest()
        challenge = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
        if asked is None or pair != f"{CLIENT_ID}:{CLIENT_SECRET}" or challenge != asked["code_challenge"]:
            return JSONResponse({"error": "invalid_grant"}, status_code=400)
        now = int(time.time())
        claims = {
            "iss": self.issuer, "aud": CLIENT_ID, "iat": now, "exp": now + 300, "nonce": asked["nonce"], **self.account,
        } | self.changes  # fmt: skip
        claims = {name: value for name, value in claims.items() if value is not None}
        token = jwt.encode(
            {"alg": self.algorithm, "kid": "key-1"}, claims, self.signing_key, algorithms=[self.algorithm]
        )
        return JSONResponse({"access_token": "access", "token_type": "Bearer", "id_token": token})

    async def _jwks(self, _request: Request) -> Response:
        return JSONResponse({"keys": [(self.published_key or self.signing_key).as_dict(private=False)]})

    async def _userinfo(self, request: Request) -> Response:
        assert request.headers["authorization"] == "Bearer access"
        return JSONResponse({"sub": self.account["sub"], **self.user_info})


@contextmanager
def running_provider() -> Iterator[Provider]:
    """A provider that listens on a free port."""
    port = free_port()
    provider = Provider(f"http://127.0.0.1:{port}")
    with served(provider.routes(), port):
        yield provider
