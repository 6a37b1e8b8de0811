"""The plan of an undo: the executed steps in reverse, except where people have changed or used the result since.

Planned from the stored steps of any run, finished or not. Changes by people stay and are reported. Each record is looked up
before it is changed, so an undo can be repeated at any time.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from app.planning.blockers import billed_time, note_step, reference
from app.planning.board_mapping import RULED
from app.planning.manual_actions import Language, ManualAction, manual_action, messages, sentence
from app.planning.model import Look, Step, StepKind, StepRecord
from app.planning.paths import COUNTED, INVOICES, PRODUCTS, PROJECTS, TIME
from app.planning.plan import Plan
from app.planning.texts import mark
from app.planning.undo_removal import remove_steps, unless_invoiced

_TICKETS = ("/service/tickets/", "/project/tickets/")
_OF_BOARD = ("board", "status", "type", "subType", "item", "team")
"""Members that belong to a board are restored together or not at all."""
_OURS = ("board", "project", "phase")
"""Where we put the ticket; what else changed since may have been set by a workflow rule."""
_BILLED = ("billingMethod", "billingAmount", "hourlyRate")
"""How a ticket is billed is restored together or not at all."""
_LINE_STAYS = (
    "The product line still does not bill by itself, because the fee that it belongs to was left. Change it by hand if that "
    "fee is not billed."
)
_KEPT_BY_CONVERT = ("billTime", "billExpenses", "billProducts", "budgetHours", "agreement")
"""Members that survive converting back; each is restored while it still has the value we set."""


def undo_plan(
    records: Sequence[StepRecord], *, decision_id: str, language: Language = "en", insists: bool = False
) -> Plan:
    """The steps that revert these records, last first. `records`: the steps that were started, in their order.

    `language`: of the note on the ticket. `insists`: a person undoes once more what was left because the status or another
    member of the board changed, as workflow rules do; only the board or the project must then still be ours.
    """
    convert = next((record for record in records if record.step.kind is StepKind.CONVERT), None)
    every = [record for record in records if record.step.kind is StepKind.PATCH]
    lines = [record for record in every if record.step.path.startswith(PRODUCTS)]
    times = [record for record in every if record.step.path.startswith(TIME)]
    patches = [record for record in every if record not in (*lines, *times)]
    made = [record for record in records if record.step.kind in (StepKind.CREATE, StepKind.ACTION)]
    invoices = _invoices(records)
    made = [record for record in made if record not in invoices]
    steps = _convert_back(convert, patches) if convert else _move_back(patches)
    steps = [_insisting(step) for step in steps] if insists else steps
    after = "undo-convert" if convert else ""
    for record in reversed(made):
        removed = remove_steps(record, decision_id, after=after)
        steps += map(unless_invoiced, removed) if invoices and record.step.path == PROJECTS else removed
    steps += _bill_lines_again(lines, after=_steps_of_fee(steps, made))
    steps += _restore_times(times, after=after)
    first = next((step.key for step in steps if step.key in ("undo-convert", "undo-move", "undo-place")), "")
    return Plan((*steps, *_note(records, first, decision_id, language)))


def _move_back(patches: Sequence[StepRecord]) -> list[Step]:
    """The board with its members together; each other member while it still has the value we set."""
    steps = []
    for path in dict.fromkeys(record.step.path for record in patches):
        written = [record for record in patches if record.step.path == path]
        before, written_values = _before(written), _ours(written)
        whole = all(record.status != "failed" for record in written)
        bound = {member: value for member, value in before.items() if member in _OF_BOARD}
        if bound:
            values = {
                member: written_values[member] for member in bound if whole or member == "board" or "board" not in bound
            }
            title = "Restore board, status, type, subtype, item and team"
            steps.append(_patch("undo-move", title, path, bound, values))
        after = "undo-move" if bound else ""
        billed = {member: value for member, value in before.items() if member in _BILLED}
        if billed:
            values = {member: written_values[member] for member in billed}
            steps.append(
                _patch("undo-billing", "Restore billing method, amount and rate", path, billed, values, after=after)
            )
        others = {member: value for member, value in before.items() if member not in (*_OF_BOARD, *_BILLED)}
        if others:
            values = {member: written_values[member] for member in others}
            title = "Restore department, location, purchase order and agreement"
            steps.append(_patch("undo-place", title, path, others, values, member_wise=True, after=after))
    return steps


def _insisting(step: Step) -> Step:
    """The step, whatever rules or people have set on the ticket since, while it is where we put it."""
    if step.key not in ("undo-move", "undo-convert"):
        return step
    return replace(step, only_if={member: value for member, value in step.only_if.items() if member in _OURS})


def _steps_of_fee(steps: Sequence[Step], made: Sequence[StepRecord]) -> str:
    """The keys of the steps that take the fee back. A line bills again after all of them only, else both would bill."""
    with_amount = {f"undo-{record.step.key}" for record in made if "billingMethod" in (record.step.body or {})}
    keys = [
        step.key
        for step in steps
        if step.key in ("undo-convert", "undo-move", "undo-billing") or step.key in with_amount
    ]
    return " ".join(keys)


def _bill_lines_again(lines: Sequence[StepRecord], *, after: str) -> Iterator[Step]:
    """Restores the billing of each product line that still has the value we set; not where the fee stays."""
    for record in reversed(lines):
        before, written_values = _before([record]), _ours([record])
        title = "Restore the billing of the product line"
        step = _patch(
            f"undo-{record.step.key}", title, record.step.path, before, written_values, member_wise=True, after=after
        )
        yield replace(step, fallback=_LINE_STAYS)


def _restore_times(times: Sequence[StepRecord], *, after: str) -> Iterator[Step]:
    """Restores department, work type and agreement of each time entry that still has the value we set."""
    for record in reversed(times):
        before, written = _before([record]), _ours([record])
        yield _patch(
            f"undo-{record.step.key}", "Restore the time entry", record.step.path, before, written, member_wise=True, after=after
        )  # fmt: skip


def _convert_back(convert: StepRecord, patches: Sequence[StepRecord]) -> list[Step]:
    """Converts back and restores board and flags. A ticket that a person has changed stays as it is."""
    service = convert.step.path.removesuffix("/convert")
    made = convert.result if isinstance(convert.result, Mapping) else {}
    ticket = f"/project/tickets/{made.get('id') or service.rsplit('/', 1)[-1]}"
    written = [record for record in patches if record.step.path == ticket]
    before, written_values = _before(written), _ours(written)
    still = _still(convert, written_values)
    back = Step(
        "undo-convert", StepKind.CONVERT_BACK, "Convert back into a service ticket", "POST", f"{ticket}/convert",
        body={"recordType": "ServiceTicket"}, only_if=still, unused=tuple(_billed(convert, ticket)),
    )  # fmt: skip
    steps = [_count("undo-count", ticket, "Count the attached records"), back]
    if still:
        title = "Restore board, status, type, subtype, item, team, department and location"
        steps.append(_patch("undo-restore", title, service, convert.step.restore, {}, after="undo-convert"))
    flags = {member: value for member, value in before.items() if member in _KEPT_BY_CONVERT}
    if flags:
        values, title = (
            {member: written_values[member] for member in flags},
            "Restore billing flags, budget and agreement",
        )
        steps.append(_patch("undo-flags", title, service, flags, values, member_wise=True, after="undo-convert"))
    title = "Converting back lost no records"
    return [*steps, _count("undo-count-after", service, title, compare_with="undo-count")]


def _billed(convert: StepRecord, ticket: str) -> Iterator[Look]:
    """Time on the project ticket or its project that is on an invoice: it must keep its record."""
    number = ticket.rsplit("/", 1)[-1]
    means = "time on the ticket is billed already"
    yield billed_time(f'chargeToType="ProjectTicket" and chargeToId={number}', means=means)
    project = reference((convert.step.body or {}).get("project"))
    if project:
        yield billed_time(f"project/id={project['id']}", means="time on the project is billed already")


def _still(convert: StepRecord, written_values: Mapping[str, Any]) -> dict[str, Any]:
    """The members of an unchanged project ticket; empty where the result of the conversion is unknown."""
    made = convert.result if isinstance(convert.result, Mapping) else {}
    status = written_values.get("status") or reference(made.get("status"))
    members = {"project": reference(made.get("project")), "phase": reference(made.get("phase")), "status": status}
    return {member: value for member, value in members.items() if value} if made else {}


def _before(patches: Sequence[StepRecord]) -> dict[str, Any]:
    """What each member was before our first write, in the form of a wish.

    A step that found its values set by an earlier attempt read our own value; then the plan's record is used.
    """
    before: dict[str, Any] = {}
    for record in patches:
        seen = record.before if isinstance(record.before, Mapping) else {}
        for member, wished in record.step.wish.items():
            value = _as_wish(seen.get(member)) if member in seen else None
            if member not in seen or value == wished:
                value = record.step.restore.get(member, wished)
            before.setdefault(member, value)
    return before


def _ours(patches: Sequence[StepRecord]) -> dict[str, Any]:
    """What each member was after our write: what was read back, where the board's rules have set it otherwise at once."""
    ours: dict[str, Any] = {}
    for record in patches:
        shown = record.result if isinstance(record.result, Mapping) else {}
        ours |= {
            member: _as_wish(shown[member]) if member in record.step.yields and member in shown else value
            for member, value in record.step.wish.items()
        }
    return ours


