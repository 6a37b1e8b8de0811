"""The API description: the bearer token, and the answers that the middleware gives before an endpoint is reached."""

from __future__ import annotations

from typing import Any

from fastapi import FastAPI

from app.api.access_control import is_public
from app.api.problem_details import responses

_SCHEME = "token"
_MANAGEMENT = (400, 401, 403, 408, 413, 422, 503)
_PUBLIC = (422, 503)


_MEDIA_TYPES = {".html": "text/html", ".csv": "text/csv", "/metrics": "text/plain"}
"""Of answers that are no JSON, by the end of their path."""


def describe(app: FastAPI) -> None:
    """Complete the description that FastAPI makes from the endpoints."""
    from_endpoints = app.openapi

    def complete() -> dict[str, Any]:
        if app.openapi_schema is not None:
            return app.openapi_schema
        schema = from_endpoints()
        schema.setdefault("components", {})["securitySchemes"] = {
            _SCHEME: {"type": "http", "scheme": "bearer", "description": "API_TOKEN of the service"}
        }
        for path, operations in schema["paths"].items():
            for operation in operations.values():
                _complete(operation, public=is_public(path))
                for end, media_type in _MEDIA_TYPES.items():
                    if path.endswith(end):
                        operation["responses"]["200"]["content"] = {media_type: {"schema": {"type": "string"}}}
        return schema

    app.openapi = complete  # type: ignore[method-assign]


def _complete(operation: dict[str, Any], *, public: bool) -> None:
    operation["security"] = [] if public else [{_SCHEME: []}]
    for status, answer in responses(*(_PUBLIC if public else _MANAGEMENT)).items():
        operation["responses"][str(status)] = _merged(operation["responses"].get(str(status)), answer)


def _merged(known: dict[str, Any] | None, answer: dict[str, Any]) -> dict[str, Any]:
    """The answer in this form or in its own; FastAPI's form of a 422 is not used, that of readiness with 503 is."""
    content = dict(known.get("content", {})) if known else {}
    if "HTTPValidationError" in str(content):
        content = {}
    for media_type, form in answer["content"].items():
        known_form = content.get(media_type, form)
        content[media_type] = (
            form if known_form == form else {"schema": {"anyOf": [form["schema"], known_form["schema"]]}}
        )
    return answer | {"content": content}
