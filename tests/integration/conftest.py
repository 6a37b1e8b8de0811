"""Quiet logs: hundreds of short service lives would fill the screen, and a traceback with colours takes long to draw."""

from collections.abc import Iterator
from typing import NoReturn

import pytest
import structlog


def _dropped(*_event: object) -> NoReturn:
    """Shows nothing; a level would also hide the lines from `capture_logs`."""
    raise structlog.DropEvent


@pytest.fixture(autouse=True)
def _quiet() -> Iterator[None]:
    structlog.configure(processors=[_dropped])
    yield
    structlog.reset_defaults()
