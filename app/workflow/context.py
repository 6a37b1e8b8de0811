"""Settings of this installation for the workflow, and the parts that it works with."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cached_property

from app.connectwise import Agreements, ConnectWiseClient, ReferenceCache
from app.domain.enums import Mode
from app.reading.values.work_dates import DateOrder
from app.storage import (
    BriefValues,
    Database,
    DecisionQueue,
    Decisions,
    Inbox,
    KeyValueStore,
    ManualActions,
    ReaderAnswers,
    RunIntake,
    Runs,
    Steps,
    Trail,
)
from app.storage.doubtful_writes import DoubtfulWrites
from app.workflow.chart_provider import ChartProvider
from app.workflow.model_reader import ModelReader


@dataclass(frozen=True, slots=True)
class WorkflowConfig:
    """The operator's choices. Times without a unit are seconds."""

    mode: Mode = Mode.DRY_RUN
    public_url: str = ""
    """Where ConnectWise reaches this service; empty: no callback entry is maintained."""
    callback_in_dry_run: bool = False
    """Whether the callback entry is maintained in a dry run too."""
    reconcile_every: float = 300.0
    """Seconds between reconciliations; 0: none."""
    max_writes_per_hour: int = 60
    """A plan that would exceed it waits for a person."""
    concurrency: int = 4
    """Runs executed at the same time in this process."""
    give_up_after: timedelta = timedelta(hours=24)
    retention: timedelta = timedelta(days=90)
    """How long the evidence (ticket texts) of finished decisions is stored."""
    poll: float = 1.0
    """Seconds between polls for events and due runs that no notification announced."""
    settle: float = 5.0
    """Seconds between a ticket's callback and its decision: ConnectWise sends the callback before the notes and the
    schedule that were saved with the ticket can be read."""
    second_look: float = 60.0
    """Seconds after the first decision until a recheck for records saved later; 0: none."""
    quiet: float = 30.0
    """Seconds between a ticket's first update and its recheck: updates within them share one."""
    stalled_after: float = 30.0
    """Seconds without a heartbeat after which another process on PostgreSQL considers a worker dead."""
    lease: timedelta = timedelta(seconds=60)
    """How long a process holds a run without renewing."""
    in_doubt: timedelta = timedelta(seconds=45)
    """How long ConnectWise may still execute a write without an answer; only then it is looked for and sent again.

    Longer than the client waits for an answer."""
    late_looks: tuple[float, ...] = (300.0, 1500.0)
    """Seconds until the first look at what became of a doubtful write, and from each look to the next."""
    date_order: DateOrder = "DMY"
    """How numeric dates in tickets are read."""
    first_wait: float = 1.0
    """Seconds before the first retry; doubled each time, up to five minutes."""

    @property
    def registers_callback(self) -> bool:
        """Whether the service maintains its callback entry. In a dry run that is its only write, so it must be allowed."""
        return bool(self.public_url) and (self.mode is not Mode.DRY_RUN or self.callback_in_dry_run)


def utc_now() -> datetime:
    """The clock that is used unless another one is passed in."""
    return datetime.now(UTC)


def uptime() -> float:
    """Seconds that no clock change affects; a suspended machine counts them where its kernel does (CLOCK_BOOTTIME)."""
    return time.clock_gettime(getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC))


@dataclass
class WorkflowContext:
    """Everything the workflow works with. `reader` cannot write to ConnectWise."""

    config: WorkflowConfig
    chart: ChartProvider
    reader: ConnectWiseClient
    writer: ConnectWiseClient
    references: ReferenceCache
    database: Database
    now: Callable[[], datetime] = utc_now
    uptime: Callable[[], float] = uptime
    unanswered: dict[tuple[str, int, str], float] = field(default_factory=dict)
    """When by `uptime` this process sent, or first saw, each write without an answer: run, position, `written_at`."""
    model: ModelReader | None = None
    """The model-backed reader; None: off."""
    started: datetime = field(init=False)
    """When this process began; its mode applies since then."""

    def __post_init__(self) -> None:
        self.started = self.now()

    def forget_unanswered(self, run_id: str, position: int) -> None:
        """Forgets the writes of a step that has ended."""
        for sent in [sent for sent in self.unanswered if sent[:2] == (run_id, position)]:
            del self.unanswered[sent]

    @cached_property
    def inbox(self) -> Inbox:
        return Inbox(self.database)

    @cached_property
    def intake(self) -> RunIntake:
        return RunIntake(self.database)

    @cached_property
    def runs(self) -> Runs:
        return Runs(self.database, lease=self.config.lease)

    @cached_property
    def steps(self) -> Steps:
        return Steps(self.database)

    @cached_property
    def doubts(self) -> DoubtfulWrites:
        return DoubtfulWrites(self.database)

    @cached_property
    def decisions(self) -> Decisions:
        return Decisions(self.database)

    @cached_property
    def queue(self) -> DecisionQueue:
        return DecisionQueue(self.database)

    @cached_property
    def brief_values(self) -> BriefValues:
        return BriefValues(self.database)

    @cached_property
    def manual_actions(self) -> ManualActions:
        return ManualActions(self.database)

    @cached_property
    def trail(self) -> Trail:
        return Trail(self.database)

    @cached_property
    def reader_answers(self) -> ReaderAnswers:
        return ReaderAnswers(self.database)

    @cached_property
    def key_value(self) -> KeyValueStore:
        return KeyValueStore(self.database)

    @cached_property
    def agreements(self) -> Agreements:
        return Agreements(self.reader)
