"""Dependencies of an audit, and its request."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from concurrent.futures import Executor
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from app.audit_jobs.worker_pool import processes
from app.connectwise import ConnectWiseClient, Scope
from app.connectwise.links import ticket_link
from app.connectwise.ticket_history import PAGE
from app.storage import Database
from app.storage.audits import Audits
from app.workflow.chart_provider import ChartProvider
from app.workflow.context import utc_now
from app.workflow.errors import WorkflowError

YEARS = range(1980, 2101)
"""Valid years of an audit's range."""


class BadRange(WorkflowError):
    """The range or the filters of an audit are invalid."""


@dataclass(frozen=True, slots=True)
class AuditRequest:
    """Tickets entered from `since` until `until` (exclusive); boards, companies and statuses by id or name."""

    since: datetime
    until: datetime
    boards: tuple[int | str, ...] = ()
    companies: tuple[int | str, ...] = ()
    statuses: tuple[int | str, ...] = ()

    def __post_init__(self) -> None:
        if not {self.since.year, self.until.year} <= set(YEARS):
            raise BadRange(f"The range must lie within the years {YEARS[0]} to {YEARS[-1]}.")
        if any(
            isinstance(value, str) and not value.strip() for value in (*self.boards, *self.companies, *self.statuses)
        ):
            raise BadRange("A board, company or status has no name.")
        if self.since >= self.until:
            raise BadRange(f"The range is empty: it begins at {_shown(self.since)} and ends at {_shown(self.until)}.")
        try:
            Scope(self.since, self.until, self.boards, self.companies, self.statuses)
        except ValueError as mistake:
            raise BadRange(f"Invalid filter: {mistake}.") from None

    @property
    def scope(self) -> Scope:
        """The scope for bulk reads."""
        return Scope(self.since, self.until, self.boards, self.companies, self.statuses)

    @property
    def words(self) -> str:
        """The range in words."""
        named = [("boards", self.boards), ("companies", self.companies), ("statuses", self.statuses)]
        chosen = [f"{name} {', '.join(map(str, values))}" for name, values in named if values]
        return "; ".join([f"entered from {_shown(self.since)} to {_shown(self.until)}", *chosen])

    def to_json(self) -> dict[str, Any]:
        """The stored and shown form."""
        return {
            "since": _shown(self.since), "until": _shown(self.until), "boards": list(self.boards), "companies": list(self.companies),
            "statuses": list(self.statuses),
        }  # fmt: skip

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> AuditRequest:
        """The request of its stored form."""
        since, until = (datetime.fromisoformat(kept[name]) for name in ("since", "until"))
        return cls(since, until, tuple(kept["boards"]), tuple(kept["companies"]), tuple(kept["statuses"]))


@dataclass(frozen=True)
class AuditContext:
    """Dependencies of an audit. Its client refuses every write."""

    reader: ConnectWiseClient
    chart: ChartProvider
    database: Database
    now: Callable[[], datetime] = utc_now
    executor: Callable[[], Executor] = processes
    page_size: int = PAGE
    first_wait: timedelta = timedelta(seconds=2)
    """Wait before the first retry after ConnectWise failed; doubled each time, up to five minutes."""
    tries: int = 10
    time_zone: str = ""
    """IANA name of the company's time zone; empty: that of ConnectWise's server."""
    poll: float = 2.0
    """Seconds between polls for unclaimed audits."""
    audits: Audits = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "reader", self.reader.reader())
        object.__setattr__(self, "audits", Audits(self.database))

    @property
    def link(self) -> str:
        """The URL that opens a ticket in the web client, with `{id}`."""
        return ticket_link(self.reader.config.origin, self.reader.config.company)


def _shown(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
