"""The mini-project's two ways: to the Mini-Project board by department, or to the service type with its own GL row."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from app.chart import Chart
from app.domain.ticket import TicketRecord
from app.planning.billing_steps import brief_problems, line_steps, ticket_billing
from app.planning.blockers import blockers, guard, id_of, linked, note_step, ticket_path
from app.planning.board_mapping import (
    RULED,
    associated,
    at_board,
    may_stand,
    need_board,
    open_status,
    place,
    restored,
    set_or_clear,
    sorting,
    team_there,
)
from app.planning.brief.model import Brief
from app.planning.brief.people import MEMBERS
from app.planning.brief_notes import with_brief
from app.planning.manual_actions import ManualAction, action_sentences, manual_action, under_heading
from app.planning.model import Problem, Step, StepKind
from app.planning.plan import Plan
from app.planning.reference_lists import BOARDS, Record, ReferenceLists, ReferenceNotFound
from app.planning.revenue_targets import revenue_problems, ticket_revenue
from app.planning.texts import mark
from app.planning.time_steps import time_steps


def plan_mini_project(
    brief: Brief, ticket: TicketRecord, lists: ReferenceLists, chart: Chart, *, decision_id: str, note: str
) -> Plan:
    """The steps that make a ticket a mini-project by the chart's method, with its money; problems instead of guesses."""
    problems = [*blockers(ticket, chart), *brief_problems(brief)]
    by_board = chart.mini_project.method == "board"
    try:
        board = need_board(lists, chart.mini_project.board, for_projects=False) if by_board else _own(ticket, lists)
        wish = _to_board(ticket, board, lists, chart) if by_board else _to_type(ticket, board, lists, chart)
    except ReferenceNotFound as missing:
        return Plan(problems=(*problems, missing.problem), brief=brief)
    path = ticket_revenue(ticket, wish, board, lists, chart, members=_scheduled(ticket, lists))
    wrong = revenue_problems(path, chart, accepted=bool(brief.revenue.by))
    if all(id_of(linked(ticket, member)) == id_of(value) for member, value in wish.items()):
        return Plan(problems=tuple(wrong))
    lines, unknown = line_steps(brief, ticket, decision_id)
    actions = (*brief.manual_actions, *path.actions())
    todos = action_sentences(actions, chart.note_language)
    text = with_brief(note, brief, chart.note_language)
    text = f"{text}\n\n{under_heading(todos, chart.note_language)}" if todos else text
    at = ticket_path(ticket)
    steps = [
        guard(ticket),
        *lines,
        *time_steps(brief, ticket, wish),
        _move(ticket, wish, chart),
        *_billing(brief, ticket, chart),
        note_step(f"{at}/notes", text, mark(decision_id)),
        *_place_again(ticket, wish),
    ]
    proposals = brief.proposals(amounts_from_text=chart.project.billing.amounts_from_text == "allow")
    return Plan(tuple(steps), (*problems, *unknown, *wrong), todos, actions, brief, proposals)


def _move(ticket: TicketRecord, wish: Mapping[str, Any], chart: Chart) -> Step:
    """The move; its board, or the service type that takes its place, must stay, the rest is for the board's rules."""
    kept = () if "board" in wish else ("type",)
    return Step(
        "move", StepKind.PATCH, _title(wish, chart), "PATCH", ticket_path(ticket), wish=wish, restore=restored(ticket, tuple(wish)),
        yields=tuple(member for member in RULED if member in wish and member not in kept),
    )  # fmt: skip


def _billing(brief: Brief, ticket: TicketRecord, chart: Chart) -> list[Step]:
    """The sale on the ticket itself; where ConnectWise refuses or ignores it, a person sets it by hand."""
    wish = ticket_billing(brief, ticket, chart.project.billing)
    if not wish:
        return []
    by_hand = action_sentences(_by_hand(brief), chart.note_language)
    title = "Set billing method, amount, purchase order and agreement of the ticket"
    return [Step(
        "billing", StepKind.PATCH, title, "PATCH", ticket_path(ticket), wish=wish, restore=restored(ticket, tuple(wish)),
        optional=True, fallback=" ".join(by_hand),
    )]  # fmt: skip


