"""A request after validation, as the rules receive it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from app.sandbox.engine.api_errors import not_found
from app.sandbox.engine.contract import Operation


@dataclass(frozen=True, slots=True)
class ApiRequest:
    """An operation with path values, body, query and the identifier of the calling member."""

    operation: Operation
    body: Any
    query: Mapping[str, str]
    actor: str

    @property
    def template(self) -> str:
        """The path with its parameters as names."""
        return self.operation.template

    @property
    def method(self) -> str:
        """GET, POST, PUT, PATCH or DELETE."""
        return self.operation.method

    @property
    def params(self) -> tuple[str, ...]:
        """The values of the path's parameters, in order."""
        return self.operation.params

    def number(self, place: int = 0) -> int:
        """A parameter of the path as an id; 404 where it is none."""
        text = self.params[place]
        if not (text.isascii() and text.isdigit() and len(text) <= 15):
            raise not_found("Record")
        return int(text)


Action = Callable[[ApiRequest], tuple[int, Any]]
"""Handler of an endpoint that is neither a record nor a list; returns status and value."""
