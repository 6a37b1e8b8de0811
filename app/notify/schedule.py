"""When messages are sent: digest, quiet hours, retries. Pure; the time is passed in."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, time, timedelta, tzinfo

from app.notify.model import COLLECTED, Kind

_HOURS = re.compile(r"([01]?\d|2[0-3]):([0-5]\d)\s*-\s*([01]?\d|2[0-3]):([0-5]\d)")
_FIRST_RETRY = timedelta(seconds=30)
_LONGEST_RETRY = timedelta(hours=1)
GIVE_UP_AFTER = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class QuietHours:
    """A time of day in which nothing is sent; it may span midnight."""

    begin: time
    end: time

    @classmethod
    def parse(cls, text: str) -> QuietHours | None:
        """From `22:00-07:00`; None for an empty text. Raises ValueError."""
        if not text.strip():
            return None
        found = _HOURS.fullmatch(text.strip())
        if found is None:
            raise ValueError("must be two times such as 22:00-07:00")
        begin, end = time(int(found[1]), int(found[2])), time(int(found[3]), int(found[4]))
        if begin == end:
            raise ValueError("must be two different times such as 22:00-07:00")
        return cls(begin, end)

    def contain(self, at: time) -> bool:
        """Whether a time of day is quiet."""
        if self.begin < self.end:
            return self.begin <= at < self.end
        return at >= self.begin or at < self.end


@dataclass(frozen=True, slots=True)
class Schedule:
    """`digest`: how long a review or a failure waits for others. `zone`: of the quiet hours; None: this machine's."""

    digest: timedelta = timedelta(0)
    quiet: QuietHours | None = None
    zone: tzinfo | None = None

    def due(self, kind: Kind, *, now: datetime) -> datetime:
        """When a new message is to be sent."""
        return now + self.digest if kind in COLLECTED else now

    def is_quiet(self, now: datetime) -> bool:
        """Whether nothing is sent at present."""
        return self.quiet is not None and self.quiet.contain(now.astimezone(self.zone).time())


def retry_at(attempts: int, *, now: datetime) -> datetime:
    """When to try again after so many attempts: the pause doubles, up to an hour."""
    doubled: timedelta = _FIRST_RETRY * 2 ** min(attempts - 1, 10)
    return now + min(doubled, _LONGEST_RETRY)
