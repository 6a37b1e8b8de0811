"""The picture in app/ARCHITECTURE.md, made from the imports: `python -m tests.support.architecture` renews it."""

from __future__ import annotations

import re
from pathlib import Path

import grimp

DOCUMENT = Path(__file__).resolve().parents[2] / "app" / "ARCHITECTURE.md"
_BEGIN, _END = "<!-- imports -->", "<!-- /imports -->"
_LEFT_OUT = {"app.sandbox", "app.json_codec", "app.settings", "app.logging_setup", "app.main"}
"""Small modules at the edges, and the sandbox, which imports nothing of the rest."""


def edges() -> set[tuple[str, str]]:
    """Which package imports which, without the arrows that follow from others."""
    graph = grimp.build_graph("app", cache_dir=None)
    packages = sorted(graph.find_children("app") - _LEFT_OUT)
    direct = {
        (upper, lower)
        for upper in packages
        for lower in packages
        if upper != lower and graph.direct_import_exists(importer=upper, imported=lower, as_packages=True)
    }
    return {(upper, lower) for upper, lower in direct if not _follows(upper, lower, direct)}


def _follows(upper: str, lower: str, direct: set[tuple[str, str]]) -> bool:
    """Whether `lower` is reached from `upper` through another package too."""
    reached, waiting = set(), [middle for start, middle in direct if start == upper and middle != lower]
    while waiting:
        package = waiting.pop()
        if package == lower:
            return True
        if package not in reached:
            reached.add(package)
            waiting += [below for start, below in direct if start == package]
    return False


def picture() -> str:
    """The packages as a Mermaid graph, top to bottom."""
    lines = [f"    {upper.removeprefix('app.')} --> {lower.removeprefix('app.')}" for upper, lower in sorted(edges())]
    return "\n".join(["```mermaid", "graph TD", *lines, "```"])


def with_picture(text: str) -> str:
    """The document with the current picture between its marks."""
    pattern = re.compile(re.escape(_BEGIN) + r".*?" + re.escape(_END), re.DOTALL)
    return pattern.sub(lambda _: f"{_BEGIN}\n{picture()}\n{_END}", text)


if __name__ == "__main__":
    DOCUMENT.write_text(with_picture(DOCUMENT.read_text(encoding="utf-8")), encoding="utf-8")
