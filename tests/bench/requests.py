"""Requests to ConnectWise per ticket by outcome and phase: `python -m tests.bench.requests`.

A service ticket, a mini-project and a project are decided and applied in live mode, each a complete sale with its records. A ticket of
the same kind goes first, so that lists that change rarely are warm. Requests are counted from the sandbox's own journal.
"""

from __future__ import annotations

import asyncio
import json
import logging
import tempfile
from collections import Counter
from collections.abc import Iterator, Mapping, MutableMapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

import structlog

from app.chart import decide, shipped_chart
from app.domain.ticket import TicketRecord
from app.sandbox import samples
from app.sandbox.engine.journal import Exchange
from tests.support.app_client import Site, site

PHASES = ("load", "brief", "lists", "preconditions", "writes", "read-back", "after")
"""Before the decision: load, brief, lists. Around the writes: preconditions before the first, read-back between two (together with what the
next write needs), after the last."""
OUTCOMES = ("service-ticket", "mini-project", "project")

_BRIEF = ("/company/companies", "/project/projects", "/time/entries", "/sales/opportunities", "/finance/agreements")
_LISTS = ("/service/boards", "/system/", "/finance/glAccounts", "/project/securityRoles", "/company/companies/statuses",
          "/sales/opportunities/statuses")  # fmt: skip
_BRIEF_TYPES = frozenset(("company", "project"))
_TEXT_TYPES = frozenset(("servicenote", "servicetask"))
_BUNDLES = "/system/bundles"


@dataclass(frozen=True, slots=True)
class Counted:
    """The requests of one ticket: phase and description of each, in order, and the status of its decision."""

    outcome: str
    status: str
    requests: Sequence[tuple[str, str]]

    @property
    def total(self) -> int:
        """All requests."""
        return len(self.requests)

    def by_phase(self) -> dict[str, int]:
        """Number of requests by phase, in the order of `PHASES`."""
        found = Counter(phase for phase, _ in self.requests)
        return {phase: found[phase] for phase in PHASES}


def sales() -> dict[str, tuple[dict[str, Any], dict[str, Any]]]:
    """By outcome: the ticket that warms the lists and the one that is counted."""
    every = list(samples.samples())
    printer, login, refresh, firewall = every[:4]
    sold = {"name": "Clinic network refresh", "stage": "Won", "forecast": {"service": 12500.0, "product": 4800.0}}
    lines = [
        {"description": "Network refresh, fixed price", "quantity": 1, "price": 12500.0, "catalogItem": {"id": 1}, "productClass": "Service"},
        {"description": "Switches", "quantity": 12, "price": 400.0, "catalogItem": {"id": 3}, "productClass": "Inventory"},
    ]  # fmt: skip
    project = {**refresh, "opportunity": sold, "products": lines}
    other = {**project, "ticket": {**refresh["ticket"], "company": {"id": 253}, "contact": {"id": 37}}}
    return {
        "service-ticket": (printer, login),
        "mini-project": (firewall, firewall),
        "project": (other, project),
    }


async def count(**choices: Any) -> list[Counted]:
    """The requests of each outcome on a warm service. `choices`: settings that differ from those of the benchmarks."""
    decide(
        TicketRecord(id=1, summary="The phrases are compiled here, before a request waits for them"), shipped_chart()
    )
    found = []
    for outcome, (first, measured) in sales().items():
        with tempfile.TemporaryDirectory() as folder, _quiet():
            async with site(Path(folder), **choices) as service:
                await _decided(service, first)
                found.append(await _decided(service, measured))
        if found[-1].outcome != outcome:
            raise SystemExit(f"The sample of {outcome} became {found[-1].outcome}.")
    return found


async def _decided(service: Site, sample: Mapping[str, Any]) -> Counted:
    ticket = samples.create(service.sandbox, dict(sample))
    service.sandbox.outbox.take()
    journal, steps = service.sandbox.journal, _Decided()
    before = len(journal)
    with _watched(journal, steps):
        decision = await service.reclassify(ticket)
    asked = journal[before:]
    decided = (steps.decided_at if steps.decided_at is not None else len(journal)) - before
    return Counted(decision["outcome"], decision["status"], list(_phased(asked, decided)))


def _phased(asked: Sequence[Exchange], decided: int) -> Iterator[tuple[str, str]]:
    """Each request with its phase. `decided`: how many came before the decision."""
    writes = [number for number, exchange in enumerate(asked) if exchange.is_write]
    for number, exchange in enumerate(asked):
        if exchange.is_write:
            phase = "writes"
        elif number < decided:
            phase = _before_decision(exchange)
        elif not writes or number < writes[0]:
            phase = "preconditions"
        else:
            phase = "read-back" if number < writes[-1] else "after"
        yield phase, _description(exchange)


def _before_decision(exchange: Exchange) -> str:
    path, types = _path(exchange), frozenset(_types(exchange))
    if path == _BUNDLES:
        return "load" if types & _TEXT_TYPES else "brief" if types & _BRIEF_TYPES else "lists"
    if path.startswith(_LISTS):
        return "lists"
    return "brief" if path.startswith(_BRIEF) else "load"


def _description(exchange: Exchange) -> str:
    types = ", ".join(_types(exchange))
    return f"{exchange.method} {_path(exchange)}" + (f" ({types})" if types else "")


def _path(exchange: Exchange) -> str:
    return exchange.path.rpartition("/apis/3.0")[2]


def _types(exchange: Exchange) -> list[str]:
    """The resource types of a bundle, in order; none for another request."""
    if _path(exchange) != _BUNDLES:
        return []
    return [str(each.get("resourceType")) for each in json.loads(exchange.raw)["requests"]]


@dataclass
class _Decided:
    """Length of the journal when the decision was made; None as long as it is not."""

    decided_at: int | None = None


@contextmanager
def _watched(journal: Sequence[Exchange], decided: _Decided) -> Iterator[None]:
    """Notes by the service's own log event when the decision is made."""

    def watch(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> NoReturn:
        if event.get("event") == "decision.made":
            decided.decided_at = len(journal)
        raise structlog.DropEvent

    before = structlog.get_config()
    structlog.configure(
        processors=[watch], wrapper_class=structlog.make_filtering_bound_logger(logging.INFO), cache_logger_on_first_use=False
    )  # fmt: skip
    try:
        yield
    finally:
        structlog.configure(**before)


@contextmanager
def _quiet() -> Iterator[None]:
    before = structlog.get_config()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    try:
        yield
    finally:
        structlog.configure(**before)


def main() -> None:
    """Prints requests by phase, then the requests themselves."""
    found = asyncio.run(count())
    print(f"{'outcome':<16}{'status':<16}" + "".join(f"{phase:>14}" for phase in PHASES) + f"{'total':>8}")
    for each in found:
        figures = "".join(f"{number:>14}" for number in each.by_phase().values())
        print(f"{each.outcome:<16}{each.status:<16}{figures}{each.total:>8}")
    for each in found:
        print(f"\n{each.outcome}")
        for phase, request in each.requests:
            print(f"  {phase:<14}{request}")


if __name__ == "__main__":
    main()
