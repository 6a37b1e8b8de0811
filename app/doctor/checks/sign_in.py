"""Checks of how people sign in: a token or a person, and the company's provider."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urlsplit

from app.doctor.model import CheckContext, Finding, fail, ok, skip, warn
from app.people import OidcConfig
from app.storage import Database, People, StoreUnavailable


async def check_sign_in(context: CheckContext) -> list[Finding]:
    """API_TOKEN or people, then the company's provider."""
    return [await _credentials(context), *await _provider(context.oidc)]


async def _credentials(context: CheckContext) -> Finding:
    if context.has_token:
        return ok("settings.api-token", "API_TOKEN is set.")
    if context.oidc is not None:
        return ok("settings.api-token", "API_TOKEN is empty; people sign in with company accounts.")
    if await _has_people(context.database):
        return ok("settings.api-token", "API_TOKEN is empty; people sign in with tokens of their own.")
    text = "API_TOKEN is empty and there are no people: every management endpoint responds with 403."
    return warn("settings.api-token", text, "Run miniprojects users add NAME --role admin, or set API_TOKEN.")


async def _has_people(database: Database | Exception) -> bool:
    if isinstance(database, Exception):
        return False
    try:
        return await People(database).any()
    except StoreUnavailable:
        return False  # the database check reports it


async def _provider(config: OidcConfig | Exception | None) -> list[Finding]:
    if config is None:
        return [skip("oidc", "Not checked: OIDC_ISSUER is empty, people sign in with tokens.")]
    if isinstance(config, Exception):
        return [fail("oidc", str(config), "Correct the OIDC settings; deploy/docs/people.md has examples.")]
    from app.people.provider import Provider, ProviderUnavailable, client_of  # noqa: PLC0415 - slow to import, seldom needed

    provider = Provider(client_of(config))
    try:
        await provider.metadata()
        keys = await provider.key_count()
    except ProviderUnavailable as error:
        return [
            fail("oidc", str(error), "Check OIDC_ISSUER, DNS and the proxy; open the issuer's address in a browser.")
        ]
    finally:
        await provider.aclose()
    host = urlsplit(config.issuer).hostname
    return [
        ok("oidc", f"{host} answers with {keys} signing keys; register {config.redirect_uri} there."),
        *_rules(config),
    ]


def _rules(config: OidcConfig) -> Iterator[Finding]:
    named = ", ".join(dict.fromkeys(rule.role for rule in config.roles))
    if all(rule.claim == "*" for rule in config.roles):
        text = f"OIDC_ROLES gives every account of the provider the same role ({named})."
        yield warn("oidc.roles", text, "Name groups or addresses, such as groups=Dispatch:approver.")
    else:
        yield ok("oidc.roles", f"OIDC_ROLES has {len(config.roles)} rules ({named}).")
