"""Runs `miniprojects` as a person would: a process of its own, its exit code, what it prints."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def miniprojects(
    *words: str, folder: Path, settings: Mapping[str, str] | None = None, timeout: float = 120
) -> subprocess.CompletedProcess[str]:
    """The ended process. `folder`: where it runs; only these `settings` reach it."""
    clean = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    return subprocess.run(
        [sys.executable, "-m", "app.cli", *words],
        env={**clean, "PYTHONPATH": str(ROOT), "COLUMNS": "120", **(settings or {})},
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=timeout,
        check=False,
    )
