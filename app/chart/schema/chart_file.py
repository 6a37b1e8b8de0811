"""The chart file. All errors are collected with their lines, then raised once."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from functools import cached_property, lru_cache
from importlib.resources import files
from operator import attrgetter
from pathlib import Path
from typing import Any, Literal

from pydantic import Field, PrivateAttr, ValidationError, ValidationInfo, field_validator

from app.chart.models import ChartStamp
from app.chart.schema.compiled_table import Table, compile_table
from app.chart.schema.decision_settings import (
    Combination,
    DurationRow,
    FinanceRow,
    Guidance,
    Periods,
    SchedulingRow,
    SmallJob,
)
from app.chart.schema.errors import ChartError, ChartProblem, of_values, of_yaml
from app.chart.schema.manager_rules import ManagerRule, Phrase
from app.chart.schema.measures import THRESHOLDS
from app.chart.schema.renamed_keys import RenamedKey, rename_keys
from app.chart.schema.shipped_values import shipped, shipped_value
from app.chart.schema.table_problems import table_problems
from app.chart.schema.table_sections import (
    Condition,
    Facts,
    FollowRule,
    OutcomeRule,
    RowRule,
    Sign,
    merged_by_id,
    shipped_rules,
)
from app.chart.schema.target_settings import Autonomy, MiniProject, Project, Revenue, Section, Watch
from app.chart.schema.words import word_problems
from app.chart.schema.yaml_source import MOST_CHARACTERS, YamlDocument, read_yaml
from app.reading.phrases.grammar import shipped_phrases
from app.reading.phrases.matcher import PhraseReader

__all__ = ["Chart", "ChartError", "ChartProblem", "load_chart", "load_text", "parse_chart", "shipped_chart"]


class Chart(Section):
    """The operator's chart. Sections and keys that are left out have their shipped values."""

    version: str = Field(default="1", min_length=1, max_length=100)
    """Version of this chart; each decision records it."""
    note_language: Literal["en", "de", "fr", "es"] = "en"
    """Language of the internal note on the ticket."""
    watch: Watch = Watch()
    """Which tickets the chart is applied to automatically."""
    periods: Periods = Periods()
    """Billing period of customers whose agreement has none."""
    duration: DurationRow = DurationRow()
    """When the duration row says project."""
    small_job: SmallJob = SmallJob()
    """Two visits or two people do not make a project of a small job."""
    scheduling: SchedulingRow = SchedulingRow()
    """When the scheduling row says project."""
    finance: FinanceRow = FinanceRow()
    """Points that the finance row needs."""
    combination: Combination = Combination()
    """How the six rows lead to an outcome."""
    guidance: Guidance = Field(default_factory=Guidance)
    """What each row asks, in plain words."""
    rules: list[ManagerRule] = Field(default=[], max_length=1000)
    """Rules are checked before the rows; the first one that fits applies."""
    facts: Facts = Field(default_factory=Facts)
    """How strong each kind of evidence is."""
    terms: dict[Sign, Condition] = shipped("terms")
    """Conditions with a name, of the whole ticket."""
    row_terms: dict[Sign, Condition] = shipped("row_terms")
    """Conditions with a name, of the row that is decided."""
    rows: list[RowRule] = Field(default_factory=lambda: shipped_rules(RowRule, "rows"), max_length=500)
    """What each row says: the first rule that applies."""
    follows: list[FollowRule] = Field(default_factory=lambda: shipped_rules(FollowRule, "follows"), max_length=100)
    """Rows that say project because other rows do."""
    outcomes: list[OutcomeRule] = Field(default_factory=lambda: shipped_rules(OutcomeRule, "outcomes"), max_length=100)
    """From the rows to the outcome: the first rule that applies."""
    mini_project: MiniProject = MiniProject()
    """How the revenue of a mini-project reaches Professional Services."""
    project: Project = Project()
    """What a converted ticket becomes."""
    revenue: Revenue = Revenue()
    """Where project revenue belongs."""
    autonomy: Autonomy = Autonomy()
    """What live mode does without a person."""
    words: dict[str, dict[str, list[Phrase]]] = {}
    """Additional phrases by meaning and language."""
    words_off: dict[str, dict[str, list[Phrase]]] = {}
    """Shipped phrases that are not used, by meaning and language; `miniprojects chart words` lists them."""

    _text: str = PrivateAttr(default="")
    _given: dict[str, Any] = PrivateAttr(default_factory=dict)
    _document: YamlDocument = PrivateAttr(default_factory=YamlDocument)
    _renamed: tuple[RenamedKey, ...] = PrivateAttr(default=())

    @field_validator("terms", "row_terms", mode="after")
    @classmethod
    def _keep_shipped_terms(cls, given: dict[str, Any], info: ValidationInfo) -> dict[str, Any]:
        return {**shipped_value(str(info.field_name)), **given}

    @field_validator("rows", "follows", "outcomes", mode="after")
    @classmethod
    def _keep_shipped_rules(cls, given: list[Any], info: ValidationInfo) -> list[Any]:
        name = str(info.field_name)
        return merged_by_id(given, shipped_rules(_RULES[name], name))

    @property
    def given(self) -> Mapping[str, Any]:
        """The sections as the file has them, without what ships."""
        return self._given

    @property
    def thresholds(self) -> dict[str, float]:
        """The thresholds that conditions of the table may name."""
        strengths = self.facts.strengths
        found: dict[str, float] = {}
        for section, names, values in _THRESHOLDS:
            found |= zip(names, values(getattr(self, section)), strict=True)
        alone = getattr(strengths, self.combination.min_evidence)
        return found | {"record": strengths.record, "statement": alone, "hint": strengths.hint}

    @cached_property
    def table(self) -> Table:
        """The decision table, compiled."""
        return compile_table(
            self.facts, self.terms, self.row_terms, rows=self.rows, follows=self.follows, outcomes=self.outcomes
        )

    @property
    def text(self) -> str:
        """The text of the file."""
        return self._text

    @property
    def renamed_keys(self) -> tuple[RenamedKey, ...]:
        """Old names in the file; `chart check` and the service's log warn of each."""
        return self._renamed

    def place(self, *path: str | int) -> tuple[int, int]:
        """Line and column of a value, such as `place("watch", "boards", 0)`; of its section where it is left out."""
        return self._document.place(path)

    @cached_property
    def stamp(self) -> ChartStamp:
        """Version and hash, as each decision records them."""
        return ChartStamp(self.version, hashlib.sha256(self._text.encode()).hexdigest())

    @cached_property
    def reader(self) -> PhraseReader:
        """The phrases of this chart, compiled; charts with the same phrases share one."""
        return _reader(json.dumps(self.all_words))

    @cached_property
    def all_words(self) -> dict[str, dict[str, list[str]]]:
        """The shipped phrases with the chart's own."""
        merged = {
            meaning: {name: list(listed) for name, listed in lists.items()}
            for meaning, lists in shipped_phrases().items()
        }
        for meaning, languages in self.words.items():
            for language, phrases in languages.items():
                merged[meaning].setdefault(language, []).extend(phrases)
        for meaning, languages in self.words_off.items():
            for language, phrases in languages.items():
                off = set(phrases)
                merged[meaning][language] = [
                    phrase for phrase in merged[meaning].get(language, ()) if phrase not in off
                ]
        return merged


