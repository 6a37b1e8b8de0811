"""The API description: how to sign in, which role each operation needs, and the answers of the middleware."""

from __future__ import annotations

from typing import Any

from fastapi import FastAPI

from app.api.access_rules import SAFE_METHODS, needed_role
from app.api.auth import CSRF_HEADER, SESSION_COOKIE
from app.api.problem_details import responses
from app.domain.enums import Role

_SCHEMES = {
    "token": {"type": "http", "scheme": "bearer", "description": "A person's token, or API_TOKEN (role admin)"},
    "session": {
        "type": "apiKey",
        "in": "cookie",
        "name": SESSION_COOKIE,
        "description": "Session of a browser: POST /session",
    },
    "csrf": {
        "type": "apiKey",
        "in": "header",
        "name": CSRF_HEADER,
        "description": "CSRF token of the session, for changes",
    },
}
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
        schema.setdefault("components", {})["securitySchemes"] = _SCHEMES
        for path, operations in schema["paths"].items():
            for method, operation in operations.items():
                _complete(operation, method.upper(), role=needed_role(method.upper(), path))
                for end, media_type in _MEDIA_TYPES.items():
                    if path.endswith(end):
                        operation["responses"]["200"]["content"] = {media_type: {"schema": {"type": "string"}}}
        return schema

    app.openapi = complete  # type: ignore[method-assign]


def _complete(operation: dict[str, Any], method: str, *, role: Role | None) -> None:
    public = role is None
    session: dict[str, list[str]] = {"session": []} if method in SAFE_METHODS else {"session": [], "csrf": []}
    operation["security"] = [] if public else [{"token": []}, session]
    if role is not None:
        operation["x-role"] = role.value
        operation["description"] = f"{operation.get('description', '')}\n\nNeeds the role {role.value}.".strip()
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
