"""Only callbacks of the configured ConnectWise pass, and finding that out costs little, whoever asks."""

from __future__ import annotations

import asyncio
import json
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.connectwise import BadSignature, CallbackKeys, signature_of
from tests.support.fake_transport import Pieces, Script, config, reply

RAW = b'{"ID":42,"Action":"updated"}'
KEY = "00000000-signing-key-example"
SIGNED = "SXk5/knWa602je1FQLk32aL3bOhJWQIzH+EVmweLVhk="
FORGED = signature_of(b"another body", "another key")
URL = "https://na.myconnectwise.net/v2026_1//system/callbackkey/index.rails?companyName=acme&id=1f0e"
SITE = "https://api-na.myconnectwise.net"


class Clock:
    """A clock that a test moves on."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def keys(*replies: Any, clock: Clock | None = None, **changes: Any) -> tuple[CallbackKeys, Script]:
    script = Script(*(replies or (lambda _: reply({"signing_key": KEY}),)))
    return CallbackKeys(config(**({"site": SITE} | changes)), transport=script, clock=clock or Clock()), script


async def refusal(verifier: CallbackKeys, url: Any = URL, *, signature: str | None = SIGNED, **members: Any) -> str:
    """Why a callback is refused; an empty text when it is genuine."""
    body = {"CompanyId": "acme", "Metadata": {"key_url": url}} | members
    try:
        await verifier.verify(RAW, signature, body)
    except BadSignature as bad:
        return bad.reason
    return ""


def test_the_signature_is_the_documented_one() -> None:
    assert signature_of(RAW, KEY) == SIGNED


async def test_a_genuine_callback_passes() -> None:
    verifier, script = keys()
    assert await refusal(verifier) == ""
    assert [str(one.url) for one in script.requests] == [URL]


@pytest.mark.parametrize("raw", [RAW + b" ", RAW.replace(b"42", b"43"), b'{"Action":"updated","ID":42}', b""])
async def test_the_signature_is_over_the_raw_bytes(raw: bytes) -> None:
    verifier, _ = keys()
    with pytest.raises(BadSignature, match="wrong-signature"):
        await verifier.verify(raw, SIGNED, {"Metadata": {"key_url": URL}})


@pytest.mark.parametrize(
    ("signature", "reason"),
    [
        pytest.param(None, "unsigned", id="none"),
        pytest.param("  ", "unsigned", id="blank"),
        pytest.param("short", "wrong-signature", id="short"),
        pytest.param("é" * 44, "wrong-signature", id="not-ascii"),
        pytest.param(SIGNED * 1000, "wrong-signature", id="huge"),
        pytest.param(f"sha256={SIGNED}", "wrong-signature", id="with-a-name"),
    ],
)
async def test_a_signature_that_cannot_be_right_costs_no_fetch(signature: str | None, reason: str) -> None:
    verifier, script = keys()
    assert await refusal(verifier, signature=signature) == reason
    assert script.requests == []


async def test_a_wrong_signature_costs_at_most_the_one_fetch_of_its_key() -> None:
    verifier, script = keys()
    for _ in range(50):
        assert await refusal(verifier, signature=FORGED) == "wrong-signature"
    assert len(script.requests) == 1


@pytest.mark.parametrize("signature", [f" {SIGNED} ", SIGNED])
async def test_blanks_around_a_signature_do_not_matter(signature: str) -> None:
    verifier, _ = keys()
    assert await refusal(verifier, signature=signature) == ""


FOREIGN = [
    pytest.param(None, id="none"),
    pytest.param(7, id="number"),
    pytest.param("", id="empty"),
    pytest.param("https://evil.example/key?companyName=acme", id="other-host"),
    pytest.param(URL.replace("na.my", "eu.my"), id="other-region"),
    pytest.param(URL.replace(".net/", ".net.evil.example/"), id="host-with-our-beginning"),
    pytest.param(URL.replace("https://", "https://evil.example/"), id="our-host-in-the-path"),
    pytest.param(URL.replace("https://", "https://x@"), id="user"),
    pytest.param(URL.replace("https://", "https://@"), id="empty-user"),
    pytest.param(URL.replace("https://", "https://na.myconnectwise.net:x@evil.example#"), id="our-host-as-user"),
    pytest.param(URL.replace("https://", "http://"), id="without-tls"),
    pytest.param(URL.replace("https://", "ftp://"), id="other-scheme"),
    pytest.param(URL.replace("https://", "//"), id="no-scheme"),
    pytest.param(URL.replace(".net/", ".net:8443/"), id="other-port"),
    pytest.param(URL.replace(".net/", ".net:99999/"), id="no-port"),
    pytest.param(URL.replace(".net/", ".net./"), id="dot-behind-the-host"),
    pytest.param(URL + "#x", id="fragment"),
    pytest.param(URL + "#", id="empty-fragment"),
    pytest.param(URL.replace(".net/", ".net\\@evil.example/"), id="backslash"),
    pytest.param(URL + " x", id="blank"),
    pytest.param(URL + "\n", id="line-end"),
    pytest.param(URL + "\x7f", id="control-character"),
    pytest.param(URL.replace("n", "ｎ", 1), id="look-alike-letters"),
    pytest.param(URL + "x" * 1000, id="too-long"),
    pytest.param(URL.replace("acme", "other"), id="other-company"),
    pytest.param(URL.replace("companyName=acme&", ""), id="no-company-on-a-shared-host"),
    pytest.param(URL + "&companyName=other", id="two-companies"),
    pytest.param(URL + "&COMPANYNAME=other", id="two-companies-in-capitals"),
    pytest.param("https://[::1", id="half-an-address"),
]


@pytest.mark.parametrize("url", FOREIGN)
async def test_a_key_is_fetched_from_nowhere_else(url: Any) -> None:
    verifier, script = keys()
    assert await refusal(verifier, url) == "foreign-key-url"
    assert script.requests == []


@pytest.mark.parametrize(
    "members",
    [{"Metadata": None}, {"Metadata": []}, {"Metadata": "x"}, {"Metadata": {}}, {"Metadata": {"key_url": {"a": 1}}}],
)
async def test_a_callback_without_a_key_address_is_refused(members: dict[str, Any]) -> None:
    verifier, script = keys()
    assert await refusal(verifier, **members) == "foreign-key-url"
    assert script.requests == []


@pytest.mark.parametrize(
    ("company", "reason"), [("other", "other-company"), ("ACME", ""), (None, ""), (7, "other-company")]
)
async def test_a_callback_of_another_company_is_refused(company: Any, reason: str) -> None:
    verifier, _ = keys()
    assert await refusal(verifier, CompanyId=company) == reason


@pytest.mark.parametrize(
    ("site", "url"),
    [
        pytest.param(SITE, URL.replace("na.my", "api-na.my"), id="the-site-itself"),
        pytest.param(SITE, URL.upper().replace("COMPANYNAME=ACME", "companyname=Acme"), id="capitals"),
        pytest.param(SITE, URL.replace(".net/", ".net:443/"), id="the-usual-port-written-out"),
        pytest.param(
            "https://cw.msp.example",
            "https://cw.msp.example/v4_6_release/system/callbackkey/index.rails?id=1",
            id="on-premises",
        ),
        pytest.param(
            "https://cw.msp.example:8443",
            "https://cw.msp.example:8443/callbackkey/index.rails?companyName=acme",
            id="on-premises-with-a-port",
        ),
        pytest.param(
            "http://127.0.0.1:9000", "http://127.0.0.1:9000/callbackkey/index.rails?companyName=acme", id="this-machine"
        ),
        pytest.param(
            "http://localhost:9000", "http://localhost:9000/callbackkey/index.rails", id="this-machine-by-name"
        ),
        pytest.param(
            "http://[::1]:9000", "http://[::1]:9000/callbackkey/index.rails", id="this-machine-by-its-other-number"
        ),
    ],
)
async def test_the_site_and_its_alias_may_have_keys(site: str, url: str) -> None:
    verifier, script = keys(site=site)
    assert await refusal(verifier, url) == ""
    assert len(script.requests) == 1


@given(
    url=st.text(max_size=60)
    | st.from_regex(r"(https?:)?//[!-~]{0,40}", fullmatch=True)
    | st.builds(lambda tail: URL + tail, st.text())
)
async def test_no_address_however_strange_leads_elsewhere_or_breaks(url: str) -> None:
    verifier, script = keys()
    await refusal(verifier, url)
    assert all(one.url.host in ("na.myconnectwise.net", "api-na.myconnectwise.net") for one in script.requests)
    assert all(one.url.scheme == "https" for one in script.requests)


KEYLESS = [
    pytest.param(lambda _: reply({}), id="no-key"),
    pytest.param(lambda _: reply({"signing_key": ""}), id="empty-key"),
    pytest.param(lambda _: reply({"signing_key": 7}), id="number"),
    pytest.param(lambda _: reply({"signing_key": "\ud800"}), id="half-a-letter"),
    pytest.param(lambda _: reply([KEY]), id="list"),
    pytest.param(lambda _: reply(b"<html>"), id="page"),
    pytest.param(lambda _: reply(b"[" * 4000), id="deep"),
    pytest.param(lambda _: reply(b'{"signing_key": "' + b"x" * 5000 + b'"}'), id="large"),
    pytest.param(lambda _: reply({"signing_key": KEY}, status=404), id="missing"),
    pytest.param(lambda _: reply({"signing_key": KEY}, status=401), id="not-allowed"),
    pytest.param(lambda _: reply(status=302, headers={"Location": "https://evil.example/"}), id="redirect"),
]


@pytest.mark.parametrize("answer", KEYLESS)
async def test_an_answer_without_a_key_refuses_and_is_not_asked_again_at_once(answer: Any) -> None:
    clock = Clock()
    verifier, script = keys(answer, clock=clock)
    for _ in range(5):
        assert await refusal(verifier) == "no-key"
        clock.now += 5
    assert len(script.requests) == 1
    clock.now += 30
    await refusal(verifier)
    assert len(script.requests) == 2


@pytest.mark.parametrize(
    "answer",
    [lambda _: reply({"signing_key": KEY}), lambda _: reply(json.dumps({"signing_key": KEY}))],
    ids=["json", "json-in-json"],
)
async def test_a_key_comes_as_json_or_as_json_in_a_text(answer: Any) -> None:
    verifier, _ = keys(answer)
    assert await refusal(verifier) == ""


@pytest.mark.parametrize(
    "trouble",
    [httpx.ConnectError("x"), httpx.ReadTimeout("x"), reply(status=503), reply(status=429)],
    ids=["away", "slow", "503", "429"],
)
async def test_when_the_key_is_away_waiting_helps_and_it_is_asked_again_soon(trouble: Any) -> None:
    clock = Clock()
    verifier, script = keys(trouble, reply({"signing_key": KEY}), clock=clock)
    for _ in range(5):
        with pytest.raises(BadSignature) as caught:
            await verifier.verify(RAW, SIGNED, {"Metadata": {"key_url": URL}})
        assert (caught.value.reason, caught.value.waiting_helps) == ("key-unreachable", True)
    assert len(script.requests) == 1
    clock.now += 2
    assert await refusal(verifier) == ""


async def test_a_large_key_answer_is_not_taken_in() -> None:
    body = Pieces([b"x" * 1000] * 10_000)
    verifier, _ = keys(httpx.Response(200, stream=body))
    assert await refusal(verifier) == "no-key"
    assert body.given <= 6


async def test_a_key_that_trickles_ends_at_its_deadline(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.connectwise.callbacks.signing_keys._DEADLINE", 0.05)
    body = Pieces([b" "] * 10**6, pause=0.01)
    verifier, _ = keys(httpx.Response(200, stream=body))
    assert await refusal(verifier) == "key-unreachable"
    assert body.given <= 10, "the deadline comes long before the end"


async def test_keys_are_kept_by_the_whole_address_for_a_while() -> None:
    clock = Clock()
    verifier, script = keys(clock=clock)
    for _ in range(10):
        assert await refusal(verifier) == ""
        assert await refusal(verifier, URL + "2") == ""
    assert len(script.requests) == 2
    clock.now += 901
    assert await refusal(verifier) == ""
    assert len(script.requests) == 3


async def test_a_rotated_key_counts_once_the_old_one_has_aged() -> None:
    clock = Clock()
    verifier, _ = keys(reply({"signing_key": "old"}), reply({"signing_key": KEY}), clock=clock)
    assert await refusal(verifier) == "wrong-signature"
    clock.now += 901
    assert await refusal(verifier) == ""


async def test_many_callbacks_with_one_new_key_cause_one_fetch() -> None:
    verifier, script = keys()
    assert await asyncio.gather(*(refusal(verifier) for _ in range(50))) == [""] * 50
    assert len(script.requests) == 1


async def test_a_flood_of_key_addresses_causes_few_fetches_at_a_time_and_a_minute() -> None:
    async def slow(_request: httpx.Request) -> httpx.Response:
        await asyncio.sleep(0.001)
        return reply({"signing_key": KEY})

    clock = Clock()
    verifier, script = keys(slow, clock=clock)
    for minute in range(3):
        for start in range(0, 500, 50):
            flood = [refusal(verifier, f"{URL}&{minute}-{start + one}", signature=FORGED) for one in range(50)]
            assert set(await asyncio.gather(*flood)) <= {"too-many-keys", "wrong-signature"}
        clock.now += 60
    assert script.most_running <= 4
    assert len(script.requests) <= 30 + 2 * 120


async def test_a_flood_does_not_push_out_a_key_that_was_proven() -> None:
    clock = Clock()
    verifier, script = keys(clock=clock)
    assert await refusal(verifier) == ""
    for number in range(300):
        clock.now += 0.5
        await refusal(verifier, f"{URL}&{number}", signature=FORGED)
    fetched = len(script.requests)
    assert await refusal(verifier) == ""
    assert len(script.requests) == fetched


async def test_an_aged_proven_key_is_fetched_again_in_the_middle_of_a_flood() -> None:
    clock = Clock()
    verifier, _ = keys(clock=clock)
    assert await refusal(verifier) == ""
    clock.now += 901
    for number in range(100):
        await refusal(verifier, f"{URL}&{number}", signature=FORGED)
    assert await refusal(verifier, f"{URL}&new") == "too-many-keys"
    assert await refusal(verifier) == ""


async def test_genuine_callbacks_with_ever_new_keys_are_not_held_up() -> None:
    verifier, script = keys()
    for number in range(200):
        assert await refusal(verifier, f"{URL}&{number}") == ""
    assert len(script.requests) == 200


async def test_what_a_flood_is_told_is_to_come_back_later() -> None:
    verifier, _ = keys()
    for number in range(40):
        await refusal(verifier, f"{URL}&{number}", signature=FORGED)
    with pytest.raises(BadSignature) as caught:
        await verifier.verify(RAW, SIGNED, {"Metadata": {"key_url": f"{URL}&x"}})
    assert (caught.value.reason, caught.value.waiting_helps) == ("too-many-keys", True)


async def test_the_fetch_of_a_key_carries_no_credentials() -> None:
    verifier, script = keys()
    await refusal(verifier)
    headers = script.requests[0].headers
    assert "authorization" not in headers
    assert "clientid" not in headers


@pytest.mark.parametrize(
    ("url", "sent"),
    [
        pytest.param(URL.replace("na.my", "api-na.my"), True, id="the-site-itself"),
        pytest.param(URL, False, id="its-alias"),
    ],
)
async def test_credentials_go_only_to_the_configured_site_and_only_when_asked(url: str, *, sent: bool) -> None:
    verifier, script = keys(key_credentials=True)
    await refusal(verifier, url)
    (request,) = script.requests
    assert (
        request.headers.get("authorization") == httpx.BasicAuth("acme+pub-key-1", "priv-key-2")._auth_header
    ) is sent
    assert (request.headers.get("clientid") == "client-id-3") is sent
    assert urlsplit(str(request.url)).netloc in ("api-na.myconnectwise.net", "na.myconnectwise.net")


@pytest.mark.parametrize(
    ("path", "of_tenant", "reason"),
    [
        ("company/companies", {}, "foreign-key-url"),
        ("callbackkey/index.rails/../../documents/7/download", {}, "foreign-key-url"),
        ("callbackkeys", {}, "foreign-key-url"),
        ("callbackkeys", {"key_path": "/callbackkeys"}, ""),
        ("callbackkey/index.rails", {"key_path": "/callbackkeys"}, "foreign-key-url"),
    ],
)
async def test_a_key_comes_from_the_path_of_keys_alone(path: str, of_tenant: dict[str, Any], reason: str) -> None:
    verifier, script = keys(**of_tenant)
    assert await refusal(verifier, URL.replace("callbackkey/index.rails", path)) == reason
    assert len(script.requests) == (not reason)


async def test_proven_addresses_survive_a_restart_in_the_middle_of_a_flood() -> None:
    saved: list[list[str]] = []

    async def save(addresses: list[str]) -> None:
        saved.append(addresses)

    script = Script(lambda _: reply({"signing_key": KEY}))
    before = CallbackKeys(config(site=SITE), transport=script, clock=Clock(), save=save)
    for number in range(5):
        await before.verify(RAW, SIGNED, {"Metadata": {"key_url": f"{URL}&{number}"}})
    await before.aclose()
    assert len(saved) <= 2
    assert saved[-1] == [f"{URL}&{number}" for number in range(5)]
    after, _ = keys()
    after.recall([*saved[-1], 7, "https://evil.example/callbackkey/index.rails", "x" * 10_000])
    for number in range(100):
        await refusal(after, f"{URL}&flood{number}", signature=FORGED)
    assert await refusal(after, f"{URL}&new") == "too-many-keys"
    assert await refusal(after, f"{URL}&4") == ""


async def test_closing_ends_the_fetches_under_way() -> None:
    asked = asyncio.Event()

    async def never(_request: httpx.Request) -> httpx.Response:
        asked.set()
        await asyncio.sleep(60)
        return reply({})

    verifier, _ = keys(never)
    waiting = asyncio.create_task(refusal(verifier))
    await asked.wait()
    await verifier.aclose()
    with pytest.raises(asyncio.CancelledError):
        await waiting
