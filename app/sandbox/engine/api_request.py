"""One request as the rules see it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from app.sandbox.engine.api_errors import not_found
from app.sandbox.engine.contract import Operation


@dataclass(frozen=True, slots=True)
class ApiRequest:
    """An operation with the values of its path, its body, its query, and the member who asks."""

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
"""The own way of an endpoint that is more than a record or a list: status and answer."""
