"""URLs that open a ticket in the ConnectWise web client."""

from __future__ import annotations

from urllib.parse import quote, urlsplit

_REQUEST = "v4_6_release/services/system_io/Service/fv_sr100_request.rails"


def ticket_link(origin: str, company: str) -> str:
    """The URL of a ticket's screen, with `{id}` for its id. The web host is the API's host without `api-`."""
    parts = urlsplit(origin)
    host = parts.netloc.removeprefix("api-")
    return f"{parts.scheme}://{host}/{_REQUEST}?service_recid={{id}}&companyName={quote(company, safe='')}"


def link_to(link: str, ticket_id: int) -> str:
    """The URL of one ticket."""
    return link.replace("{id}", str(int(ticket_id)))
