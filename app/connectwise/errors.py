"""Everything that ConnectWise can answer with, or not answer: each error knows whether waiting helps.

The text of an error is a sentence for a person. It carries the request's id, never the body of an answer.
"""

from __future__ import annotations

from dataclasses import dataclass


class ConnectWiseError(Exception):
    """ConnectWise did not do what was asked. `waiting_helps`: the same request may succeed later, unchanged."""

    waiting_helps = False

    def __init__(
        self, text: str, *, status: int | None = None, request_id: str | None = None, retry_after: float | None = None
    ) -> None:
        super().__init__(f"{text} (request {request_id})" if request_id else text)
        self.status = status
        self.request_id = request_id
        self.retry_after = retry_after
        """Seconds that ConnectWise asked to wait."""


class Unreachable(ConnectWiseError):
    """Nothing was sent, or a read got no answer: no connection, a time-out, a closed connection."""

    waiting_helps = True


class WriteResultUnknown(ConnectWiseError):
    """A write got no usable answer; it may have been carried out. Look before trying again."""

    waiting_helps = True


class RateLimited(ConnectWiseError):
    """Too many requests (429)."""

    waiting_helps = True


class ServerError(ConnectWiseError):
    """ConnectWise failed inside (5xx) while reading; after a write this is `WriteResultUnknown`."""

    waiting_helps = True


class InvalidResponse(ConnectWiseError):
    """A 2xx answer that is not the JSON it should be; after a write this is `WriteResultUnknown`."""

    waiting_helps = True


class ResponseTooLarge(ConnectWiseError):
    """A read's answer is too large to take in; ask for less at once."""


class BadCredentials(ConnectWiseError):
    """401: the keys, the company or the clientId are wrong. Waiting helps once somebody has mended them."""

    waiting_helps = True


class Forbidden(ConnectWiseError):
    """403: the API member's security role does not allow it."""


class NotFound(ConnectWiseError):
    """404: no such record, or no such kind of record."""

    of_a_record = False
    """Whether ConnectWise's API itself said so; otherwise the API may have moved."""


class Conflict(ConnectWiseError):
    """409, 423: the record is in use just now."""

    waiting_helps = True


@dataclass(frozen=True, slots=True)
class FieldError:
    """One reason inside a refusal: which field, and ConnectWise's own code for it."""

    field: str
    code: str


class BadRequest(ConnectWiseError):
    """400 and other 4xx: ConnectWise does not accept the request as it is."""

    complaints: tuple[FieldError, ...] = ()


class WritesForbidden(ConnectWiseError):
    """This client may only read (dry run, audit); nothing was sent."""


class NotAServiceTicket(ConnectWiseError):
    """The ticket belongs to a project already."""


class BadSite(ValueError):
    """The configured site cannot be used; the sentence says why."""
