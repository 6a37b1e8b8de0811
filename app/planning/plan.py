"""The plan: ordered steps, what they were made from, and what is left to a person."""

from __future__ import annotations

from dataclasses import dataclass

from app.planning.brief.model import Brief
from app.planning.manual_actions import ManualAction
from app.planning.model import Problem, Step


@dataclass(frozen=True, slots=True)
class Plan:
    """The steps of a decision. Empty steps and no problems: no change."""

    steps: tuple[Step, ...] = ()
    problems: tuple[Problem, ...] = ()
    todos: tuple[str, ...] = ()
    """Manual actions: what ConnectWise's API cannot do."""
    actions: tuple[ManualAction, ...] = ()
    """The same as records, in the order of `todos`."""
    brief: Brief | None = None
    """Source of the steps; None for a ticket that stays as it is."""
    proposals: tuple[str, ...] = ()
    """Fields of the brief that live mode writes only after a person has accepted them."""
