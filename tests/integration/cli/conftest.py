from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from app.sandbox import CLIENT_ID, COMPANY, PRIVATE_KEY, PUBLIC_KEY, Sandbox, Server
from tests.support.live_server import free_port, served


@dataclass(frozen=True)
class Connected:
    """A sandbox ConnectWise that listens, and the settings that reach it."""

    sandbox: Sandbox
    settings: dict[str, str]


@pytest.fixture
def connectwise(tmp_path: Path) -> Iterator[Connected]:
    """A sandbox over HTTP."""
    port = free_port()
    sandbox = Sandbox(origin=f"http://127.0.0.1:{port}")
    with served(Server(sandbox).app, port) as site:
        yield Connected(
            sandbox,
            {
                "CWM_SITE": site, "CWM_COMPANY": COMPANY, "CWM_PUBLIC_KEY": PUBLIC_KEY, "CWM_PRIVATE_KEY": PRIVATE_KEY,
                "CWM_CLIENT_ID": CLIENT_ID, "DATABASE_URL": f"sqlite:///{tmp_path}/cli.db", "CWM_MAX_REQUESTS_PER_MINUTE": "100000",
            },
        )  # fmt: skip
