"""One ConnectWise system: records, clock, switches, callbacks and rules. Seeds fill it, the server answers from it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from app.sandbox.engine.store import Store
from app.sandbox.engine.switches import Switches
from app.sandbox.rules.callback_delivery import CallbackOutbox
from app.sandbox.rules.records import RecordRules


class System:
    """Records with the rules over them. `ahead` is how far its clock runs before the given one."""

    def __init__(self, *, seed: int, now: Callable[[], datetime] | None, origin: str) -> None:
        clock = now or (lambda: datetime.now(UTC))
        # A lambda, because a copy of the store copies its clock and must not copy the whole system.
        self.now: Callable[[], datetime] = lambda: clock() + self.ahead
        self.seed = seed
        self.origin = origin
        self.reset()

    def reset(self) -> None:
        """An empty system with default switches."""
        self.ahead = timedelta()
        self.store = Store(self.now)
        self.switches = Switches()
        self.outbox = CallbackOutbox(self.store, self.switches, self.now, seed=self.seed, origin=lambda: self.origin)
        self.rules = RecordRules(self.store, self.switches, self.outbox, self.now)

    def invoiced(self, ticket_id: int) -> dict[str, Any]:
        """What would be invoiced in all for a ticket and the project it became; see `invoice_preview`."""
        return self.rules.invoice_preview.of_ticket(ticket_id)
