"""A ticket as the audit keeps it, and what the whole audit knows about the site."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, tzinfo
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec

from app.audit.values import instant
from app.domain.gl_mapping import GlMapping
from app.domain.ticket import TicketRecord


class KeptTicket(TicketRecord, frozen=True, rename="camel", omit_defaults=True):
    """A ticket with what the audit found out beside ConnectWise's record of it."""

    texts: str = ""
    """Why its texts were read; empty where they were not."""
    own_move: str = ""
    """The outcome that this service itself carried out on the ticket."""
    booked: dict[str, str] = msgspec.field(default_factory=dict)
    """GL account of booked revenue by the id of the invoice, where it was read."""


@dataclass(frozen=True)
class SiteFacts:
    """What holds for every ticket of an audit: the GL mapping and the time zone."""

    gl: GlMapping = field(default_factory=GlMapping)
    time_zone: str = "UTC"

    def local(self, written: str) -> str:
        """An instant in local time, to the minute; any other text as it is."""
        moment = instant(written)
        return moment.astimezone(zone_of(self.time_zone)).strftime("%Y-%m-%dT%H:%M") if moment else written


def is_own_move(ticket: TicketRecord) -> bool:
    """Whether this service moved the ticket: its board and type then agree with the chart by themselves."""
    return isinstance(ticket, KeptTicket) and bool(ticket.own_move)


@lru_cache(maxsize=16)
def zone_of(name: str) -> tzinfo:
    """The time zone of an IANA name; UTC for any other."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return UTC
