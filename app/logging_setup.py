"""Log lines: one event each, as JSON or for a console, without ticket texts and secrets."""

from __future__ import annotations

import logging
import sys
import traceback
from pathlib import Path
from typing import TextIO

import structlog


def configure_logging(form: str, level: str, *, stream: TextIO | None = None) -> None:
    """One line an event on standard error or `stream`: JSON, or text for a console. Libraries log warnings and errors only."""
    target = stream or sys.stderr
    renderer: structlog.typing.Processor = (
        structlog.processors.JSONRenderer() if form == "json" else structlog.dev.ConsoleRenderer(colors=False)
    )
    every: list[structlog.typing.Processor] = [
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        _place_of_fault,
    ]
    structlog.configure(
        processors=[*every, renderer],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelName(level.upper())),
        logger_factory=structlog.PrintLoggerFactory(target),
    )
    theirs = logging.StreamHandler(target)
    theirs.addFilter(_is_news)
    theirs.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer],
            foreign_pre_chain=[structlog.stdlib.add_logger_name, *every, _first_line],
        )
    )
    logging.basicConfig(level=logging.WARNING, handlers=[theirs], force=True)


def _is_news(record: logging.LogRecord) -> bool:
    """uvicorn repeats what a request (`web.fault`) or the start (`service.fault`) has come to, which is logged there."""
    repeated = ("Exception in ASGI application", "Traceback ")
    return not (record.name == "uvicorn.error" and record.getMessage().startswith(repeated))


def _first_line(_logger: object, _method: str, event: structlog.typing.EventDict) -> structlog.typing.EventDict:
    """Of what a library says, the first line: a traceback with its message may follow."""
    event["event"] = str(event["event"]).partition("\n")[0]
    return event


def _place_of_fault(_logger: object, _method: str, event: structlog.typing.EventDict) -> structlog.typing.EventDict:
    """Where a fault happened and of what type; its message stays out, since it may quote a ticket or a secret."""
    given = event.pop("exc_info", None)
    fault = sys.exc_info()[1] if given is True else given[1] if isinstance(given, tuple) else given
    if isinstance(fault, BaseException):
        frames = traceback.extract_tb(fault.__traceback__)
        event["fault"] = type(fault).__name__
        event["place"] = [f"{Path(frame.filename).name}:{frame.lineno} {frame.name}" for frame in frames[-8:]]
    return event
