"""Manual actions."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, Field

ActionState = Literal["open", "done", "cancelled"]


class ManualAction(BaseModel):
    """What an applied plan leaves to a person. `cancelled`: the decision was undone before it was done."""

    id: str
    ticket_id: int
    decision_id: str
    kind: str = Field(examples=["close-payments"])
    text: str
    customer: str
    amount: str | None = Field(examples=["4000.00"])
    currency: str = Field(examples=["USD"])
    due: str | None = Field(examples=["2026-07-01"])
    state: ActionState
    created_at: str
    done_by: str | None
    done_at: str | None


class ActionPage(BaseModel):
    """Manual actions, newest first. `next_cursor` is null on the last page."""

    items: list[ManualAction]
    next_cursor: str | None
