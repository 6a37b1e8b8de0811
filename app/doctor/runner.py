"""Runs all checks in order. A check that depends on a failed one is skipped."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from app.chart import ChartError
from app.connectwise import ConnectWiseClient, ConnectWiseError, list_ours, registration_changes
from app.doctor.checks.connection import check_clock, check_connection, check_rights, check_tenant
from app.doctor.checks.local import check_local
from app.doctor.checks.notifications import check_notifications
from app.doctor.checks.reader import check_reader
from app.doctor.checks.references import LookupContext, check_references, reference_lists
from app.doctor.checks.revenue import check_revenue
from app.doctor.checks.sign_in import check_sign_in
from app.doctor.model import CheckContext, Finding, Severity, fail, ok, skip, warn
from app.planning import ReferenceLists, overview_lists

_NEEDS_ACCESS = ("connectwise.clock", "rights", "names", "gl", "callback")


async def run_checks(context: CheckContext) -> list[Finding]:
    """Every finding, in the order in which to fix them."""
    findings = [
        *await check_local(context), *await check_sign_in(context), *await check_reader(context),
        *await check_notifications(context),
    ]  # fmt: skip
    manage = context.manage
    if isinstance(manage, Exception):
        reached = [fail("connectwise.site", str(manage), "Correct CWM_SITE or CWM_CODEBASE.")]
    else:
        reached = await check_connection(manage)
    findings += reached
    if isinstance(manage, Exception) or any(finding.severity is Severity.FAIL for finding in reached):
        return findings + [skip(check, "Not checked: ConnectWise is not reachable.") for check in _NEEDS_ACCESS]
    findings.append(check_clock(manage))
    findings += await check_rights(manage, context.mode)
    findings += await _by_chart(manage, context)
    return [*findings, *check_tenant(manage), await _callback(manage, context)]


async def _by_chart(manage: ConnectWiseClient, context: CheckContext) -> list[Finding]:
    """The names in the chart against the lists of ConnectWise."""
    chart = context.chart
    if isinstance(chart, ChartError):
        return [skip(check, "Not checked: the chart is invalid.") for check in ("names", "gl")]
    lists = _Lists(manage)
    by_name = _Check("names", partial(reference_lists, chart), partial(check_references, chart))
    by_account = _Check("gl", partial(overview_lists, chart), partial(check_revenue, chart))
    return [*await lists.findings(by_name), *await lists.findings(by_account)]


@dataclass(frozen=True, slots=True)
class _Check:
    """Checks that need lists. `needed`: the paths of the lists, as far as those loaded tell."""

    check_id: str
    needed: Callable[[ReferenceLists], Iterable[str]]
    find: Callable[[LookupContext], Iterable[Finding]]


class _Lists:
    """Lists of ConnectWise, each read once; a list that cannot be read is empty, with the reason."""

    def __init__(self, manage: ConnectWiseClient) -> None:
        self._manage = manage
        self._lists: dict[str, Sequence[Mapping[str, Any]]] = {}
        self._unread: dict[str, str] = {}

    async def findings(self, check: _Check) -> list[Finding]:
        """Loads the lists of a check and runs it."""
        while paths := [path for path in check.needed(ReferenceLists(self._lists)) if path not in self._lists]:
            try:
                for path in dict.fromkeys(paths):
                    await self._load(path)
            except ConnectWiseError as error:
                return [warn(check.check_id, f"Not checked completely: {error}", "Run doctor again.")]
        return list(check.find(LookupContext(ReferenceLists(self._lists), self._unread)))

    async def _load(self, path: str) -> None:
        """Reads a list. ConnectWiseError: it may be readable later."""
        try:
            self._lists[path] = await self._manage.list(path)
        except ConnectWiseError as error:
            if error.waiting_helps:
                raise
            self._lists[path] = []
            self._unread[path] = str(error)


async def _callback(manage: ConnectWiseClient, context: CheckContext) -> Finding:
    public_url = context.public_url
    if not public_url:
        return skip("callback", "Not checked: PUBLIC_URL is empty.")
    try:
        ours = await list_ours(manage, public_url)
    except ConnectWiseError as trouble:
        return warn("callback", str(trouble), "Run doctor again.")
    if not context.registers_callback:
        return _callback_in_dry_run(len(ours), context.reconcile_every)
    changes = [str(change) for change in registration_changes(ours, public_url)]
    if changes:
        hint = "Run miniprojects callbacks ensure. The service also does this when it starts."
        return warn("callback", _callback_problem(changes, has_entry=bool(ours)), hint)
    return ok("callback", "The callback entry is registered and active.")


def _callback_in_dry_run(entries: int, every: float) -> Finding:
    """In a dry run without CALLBACK_IN_DRY_RUN the service leaves callback entries as they are."""
    reason = "MODE is dry-run and CALLBACK_IN_DRY_RUN is false, so the service registers no callback"
    if entries:
        return ok("callback", f"{reason}; an entry that exists already is used and left as it is.")
    if every:
        return ok("callback", f"{reason}; it searches for new tickets every {every:.0f} s instead.")
    hint = "Set RECONCILE_EVERY_SECONDS to 300, or CALLBACK_IN_DRY_RUN to true."
    return warn("callback", f"{reason}, and RECONCILE_EVERY_SECONDS is 0: no ticket is found.", hint)


def _callback_problem(changes: list[str], *, has_entry: bool) -> str:
    if not has_entry:
        return "The callback entry is missing; it would be created."
    return f"The callback entries need changes: {'; '.join(changes)}."
