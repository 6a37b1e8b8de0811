"""Messages about tickets: decisions that await review, failed runs, plans beyond the hourly number of writes."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from app.domain.enums import Outcome
from app.notify.compose import plain
from app.notify.model import Kind, Message
from app.storage import DecisionRow, Messages
from app.storage.messages import FAILURE_KEY, REVIEW_KEY
from app.workflow.tickets.mode_gate import exceeds_write_limit

_OUTCOME_WORDS = {
    Outcome.MINI_PROJECT: "mini-project",
    Outcome.PROJECT: "project",
    Outcome.SERVICE_TICKET: "service ticket",
}
_LATEST_FAILURE = timedelta(days=1)


async def ticket_messages(store: Messages, *, since: datetime, now: datetime, site: str) -> list[Message]:
    """What there is to say about tickets since then. `site`: address of the service's pages; empty: none."""
    reviews = await store.new_reviews(since=since)
    found = [_review(row, site) for row in reviews]
    if over := [row for row in reviews if exceeds_write_limit(row.message)]:
        found.append(_limit(len(over), now, site))
    failures = await store.new_failures(since=max(since, now - _LATEST_FAILURE))
    return [*found, *(_failure(*failure, site=site) for failure in failures)]


def _review(row: DecisionRow, site: str) -> Message:
    return Message(
        f"{REVIEW_KEY}{row.id}", Kind.REVIEW, f"Needs review: {_name(row)}", " ".join(_reasons(row)),
        _link(site, row.ticket_id), _board(row), row.id,
    )  # fmt: skip


def _reasons(row: DecisionRow) -> Iterator[str]:
    """Why it waits, in our own words: texts of the plan may quote the ticket."""
    if row.outcome is Outcome.REVIEW:
        yield plain(str(row.document.get("question") or "The evidence does not settle it."), longest=300)
        return
    yield f"The plan for a {_OUTCOME_WORDS[row.outcome]} waits for approval."
    if number := _open_fields(row):
        yield f"Its brief has {number} open {'field' if number == 1 else 'fields'}."
    if exceeds_write_limit(row.message):
        yield "It exceeds MAX_WRITES_PER_HOUR."


def _open_fields(row: DecisionRow) -> int:
    """How many fields of the brief are in conflict or missing."""
    return len((row.document.get("brief") or {}).get("waits_for") or [])


def _failure(run_id: str, ticket_id: int, row: DecisionRow | None, *, site: str) -> Message:
    name = _name(row) if row else f"ticket {ticket_id}"
    text = "A run has failed. Its page shows the reason and what can be done."
    board = _board(row) if row else ""
    return Message(f"{FAILURE_KEY}{run_id}", Kind.FAILED, f"Failed: {name}", text, _link(site, ticket_id), board)


def _limit(number: int, now: datetime, site: str) -> Message:
    waits = "1 plan waits" if number == 1 else f"{number} plans wait"
    text = f"{waits} for approval, since their writes exceed MAX_WRITES_PER_HOUR. Approve them, or raise the limit."
    return Message(f"limit:{now:%Y-%m-%dT%H}", Kind.LIMIT, "The hourly number of writes is reached", text, site)


def _name(row: DecisionRow) -> str:
    """Customer, summary and number of the ticket."""
    customer = plain(_named(row, "company"), longest=60)
    summary = plain(str(row.document.get("summary") or ""))
    return f"{' – '.join(filter(None, (customer, summary))) or 'ticket'} ({row.ticket_id})"


def _named(row: DecisionRow, member: str) -> str:
    """The name of a record that the ticket refers to."""
    reference = row.evidence.get(member)
    return str(reference.get("name") or "") if isinstance(reference, dict) else ""


def _board(row: DecisionRow) -> str:
    return _named(row, "board")


def _link(site: str, ticket_id: int) -> str:
    return f"{site}/tickets/{ticket_id}" if site else ""
