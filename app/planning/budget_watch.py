"""Budget against actual hours of a project's phases: which limits are newly reached, each once. Pure.

Source: API schema ProjectPhase (budgetHours, actualHours).
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from decimal import Decimal

from app.planning.amounts import usable_hours
from app.planning.manual_actions import Language, messages
from app.planning.texts import cut, plain

LIMITS = (80, 100)
"""Percent of the budget."""
_LONGEST_NAME = 60


@dataclass(frozen=True, slots=True)
class PhaseHours:
    """Budget and actual hours of one phase; no budget where none is set."""

    id: int
    name: str
    budget: Decimal | None
    actual: Decimal


@dataclass(frozen=True, slots=True)
class Crossing:
    """A limit that the hours of a phase have reached."""

    phase: PhaseHours
    percent: int

    @property
    def key(self) -> str:
        """By what the crossing is remembered."""
        return f"{self.phase.id}:{self.percent}"


def crossings(phases: Sequence[PhaseHours], reported: Collection[str]) -> tuple[Crossing, ...]:
    """The highest limit of each phase that is reached and not reported yet. `reported`: keys of earlier crossings.

    A phase that jumps over 80 to 100 percent is reported once, and its lower limit counts as reported.
    """
    reached = (Crossing(phase, percent) for phase in phases if (percent := _reached(phase)))
    return tuple(threshold for threshold in reached if threshold.key not in reported)


def keys_of(found: Sequence[Crossing]) -> frozenset[str]:
    """What is remembered of crossings: the limit and every lower one."""
    return frozenset(
        f"{reached_phase.phase.id}:{limit}"
        for reached_phase in found
        for limit in LIMITS
        if limit <= reached_phase.percent
    )


def _reached(phase: PhaseHours) -> int | None:
    budget = usable_hours(phase.budget)
    if budget is None or not phase.actual.is_finite():
        return None
    return max((limit for limit in LIMITS if phase.actual * 100 >= budget * limit), default=None)


def watch_note(found: Sequence[Crossing], language: Language) -> str:
    """The note of crossings with the question what to do about them."""
    texts = messages(language)["budget_watch"]
    lines = [
        texts["line"].format(
            phase=cut(plain(reached_phase.phase.name), _LONGEST_NAME), actual=_hours(reached_phase.phase.actual),
            budget=_hours(reached_phase.phase.budget or Decimal(0)), percent=reached_phase.percent,
        )
        for reached_phase in found
    ]  # fmt: skip
    return "\n".join([*lines, texts["question"]])


def _hours(hours: Decimal) -> str:
    return f"{hours.normalize():f}"
