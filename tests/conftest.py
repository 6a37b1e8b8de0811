"""For every test: a clean environment, no network beyond this machine, and the markers that a module implies."""

from __future__ import annotations

import os
from pathlib import Path

import hypothesis
import pytest
from pytest_socket import socket_allow_hosts

from app.settings import SECRETS, Settings
from tests.support import browser

hypothesis.settings.register_profile("any-machine", deadline=None)
hypothesis.settings.load_profile("any-machine")

_CHAOS_FOLDER = Path(__file__).parent / "chaos"
_CHAOS_MODULES = ("test_crashes", "test_faults", "test_slow_answers", "test_storm")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark tests by what their module shows: crash matrices, injected faults and storms are chaos, users of the browser need one."""
    for item in items:
        module = getattr(item, "module", None)
        if _CHAOS_FOLDER in item.path.parents or item.path.stem in _CHAOS_MODULES:
            item.add_marker(pytest.mark.slow)
            item.add_marker(pytest.mark.chaos)
        if getattr(module, "browser_page", None) is browser.browser_page:
            item.add_marker(pytest.mark.slow)
            item.add_marker(pytest.mark.browser)


def pytest_addoption(parser: pytest.Parser) -> None:
    """Options of the tests themselves."""
    text = "write the golden files of tests/golden from what is decided now, instead of comparing"
    parser.addoption("--update-golden", action="store_true", help=text)


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
