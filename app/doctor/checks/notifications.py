"""Messages to people: the addresses and what could not be delivered. Sends nothing; `notify test` does."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from app.doctor.model import CheckContext, Finding, fail, ok, skip, warn
from app.storage import Database, Messages, StoreUnavailable

_RECENT = timedelta(days=1)


async def check_notifications(context: CheckContext) -> list[Finding]:
    """One finding about NOTIFY_URLS, and one about undelivered messages where there are some."""
    if isinstance(context.targets, Exception):
        return [fail("notify", str(context.targets), "Correct NOTIFY_URLS; deploy/docs/notifications.md has examples.")]
    if not context.targets:
        return [skip("notify", "NOTIFY_URLS is empty: nobody is told that something waits or has failed.")]
    found = ok("notify", f"Messages go to {'; '.join(context.targets)}. Run miniprojects notify test to send one.")
    return [found, *await _undelivered(context.database)]


async def _undelivered(database: Database | Exception) -> list[Finding]:
    if isinstance(database, Exception):
        return []
    try:
        stuck = await Messages(database).stuck(since=datetime.now(UTC) - _RECENT)
    except StoreUnavailable:
        return []  # the database check reports it
    if not stuck:
        return []
    text = f"{stuck} {'message' if stuck == 1 else 'messages'} could not be delivered."
    return [
        warn(
            "notify.delivery",
            text,
            "The log names the target and the reason (notify.failed). Run miniprojects notify test.",
        )
    ]
