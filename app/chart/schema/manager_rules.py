# ruff: noqa: RUF012 - sections are pydantic models: their defaults are copied
"""Rules of managers: checked before the rows, the first one of which every condition holds sets the outcome."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, StringConstraints, model_validator

from app.chart.schema.target_settings import Name, Section
from app.domain.enums import Outcome

Phrase = Annotated[str, StringConstraints(min_length=1, max_length=1000)]
LISTS = ("companies", "agreements", "boards", "types", "items", "sources", "priorities")
"""Conditions that are lists of names; any of the names meets the condition."""
_LIMITS = ("hours_from", "hours_below", "amount_from", "amount_below")


class ManagerRule(Section):
    """A ticket that meets every condition has this outcome."""

    name: str = Field(min_length=1, max_length=80)
    """Name of the rule in decisions and notes."""
    words: list[Phrase] = Field(default=[], max_length=200)
    """Any of these phrases in the ticket's own text, not denied; written as under `words`."""
    companies: list[Name] = []
    """Any of these companies."""
    agreements: list[Name] = []
    """Any of these agreements."""
    boards: list[Name] = []
    """Any of these service boards."""
    types: list[Name] = []
    """Any of these service types."""
    items: list[Name] = []
    """Any of these items."""
    sources: list[Name] = []
    """Any of these sources, such as Email Connector."""
    priorities: list[Name] = []
    """Any of these priorities."""
    custom_fields: dict[Name, list[Name]] = {}
    """Caption of a custom field with its values, any of which meets the condition; without values any content does."""
    hours_from: float | None = Field(default=None, ge=0, le=10_000, strict=True)
    """At least this many hours, by the budget, the tasks, the schedule or the text."""
    hours_below: float | None = Field(default=None, gt=0, le=10_000, strict=True)
    """Fewer hours than this; where no hours are known, the condition is not met."""
    amount_from: float | None = Field(default=None, ge=0, le=100_000_000, strict=True)
    """At least this amount, by the opportunity, the product lines or an agreed price."""
    amount_below: float | None = Field(default=None, gt=0, le=100_000_000, strict=True)
    """Less than this amount; where no amount is known, the condition is not met."""
    outcome: Outcome
    """Outcome of such tickets; `review`: a person decides each time."""

    @model_validator(mode="after")
    def _is_consistent(self) -> ManagerRule:
        if not (self.words or self.custom_fields or self.has_limits or any(getattr(self, name) for name in LISTS)):
            raise ValueError(
                f"the rule has no condition; name words, custom_fields, {', '.join(LISTS)}, or limits of hours or amount"
            )
        for measure in ("hours", "amount"):
            least, below = getattr(self, f"{measure}_from"), getattr(self, f"{measure}_below")
            if least is not None and below is not None and below <= least:
                raise ValueError(f"{measure}_below must be larger than {measure}_from")
        return self

    @property
    def has_limits(self) -> bool:
        """Whether hours or an amount are compared."""
        return any(getattr(self, name) is not None for name in _LIMITS)

    @property
    def reads_text(self) -> bool:
        """Whether the ticket's text can decide about it."""
        return bool(self.words) or self.has_limits
