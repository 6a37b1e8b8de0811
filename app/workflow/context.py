"""What the flows are told about this installation, and the parts they work with."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from app.connectwise import Agreements, ConnectWiseClient, ReferenceCache
from app.storage import Database, Decisions, Inbox, KeyValueStore, RunIntake, Runs, Steps
from app.workflow.chart_provider import ChartProvider


@dataclass(frozen=True, slots=True)
class WorkflowConfig:
    """Choices of the operator that the flows obey."""

    mode: str = "dry-run"
    public_url: str = ""
    """Where ConnectWise reaches us; empty: no callback entry is kept."""
    reconcile_every: float = 300.0
    """Seconds between sweeps; 0: no sweep."""
    max_writes_per_hour: int = 60
    """A plan that would exceed it waits for a person."""
    concurrency: int = 4
    """Runs at work at once in this process."""
    give_up_after: timedelta = timedelta(hours=24)
    retention: timedelta = timedelta(days=90)
    """How long the evidence (ticket texts) of ended decisions is kept."""
    poll: float = 1.0
    """Seconds between looks into the journal for what nobody woke us for."""
    settle: float = 5.0
    """Seconds between a ticket's callback and its decision: ConnectWise tells of a ticket before the notes and the
    schedule that were saved with it can be read."""
    second_look: float = 60.0
    """Seconds after the first decision until the ticket is looked at once more, for what came later; 0: no such look."""
    quiet: float = 30.0
    """Seconds after a ticket's first update before it is looked at: updates within them are one look."""
    stalled_after: float = 30.0
    """Seconds without a sign of life after which another process on PostgreSQL takes a worker for dead."""
    lease: timedelta = timedelta(seconds=60)
    """How long a process holds a run without a sign of life."""
    in_doubt: timedelta = timedelta(seconds=45)
    """How long ConnectWise may be at a write whose answer never came; only then it is looked for and sent again.

    Longer than the client waits for an answer."""
    first_wait: float = 1.0
    """Seconds before the first new try; doubled each time, up to five minutes."""


def utc_now() -> datetime:
    """The clock that is used unless another one is passed in."""
    return datetime.now(UTC)


@dataclass(frozen=True)
class WorkflowContext:
    """Everything the flows work with. `reader` cannot write to ConnectWise, whoever asks it to."""

    config: WorkflowConfig
    chart: ChartProvider
    reader: ConnectWiseClient
    writer: ConnectWiseClient
    catalogue: ReferenceCache
    database: Database
    now: Callable[[], datetime] = utc_now
    inbox: Inbox = field(init=False)
    arrivals: RunIntake = field(init=False)
    runs: Runs = field(init=False)
    steps: Steps = field(init=False)
    decisions: Decisions = field(init=False)
    memory: KeyValueStore = field(init=False)
    agreements: Agreements = field(init=False)
    started: datetime = field(init=False)
    """When this process began; its mode holds since then."""

    def __post_init__(self) -> None:
        for name, table in (
            ("inbox", Inbox),
            ("arrivals", RunIntake),
            ("steps", Steps),
            ("decisions", Decisions),
            ("memory", KeyValueStore),
        ):
            object.__setattr__(self, name, table(self.database))
        object.__setattr__(self, "runs", Runs(self.database, lease=self.config.lease))
        object.__setattr__(self, "agreements", Agreements(self.reader))
        object.__setattr__(self, "started", self.now())
