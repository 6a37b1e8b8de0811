"""Collects what is to be said, stores it, and sends it in the background, apart from runs and callbacks."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog

from app.notify.compose import Notification, compose
from app.notify.conditions import Conditions, changes
from app.notify.events import ticket_messages
from app.notify.model import Kind, Message
from app.notify.schedule import GIVE_UP_AFTER, Schedule, retry_at
from app.notify.targets import BadTarget, Target
from app.storage import KeyValueStore, MessageRow, Messages, MessageState, NewMessage, StoreUnavailable
from app.storage.clock import instant_text, parse_instant
from app.workflow import ChartProvider, Desk, Service
from app.workflow.tickets.reconcile import CALLBACK_OFF

log = structlog.get_logger()

_SINCE, _MARKS, _TURN = "notify-since", "notify-marks", "notify-turn"
"""Names under which the service stores since when it tells, what it has told of the service, and whose turn it is."""
_LEASE = timedelta(minutes=3)
"""How long a process may take to send; then another one does."""
_AWAY_CHECKS = 2
"""So many checks in a row must fail before ConnectWise counts as away."""


@dataclass(frozen=True, slots=True)
class TestResult:
    """What became of a test message. `problem`: empty when it was accepted."""

    target: str
    audience: str
    problem: str


@dataclass(frozen=True)
class NotifyContext:
    """The parts that messages are made from."""

    store: Messages
    key_value: KeyValueStore
    service: Service
    desk: Desk
    chart: ChartProvider
    now: Callable[[], datetime]
    site: str = ""
    """Address of the service's pages; empty: messages have no links."""
    retention: timedelta = timedelta(days=90)
    poll: float = 10.0
    """Seconds between two rounds."""
    checks_every: timedelta = timedelta(seconds=60)
    """Between two checks of ConnectWise, chart, callback and pause; each sends one request to ConnectWise."""
    seconds: float = 30.0
    """How long a target may take."""


def check_targets(targets: Sequence[Target]) -> None:
    """Raises BadTarget for the first address that Apprise does not understand. Sends nothing."""
    if not targets:
        return
    from app.notify.sender import is_valid  # noqa: PLC0415 - imports Apprise, which takes half a second

    for target in targets:
        if not is_valid(target.url):
            raise BadTarget(
                f"entry {target.number} ({target.scheme}) is not an address that Apprise understands; "
                "see https://appriseit.com/services/"
            )


