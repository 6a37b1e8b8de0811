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
    shared: list[structlog.typing.Processor] = [
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        _fault_location,
    ]
    structlog.configure(
        processors=[*shared, renderer],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelName(level.upper())),
        logger_factory=structlog.PrintLoggerFactory(target),
    )
    handler = logging.StreamHandler(target)
    handler.addFilter(_is_not_repeated)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer],
            foreign_pre_chain=[structlog.stdlib.add_logger_name, *shared, _first_line],
        )
    )
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)


def _is_not_repeated(record: logging.LogRecord) -> bool:
    """False for uvicorn's repetition of an error that is logged already as `web.fault` or `service.fault`."""
    repeated = ("Exception in ASGI application", "Traceback ")
    return not (record.name == "uvicorn.error" and record.getMessage().startswith(repeated))


def _first_line(_logger: object, _method: str, event: structlog.typing.EventDict) -> structlog.typing.EventDict:
    """Keep the first line of a library's message: a traceback with an exception message may follow."""
    event["event"] = str(event["event"]).partition("\n")[0]
    return event


def _fault_location(_logger: object, _method: str, event: structlog.typing.EventDict) -> structlog.typing.EventDict:
    """Type and location of an exception, without its message, which may quote a ticket or a secret."""
    given = event.pop("exc_info", None)
    fault = sys.exc_info()[1] if given is True else given[1] if isinstance(given, tuple) else given
    if isinstance(fault, BaseException):
        frames = traceback.extract_tb(fault.__traceback__)
        event["fault"] = type(fault).__name__
        event["place"] = [f"{Path(frame.filename).name}:{frame.lineno} {frame.name}" for frame in frames[-8:]]
    return event
