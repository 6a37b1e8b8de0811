"""Recorded answers of the model-backed reader for commands that work on files."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import typer

from app.chart import Chart, Decision, load_chart, shipped_chart
from app.chart.model_request import model_request
from app.chart.regression.cases import load_cases
from app.chart.second_reader import ReaderUse, decide_with_model
from app.domain.ticket import TicketRecord
from app.offline_settings import OfflineSettings
from app.reading.model.answer import ModelReading, read_answer
from app.reading.model.batch import BatchAnswers, parse_answers
from app.reading.model.examples import Example
from app.reading.model.request import ReaderRequest
from app.settings import chart_file, offline_settings


def chosen_chart() -> Chart:
    """The operator's chart, else the shipped one."""
    path = chart_file()
    return load_chart(path) if path else shipped_chart()


def examples_next_to_chart(path: Path | None) -> list[Example]:
    """The operator's own cases: `cases.yaml` next to CHART_FILE. The shipped cases are no examples."""
    file = path.with_name("cases.yaml") if path else None
    if file is None or not file.is_file():
        return []
    return [
        Example(case.ticket, case.outcome, case.rows, case.why) for case in load_cases(file) if case.outcome is not None
    ]


def read_answers_file(path: Path) -> BatchAnswers:
    """The answers of a batch file."""
    try:
        with path.open(encoding="utf-8-sig", errors="replace") as lines:
            return parse_answers(lines)
    except OSError as error:
        raise typer.BadParameter(f"Cannot read {path}: {error.strerror or type(error).__name__}") from None


@dataclass
class RecordedReader:
    """Decides tickets with recorded answers; a ticket without an answer is decided by words alone."""

    answers: BatchAnswers
    settings: OfflineSettings
    examples: Sequence[Example] = ()
    counts: Counter[str] = field(default_factory=Counter)
    """Requests `answered`, without a usable answer (`unusable`), and without any (`missing`)."""
    _readings: dict[str, ModelReading] = field(default_factory=dict)

    @classmethod
    def of(cls, path: Path) -> RecordedReader:
        """The answers of a file, with the settings READER_USE, READER_MODEL and READER_REDACT."""
        settings = offline_settings()
        return cls(read_answers_file(path), settings, examples_next_to_chart(settings.chart_file))

    @property
    def use(self) -> ReaderUse:
        """READER_USE."""
        return ReaderUse(self.settings.reader_use)

    def reading(self, ticket: TicketRecord, chart: Chart) -> ModelReading:
        """The recorded reading of a ticket."""
        request = model_request(
            ticket, chart, model=self.settings.reader_model, redact=self.settings.reader_redact, examples=self.examples
        )
        if request.key not in self._readings:
            self._readings[request.key] = self._read(request)
        return self._readings[request.key]

    def _read(self, request: ReaderRequest) -> ModelReading:
        completion = self.answers.by_key.get(request.key)
        if completion is None:
            self.counts["missing"] += 1
            return ModelReading(problem="There is no recorded answer for this ticket.")
        found = read_answer(completion, request)
        self.counts["answered" if found.usable else "unusable"] += 1
        return found

    def decide(self, ticket: TicketRecord, chart: Chart, use: ReaderUse | None = None) -> Decision:
        """The decision of a ticket with its recorded answer."""
        return decide_with_model(ticket, chart, self.reading(ticket, chart), use or self.use)

    @property
    def summary(self) -> str:
        """How many tickets had an answer, as a sentence."""
        return (
            f"{self.counts['answered']} requests with an answer, {self.counts['unusable']} with an unusable one, "
            f"{self.counts['missing']} without."
        )
