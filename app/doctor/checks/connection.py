"""Can ConnectWise be reached, does it know us, do our clocks agree, and what may the API member see?

Source of the modules named in the hints: the security roles that public guides give for this kind of integration.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any, NamedTuple

from app.connectwise import BadCredentials, ConnectWiseClient, ConnectWiseError, Forbidden
from app.doctor.model import Finding, fail, ok, skip, warn

_SKEW = timedelta(minutes=2)


class Right(NamedTuple):
    """A list that the API member must be able to read. `vital`: without it the service cannot work at all."""

    id: str
    path: str
    used_for: str
    module: str
    vital: bool


RIGHTS = (
    Right("rights.service-tickets", "/service/tickets", "reading and moving tickets", "Service Desk: Service Tickets", True),
    Right("rights.boards", "/service/boards", "finding boards by name", "System: Table Setup", True),
    Right("rights.schedule", "/schedule/entries", "duration, scheduling, the audit", "Time & Expense, Service Desk: Resource Scheduling", True),
    Right("rights.projects", "/project/projects", "creating projects", "Project: Project Headers", True),
    Right("rights.project-tickets", "/project/tickets", "conversion", "Project: Project Tickets", True),
    Right("rights.project-statuses", "/project/statuses", "the status of new projects", "System: Table Setup", False),
    Right("rights.project-roles", "/project/securityRoles", "project roles of team members", "System: Table Setup", False),
    Right("rights.members", "/system/members", "managers and team members", "System: Member Maintenance", False),
    Right("rights.departments", "/system/departments", "the revenue's department", "System: My Company", True),
    Right("rights.callbacks", "/system/callbacks", "our callback entry", "System: API Reports", True),
    Right("rights.agreements", "/finance/agreements", "billing periods and what is covered, the audit", "Finance: Agreements", False),
    Right("rights.billing-cycles", "/finance/billingCycles", "how often a cycle bills, whatever its name", "System: Table Setup", False),
    Right("rights.gl-accounts", "/finance/glAccounts", "checking where revenue goes", "Finance: Accounting Interface", False),
    Right("rights.products", "/procurement/products", "stage payments and labour lines, the audit's sums", "Procurement: Products", False),
    Right("rights.opportunities", "/sales/opportunities", "what was sold, the audit", "Sales: Opportunities", False),
    Right("rights.time-entries", "/time/entries", "not converting tickets with billed time, the audit", "Time & Expense: Time Entry", False),
)  # fmt: skip


async def reach(manage: ConnectWiseClient) -> list[Finding]:
    """Site and credentials; with a failure among them nothing else can be looked at."""
    try:
        info = await manage.company_info()
    except ConnectWiseError as trouble:
        hint = "Check CWM_SITE, CWM_COMPANY, the network and a proxy or firewall on the way."
        return [fail("connectwise.site", str(trouble), hint)]
    site = ok(
        "connectwise.site",
        f"{manage.config.origin} answers, version {info.get('VersionNumber') or 'not said'}.",
    )
    return [site, await _credentials(manage)]


async def _credentials(manage: ConnectWiseClient) -> Finding:
    try:
        await _peek(manage, "/service/boards")
    except BadCredentials as refused:
        return fail(
            "connectwise.credentials",
            str(refused),
            "Make new keys for the API member; the clientId is from the developer portal.",
        )
    except Forbidden:
        return ok("connectwise.credentials", "The keys are accepted.")
    except ConnectWiseError as trouble:
        return fail(
            "connectwise.credentials",
            str(trouble),
            "Run doctor again; if it stays, look at CWM_CODEBASE and CWM_API_VERSION.",
        )
    return ok("connectwise.credentials", "The keys and the clientId are accepted.")


def clock(manage: ConnectWiseClient) -> Finding:
    """ConnectWise's clock against ours: the sweep asks by its time."""
    try:
        there = parsedate_to_datetime(manage.metrics.server_date)
    except ValueError:
        return skip("connectwise.clock", "ConnectWise did not say what time it is.")
    apart = abs(there - datetime.now(UTC))
    text = f"Our clock and ConnectWise's are {apart.total_seconds():.0f} s apart."
    if apart > _SKEW:
        return warn("connectwise.clock", text, "Set up time synchronisation (NTP) on this machine.")
    return ok("connectwise.clock", text)


async def rights(manage: ConnectWiseClient, mode: str) -> list[Finding]:
    """Each list that the service reads, asked for one record, and one ticket with its texts."""
    found = await asyncio.gather(*(_right(manage, right) for right in RIGHTS), _texts(manage))
    return [*found, _writing(mode)]


async def _texts(manage: ConnectWiseClient) -> Finding:
    """One ticket by itself with its notes and tasks: a list may be open and what lies under it not."""
    check, module = "rights.ticket-texts", "Service Desk: Service Tickets, for all of them and with their notes"
    try:
        newest = await _peek(manage, "/service/tickets")
        if not newest:
            return skip(check, "There is no ticket whose texts could be read.")
        at = f"/service/tickets/{newest[0]['id']}"
        for path in (at, f"{at}/notes", f"{at}/tasks"):
            await (manage.get(path, fields=("id",)) if path == at else _peek(manage, path))
    except Forbidden:
        text = "Not allowed to read a ticket, its notes or its tasks: most of what the chart reads."
        return fail(check, text, f"Give the API member's role: {module}.")
    except ConnectWiseError as trouble:
        return warn(check, f"A ticket's texts could not be read: {trouble}", "The chart reads them.")
    return ok(check, "A ticket can be read with its notes and tasks.")


async def _right(manage: ConnectWiseClient, right: Right) -> Finding:
    try:
        await _peek(manage, right.path)
    except Forbidden:
        grade = fail if right.vital else warn
        return grade(
            right.id,
            f"Not allowed to read {right.path}, needed for {right.used_for}.",
            f"Give the API member's role: {right.module}.",
        )
    except ConnectWiseError as trouble:
        return warn(right.id, f"{right.path} could not be read: {trouble}", f"It is needed for {right.used_for}.")
    return ok(right.id, f"{right.path} can be read, for {right.used_for}.")


def _writing(mode: str) -> Finding:
    text = "Whether the API member may also write shows only when something is written."
    if mode == "dry-run":
        return skip("rights.writing", f"{text} In dry run nothing is.")
    hint = "Its role needs add and edit on service tickets, project headers, phases, tickets, contacts, notes and callbacks."
    return warn("rights.writing", text, hint)


async def _peek(manage: ConnectWiseClient, path: str) -> Sequence[dict[str, Any]]:
    """The first record of a list."""
    async for page in manage.pages(path, fields=("id",), size=1):
        return page
    return []
