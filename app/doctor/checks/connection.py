"""Connection, credentials, clock and rights of the API member.

The modules named in the hints come from the security roles that public guides give for such integrations.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any, NamedTuple

from app.connectwise import BadCredentials, ConnectWiseClient, ConnectWiseError, Forbidden, NotApiAnswer, WrongHost
from app.doctor.model import Finding, fail, ok, skip, warn

_SKEW = timedelta(minutes=2)
_ALIAS = "v4_6_release"
"""A codebase that stays valid when the API moves."""
_API_HOST = "Set CWM_SITE to the API's host, such as api-na.myconnectwise.net: it is the host of the web client with api- before it."


class Right(NamedTuple):
    """A list that the API member must be able to read. `vital`: the service cannot work without it."""

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
    Right("rights.billing-cycles", "/finance/billingCycles", "the interval of a billing cycle", "System: Table Setup", False),
    Right("rights.gl-accounts", "/finance/glAccounts", "checking the revenue accounts", "Finance: Accounting Interface", False),
    Right("rights.products", "/procurement/products", "stage payments and labour lines, the audit's totals", "Procurement: Products", False),
    Right("rights.opportunities", "/sales/opportunities", "sold work, the audit", "Sales: Opportunities", False),
    Right("rights.time-entries", "/time/entries", "not converting tickets with billed time, the audit", "Time & Expense: Time Entry", False),
)  # fmt: skip


async def check_connection(manage: ConnectWiseClient) -> list[Finding]:
    """Site and credentials. If one fails, nothing else can be checked."""
    configured = manage.config.codebase
    try:
        info = await manage.company_info()
    except ConnectWiseError as trouble:
        if not configured or manage.config.on_cloud or isinstance(trouble, WrongHost):
            return [fail("connectwise.site", str(trouble), _site_hint(trouble))]
        text = "companyinfo does not answer, which is usual on premises. The codebase of CWM_CODEBASE is used."
        return [ok("connectwise.site", text), await _credentials(manage)]
    version = info.get("VersionNumber") or "unknown"
    found = [ok("connectwise.site", f"{manage.config.origin} answers, version {version}."), await _credentials(manage)]
    return [*found, *_codebase(configured, str(info.get("Codebase") or ""))]


def _site_hint(trouble: ConnectWiseError) -> str:
    if isinstance(trouble, WrongHost):
        return _API_HOST
    return "Check CWM_SITE, CWM_COMPANY, the network, and any proxy or firewall in between."


def _codebase(configured: str, named: str) -> Iterator[Finding]:
    """A fixed codebase that ConnectWise has left: the service follows, at the price of a failed request after each start."""
    ours, theirs = configured.strip("/"), named.strip("/")
    if ours and theirs and ours not in (theirs, _ALIAS):
        text = f"CWM_CODEBASE is {ours}, but ConnectWise names {theirs}; the API has moved."
        yield warn(
            "connectwise.codebase", text, "Remove CWM_CODEBASE, so that it is read from ConnectWise, or correct it."
        )


def check_tenant(manage: ConnectWiseClient) -> list[Finding]:
    """What this tenant demands beyond the API document, as far as the service has met it."""
    if not (sentences := " ".join(manage.tenant.sentences())):
        return []
    hint = "Nothing has to be done: the service meets it."
    return [warn("connectwise.tenant", sentences, hint)]


async def _credentials(manage: ConnectWiseClient) -> Finding:
    check = "connectwise.credentials"
    try:
        await _peek(manage, "/service/boards")
    except BadCredentials as refused:
        return fail(
            check, str(refused), "Create new keys for the API member. The clientId comes from the developer portal."
        )
    except NotApiAnswer:
        text = "ConnectWise answers the keys with 404. The cloud does so for wrong keys or a wrong company."
        hint = "Check CWM_COMPANY, CWM_PUBLIC_KEY, CWM_PRIVATE_KEY and CWM_CLIENT_ID first, then CWM_CODEBASE and any proxy in between."
        return fail(check, text, hint)
    except WrongHost as refused:
        return fail(check, str(refused), _API_HOST)
    except Forbidden:
        return ok(check, "The keys are accepted.")
    except ConnectWiseError as trouble:
        hint = "Run doctor again. If it persists, check CWM_CODEBASE and CWM_API_VERSION."
        return fail(check, str(trouble), hint)
    return ok(check, "The keys and the clientId are accepted.")


def check_clock(manage: ConnectWiseClient) -> Finding:
    """The clock of ConnectWise against this machine's: reconciliation filters by ConnectWise's time."""
    try:
        there = parsedate_to_datetime(manage.metrics.server_date)
    except ValueError:
        return skip("connectwise.clock", "ConnectWise did not send its time.")
    apart = abs(there - datetime.now(UTC))
    text = f"This machine's clock and ConnectWise's differ by {apart.total_seconds():.0f} s."
    if apart > _SKEW:
        return warn("connectwise.clock", text, "Set up time synchronisation (NTP) on this machine.")
    return ok("connectwise.clock", text)


async def check_rights(manage: ConnectWiseClient, mode: str) -> list[Finding]:
    """One record of each list that the service reads, and one ticket with its texts."""
    found = await asyncio.gather(*(_right(manage, right) for right in RIGHTS), _texts(manage))
    return [*found, _writing(mode)]


async def _texts(manage: ConnectWiseClient) -> Finding:
    """One ticket with its notes and tasks: a list may be readable while its sub-records are not."""
    check, module = "rights.ticket-texts", "Service Desk: Service Tickets, all tickets with their notes"
    try:
        newest = await _peek(manage, "/service/tickets")
        if not newest:
            return skip(check, "There is no ticket to read texts of.")
        at = f"/service/tickets/{newest[0]['id']}"
        for path in (at, f"{at}/notes", f"{at}/tasks"):
            await (manage.get(path, fields=("id",)) if path == at else _peek(manage, path))
    except Forbidden:
        text = "Not allowed to read a ticket, its notes or its tasks. The chart needs them."
        return fail(check, text, f"Give the API member's role: {module}.")
    except ConnectWiseError as trouble:
        return warn(check, f"A ticket's texts could not be read: {trouble}", "Run doctor again. The chart needs them.")
    return ok(check, "A ticket can be read with its notes and tasks.")


async def _right(manage: ConnectWiseClient, right: Right) -> Finding:
    try:
        await _peek(manage, right.path)
    except Forbidden:
        finding = fail if right.vital else warn
        return finding(
            right.id,
            f"Not allowed to read {right.path}. Used for: {right.used_for}.",
            f"Give the API member's role: {right.module}.",
        )
    except ConnectWiseError as trouble:
        return warn(
            right.id, f"{right.path} could not be read: {trouble}", f"Run doctor again. Used for: {right.used_for}."
        )
    return ok(right.id, f"{right.path} can be read. Used for: {right.used_for}.")


def _writing(mode: str) -> Finding:
    text = "Write access can be checked only by writing."
    if mode == "dry-run":
        return skip("rights.writing", f"{text} Dry run writes nothing.")
    hint = "The API member's role needs add and edit on service tickets, project headers, phases, tickets, contacts, notes and callbacks."
    return warn("rights.writing", text, hint)


async def _peek(manage: ConnectWiseClient, path: str) -> Sequence[dict[str, Any]]:
    """The first record of a list."""
    async for page in manage.pages(path, fields=("id",), size=1):
        return page
    return []
