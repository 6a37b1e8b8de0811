"""The page for people."""

from __future__ import annotations

from typing import Any

from app.sandbox.engine import Sandbox

HEADERS: dict[str, str] = {}


def html() -> str:
    """The page."""
    return ""


def data(sandbox: Sandbox, *, board: int | None) -> dict[str, Any]:
    """What it shows."""
    return {"board": board, "seed": sandbox.seed}
