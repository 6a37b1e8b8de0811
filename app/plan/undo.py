"""Taking back what was done: the same steps the other way round, and only what nobody has built on since."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from app.plan.common import mark, reference
from app.plan.model import Look, Plan, Step, StepKind, StepRecord

_MADE = ("done", "already-done")


def undo_plan(records: Sequence[StepRecord], *, decision_id: str) -> Plan:
    """The steps that take these records back, last first. What a person has changed or used since is left and said."""
    done = [record for record in records if record.status in _MADE or record.result is not None]
    converted = next((record for record in done if record.step.kind is StepKind.CONVERT), None)
    steps: list[Step] = []
    if converted is not None:
        steps += _convert_back(converted)
    for record in reversed(done):
        if record.step.kind is StepKind.PATCH and converted is None:
            steps.append(_patch_back(record))
        elif record.step.kind is StepKind.CREATE:
            steps.append(_remove(record))
    return Plan((*steps, *_undo_note(done, decision_id)))


def _patch_back(record: StepRecord) -> Step:
    step = record.step
    wish = {member: _as_wish(value) for member, value in (record.before or {}).items()}
    title = "Put back what was there before"
    return Step(f"undo-{step.key}", StepKind.PATCH, title, "PATCH", step.path, wish=wish, only_if=step.wish)


def _convert_back(record: StepRecord) -> list[Step]:
    project_path = record.step.path.replace("/service/", "/project/", 1)
    service_path = record.step.path.removesuffix("/convert")
    back = Step(
        "undo-convert", StepKind.CONVERT_BACK, "Convert back into a service ticket", "POST", project_path,
        body={"recordType": "ServiceTicket"},
    )  # fmt: skip
    wish = {member: value for member, value in record.step.restore.items() if value is not None}
    title = "Put board, status, type and team back"
    return [back, Step("undo-restore", StepKind.PATCH, title, "PATCH", service_path, wish=wish)]


def _remove(record: StepRecord) -> Step:
    """Deletes a record of ours while nobody's work hangs on it."""
    made = record.result if isinstance(record.result, Mapping) else {}
    path = f"{record.step.path.rstrip('/')}/{made.get('id')}"
    return Step(f"undo-{record.step.key}", StepKind.REMOVE, f"Remove what we made: {record.step.title}", "DELETE", path,
                unused=_uses(record.step.key, path, made.get("id")))  # fmt: skip


def _uses(key: str, path: str, record_id: Any) -> tuple[Look, ...]:
    if key == "project":
        return (
            Look("/project/tickets", f"project/id={int(record_id)}"),
            Look(f"{path}/phases"),
            Look(f"{path}/teamMembers"),
        )
    if key.startswith("phase-"):
        return (Look("/project/tickets", f"phase/id={int(record_id)}"),)
    return ()


def _undo_note(done: Sequence[StepRecord], decision_id: str) -> list[Step]:
    """Our notes stay; one more says that the decision was taken back."""
    paths = [
        record.step.path for record in done if record.step.kind is StepKind.NOTE and "/tickets/" in record.step.path
    ]
    changed = [record.step.path for record in done if record.step.kind in (StepKind.PATCH, StepKind.CONVERT)]
    ticket = next((path.removesuffix("/notes").removesuffix("/convert") for path in (*paths, *changed)), None)
    if ticket is None:
        return []
    at = f"{ticket.replace('/project/', '/service/', 1)}/notes"
    text = f"This decision was taken back. {mark(decision_id)}"
    body = {"text": text, "internalAnalysisFlag": True, "detailDescriptionFlag": False, "resolutionFlag": False,
            "processNotifications": False}  # fmt: skip
    return [Step("undo-note", StepKind.NOTE, "Note that the decision was taken back", "POST", at, body=body,
                 look=Look(at, contains={"text": text}))]  # fmt: skip


def _as_wish(value: Any) -> Any:
    """A recorded value as a PATCH takes it."""
    if isinstance(value, Mapping):
        return reference(value) or {name: inner for name, inner in value.items() if name in ("identifier", "name")}
    return value
