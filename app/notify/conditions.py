"""Messages about the service itself: a condition that begins, and for some of them its end."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from app.notify.compose import plain
from app.notify.model import Kind, Message

Marks = Mapping[str, str]
"""By condition, what it was when people were told; absent while there is nothing."""


@dataclass(frozen=True, slots=True)
class Conditions:
    """The present state. Empty texts: all is well."""

    away: str = ""
    """Why ConnectWise cannot be reached."""
    chart_errors: tuple[str, ...] = ()
    """What is wrong with the chart file that is not in use."""
    paused_since: str = ""
    paused_by: str = ""
    callback_off: str = ""
    """When our callback entry was last found switched off."""


def next_marks(now: Conditions, *, moment: str) -> dict[str, str]:
    """What to remember of the present state. `moment`: the time, as text."""
    digest = hashlib.sha256("\n".join(now.chart_errors).encode()).hexdigest()[:16] if now.chart_errors else ""
    marks = {
        "away": moment if now.away else "",
        "chart": digest,
        "paused": now.paused_since,
        "callback": now.callback_off,
    }
    return {name: mark for name, mark in marks.items() if mark}


def changes(before: Marks, now: Conditions, *, moment: datetime, site: str) -> tuple[list[Message], dict[str, str]]:
    """The messages of what has changed since `before`, and the marks to remember."""
    stamp = f"{moment:%Y-%m-%dT%H:%M:%SZ}"
    after = next_marks(now, moment=before.get("away") or stamp)
    after |= {"callback": before["callback"]} if "callback" in before and "callback" not in after else {}
    began = {name for name in after if after[name] != before.get(name)}
    ended = {name for name in before if name not in after}
    found = [_begun(name, now, after[name], site) for name in sorted(began)]
    return [*found, *(message for name in sorted(ended) for message in _ended(name, before[name], stamp, site))], after


def _begun(name: str, now: Conditions, mark: str, site: str) -> Message:
    if name == "away":
        text = "Callbacks are still taken; runs wait and go on when it answers. Run miniprojects doctor to see why."
        return Message(f"away:{mark}", Kind.AWAY, "ConnectWise cannot be reached", text, site)
    if name == "chart":
        number = len(now.chart_errors)
        text = f"It has {number} {'error' if number == 1 else 'errors'}; the last valid one is in use. Run miniprojects chart check."
        return Message(f"chart:{mark}", Kind.CHART, "The chart file was refused", text, site)
    if name == "paused":
        text = "Runs wait before their next write; tickets are still decided."
        title = f"Writing is paused by {plain(now.paused_by, longest=60)}"
        return Message(f"paused:{mark}", Kind.PAUSED, title, text, site)
    text = (
        "ConnectWise switches a callback off when its requests fail. The service switches it on again; reconciliation finds "
        "the tickets of the time between. Check that ConnectWise reaches PUBLIC_URL."
    )
    return Message(f"callback:{mark}", Kind.CALLBACK, "The callback was switched off", text, site)


def _ended(name: str, mark: str, stamp: str, site: str) -> list[Message]:
    """What is worth saying when a condition ends."""
    if name == "away":
        return [Message(f"back:{mark}", Kind.BACK, "ConnectWise answers again", f"It was away since {mark}.", site)]
    if name == "paused":
        return [Message(f"resumed:{stamp}", Kind.RESUMED, "Writing is resumed", "Runs that waited go on.", site)]
    return []