class NotifyService:
    """Tells people by the targets of NOTIFY_URLS. Without targets it does nothing."""

    def __init__(self, context: NotifyContext, targets: Sequence[Target], schedule: Schedule) -> None:
        self._context = context
        self.targets = tuple(targets)
        self._schedule = schedule
        self._task: asyncio.Task[None] | None = None
        self._failed_checks = 0
        self.failures: Counter[int] = Counter()
        """Failed attempts of this process by the number of the target."""

    async def start(self) -> None:
        """Begins to tell. What happened before the first start with targets is not told."""
        store = self._context.key_value
        if not self.targets:
            await store.put(_SINCE, None)
            return
        if await store.get(_SINCE) is None:
            await store.put(_SINCE, instant_text(self._context.now()))
        ids = {target.id for target in self.targets}
        if dropped := await self._context.store.drop_targets_except(ids, now=self._context.now()):
            log.warning("notify.dropped", messages=dropped, why="Their targets are not in NOTIFY_URLS any more.")
        self._task = asyncio.create_task(self._loop())

    async def stop(self) -> None:
        """Stops; what waits is sent after the next start."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
            self._task = None

    async def counts(self) -> dict[str, int]:
        """Messages by state."""
        return await self._context.store.counts()

    async def test(self) -> list[TestResult]:
        """Sends a test message to each target now, whatever the hour; nothing is stored."""
        from app.notify.sender import send  # noqa: PLC0415 - imports Apprise, which takes half a second

        text = "If you can read this, messages of the service reach you."
        notification = Notification("Mini-Projects: test message", text, is_warning=False)
        sent = (send(target.url, notification, seconds=self._context.seconds) for target in self.targets)
        problems = await asyncio.gather(*sent)
        return [TestResult(each.label, each.audience, why) for each, why in zip(self.targets, problems, strict=True)]

    async def round(self) -> None:
        """Stores what is new, then sends what is due."""
        await self._record(await ticket_messages(
            self._context.store, since=await self._since(), now=self._context.now(), site=self._context.site
        ))  # fmt: skip
        every = self._context.checks_every
        if await self._context.key_value.take_turn(_TURN, now=self._context.now(), every=every):
            await self._check()
            await self._context.store.prune(older_than=self._context.retention, now=self._context.now())
        if not self._schedule.is_quiet(self._context.now()):
            await asyncio.gather(*map(self._send, self.targets))

    async def _loop(self) -> None:
        while True:
            try:
                await self.round()
            except StoreUnavailable as away:
                log.warning("notify.postponed", reason=str(away))
            except Exception:
                log.exception("notify.fault")
            await asyncio.sleep(self._context.poll)

    async def _since(self) -> datetime:
        found = await self._context.key_value.get(_SINCE)
        return parse_instant(found) if found else self._context.now()

    async def _record(self, messages: Sequence[Message]) -> None:
        """Stores each message for the targets that want it; one that nobody wants is stored once, so that it stays known."""
        now, new = self._context.now(), []
        for message in messages:
            wanting = [target.id for target in self.targets if target.wants(message)] or [""]
            due = self._schedule.due(message.kind, now=now)
            new += [
                NewMessage(message.key, target, message.kind, message.to_json(), due, message.decision_id)
                for target in wanting
            ]
        await self._context.store.add(new, now=now)

    async def _check(self) -> None:
        """Compares the state of the service with what people know of it."""
        before = await self._context.key_value.get(_MARKS) or {}
        present = await self._present(was_away="away" in before)
        found, after = changes(before, present, moment=self._context.now(), site=self._context.site)
        await self._record(found)
        if after != before:
            await self._context.key_value.put(_MARKS, after)

    async def _present(self, *, was_away: bool) -> Conditions:
        checks = {check.id: check for check in await self._context.service.readiness()}
        connectwise = checks.get("connectwise")
        self._failed_checks = 0 if connectwise is None or connectwise.ok else self._failed_checks + 1
        away = self._failed_checks > 0 if was_away else self._failed_checks >= _AWAY_CHECKS
        pause, mistakes = await self._context.desk.pause(), self._context.chart.mistakes
        return Conditions(
            away="away" if away else "",
            chart_errors=tuple(map(str, mistakes.problems)) if mistakes else (),
            paused_since=instant_text(pause.at) if pause else "",
            paused_by=pause.by if pause else "",
            callback_off=await self._context.key_value.get(CALLBACK_OFF) or "",
        )

    async def _send(self, target: Target) -> None:
        """Sends all that waits for a target, in one notification."""
        from app.notify.sender import send  # noqa: PLC0415 - imports Apprise, which takes half a second

        store = self._context.store
        rows = await self._current(await store.claim(target.id, now=self._context.now(), lease=_LEASE))
        if not rows:
            return
        notification = compose(rows, overview=self._context.site)
        problem = await send(target.url, notification, seconds=self._context.seconds)
        ids, now = [row.id for row in rows], self._context.now()
        if not problem:
            await store.end(ids, MessageState.SENT, now=now)
            log.info("notify.sent", target=target.label, messages=len(ids))
            return
        self.failures[target.number] += 1
        await self._postpone(target, rows, problem)

    async def _postpone(self, target: Target, rows: Sequence[MessageRow], problem: str) -> None:
        now = self._context.now()
        old = {row.id for row in rows if now - parse_instant(row.created_at) > GIVE_UP_AFTER}
        if old:
            log.error("notify.given-up", target=target.label, messages=len(old), reason=problem)
            await self._context.store.end(old, MessageState.FAILED, now=now)
        if kept := [row for row in rows if row.id not in old]:
            again = retry_at(min(row.attempts for row in kept), now=now)
            log.warning(
                "notify.failed", target=target.label, messages=len(kept), reason=problem, again=f"{again:%H:%M:%S}"
            )
            await self._context.store.retry([row.id for row in kept], at=again)

    async def _current(self, rows: Sequence[MessageRow]) -> list[MessageRow]:
        """Without reviews that were answered while their message waited."""
        about = {row.decision_id for row in rows if row.kind == Kind.REVIEW and row.decision_id}
        outdated = about - await self._context.store.still_waiting(about) if about else set()
        gone = [row.id for row in rows if row.decision_id in outdated]
        await self._context.store.end(gone, MessageState.DROPPED, now=self._context.now())
        return [row for row in rows if row.id not in gone]
