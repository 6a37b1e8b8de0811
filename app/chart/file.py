"""The chart file: read whole, every mistake with its line, what is wrong and what is allowed."""

from __future__ import annotations

import difflib
import hashlib
from dataclasses import dataclass
from functools import cached_property, lru_cache
from importlib.resources import files
from pathlib import Path
from typing import Any, Literal

import yaml
from pydantic import Field, PrivateAttr, ValidationError

from app.chart.model import ChartStamp
from app.chart.phrases import PhraseError, compiled, shipped_words
from app.chart.reader import Reader
from app.chart.rules import Combination, DurationRow, FinanceRow, FixedOutcome, Periods, SchedulingRow
from app.chart.targets import MiniProject, Project, Revenue, Section, Watch

_MOST_BYTES = 1_000_000


@dataclass(frozen=True, slots=True)
class ChartProblem:
    """One mistake in a chart file. `where` is the path of names, `line` and `column` count from 1."""

    line: int
    column: int
    where: str
    message: str

    def __str__(self) -> str:
        place = f"line {self.line}, column {self.column}"
        return f"{place}: {self.where}: {self.message}" if self.where else f"{place}: {self.message}"


class ChartError(Exception):
    """A chart file that cannot be used, with every mistake in it."""

    def __init__(self, problems: list[ChartProblem], *, name: str = "chart") -> None:
        super().__init__("\n".join(f"{name}: {problem}" for problem in problems))
        self.problems = problems


class Chart(Section):
    """The operator's chart. Every section may be left out; what is left out is as in the chart that ships."""

    version: str = Field(default="1", min_length=1, max_length=100)
    note_language: Literal["en", "de", "fr", "es"] = "en"
    """Language of the internal note on the ticket."""
    periods: Periods = Periods()
    duration: DurationRow = DurationRow()
    scheduling: SchedulingRow = SchedulingRow()
    finance: FinanceRow = FinanceRow()
    combination: Combination = Combination()
    exceptions: list[FixedOutcome] = []
    watch: Watch = Watch()
    mini_project: MiniProject = MiniProject()
    project: Project = Project()
    revenue: Revenue = Revenue()
    words: dict[str, dict[str, list[str]]] = {}
    """Own phrases by meaning and language, on top of the shipped ones."""

    _text: str = PrivateAttr(default="")

    @property
    def text(self) -> str:
        """The file's own text."""
        return self._text

    @cached_property
    def stamp(self) -> ChartStamp:
        """Version and hash, as each decision names them."""
        return ChartStamp(self.version, hashlib.sha256(self._text.encode()).hexdigest())

    @cached_property
    def reader(self) -> Reader:
        """The word lists of this chart, compiled."""
        merged = {
            meaning: {name: list(listed) for name, listed in lists.items()}
            for meaning, lists in shipped_words().items()
        }
        for meaning, languages in self.words.items():
            for language, phrases in languages.items():
                merged[meaning].setdefault(language, []).extend(phrases)
        return Reader(merged)


def load_chart(path: Path) -> Chart:
    """Reads a chart file; ChartError with all mistakes when it cannot be used."""
    try:
        raw = path.read_bytes()
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise ChartError([ChartProblem(1, 1, "", f"the file cannot be read: {reason}")], name=path.name) from None
    if len(raw) > _MOST_BYTES:
        raise ChartError([ChartProblem(1, 1, "", f"the file is larger than {_MOST_BYTES} bytes")], name=path.name)
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError:
        raise ChartError([ChartProblem(1, 1, "", "the file is not UTF-8 text")], name=path.name) from None
    return parse_chart(text, name=path.name)


@lru_cache(maxsize=1)
def shipped_chart() -> Chart:
    """The chart that ships."""
    return parse_chart((files("app.chart") / "data" / "chart.yaml").read_text(encoding="utf-8"), name="chart.yaml")


def parse_chart(text: str, *, name: str = "chart") -> Chart:
    """The chart in a text; ChartError with all mistakes."""
    data, places = _yaml(text, name)
    problems = _duplicates(text)
    chart = None
    try:
        chart = Chart.model_validate(data)
    except ValidationError as error:
        problems += [_problem(item, places) for item in error.errors()]
    problems += _word_problems(data.get("words"), places)
    if problems or chart is None:
        raise ChartError(sorted(problems, key=lambda problem: (problem.line, problem.column)), name=name)
    chart._text = text
    return chart


Places = dict[tuple[str | int, ...], tuple[int, int]]


