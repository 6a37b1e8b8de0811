"""Sign-in with the company's accounts, against a provider that listens on a port."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from joserfc import jwk
from pydantic import SecretStr

from app.container import oidc_config
from app.domain.enums import Role
from app.settings import SettingsError
from tests.support.app_client import MANAGER, Site, settings, site
from tests.support.oidc_provider import CLIENT_ID, CLIENT_SECRET, Provider, running_provider

ROLES = "groups=Dispatch:approver; groups=Admins:admin; email=boss@example.com:admin"


@pytest.fixture
def provider() -> Iterator[Provider]:
    with running_provider() as found:
        yield found


@pytest.fixture
async def service(tmp_path: Path, provider: Provider) -> AsyncIterator[Site]:
    choices = {"oidc_issuer": provider.issuer, "oidc_client_id": CLIENT_ID, "oidc_roles": ROLES}
    async with site(tmp_path, oidc_client_secret=SecretStr(CLIENT_SECRET), **choices) as found:
        yield found


async def sign_in(service: Site, *, next_address: str = "/", **query: str) -> httpx.Response:
    """What a browser does: to the provider, and back with its answer."""
    begun = await service.http.get("/sign-in/company", params={"next": next_address})
    assert begun.status_code == 302, begun.text
    async with httpx.AsyncClient() as browser:
        back = httpx.URL((await browser.get(begun.headers["location"])).headers["location"])
    return await service.http.get("/sign-in/company/answer", params={**dict(back.params), **query})


async def who(service: Site) -> dict[str, Any]:
    answer = await service.http.get("/session")
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def test_an_account_signs_in_with_the_role_of_its_group(service: Site) -> None:
    answer = await sign_in(service, next_address="/#decision")
    assert answer.status_code == 200
    assert 'content="0;url=../../#decision"' in answer.text
    cookies = answer.headers.get_list("set-cookie")
    assert any("mp_session=" in each and "HttpOnly" in each and "SameSite=strict" in each for each in cookies)
    found = await who(service)
    assert (found["name"], found["role"]) == ("ann@example.com", "approver")
    people = (await service.get("/people"))["items"]
    assert [(each["name"], each["account"]) for each in people] == [("ann@example.com", "company")]


async def test_a_changed_group_changes_the_role_at_the_next_sign_in(service: Site, provider: Provider) -> None:
    await sign_in(service)
    provider.account["groups"] = ["Dispatch", "Admins"]
    await sign_in(service)
    assert (await who(service))["role"] == "admin"
    assert len((await service.get("/people"))["items"]) == 1


async def test_groups_that_only_the_user_info_has_count(service: Site, provider: Provider) -> None:
    del provider.account["groups"]
    provider.user_info = {"groups": ["Admins"]}
    await sign_in(service)
    assert (await who(service))["role"] == "admin"


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        pytest.param({"nonce": "another"}, "not valid", id="nonce of another sign-in"),
        pytest.param({"nonce": None}, "not valid", id="no nonce"),
        pytest.param({"aud": "another client"}, "not valid", id="for another client"),
        pytest.param({"iss": "http://127.0.0.1:1"}, "not valid", id="of another issuer"),
        pytest.param({"exp": 1_000_000_000}, "not valid", id="expired"),
        pytest.param({"exp": None}, "not valid", id="without end"),
        pytest.param({"sub": None}, "not valid", id="without subject"),
        pytest.param({"groups": ["Others"]}, "no role here", id="no group"),
        pytest.param(
            {"email_verified": False, "email": "boss@example.com", "groups": ["Dispatch"]}, "", id="unverified"
        ),
        pytest.param({"email": "API token"}, "name cannot be used", id="a name of ours"),
        pytest.param({"email": "a\u202eb"}, "name cannot be used", id="a hostile name"),
    ],
)
async def test_an_answer_that_is_not_right_signs_nobody_in(
    service: Site, provider: Provider, changes: dict[str, Any], sentence: str
) -> None:
    provider.changes = changes
    answer = await sign_in(service)
    assert answer.status_code == 403
    assert sentence in answer.text
    assert (await service.http.get("/session")).status_code == 401
    assert (await service.get("/people"))["items"] == []


async def test_a_signature_of_another_key_is_refused(service: Site, provider: Provider) -> None:
    provider.published_key = jwk.RSAKey.generate_key(2048, {"kid": "key-1"})
    answer = await sign_in(service)
    assert answer.status_code == 403
    assert "signature" in answer.text


async def test_a_new_key_of_the_provider_is_found(service: Site, provider: Provider) -> None:
    await sign_in(service)
    provider.signing_key = jwk.RSAKey.generate_key(2048, {"kid": "key-1"})
    service.clock.ahead = timedelta(minutes=2)
    assert (await sign_in(service)).status_code == 200


async def test_an_answer_is_used_once_and_only_in_the_browser_that_began(service: Site) -> None:
    begun = await service.http.get("/sign-in/company")
    async with httpx.AsyncClient() as browser:
        back = httpx.URL((await browser.get(begun.headers["location"])).headers["location"])
    service.http.cookies.clear()
    foreign = await service.http.get("/sign-in/company/answer", params=dict(back.params))
    assert foreign.status_code == 403
    assert "another browser" in foreign.text
    again = await service.http.get("/sign-in/company/answer", params=dict(back.params))
    assert "expired or was used" in again.text
    assert (await service.http.get("/sign-in/company/answer")).status_code == 403


async def test_a_sign_in_expires(service: Site) -> None:
    begun = await service.http.get("/sign-in/company")
    async with httpx.AsyncClient() as browser:
        back = httpx.URL((await browser.get(begun.headers["location"])).headers["location"])
    service.clock.ahead = timedelta(minutes=11)
    answer = await service.http.get("/sign-in/company/answer", params=dict(back.params))
    assert "expired" in answer.text


async def test_the_persons_refusal_at_the_provider_is_a_sentence(service: Site, provider: Provider) -> None:
    provider.denies = True
    answer = await sign_in(service)
    assert (answer.status_code, provider.token_requests) == (403, 0)
    assert "did not sign you in" in answer.text


@pytest.mark.parametrize("path", ["/.well-known/openid-configuration", "/token", "/jwks"])
async def test_a_provider_that_is_down_is_a_sentence_and_tokens_go_on(
    service: Site, provider: Provider, path: str
) -> None:
    provider.broken = path
    begun = await service.http.get("/sign-in/company")
    answer = await sign_in(service) if begun.status_code == 302 else begun
    assert answer.status_code == 503
    assert "does not work at the moment" in answer.text
    assert "Sign in with a token" in answer.text
    assert (await service.http.get("/decisions", headers=MANAGER)).status_code == 200


async def test_a_removed_person_stays_out_until_an_admin_adds_them_again(service: Site) -> None:
    await sign_in(service)
    (person,) = (await service.get("/people"))["items"]
    assert (await service.http.delete(f"/people/{person['id']}", headers=MANAGER)).status_code == 204
    assert (await service.http.get("/session")).status_code == 401
    answer = await sign_in(service)
    assert answer.status_code == 403
    assert "was removed" in answer.text


async def test_an_account_with_the_name_of_a_person_is_refused(service: Site) -> None:
    await service.parts.people.add("Ann@Example.com", Role.ADMIN, by="Test")
    answer = await sign_in(service)
    assert answer.status_code == 403
    assert "belongs to a person with a token" in answer.text


@pytest.mark.parametrize(
    "address", ["https://evil.test/", "//evil.test", "/\\evil.test", "javascript:alert(1)", "/a b"]
)
async def test_another_site_is_no_destination(service: Site, address: str) -> None:
    answer = await sign_in(service, next_address=address)
    assert 'content="0;url=../../"' in answer.text


def test_half_of_the_settings_are_refused(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"OIDC_CLIENT_ID is missing.*\n.*OIDC_ROLES is missing"):
        oidc_config(settings(tmp_path, oidc_issuer="https://login.example.com"))


def test_a_rule_that_cannot_be_read_is_quoted(tmp_path: Path) -> None:
    given = {"oidc_issuer": "https://login.example.com", "oidc_client_id": "a", "oidc_roles": "groups=x:boss"}
    with pytest.raises(SettingsError, match="“groups=x:boss” is no rule"):
        oidc_config(settings(tmp_path, **given))


def test_an_issuer_without_tls_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="must be an https address"):
        settings(tmp_path, oidc_issuer="http://login.example.com")
