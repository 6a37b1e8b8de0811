"""Documents: multipart only, as ConnectWise takes them; a JSON body is answered with 415."""

from __future__ import annotations

from collections.abc import Mapping
from email.parser import BytesParser
from email.policy import HTTP

from app.sandbox.engine.api_errors import ApiError, invalid
from app.sandbox.engine.store import Record, Store

_KINDS = ("Ticket", "ProjectTicket", "Project", "Company", "Contact", "Agreement")


def upload(store: Store, headers: Mapping[str, str], raw: bytes, actor: str) -> Record:
    """Keeps an uploaded document and returns its record; the content itself is only measured."""
    kind = headers.get("content-type", "")
    if not kind.lower().startswith("multipart/form-data"):
        raise ApiError(415, "ConnectWiseApi", "The media type is not supported: send multipart/form-data.")
    fields = _fields(kind, raw)
    number = fields.get("recordId", ("", b""))[1].decode("utf-8", "replace")
    record_type = fields.get("recordType", ("", b""))[1].decode("utf-8", "replace")
    if record_type not in _KINDS:
        raise invalid("document", "recordType", code="InvalidField")
    if not number.isdigit() or not _exists(store, record_type, int(number)):
        raise invalid("document", "recordId")
    if "file" not in fields and "url" not in fields:
        raise invalid("document", "file", code="MissingRequiredField", message="The file field is required.")
    name, content = fields.get("file", ("", b""))
    title = fields.get("title", ("", b""))[1].decode("utf-8", "replace") or name
    made = store.add("/system/documents", {
        "title": title, "fileName": name, "owner": actor, "size": len(content), "linkFlag": False, "imageFlag": False,
        "publicFlag": False, "~recordType": record_type, "~recordId": int(number),
    }, by=actor)  # fmt: skip
    return {key: value for key, value in made.items() if key[0] != "~"}


def _fields(kind: str, raw: bytes) -> dict[str, tuple[str, bytes]]:
    message = BytesParser(policy=HTTP).parsebytes(f"Content-Type: {kind}\r\n\r\n".encode("latin-1", "replace") + raw)
    found: dict[str, tuple[str, bytes]] = {}
    for part in message.iter_parts() if message.is_multipart() else ():
        name = part.get_param("name", header="content-disposition")
        content = part.get_payload(decode=True)
        if isinstance(name, str) and isinstance(content, bytes):
            found[name] = (part.get_filename() or "", content)
    return found


_PLACES: dict[str, str] = {
    "Ticket": "/tickets", "ProjectTicket": "/tickets", "Project": "/project/projects", "Company": "/company/companies",
    "Contact": "/company/contacts", "Agreement": "/finance/agreements",
}  # fmt: skip


def _exists(store: Store, kind: str, number: int) -> bool:
    return number in store.table(_PLACES[kind])
