"""Removes the records that a plan created, while nobody's work hangs on them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from app.planning.blockers import reference
from app.planning.model import Look, Step, StepKind, StepRecord
from app.planning.paths import INVOICES
from app.planning.texts import mark

_SHOWN_AGAIN = ("description", "name", "billingMethod", "billingAmount", "billSeparatelyFlag", "hourlyRate", "budgetHours",
                "projectRole", "hours")  # fmt: skip
"""Members of our own records that only a person changes: where one differs, the record is in use."""


def remove_steps(record: StepRecord, decision_id: str, *, after: str) -> Iterator[Step]:
    """Removes a record we created, or everything that a template created, while it is unused."""
    made = record.result if isinstance(record.result, Mapping) else {}
    if record.step.kind is StepKind.ACTION:
        paths = sorted(map(str, made.get("made") or ()), key=_last_first)
        for count, path in enumerate(paths, 1):
            yield _remove(
                f"undo-{record.step.key}-{count}", "Remove what the template made", path, decision_id, after=after
            )
        return
    title = f"Remove what we made: {record.step.title}"
    at, body = record.step.path.rstrip("/"), record.step.body or {}
    if made.get("id") is None:
        look = record.step.look
        yield _remove(f"undo-{record.step.key}", title, f"{at}/{{id}}", decision_id, after=after, look=look, body=body)
        return
    shown = {member: body[member] for member in _SHOWN_AGAIN if member in body} if record.status != "failed" else {}
    yield _remove(
        f"undo-{record.step.key}", title, f"{at}/{made['id']}", decision_id, after=after, only_if=shown, body=body
    )


def _last_first(path: str) -> tuple[bool, int]:
    """Tickets before phases, latest first, so that dependent records are removed first."""
    number = path.rsplit("/", 1)[-1]
    return not path.startswith("/project/tickets/"), -int(number) if number.isdigit() else 0


def _remove(
    key: str, title: str, path: str, decision_id: str, *, after: str, look: Look | None = None,
    only_if: Mapping[str, Any] | None = None, body: Mapping[str, Any] | None = None,
) -> Step:  # fmt: skip
    unused = tuple(_uses(path, decision_id, body or {}))
    return Step(
        key, StepKind.REMOVE, title, "DELETE", path, look=look, only_if=only_if or {}, unused=unused, after=after
    )


def _uses(path: str, decision_id: str, body: Mapping[str, Any]) -> Iterator[Look]:
    """The lists that would show a person's work on a record we created.

    The project's manager and contact do not count: ConnectWise may add them itself.
    """
    parts = path.strip("/").split("/")
    number = parts[-1]
    if path.startswith("/project/tickets/"):
        yield Look(
            "/time/entries", f'chargeToType="ProjectTicket" and chargeToId={number}', means="time was entered on it"
        )
        yield Look("/schedule/entries", f"type/id=4 and objectId={number}", means="a person is scheduled for it")
        yield Look(f"{path}/notes", lacks={"text": mark(decision_id)}, means="a person wrote a note on it")
        yield Look(f"{path}/documents", means="a document is attached to it")
    elif len(parts) == 3:
        yield Look("/project/tickets", f"project/id={number}", means="it has tickets")
        yield Look("/time/entries", f"project/id={number}", means="time was entered on it")
        yield Look(f"{path}/phases", means="it has phases that a person made or uses")
        yield Look(f"{path}/teamMembers", _but("member", body.get("manager")), means="a person was added to its team")
        yield Look(
            f"{path}/contacts", _but("contact", body.get("contact")), means="it has contacts that a person added"
        )
        yield Look(f"{path}/notes", lacks={"text": mark(decision_id)}, means="a person wrote a note on it")
    elif parts[-2] == "phases":
        yield Look("/project/tickets", f"phase/id={number}", means="it has tickets")
        yield Look("/time/entries", f"phase/id={number}", means="time was entered on it")
        yield Look(f"/{'/'.join(parts[:-1])}", f"parentPhase/id={number}", means="it has phases below it")


def _but(member: str, written: Any) -> str:
    """The condition for every record but the one about `own`."""
    known = reference(written)
    return f"{member}/id!={known['id']}" if known else ""


def unless_invoiced(step: Step) -> Step:
    """A project with an invoice stays."""
    number = step.path.rsplit("/", 1)[-1]
    invoiced = Look(INVOICES, f'applyToType="Project" and applyToId={number}', means="an invoice was created for it")
    return replace(step, unused=(*step.unused, invoiced))
