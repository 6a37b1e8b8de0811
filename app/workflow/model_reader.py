"""Asks the model about a ticket: stored answer first, then the endpoint within its limits. Never stops a decision."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

import structlog

from app.chart import Chart, Decision
from app.chart.model_request import DEFAULT_MODEL, model_request
from app.chart.second_reader import ReaderUse, decide_with_model
from app.domain.ticket import TicketRecord
from app.model_endpoint import EndpointError, ModelEndpoint
from app.reading.model.answer import ModelReading, read_answer, tokens_of
from app.reading.model.examples import Example
from app.reading.model.request import ReaderRequest
from app.storage import ReaderAnswers

log = structlog.get_logger()

Examples = Callable[[], Awaitable[Sequence[Example]]]
NOT_ASKED = "The model was not asked, since a person had chosen the outcome."
_LIMIT = "The daily limit of tokens (READER_TOKENS_PER_DAY) is reached."
_ALONE = "The words decided alone."


@dataclass(frozen=True, slots=True)
class ReaderOptions:
    """The operator's choices."""

    use: ReaderUse = ReaderUse.SECOND
    model: str = DEFAULT_MODEL
    redact: bool = True
    tokens_per_day: int = 0
    """0: no limit."""


@dataclass
class ReaderMetrics:
    """Counters of this process that only grow."""

    tokens: int = 0
    stored: int = 0
    """Readings from stored answers."""
    asked: int = 0
    """Readings from the endpoint."""
    dropped: int = 0
    """Facts and row statements without a verified quote."""
    disagreements: int = 0
    problems: Counter[str] = field(default_factory=Counter)
    """Decisions by words alone, by the reason's code."""


async def _no_examples() -> Sequence[Example]:
    return ()


class ModelReader:
    """The model-backed reader of this installation."""

    def __init__(
        self, endpoint: ModelEndpoint, answers: ReaderAnswers, options: ReaderOptions, *, now: Callable[[], datetime],
        examples: Examples = _no_examples,
    ) -> None:  # fmt: skip
        self.endpoint = endpoint
        self.options = options
        self.metrics = ReaderMetrics()
        self._answers = answers
        self._now = now
        self._examples = examples

    async def decide(self, ticket: TicketRecord, chart: Chart, *, words: Decision, send: bool = True) -> Decision:
        """The decision by words and model. `send`: without it only a stored answer is used."""
        if words.exception is not None:
            return words
        key, reading = await self.read(ticket, chart, send=send)
        decision = await asyncio.to_thread(decide_with_model, ticket, chart, reading, self.options.use, words=words)
        self.metrics.dropped += reading.dropped
        self.metrics.disagreements += bool(decision.model and decision.model.disagrees)
        return replace(decision, model=replace(decision.model, key=key)) if decision.model else decision

    async def read(self, ticket: TicketRecord, chart: Chart, *, send: bool = True) -> tuple[str, ModelReading]:
        """The key of the request and the reading; an unusable one says why."""
        examples = await self._examples()
        request = await asyncio.to_thread(
            model_request, ticket, chart, model=self.options.model, redact=self.options.redact, examples=examples
        )
        stored = await self._answers.get(request.key)
        if stored is not None:
            self.metrics.stored += 1
            return request.key, self._understood(stored, request)
        if not send:
            return request.key, ModelReading(problem=NOT_ASKED)
        return request.key, await self._ask(request)

    async def _ask(self, request: ReaderRequest) -> ModelReading:
        estimate = request.estimated_tokens
        if not await self._answers.reserve(estimate, limit=self.options.tokens_per_day, now=self._now()):
            return self._without("limit", _LIMIT)
        try:
            completion = await self.endpoint.complete(request.body)
        except EndpointError as error:
            if error.code != "timeout":  # after a timeout the endpoint may have worked all the same
                await self._answers.correct(-estimate, now=self._now())
            log.warning("reader.failed", code=error.code, key=request.key[:12])
            return self._without(error.code, str(error))
        tokens = tokens_of(completion) or estimate
        self.metrics.asked += 1
        self.metrics.tokens += tokens
        await self._answers.correct(tokens - estimate, now=self._now())
        reading = self._understood(completion, request)
        if reading.usable:
            await self._answers.put({request.key: completion}, now=self._now())
        return reading

    def _understood(self, completion: dict[str, Any], request: ReaderRequest) -> ModelReading:
        try:
            reading = read_answer(completion, request)
        except Exception:  # hostile or broken answers must not stop a decision
            log.exception("reader.fault", key=request.key[:12])
            return self._without("fault", "The model's answer could not be read.")
        if reading.problem:
            return self._without("unusable", reading.problem)
        return reading

    def _without(self, code: str, problem: str) -> ModelReading:
        self.metrics.problems[code] += 1
        return ModelReading(problem=f"{problem} {_ALONE}")
