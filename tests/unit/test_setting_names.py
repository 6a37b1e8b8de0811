"""Names that look like settings: the near miss is named, names of other programs are left alone."""

from __future__ import annotations

from app.setting_names import unknown_settings

KNOWN = ("CWM_SITE", "MODE", "NOTIFY_URLS", "NOTIFY_URLS_FILE", "OIDC_ISSUER", "READER_URL")


def test_near_misses_are_named_with_their_place() -> None:
    found = list(
        unknown_settings(KNOWN, dotenv=["CWM_SIET", "MODE"], environment=["NOTIFY_URL", "REEDER_URL", "OIDC_X"])
    )
    assert found == [
        "CWM_SIET in .env is not a setting. Did you mean CWM_SITE?",
        "NOTIFY_URL in the environment is not a setting. Did you mean NOTIFY_URLS?",
        "OIDC_X in the environment is not a setting. Remove it; .env.example lists every name.",
    ]


def test_a_name_in_both_places_is_reported_once() -> None:
    assert len(list(unknown_settings(KNOWN, dotenv=["CWM_SIET"], environment=["CWM_SIET"]))) == 1


def test_names_of_other_programs_are_left_alone() -> None:
    others = [
        "NOTIFY_SOCKET",
        "READER_SERVICE_HOST",
        "READER_PORT_8080_TCP_ADDR",
        "OIDC_PORT",
        "POSTGRES_PASSWORD",
        "TZ",
    ]
    assert list(unknown_settings(KNOWN, dotenv=[*others, "HTTPS_PROXY"], environment=others)) == []
