"""Workflow rules of a board: values that the tenant sets on a ticket after a change.

A rule fires for tickets on the board of `workflow_rule_board`: once after the ticket has arrived, or after each change.
Values are names of that board (status, type, team) or a member (owner).
"""

from __future__ import annotations

from app.sandbox.engine.store import OF_BOARD, Record, Store, shown
from app.sandbox.engine.switches import Switches
from app.sandbox.rules.callback_delivery import CallbackOutbox

ACTOR = "zWorkflow"
"""Member identifier that ConnectWise shows for changes by rules of the sandbox."""


class WorkflowRules:
    """Fires the rule of the switches."""

    def __init__(self, store: Store, switches: Switches, outbox: CallbackOutbox) -> None:
        self._store = store
        self._switches = switches
        self._outbox = outbox

    def fire(self, ticket: Record, *, arrived: bool) -> None:
        """Applies the rule to a ticket that was changed; `arrived`: the change brought it to its board."""
        board = ticket.get("board") or {}
        if not self._switches.workflow_rule_board or board.get("name") != self._switches.workflow_rule_board:
            return
        if self._switches.workflow_rule_times == "once" and not arrived:
            return
        values = self._values(board["id"])
        if not values or all(ticket.get(name) == value for name, value in values.items()):
            return
        ticket |= values
        self._store.touch(ticket, ACTOR)
        self._outbox.raise_event("updated", ticket, by=ACTOR)

    def _values(self, board_id: int) -> Record:
        """Members that the rule sets, as references; names that the board lacks are left out."""
        found: Record = {}
        for setting in self._switches.names("workflow_rule_sets"):
            member, _, name = setting.partition("=")
            if member == "owner":
                record = self._store.find("/system/members", {"identifier": name})
            else:
                record = self._store.find(f"/service/boards/{board_id}/{OF_BOARD.get(member, member)}", {"name": name})
            if record:
                found[member] = shown(record)
        return found
