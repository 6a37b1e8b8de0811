"""Documents that are generated from the settings: `python -m tests.support.documents` rewrites them."""

from __future__ import annotations

import re
import textwrap
from pathlib import Path

from app.offline_settings import SECRETS
from app.settings import table

ROOT = Path(__file__).resolve().parents[2]
SETTINGS = ROOT / "deploy/docs/settings.md"
_BEGIN, _END = "<!-- settings -->", "<!-- /settings -->"


def env_example() -> str:
    """The text of `.env.example`: every setting with its meaning; settings with a default are commented out."""
    head = "# Settings of the service: copy to .env and fill in. Secrets can be read from files instead: NAME_FILE=/path.\n"
    return head + "".join(_example(*row) for row in table())


def _example(name: str, meaning: str, default: str) -> str:
    secret = " Can be read from a file." if name in SECRETS else ""
    lines = "\n".join(textwrap.wrap(f"{meaning}.{secret}", 110, initial_indent="# ", subsequent_indent="# "))
    assignment = f"{name}=" if default == "required" else f"#{name}={default}"
    return f"\n{lines}\n{assignment}\n"


def settings_table() -> str:
    """The settings as a Markdown table."""
    rows = [
        f"| `{name}` | {meaning} | {f'`{default}`' if default not in ('', 'required') else default or 'empty'} |"
        for name, meaning, default in table()
    ]
    return "\n".join(["| name | meaning | default |", "| --- | --- | --- |", *rows])


def with_settings(text: str) -> str:
    """The document with the table of settings between its marks."""
    pattern = re.compile(re.escape(_BEGIN) + r".*?" + re.escape(_END), re.DOTALL)
    return pattern.sub(lambda _: f"{_BEGIN}\n{settings_table()}\n{_END}", text)


if __name__ == "__main__":
    (ROOT / ".env.example").write_text(env_example(), encoding="utf-8")
    SETTINGS.write_text(with_settings(SETTINGS.read_text(encoding="utf-8")), encoding="utf-8")
