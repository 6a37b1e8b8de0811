"""How ConnectWise is reached: only over TLS, only a plain origin, and with secrets that do not show."""

from __future__ import annotations

import pytest

from app.connectwise import BadSite, ClientConfig, is_loopback, normal_origin
from tests.support.fake_transport import CONFIG


@pytest.mark.parametrize(
    ("site", "origin"),
    [
        ("api-na.myconnectwise.net", "https://api-na.myconnectwise.net"),
        ("na.myconnectwise.net", "https://api-na.myconnectwise.net"),
        ("https://EU.myconnectwise.net/", "https://api-eu.myconnectwise.net"),
        ("staging.connectwisedev.com", "https://api-staging.connectwisedev.com"),
        ("https://cw.msp.example", "https://cw.msp.example"),
        ("cw.msp.example:8443", "https://cw.msp.example:8443"),
        ("https://[2001:db8::1]:8443", "https://[2001:db8::1]:8443"),
        ("http://127.0.0.1:9000", "http://127.0.0.1:9000"),
        ("http://[::1]:9000", "http://[::1]:9000"),
        ("http://localhost", "http://localhost"),
        ("cw.msp.example\n", "https://cw.msp.example"),
    ],
)
def test_a_site_is_a_host_or_an_origin(site: str, origin: str) -> None:
    assert normal_origin(site) == origin


@pytest.mark.parametrize(
    "site",
    [
        "", "https://", "http://api-na.myconnectwise.net", "http://10.0.0.1", "ftp://cw.msp.example", "https://user@cw.msp.example",
        "https://:x@cw.msp.example", "https://@cw.msp.example", "https://cw.msp.example/v4_6_release", "https://cw.msp.example?x=1",
        "https://cw.msp.example#x", "cw.msp.example:99999", "cw.msp.example:0", "cw.msp.example:x", "https://[::1", "cw msp", "cw.msp.example\\x",
    ],
)  # fmt: skip
def test_anything_else_is_refused_with_a_sentence(site: str) -> None:
    with pytest.raises(BadSite, match=r"\.$"):
        normal_origin(site)


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "127.1.2.3", "::1"])
def test_this_machine_is_loopback(host: str) -> None:
    assert is_loopback(host)


@pytest.mark.parametrize("host", ["localhost.evil.example", "10.0.0.1", "", "127.0.0.1.evil.example", "2130706433"])
def test_nothing_else_is_loopback(host: str) -> None:
    assert not is_loopback(host)


def test_secrets_do_not_show_in_the_text_form() -> None:
    shown = f"{CONFIG} {CONFIG!r}"
    assert "acme" in shown
    for secret in (CONFIG.public_key, CONFIG.private_key, CONFIG.client_id):
        assert secret not in shown


def test_the_defaults_are_those_of_the_settings() -> None:
    config = ClientConfig("cw.msp.example", "acme", "a", "b", "c")
    assert (config.max_concurrency, config.requests_per_minute, config.api_version) == (4, 900, "2026.11")
    assert config.codebase == ""
    assert not config.key_credentials
