"""All errors of the ConnectWise client.

ConnectWiseError
├── Unreachable            no connection or no answer; nothing was written
├── WriteResultUnknown     a write without a usable answer; it may have been applied
├── RateLimited            429: too many requests
├── ServerError            5xx on a read
├── InvalidResponse        2xx on a read, without the expected JSON
├── ResponseTooLarge       a read's answer exceeds the size limit
├── BadCredentials         401: keys, company or clientId are wrong
├── Forbidden              403: the API member's security role does not allow it
├── NotFound               404 in the API's own words: no such record or endpoint
├── NotApiAnswer           404 that names neither a record nor an endpoint; no statement about a record
├── WrongHost              “SSL is required.”: the host for people instead of the API's
├── Conflict               409, 423: the record is in use
├── BadRequest             400 and other 4xx: the request is not accepted as it is
├── WritesForbidden        this client may only read; nothing was sent
└── NotAServiceTicket      the ticket belongs to a project
BadSite (ValueError)       the configured site cannot be used

The text of an error is a sentence for a person: problem, cause, action. It carries the request id and ConnectWise's reason without
the values in it, never a response body.
"""

from __future__ import annotations

from dataclasses import dataclass


class ConnectWiseError(Exception):
    """A request failed. `waiting_helps`: the same request may succeed later, unchanged."""

    waiting_helps = False

    def __init__(
        self, text: str, *, status: int | None = None, request_id: str | None = None, retry_after: float | None = None
    ) -> None:
        super().__init__(f"{text} (request {request_id})" if request_id else text)
        self.status = status
        self.request_id = request_id
        self.retry_after = retry_after
        """Seconds to wait before the next request, from the Retry-After header."""


class Unreachable(ConnectWiseError):
    """Nothing was sent, or a read got no answer: no connection, timeout or closed connection."""

    waiting_helps = True


class WriteResultUnknown(ConnectWiseError):
    """A write got no usable answer and may have been applied. Check the record before trying again."""

    waiting_helps = True


class RateLimited(ConnectWiseError):
    """Too many requests (429)."""

    waiting_helps = True


class ServerError(ConnectWiseError):
    """ConnectWise failed (5xx) on a read; on a write this is `WriteResultUnknown`."""

    waiting_helps = True


class InvalidResponse(ConnectWiseError):
    """A 2xx answer without the expected JSON; on a write this is `WriteResultUnknown`."""

    waiting_helps = True


class ResponseTooLarge(ConnectWiseError):
    """A read's answer exceeds the size limit. Request fewer records at once."""


class BadCredentials(ConnectWiseError):
    """401: the keys, the company or the clientId are wrong. Waiting helps once they are corrected."""

    waiting_helps = True


class Forbidden(ConnectWiseError):
    """403: the API member's security role does not allow it."""


class NotFound(ConnectWiseError):
    """404 in the API's own words: no such record or endpoint."""

    of_a_record = False
    """Whether the answer names a record; otherwise an endpoint, and the API may have moved."""


class NotApiAnswer(ConnectWiseError):
    """A 404 that names neither a record nor an endpoint: a page, wrong keys on the cloud, an API that has moved.

    It says nothing about a record, so nothing may be concluded from it.
    """

    waiting_helps = True


class WrongHost(ConnectWiseError):
    """“SSL is required.”: ConnectWise's host for people was asked. Waiting helps once the setting is corrected."""

    waiting_helps = True


class Conflict(ConnectWiseError):
    """409, 423: the record is in use."""

    waiting_helps = True


@dataclass(frozen=True, slots=True)
class FieldError:
    """One validation error: the field, ConnectWise's code for it, and its message without values."""

    field: str
    code: str
    message: str = ""


class BadRequest(ConnectWiseError):
    """400 and other 4xx: ConnectWise does not accept the request as it is."""

    field_errors: tuple[FieldError, ...] = ()


class WritesForbidden(ConnectWiseError):
    """This client may only read (dry run, audit). Nothing was sent."""


class NotAServiceTicket(ConnectWiseError):
    """The ticket belongs to a project."""


class BadSite(ValueError):
    """The configured site cannot be used; the text says why."""
