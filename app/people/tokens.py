"""Random tokens and their hashes. A fast hash is right here: 256 random bits cannot be guessed from it."""

from __future__ import annotations

import hashlib
import re
import secrets

_PREFIX = "mp_"
_TOKEN = re.compile(r"mp_[A-Za-z0-9_-]{43}")
"""Anything else is no token of a person, and needs no lookup."""


def new_token() -> str:
    """A token of a person: 256 random bits with a prefix that secret scanners can find."""
    return _PREFIX + secrets.token_urlsafe(32)


def new_secret() -> str:
    """256 random bits as text for a cookie."""
    return secrets.token_urlsafe(32)


def looks_like_token(text: str) -> bool:
    """Whether the text has the form of a person's token."""
    return _TOKEN.fullmatch(text) is not None


def digest(text: str) -> str:
    """SHA-256 in hexadecimal digits."""
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()
