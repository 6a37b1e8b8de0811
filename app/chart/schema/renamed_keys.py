"""Old names of chart keys: read for one release, each with a warning; an error where the new name is given as well."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from app.chart.schema.errors import ChartProblem, shown_path
from app.chart.schema.yaml_source import YamlDocument

RENAMED_KEYS: Mapping[str, Mapping[str, str]] = {
    "watch": {
        "leave_alone_boards": "ignore_boards",
        "leave_alone_types": "ignore_types",
        "leave_alone_statuses": "ignore_statuses",
    },
    "finance": {"asked_hours": "review_above_hours"},
    "combination": {
        "settles_alone": "min_evidence",
        "rows_together": "rows_needed",
        "rows_against_support": "rows_needed_against_support",
    },
    "mini_project": {"way": "method"},
}
"""Old name to new name, by section. Read in version 0.2; to be deleted in 0.3."""

RENAMED_SECTIONS: Mapping[str, str] = {"exceptions": "rules"}
"""Old name to new name of whole sections. Read in version 0.2; to be deleted in 0.3."""


@dataclass(frozen=True, slots=True)
class RenamedKey:
    """An old name in a chart file, with its place there."""

    section: str
    old: str
    new: str
    line: int
    column: int

    @property
    def path(self) -> str:
        """`watch.leave_alone_boards`; the name alone for a section."""
        return f"{self.section}.{self.old}" if self.section else self.old

    def __str__(self) -> str:
        return f"`{self.old}` is now called `{self.new}`; the old name is read in this release only"


def rename_keys(data: dict[str, Any], document: YamlDocument) -> tuple[list[RenamedKey], list[ChartProblem]]:
    """Replaces old names in `data` and `document`; where both names are given, the old one is dropped and reported."""
    renamed: list[RenamedKey] = []
    problems: list[ChartProblem] = []
    for old, new in RENAMED_SECTIONS.items():
        _rename(data, (old, new), document, (), renamed, problems)
    for section, names in RENAMED_KEYS.items():
        given = data.get(section)
        if not isinstance(given, dict):
            continue
        for old, new in names.items():
            _rename(given, (old, new), document, (section,), renamed, problems)
    return renamed, problems


def _rename(
    given: dict[str, Any], names: tuple[str, str], document: YamlDocument, section: tuple[str, ...],
    renamed: list[RenamedKey], problems: list[ChartProblem],
) -> None:  # fmt: skip
    old, new = names
    if old not in given:
        return
    line, column = document.place((*section, old))
    if new in given:
        text = f"`{old}` is the old name of `{new}`, and both are given; delete `{old}`"
        problems.append(ChartProblem(line, column, shown_path((*section, old)), text))
        given.pop(old)
        return
    given[new] = given.pop(old)
    _move_places(document, (*section, old), (*section, new))
    renamed.append(RenamedKey("".join(section), old, new, line, column))


def _move_places(document: YamlDocument, old: tuple[str, ...], new: tuple[str, ...]) -> None:
    size = len(old)
    moved = {path: place for path, place in document.places.items() if path[:size] == old}
    for path, place in moved.items():
        del document.places[path]
        document.places[(*new, *path[size:])] = place