def _note(records: Sequence[StepRecord], after: str, decision_id: str, language: Language) -> list[Step]:
    """Our notes stay; one more on the ticket says that the decision was undone, unless the step `after` was left."""
    written = [
        record.step for record in records if record.step.kind in (StepKind.PATCH, StepKind.CONVERT, StepKind.NOTE)
    ]
    path = next((step.path for step in written if step.path.startswith(_TICKETS)), None)
    if path is None:
        return []
    ticket = path.removesuffix("/notes").removesuffix("/convert").replace("/project/", "/service/", 1)
    last_line = f"{messages(language)['undone']} {mark(decision_id)}"
    title = "Note that the decision was undone"
    text = sentence(invoices_stay(records), language) if _invoices(records) else ""
    return [note_step(f"{ticket}/notes", text, last_line, key="undo-note", title=title, after=after)]


def _invoices(records: Sequence[StepRecord]) -> list[StepRecord]:
    """The progress invoices among our records; undo leaves them to a person."""
    return [record for record in records if record.step.kind is StepKind.CREATE and record.step.path == INVOICES]


def invoices_stay(records: Sequence[StepRecord]) -> ManualAction:
    """What a person has to do with the progress invoices of an undone plan."""
    return manual_action("invoices-stay", names=tuple(_label(record) for record in _invoices(records)))


