"""All checks in order; what depends on a check that failed is skipped, not guessed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from app.chart import ChartError
from app.connectwise import ConnectWiseClient, ConnectWiseError, list_ours, registration_changes
from app.doctor.checks.connection import clock, reach, rights
from app.doctor.checks.local import local
from app.doctor.checks.references import LookupContext, names
from app.doctor.checks.revenue import money
from app.doctor.model import CheckContext, Finding, Severity, fail, ok, skip, warn
from app.planning import ListNeeded, ReferenceLists

_NEEDS_ACCESS = ("connectwise.clock", "rights", "names", "gl", "callback")


async def examine(examined: CheckContext) -> list[Finding]:
    """Every finding, in the order in which a person would mend them."""
    findings = await local(examined)
    manage = examined.manage
    if isinstance(manage, Exception):
        reached = [fail("connectwise.site", str(manage), "Correct CWM_SITE or CWM_CODEBASE.")]
    else:
        reached = await reach(manage)
    findings += reached
    if isinstance(manage, Exception) or any(finding.standing is Severity.FAIL for finding in reached):
        return findings + [
            skip(check, "Not looked at: ConnectWise has to be reached first.") for check in _NEEDS_ACCESS
        ]
    findings.append(clock(manage))
    findings += await rights(manage, examined.mode)
    findings += await _by_chart(manage, examined)
    return [*findings, await _callback(manage, examined.public_url)]


async def _by_chart(manage: ConnectWiseClient, examined: CheckContext) -> list[Finding]:
    """What the chart names, held against ConnectWise's lists."""
    chart = examined.chart
    if isinstance(chart, ChartError):
        return [skip(check, "Not looked at: the chart has to be mended first.") for check in ("names", "gl")]
    lists = _Lists(manage)
    found = await lists.look(lambda looked: names(chart, looked), "names")
    return found + await lists.look(lambda looked: money(chart, looked), "gl")


class _Lists:
    """ConnectWise's lists, read when somebody looks for them; one that may not be read is empty and known as such."""

    def __init__(self, manage: ConnectWiseClient) -> None:
        self._manage = manage
        self._lists: dict[str, Sequence[Mapping[str, Any]]] = {}
        self._unread: dict[str, str] = {}

    async def look(self, look: Callable[[LookupContext], Iterable[Finding]], check: str) -> list[Finding]:
        """The findings of `look`, which is asked again with each list that it asks for."""
        while True:
            try:
                return list(look(LookupContext(ReferenceLists(self._lists), self._unread)))
            except ListNeeded as needed:
                try:
                    self._lists[needed.path] = await self._manage.list(needed.path)
                except ConnectWiseError as trouble:
                    if trouble.waiting_helps:
                        return [warn(check, f"Not looked at to the end: {trouble}", "Run doctor again.")]
                    self._lists[needed.path] = []
                    self._unread[needed.path] = str(trouble)


async def _callback(manage: ConnectWiseClient, public_url: str) -> Finding:
    if not public_url:
        return skip("callback", "Not looked at: PUBLIC_URL is empty.")
    try:
        ours = await list_ours(manage, public_url)
    except ConnectWiseError as trouble:
        return warn("callback", str(trouble), "Run doctor again.")
    changes = [str(change) for change in registration_changes(ours, public_url)]
    if changes:
        hint = "miniprojects callbacks ensure mends it; the service does so by itself at its start."
        return warn("callback", f"To mend: {'; '.join(changes)}.", hint)
    return ok("callback", "Our callback entry is registered and active.")