_THRESHOLDS = [
    (
        section,
        [name for name, of, _ in THRESHOLDS if of == section],
        attrgetter(*(key for _, of, key in THRESHOLDS if of == section)),
    )
    for section in dict.fromkeys(of for _, of, _ in THRESHOLDS)
]
_RULES: dict[str, type[Any]] = {"rows": RowRule, "follows": FollowRule, "outcomes": OutcomeRule}


@lru_cache(maxsize=4)
def _reader(words: str) -> PhraseReader:
    """The reader of phrases by meaning and language, given as JSON. Making one takes longer than deciding ten tickets."""
    return PhraseReader(json.loads(words))


def load_chart(path: Path) -> Chart:
    """Reads a chart file; ChartError with all errors. An empty file is refused: it may be in the middle of a save."""
    text = load_text(path)
    if not text.strip():
        raise ChartError(
            [ChartProblem(1, 1, "", "the file is empty; a chart names at least one section")], name=path.name
        )
    return parse_chart(text, name=path.name)


def load_text(path: Path) -> str:
    """The text of a file; ChartError where it is unreadable, too large, or not UTF-8."""
    try:
        with path.open("rb") as file:
            raw = file.read(4 * MOST_CHARACTERS + 1)
        return raw.decode("utf-8")
    except OSError as error:
        problem = ChartProblem(1, 1, "", f"the file cannot be read: {error.strerror or type(error).__name__}")
    except UnicodeDecodeError as error:
        if len(raw) > 4 * MOST_CHARACTERS:
            problem = ChartProblem(1, 1, "", f"the file is larger than {MOST_CHARACTERS // 1000} kB")
        else:
            line = raw.count(b"\n", 0, error.start) + 1
            problem = ChartProblem(line, 1, "", "not UTF-8 text from here on; save the file as UTF-8")
    raise ChartError([problem], name=path.name)


@lru_cache(maxsize=1)
def shipped_chart() -> Chart:
    """The chart that ships."""
    return parse_chart((files("app.chart") / "data" / "chart.yaml").read_text(encoding="utf-8"), name="chart.yaml")


def parse_chart(text: str, *, name: str = "chart") -> Chart:
    """Parses a chart; ChartError with all errors."""
    document = read_yaml(text)
    problems = [of_yaml(mistake) for mistake in document.mistakes]
    data = {} if document.data is None else document.data
    if not isinstance(data, dict):
        problems.append(ChartProblem(1, 1, "", 'the file must hold named sections, such as `version: "1"`'))
        raise ChartError(problems, name=name)
    renamed, both_names = rename_keys(data, document)
    problems += both_names
    chart = None
    try:
        chart = Chart.model_validate({section: value for section, value in data.items() if value is not None})
    except ValidationError as error:
        problems += of_values(error, Chart, document)
    problems += [*word_problems(data, document), *table_problems(data, document)]
    if problems or chart is None:
        raise ChartError(sorted(set(problems)), name=name)
    chart._text = text
    chart._given = data
    chart._document = document
    chart._renamed = tuple(renamed)
    return chart