def _label(record: StepRecord) -> str:
    made = record.result if isinstance(record.result, Mapping) else {}
    return (
        f"{made.get('invoiceNumber') or made.get('id') or '?'} {(record.step.body or {}).get('reference', '')}".strip()
    )


def _patch(
    key: str, title: str, path: str, wish: Mapping[str, Any], only_if: Mapping[str, Any], *, member_wise: bool = False,
    after: str = "",
) -> Step:  # fmt: skip
    ruled = tuple(member for member in RULED if member in wish) if "board" in wish else ()
    return Step(
        key,
        StepKind.PATCH,
        title,
        "PATCH",
        path,
        wish=wish,
        only_if=only_if,
        member_wise=member_wise,
        after=after,
        yields=ruled,
    )


def _count(key: str, path: str, title: str, *, compare_with: str | None = None) -> Step:
    counts = {name: f"{path}/{name}/count" for name in COUNTED}
    after = "undo-convert" if compare_with else ""
    return Step(key, StepKind.COUNT, title, "GET", path, counts=counts, compare_with=compare_with, after=after)


def _as_wish(value: Any) -> Any:
    """A recorded value as a PATCH takes it."""
    if isinstance(value, Mapping):
        return (
            reference(value) or {name: inner for name, inner in value.items() if name in ("identifier", "name")} or None
        )
    return value