def _yaml(text: str, name: str) -> tuple[dict[str, Any], Places]:
    try:
        node = yaml.compose(text, Loader=yaml.SafeLoader)
        data = yaml.safe_load(text)
    except (yaml.YAMLError, RecursionError, ValueError) as error:
        mark = getattr(error, "problem_mark", None)
        line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
        message = f"not readable as YAML: {getattr(error, 'problem', None) or type(error).__name__}"
        raise ChartError([ChartProblem(line, column, "", message)], name=name) from None
    if data is None:
        return {}, {}
    if not isinstance(data, dict):
        raise ChartError(
            [ChartProblem(1, 1, "", 'the file must hold named sections, such as `version: "1"`')], name=name
        )
    return data, _places(node, ())


def _places(node: yaml.Node | None, path: tuple[str | int, ...]) -> Places:
    """Line and column of every value, by its path."""
    if node is None:
        return {}
    places: Places = {path: (node.start_mark.line + 1, node.start_mark.column + 1)}
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            name = str(key.value)
            places |= _places(value, (*path, name))
            places[(*path, name)] = (key.start_mark.line + 1, key.start_mark.column + 1)
    elif isinstance(node, yaml.SequenceNode):
        for number, item in enumerate(node.value):
            places |= _places(item, (*path, number))
    return places


def _duplicates(text: str) -> list[ChartProblem]:
    """Names that stand twice in one section: YAML would silently keep the last."""
    problems: list[ChartProblem] = []

    def visit(node: yaml.Node | None, path: str) -> None:
        if isinstance(node, yaml.MappingNode):
            seen: set[str] = set()
            for key, value in node.value:
                mark = key.start_mark
                where = f"{path}.{key.value}".lstrip(".")
                if key.value in seen:
                    problems.append(ChartProblem(mark.line + 1, mark.column + 1, where, "this name stands here twice"))
                seen.add(key.value)
                visit(value, where)
        elif isinstance(node, yaml.SequenceNode):
            for number, item in enumerate(node.value):
                visit(item, f"{path}[{number}]")

    visit(yaml.compose(text, Loader=yaml.SafeLoader), "")
    return problems


def _problem(error: Any, places: Places) -> ChartProblem:
    path = tuple(error["loc"])
    known = path
    while known and known not in places:
        known = known[:-1]
    line, column = places.get(known, (1, 1))
    return ChartProblem(line, column, ".".join(map(str, path)), _message(error, path))


def _message(error: Any, path: tuple[str | int, ...]) -> str:
    if error["type"] == "extra_forbidden":
        return _not_allowed(path[-1], _names_at(path[:-1]))
    message = str(error["msg"])
    shown = error.get("input")
    return f"{message}, not {shown!r}"[:300] if isinstance(shown, str | int | float | bool) else message


def _not_allowed(name: object, allowed: list[str]) -> str:
    close = difflib.get_close_matches(str(name), allowed, n=2, cutoff=0.5)
    hint = f"; did you mean {' or '.join(close)}?" if close else ""
    return f"there is no such name here; allowed: {', '.join(allowed)}{hint}"


def _names_at(path: tuple[str | int, ...]) -> list[str]:
    """The names that a section allows."""
    schema: dict[str, Any] = Chart.model_json_schema()
    here = schema
    for part in path:
        here = here.get("items", {}) if isinstance(part, int) else here.get("properties", {}).get(part, {})
        reference = here.get("$ref") or next((one.get("$ref") for one in here.get("allOf", [])), None)
        here = schema["$defs"][reference.rsplit("/", 1)[-1]] if reference else here
    return sorted(here.get("properties", {}))


def _word_problems(words: Any, places: Places) -> list[ChartProblem]:
    problems: list[ChartProblem] = []
    for meaning, languages in words.items() if isinstance(words, dict) else ():
        if meaning not in shipped_words():
            line, column = places.get(("words", meaning), (1, 1))
            problems.append(
                ChartProblem(line, column, f"words.{meaning}", _not_allowed(meaning, list(shipped_words())))
            )
        for language, phrases in languages.items() if isinstance(languages, dict) else ():
            for number, phrase in enumerate(phrases if isinstance(phrases, list) else ()):
                mistake = _phrase_problem(phrase) if isinstance(phrase, str) else None
                if mistake:
                    line, column = places.get(("words", meaning, language, number), (1, 1))
                    problems.append(ChartProblem(line, column, f"words.{meaning}.{language}[{number}]", mistake))
    return problems


def _phrase_problem(phrase: str) -> str | None:
    try:
        compiled([phrase])
    except PhraseError as error:
        return str(error)
    return None if phrase.strip() else "an empty phrase would match everything"
