"""Refusals in ConnectWise's own form."""

from __future__ import annotations

from typing import Any


class ApiError(Exception):
    """An answer that is not 2xx."""

    def __init__(self, status: int, code: str, message: str, *, errors: list[dict[str, Any]] | None = None) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.errors = errors

    def body(self) -> dict[str, Any]:
        """The error body."""
        return {"code": self.code, "message": str(self), "errors": self.errors}


def not_found(what: str) -> ApiError:
    """404."""
    return ApiError(404, "NotFound", f"{what} not found")


def invalid(kind: str, field: str, *, code: str = "NotFound", message: str = "") -> ApiError:
    """400 for one field, in the form that is documented for a status that the ticket's board lacks."""
    inner = {"code": code, "message": message or f"{field} not found", "resource": kind, "field": field}
    return ApiError(400, "InvalidObject", f"{kind} object is invalid", errors=[inner])
