"""Everything that ConnectWise can answer with, or not answer: each error knows whether waiting helps.

The text of an error is a sentence for a person. It carries the request's id, never the body of an answer.
"""

from __future__ import annotations

from dataclasses import dataclass


class ManageError(Exception):
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


class Unreachable(ManageError):
    """Nothing was sent, or a read got no answer: no connection, a time-out, a closed connection."""

    waiting_helps = True


class Lost(ManageError):
    """A write got no usable answer; it may have been carried out. Look before trying again."""

    waiting_helps = True


class Throttled(ManageError):
    """Too many requests (429)."""

    waiting_helps = True


class ServerFault(ManageError):
    """ConnectWise failed inside (5xx) while reading; after a write this is `Lost`."""

    waiting_helps = True


class Nonsense(ManageError):
    """A 2xx answer that is not the JSON it should be; after a write this is `Lost`."""

    waiting_helps = True


class Oversized(ManageError):
    """A read's answer is too large to take in; ask for less at once."""


class BadCredentials(ManageError):
    """401: the keys, the company or the clientId are wrong. Waiting helps once somebody has mended them."""

    waiting_helps = True


class Forbidden(ManageError):
    """403: the API member's security role does not allow it."""


class NotFound(ManageError):
    """404: no such record, or no such kind of record."""

    of_a_record = False
    """Whether ConnectWise's API itself said so; otherwise the API may have moved."""


class Conflict(ManageError):
    """409, 423: the record is in use just now."""

    waiting_helps = True


@dataclass(frozen=True, slots=True)
class Complaint:
    """One reason inside a refusal: which field, and ConnectWise's own code for it."""

    field: str
    code: str


class Refused(ManageError):
    """400 and other 4xx: ConnectWise does not accept the request as it is."""

    complaints: tuple[Complaint, ...] = ()


class WritesForbidden(ManageError):
    """This client may only read (dry run, audit); nothing was sent."""


class NotAServiceTicket(ManageError):
    """The ticket belongs to a project already."""


class BadSite(ValueError):
    """The configured site cannot be used; the sentence says why."""
