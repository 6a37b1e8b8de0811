"""All checks in order; what depends on a check that failed is skipped, not guessed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from app.doctor.connectwise import clock, reach, rights
from app.doctor.local import local
from app.doctor.model import Examined, Finding, Standing, ok, skip, warn
from app.doctor.money import money
from app.doctor.names import names
from app.manage import ManageError, list_ours, mends
from app.plan import Catalogue, ListNeeded

_NEEDS_ACCESS = ("connectwise.clock", "rights", "names", "gl", "callback")


async def examine(examined: Examined) -> list[Finding]:
    """Every finding, in the order in which a person would mend them."""
    findings = await local(examined)
    reached = await reach(examined)
    findings += reached
    if any(finding.standing is Standing.FAIL for finding in reached):
        return findings + [
            skip(check, "Not looked at: ConnectWise has to be reached first.") for check in _NEEDS_ACCESS
        ]
    findings.append(clock(examined))
    findings += await rights(examined)
    findings += await _with_lists(examined, lambda catalogue: names(examined.chart, catalogue), "names")
    findings += await _with_lists(examined, lambda catalogue: money(examined.chart, catalogue), "gl")
    return [*findings, await _callback(examined)]


async def _with_lists(examined: Examined, look: Callable[[Catalogue], Iterable[Finding]], check: str) -> list[Finding]:
    """Looks with the lists that looking asks for; one that may not be read is as if it were empty."""
    lists: dict[str, Sequence[Mapping[str, Any]]] = {}
    while True:
        try:
            return list(look(Catalogue(lists)))
        except ListNeeded as needed:
            try:
                lists[needed.path] = await examined.manage.list(needed.path)
            except ManageError as trouble:
                if trouble.waiting_helps:
                    return [warn(check, f"Not looked at to the end: {trouble}", "Run doctor again.")]
                lists[needed.path] = []


async def _callback(examined: Examined) -> Finding:
    if not examined.public_url:
        return skip("callback", "Not looked at: PUBLIC_URL is empty.")
    try:
        ours = await list_ours(examined.manage, examined.public_url)
    except ManageError as trouble:
        return warn("callback", str(trouble), "Run doctor again.")
    changes = [str(change) for change in mends(ours, examined.public_url)]
    if changes:
        hint = "miniprojects callbacks ensure mends it; the service does so by itself at its start."
        return warn("callback", f"To mend: {'; '.join(changes)}.", hint)
    return ok("callback", "Our callback entry is registered and active.")
