"""For every test: a clean environment, no network beyond this machine, and a quick way to migrated databases."""

from __future__ import annotations

import gc
import os
from collections.abc import Iterator

import pytest
from pytest_socket import socket_allow_hosts

from app.offline_settings import SECRETS
from app.settings import Settings
from tests.support.databases import migrations_from_dump
from tests.support.lanes import mark_slow_cases
from tests.support.limits import register_profiles

register_profiles()


def pytest_addoption(parser: pytest.Parser) -> None:
    """Options of the tests themselves."""
    text = "write the golden files of tests/golden from what is decided now, instead of comparing"
    parser.addoption("--update-golden", action="store_true", help=text)


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Marks slow cases before `-m` selects."""
    mark_slow_cases(items)


def pytest_collection_finish() -> None:
    """Collected modules and tests stay until the end; the garbage collector need not look through them each time."""
    gc.collect()
    gc.freeze()


@pytest.fixture(scope="session", autouse=True)
def _migrations_from_dump() -> Iterator[None]:
    with migrations_from_dump():
        yield


@pytest.fixture(autouse=True)
def _clean_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """No setting of this machine reaches a test, neither from the environment nor from a `.env` file."""
    names = {name.upper() for name in Settings.model_fields} | {f"{name}_FILE" for name in SECRETS}
    for name in names & os.environ.keys():
        monkeypatch.delenv(name)
    monkeypatch.setitem(Settings.model_config, "env_file", None)


@pytest.fixture(autouse=True)
def _only_this_machine() -> None:
    socket_allow_hosts(["127.0.0.1", "::1", "localhost"], allow_unix_socket=True)
