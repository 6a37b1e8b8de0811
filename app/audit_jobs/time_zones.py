"""IANA names of the time zones that ConnectWise's servers name, which are those of Windows."""

from __future__ import annotations

from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

_WINDOWS = {
    "AUS Eastern Standard Time": "Australia/Sydney", "Atlantic Standard Time": "America/Halifax", "Canada Central Standard Time": "America/Regina",
    "Central Europe Standard Time": "Europe/Budapest", "Central European Standard Time": "Europe/Warsaw",
    "Central Standard Time": "America/Chicago", "E. Australia Standard Time": "Australia/Brisbane", "Eastern Standard Time": "America/New_York",
    "GMT Standard Time": "Europe/London", "Greenwich Standard Time": "Atlantic/Reykjavik", "Hawaiian Standard Time": "Pacific/Honolulu",
    "Mountain Standard Time": "America/Denver", "New Zealand Standard Time": "Pacific/Auckland", "Newfoundland Standard Time": "America/St_Johns",
    "Pacific Standard Time": "America/Los_Angeles", "Romance Standard Time": "Europe/Paris", "Singapore Standard Time": "Asia/Singapore",
    "South Africa Standard Time": "Africa/Johannesburg", "US Mountain Standard Time": "America/Phoenix",
    "W. Australia Standard Time": "Australia/Perth", "W. Europe Standard Time": "Europe/Berlin",
}  # fmt: skip
"""Source: the CLDR table windowsZones, territory 001, for the regions that ConnectWise hosts and their neighbours."""


def iana_name(written: str) -> str:
    """The IANA name of a time zone; UTC for one that is not known."""
    name = _WINDOWS.get(written.strip(), written.strip())
    try:
        return ZoneInfo(name).key if name else "UTC"
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return "UTC"
