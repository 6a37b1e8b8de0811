"""The mini-project's two ways: to the Mini-Project board by department, or to the service type with its own GL row."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from app.chart import Chart
from app.domain.ticket import TicketRecord
from app.planning.billing_steps import brief_problems, line_steps, ticket_billing
from app.planning.blockers import blockers, guard, id_of, linked, note_step, ticket_path
from app.planning.board_mapping import (
    DEPARTMENTS,
    LOCATIONS,
    RULED,
    SortingRules,
    at_board,
    kept_sorting,
    kept_sorting_lists,
    need_board,
    open_status,
    place,
    restored,
    set_or_clear,
    sorting,
    sorting_lists,
    team_there,
)
from app.planning.brief.model import Brief
from app.planning.brief_notes import with_brief
from app.planning.manual_actions import ManualAction, action_sentences, manual_action, under_heading
from app.planning.model import Problem, Step, StepKind
from app.planning.paths import MEMBERS
from app.planning.plan import Plan
from app.planning.reference_lists import BOARDS, Record, ReferenceLists, ReferenceNotFound
from app.planning.revenue import revenue_lists
from app.planning.revenue_targets import revenue_problems, ticket_revenue
from app.planning.texts import mark
from app.planning.time_steps import time_steps


def plan_mini_project(
    brief: Brief, ticket: TicketRecord, lists: ReferenceLists, chart: Chart, *, decision_id: str, note: str
) -> Plan:
    """The steps that make a ticket a mini-project by the chart's method, with its money; problems instead of guesses."""
    problems = [*blockers(ticket, chart), *brief_problems(brief)]
    try:
        board = _board(ticket, lists, chart)
        wish = _to_board(ticket, board, lists, chart) if _by_board(chart) else _to_type(ticket, board, lists, chart)
    except ReferenceNotFound as missing:
        return Plan(problems=(*problems, missing.problem), brief=brief)
    path = ticket_revenue(ticket, wish, board, lists, chart, members=_scheduled(ticket, lists))
    wrong = revenue_problems(path, chart, accepted=bool(brief.revenue.by))
    if all(id_of(linked(ticket, member)) == id_of(value) for member, value in wish.items()):
        return Plan(problems=tuple(wrong))
    lines, unknown = line_steps(brief, ticket, decision_id)
    actions = (*brief.manual_actions, *path.actions())
    todos = action_sentences(actions, chart.note_language)
    steps = [
        guard(ticket),
        *lines,
        *time_steps(brief, ticket, wish),
        _move(ticket, wish, chart),
        *_billing(brief, ticket, chart),
        note_step(f"{ticket_path(ticket)}/notes", _note(note, brief, todos, chart), mark(decision_id)),
        *_place_again(ticket, wish),
    ]
    proposals = brief.proposals(amounts_from_text=chart.project.billing.amounts_from_text == "allow")
    return Plan(tuple(steps), (*problems, *unknown, *wrong), todos, actions, brief, proposals)


def _note(note: str, brief: Brief, todos: Sequence[str], chart: Chart) -> str:
    """The note of the decision with its brief and the manual actions."""
    text = with_brief(note, brief, chart.note_language)
    return f"{text}\n\n{under_heading(todos, chart.note_language)}" if todos else text


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
    found = (lists.find(MEMBERS, name, member="identifier") for name in _scheduled_names(ticket))
    return [record for record in found if record is not None]


def _scheduled_names(ticket: TicketRecord) -> list[str]:
    return list(dict.fromkeys(entry.member for entry in ticket.schedule_entries if entry.member.strip()))


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


def _to_board(ticket: TicketRecord, board: Record, lists: ReferenceLists, chart: Chart) -> dict[str, Any]:
    """Board, status, type, subtype, item and team under the same or mapped names there, department and location.

    On a ticket that is on the board already only the place is set right; its status is people's work.
    """
    chosen = chart.mini_project
    there = place(ticket, board, lists, department=chart.revenue.department, location=None)
    if id_of(ticket.board) == board["id"]:
        return there
    status = open_status(ticket, lists, board, names=chosen.statuses, named=chosen.status)
    wish: dict[str, Any] = {"board": {"id": board["id"]}, "status": {"id": status["id"]}}
    wish |= sorting(ticket, lists, board, _sorting_rules(chart))
    wish |= team_there(ticket, lists, board, names=chosen.teams)
    return wish | there


def _by_board(chart: Chart) -> bool:
    return chart.mini_project.method == "board"


def _sorting_rules(chart: Chart) -> SortingRules:
    chosen = chart.mini_project
    return SortingRules(chosen.types, chosen.subtypes, chosen.items, chosen.type)


def _board(ticket: TicketRecord, lists: ReferenceLists, chart: Chart) -> Record:
    """The board of the mini-project: the chart's, or the ticket's where its type is set."""
    if _by_board(chart):
        return need_board(lists, chart.mini_project.board, for_projects=False)
    board = next((board for board in lists.all(BOARDS) if board.get("id") == id_of(ticket.board)), None)
    if board is None:
        text = "The ticket's board is not known, so its types cannot be looked up."
        raise ReferenceNotFound(Problem("board-unknown", text))
    return board


def _type_on(board: Record, lists: ReferenceLists, chart: Chart) -> Record:
    return lists.need(f"{at_board(board)}/types", chart.mini_project.type, what="service type")


def _to_type(ticket: TicketRecord, board: Record, lists: ReferenceLists, chart: Chart) -> dict[str, Any]:
    """The service type on the ticket's own board; subtype and item stay where they may stand with it."""
    kind = _type_on(board, lists, chart)
    subtype, item = kept_sorting(ticket, lists, at_board(board), kind)
    cleared = [
        set_or_clear(ticket, member, None) for member, kept in (("subType", subtype), ("item", item)) if kept is None
    ]
    return {"type": {"id": kind["id"]}} | {name: value for wish in cleared for name, value in wish.items()}


def mini_project_lists(ticket: TicketRecord, lists: ReferenceLists, chart: Chart) -> Iterator[str]:
    """The lists that `plan_mini_project` reads, as far as those loaded tell. ReferenceNotFound: the plan has a problem."""
    yield BOARDS
    if not lists.has(BOARDS):
        return
    board = _board(ticket, lists, chart)
    yield from (
        _lists_to_board(ticket, board, lists, chart)
        if _by_board(chart)
        else _lists_to_type(ticket, board, lists, chart)
    )
    if _scheduled_names(ticket):
        yield MEMBERS
    yield from revenue_lists(lists)


def _lists_to_board(ticket: TicketRecord, board: Record, lists: ReferenceLists, chart: Chart) -> Iterator[str]:
    yield from (DEPARTMENTS, LOCATIONS)
    if id_of(ticket.board) != board["id"]:
        yield from (f"{at_board(board)}/statuses", f"{at_board(board)}/teams")
        yield from sorting_lists(ticket, lists, board, _sorting_rules(chart))


def _lists_to_type(ticket: TicketRecord, board: Record, lists: ReferenceLists, chart: Chart) -> Iterator[str]:
    at = at_board(board)
    yield f"{at}/types"
    if lists.has(f"{at}/types"):
        yield from kept_sorting_lists(ticket, lists, at, _type_on(board, lists, chart))


def _title(wish: Mapping[str, Any], chart: Chart) -> str:
    chosen = chart.mini_project
    if "board" in wish:
        return f"Move the ticket to the board {chosen.board}"
    return f"Set the service type {chosen.type}" if "type" in wish else f"Set the department {chart.revenue.department}"
