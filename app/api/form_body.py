"""Forms of the pages: fields as text."""

from __future__ import annotations

from urllib.parse import parse_qsl

from fastapi import Request

from app import json_codec
from app.workflow import LONGEST_REASON, InvalidRequest

_MOST_FIELDS = 2000


async def read_form(request: Request) -> dict[str, str]:
    """The fields of a form, the last of each name. InvalidRequest for texts that cannot be stored."""
    body = await request.body()
    try:
        fields = dict(parse_qsl(body.decode(), keep_blank_values=True, max_num_fields=_MOST_FIELDS, errors="strict"))
    except ValueError:
        raise InvalidRequest("The form cannot be read. Reload the page and try again.") from None
    if any(json_codec.NO_TEXT.search(text) for pair in fields.items() for text in pair):
        raise InvalidRequest("The form holds a character that cannot be stored. Remove it and try again.")
    return fields


def reason_of(fields: dict[str, str]) -> str:
    """The reason of a form. InvalidRequest for one that is too long."""
    reason = fields.get("reason", "").strip()
    if len(reason) > LONGEST_REASON:
        raise InvalidRequest(f"The reason is longer than {LONGEST_REASON} characters. Shorten it.")
    return reason
