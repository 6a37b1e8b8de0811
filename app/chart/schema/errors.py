"""Errors of chart and cases files in plain sentences: place, problem, allowed values."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from typing import Any

from pydantic import BaseModel, ValidationError

from app.chart.schema.yaml_source import Path, YamlDocument, YamlMistake


@dataclass(frozen=True, slots=True, order=True)
class ChartProblem:
    """One error in a file. `where`: path of keys; `line` and `column` count from 1."""

    line: int
    column: int
    where: str
    message: str

    def __str__(self) -> str:
        place = f"line {self.line}, column {self.column}"
        return f"{place}: {self.where}: {self.message}" if self.where else f"{place}: {self.message}"


class ChartError(Exception):
    """Invalid chart or cases file, with all its errors."""

    def __init__(self, problems: list[ChartProblem], *, name: str = "chart") -> None:
        super().__init__("\n".join(f"{name}: {problem}" for problem in problems))
        self.problems = problems


def of_yaml(mistake: YamlMistake) -> ChartProblem:
    """An error in the YAML syntax."""
    return ChartProblem(mistake.line, mistake.column, shown_path(mistake.where), mistake.message)


def of_values(error: ValidationError, model: type[BaseModel], document: YamlDocument) -> list[ChartProblem]:
    """Errors of values, each once, in the order of the file."""
    problems = []
    for item in error.errors():
        path = _known_path(item, document)
        line, column = document.place(path)
        problems.append(ChartProblem(line, column, shown_path(path), _sentence(item, path, model)))
    return sorted(set(problems))


def not_allowed(name: str, allowed: Iterable[str]) -> str:
    """Message for an unknown name, with similar and allowed names."""
    names = list(allowed)
    return f"there is no such name here{near(name, names) or ';'} allowed: {', '.join(names)}"


def near(name: str, allowed: list[str]) -> str:
    """`; did you mean …?` where an allowed name is close."""
    by_fold = {entry.casefold(): entry for entry in allowed}
    close = difflib.get_close_matches(name[:100].casefold(), list(by_fold), n=2, cutoff=0.6)
    return f"; did you mean {' or '.join(by_fold[entry] for entry in close)}?" if close else ""


def shown_path(path: Path) -> str:
    """`rules[0].outcome`."""
    text = "".join(f"[{part}]" if isinstance(part, int) else f".{_visible(part)}" for part in path)
    return text.removeprefix(".")


def _known_path(item: Any, document: YamlDocument) -> Path:
    """The path of an error in the file, without the validator's marks."""
    path: Path = ()
    for part in item["loc"]:
        if (*path, part) in document.places:
            path = (*path, part)
    return (*path, item["loc"][-1]) if item["type"] == "missing" else path


_SENTENCES = {
    "missing": "this name is missing",
    "bool": "must be true or false",
    "int": "must be a whole number",
    "float": "must be a number",
    "decimal": "must be a number",
    "date": "must be a day, such as 2026-12-25",
    "list": "must be a list, such as `[one, two]`, or `[]` for none",
    "dict": "must hold names with values, such as `name: value`, or `{{}}` for none",
    "model": "must hold names with values, such as `name: value`; leave the section out to keep what ships",
    "greater_than_equal": "must be at least {ge}",
    "less_than_equal": "must be at most {le}",
    "string_too_short": "must not be empty",
    "string_too_long": "must have at most {max_length} characters",
    "too_short": "must have at least one entry",
    "too_long": "must have at most {max_length} entries",
}


def _sentence(item: Any, path: Path, model: type[BaseModel]) -> str:
    kind, given, context = item["type"], item.get("input"), item.get("ctx") or {}
    if kind == "extra_forbidden":
        return not_allowed(_visible(path[-1]), _names_at(model, path[:-1]))
    if kind in ("literal_error", "enum"):
        return _choice(_visible(path[-1]) if item["loc"][-1] == "[key]" else given, str(context["expected"]), path)
    if kind == "value_error":
        return str(item["msg"]).removeprefix("Value error, ")
    if kind == "string_type":
        return _no_text(given)
    sentence = _SENTENCES.get(kind) or _SENTENCES.get(kind.split("_")[0])
    if sentence is None:
        return str(item["msg"])
    scalar = isinstance(given, str | int | float | bool) and kind not in (
        "missing",
        "string_too_long",
        "string_too_short",
    )
    return sentence.format(**context) + (f", not “{_visible(given)}”" if scalar else "")


def _choice(given: object, expected: str, path: Path) -> str:
    allowed = re.findall(r"'([^']*)'", expected)
    if path[-2:] == ("watch", "boards"):
        return "must be `all` or a list of boards, such as `[Service Desk, Dispatch]`"
    if not isinstance(given, str):
        return f"must be one of: {', '.join(allowed)}"
    return f"must be one of: {', '.join(allowed)}; not “{_visible(given)}”{near(given, allowed)}"


def _no_text(given: object) -> str:
    if given is None:
        return "is empty; write a text, or leave the name out"
    if isinstance(given, bool | int | float):
        return f'must be text; write it in quotes: "{str(given).lower() if isinstance(given, bool) else given}"'
    return "must be one text, not a list or a section"


def _visible(value: object) -> str:
    text = "".join(char if char.isprintable() else "?" for char in str(value)[:80])
    return text if len(str(value)) <= 80 else f"{text}…"


@cache
def _schema(model: type[BaseModel]) -> dict[str, Any]:
    return model.model_json_schema()


def _names_at(model: type[BaseModel], path: Path) -> list[str]:
    """The allowed names of a section, in the order of the shipped file."""
    schema = _schema(model)
    here = schema
    for part in path:
        inner = "items" if isinstance(part, int) else "properties"
        here = (
            here.get("items", {})
            if inner == "items"
            else here.get(inner, {}).get(part, here.get("additionalProperties") or {})
        )
        if reference := here.get("$ref"):
            here = schema["$defs"][reference.rsplit("/", 1)[-1]]
    return list(here.get("properties", {}))
