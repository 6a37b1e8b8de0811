"""Addresses that open a ticket in ConnectWise for a person."""

from __future__ import annotations

from urllib.parse import quote, urlsplit

_REQUEST = "v4_6_release/services/system_io/Service/fv_sr100_request.rails"


def ticket_link(origin: str, company: str) -> str:
    """The address of a ticket's screen with `{id}` where its id goes: the widely used link of the web client. The API's host
    has the same name as the one for people, with `api-` before it."""
    parts = urlsplit(origin)
    host = parts.netloc.removeprefix("api-")
    return f"{parts.scheme}://{host}/{_REQUEST}?service_recid={{id}}&companyName={quote(company, safe='')}"


def opens(link: str, ticket_id: int) -> str:
    """The address of one ticket."""
    return link.replace("{id}", str(int(ticket_id)))