def _by_hand(brief: Brief) -> Iterator[ManualAction]:
    """What a person sets where the ticket does not take it over the API."""
    method, fee, cap, rate = brief.method.value, brief.fee.value, brief.cap.value, brief.rate.value
    if method == "FixedFee" and fee is not None:
        yield manual_action("mini-price", price=fee)
    elif method == "NotToExceed" and cap is not None:
        yield manual_action("mini-cap", cap=cap)
    elif method == "OverrideRate" and rate is not None:
        yield manual_action("mini-rate", rate=rate)
    elif method == "NoCharge":
        yield manual_action("mini-no-charge")


def _scheduled(ticket: TicketRecord, lists: ReferenceLists) -> list[Record]:
    """The member records of those who are scheduled; their work roles may map revenue."""
    names = dict.fromkeys(entry.member for entry in ticket.schedule_entries if entry.member.strip())
    return [record for name in names if (record := lists.find(MEMBERS, name, member="identifier")) is not None]


def _place_again(ticket: TicketRecord, wish: Mapping[str, Any]) -> list[Step]:
    """A workflow rule of the new board may have changed the department, which decides the revenue account."""
    kept = {member: wish[member] for member in ("department", "location") if member in wish}
    title = "Check department and location again"
    path = ticket_path(ticket)
    return (
        [Step("place", StepKind.PATCH, title, "PATCH", path, wish=kept, restore=restored(ticket, tuple(kept)))]
        if kept
        else []
    )


def _to_board(ticket: TicketRecord, board: Record, catalogue: ReferenceLists, chart: Chart) -> dict[str, Any]:
    """Board, status, type, subtype, item and team under the same or mapped names there, department and location.

    On a ticket that is on the board already only the place is set right; its status is people's work.
    """
    chosen = chart.mini_project
    there = place(ticket, board, catalogue, department=chart.revenue.department, location=None)
    if id_of(ticket.board) == board["id"]:
        return there
    status = open_status(ticket, catalogue, board, names=chosen.statuses, named=chosen.status)
    wish: dict[str, Any] = {"board": {"id": board["id"]}, "status": {"id": status["id"]}}
    wish |= sorting(
        ticket, catalogue, board, types=chosen.types, subtypes=chosen.subtypes, items=chosen.items, fallback=chosen.type
    )
    wish |= team_there(ticket, catalogue, board, names=chosen.teams)
    return wish | there


def _own(ticket: TicketRecord, catalogue: ReferenceLists) -> Record:
    """The board that the ticket is on."""
    found = next((board for board in catalogue.all(BOARDS) if board.get("id") == id_of(ticket.board)), None)
    if found is None:
        raise ReferenceNotFound(
            Problem("board-unknown", "The ticket's board is not known, so its types cannot be looked up.")
        )
    return found


def _to_type(ticket: TicketRecord, board: Record, catalogue: ReferenceLists, chart: Chart) -> dict[str, Any]:
    """The service type on the ticket's own board; subtype and item stay where they may stand with it."""
    at = at_board(board)
    kind = catalogue.need(f"{at}/types", chart.mini_project.type, what="service type")
    subtype = _same(ticket, "subType", catalogue, f"{at}/subtypes")
    if subtype is not None and not may_stand(subtype, kind):
        subtype = None
    item = _same(ticket, "item", catalogue, f"{at}/items") if subtype else None
    if subtype is not None and item is not None and not associated(catalogue, at, kind, subtype, item):
        item = None
    cleared = [
        set_or_clear(ticket, member, None) for member, kept in (("subType", subtype), ("item", item)) if kept is None
    ]
    return {"type": {"id": kind["id"]}} | {name: value for wish in cleared for name, value in wish.items()}


def _same(ticket: TicketRecord, member: str, catalogue: ReferenceLists, path: str) -> Record | None:
    return next((one for one in catalogue.all(path) if one.get("id") == id_of(linked(ticket, member))), None)


def _title(wish: Mapping[str, Any], chart: Chart) -> str:
    chosen = chart.mini_project
    if "board" in wish:
        return f"Move the ticket to the board {chosen.board}"
    return f"Set the service type {chosen.type}" if "type" in wish else f"Set the department {chart.revenue.department}"
