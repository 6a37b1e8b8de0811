"""Finds names that look like settings and are none, with the name that was probably meant."""

from __future__ import annotations

import difflib
import re
from collections.abc import Collection, Iterable, Iterator

PREFIXES = ("CWM_", "READER_", "NOTIFY_", "OIDC_")
"""In the environment, which other programs share, only names that begin like this are checked."""
_OF_OTHERS = re.compile(
    r"NOTIFY_SOCKET|TZ|LANG|LC_\w+|PATH|POSTGRES_\w+|COMPOSE_\w+|CADDY_\w+|(HTTP|HTTPS|ALL|NO)_PROXY|SSL_CERT_(FILE|DIR)|PYTHON\w+"
    r"|\w+_SERVICE_(HOST|PORT)(_\w+)?|\w+_PORT(_\d+_\w+)?"
)
"""Names that systemd, Compose, Kubernetes, proxies and Python set, or read from the same file."""


def unknown_settings(
    known: Collection[str], *, dotenv: Iterable[str] = (), environment: Iterable[str] = ()
) -> Iterator[str]:
    """A sentence for each unknown name. Names of `.env` count all, those of the environment by their prefix."""
    given = {name: "the environment" for name in environment if name.startswith(PREFIXES)} | dict.fromkeys(
        dotenv, ".env"
    )
    for name, place in sorted(given.items()):
        if name in known or _OF_OTHERS.fullmatch(name):
            continue
        near = difflib.get_close_matches(name, sorted(known), n=1, cutoff=0.75)
        action = f"Did you mean {near[0]}?" if near else "Remove it; .env.example lists every name."
        yield f"{name} in {place} is not a setting. {action}"
