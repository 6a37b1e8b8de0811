"""`demo`: a sandbox ConnectWise and the service in this process, sample tickets, each decision as it is made."""

from __future__ import annotations

import asyncio
import secrets
import signal
from collections import Counter
from collections.abc import AsyncIterator, Coroutine, Mapping
from contextlib import AsyncExitStack
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated, Any, Self

import httpx
import typer
from rich.text import Text

from app.chart import explain
from app.cli.command_group import Command, command_group
from app.cli.context import run_until_terminated
from app.cli.decision_view import OUTCOME_STYLES, say, terminal
from app.cli.demo_totals import WAITS, status_word, waiting_lines
from app.cli.interrupts import INTERRUPTED
from app.cli.sockets import LocalServer, ServerStopped
from app.logging_setup import configure_logging
from app.main import create
from app.sandbox import Sandbox, Server
from app.settings import settings_from

app = command_group()

_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
_START_SECONDS = 60.0
_SETTLE_SECONDS = 180.0
_POLL_SECONDS = 0.1
_BATCH = 4
"""Sample tickets that arrive together."""
_SETTLED = ("applied", "nothing-to-do", "awaiting-review", "planned", "failed")
_NO_CHANGE = "no change"
"""Shown for a ticket outside the chart's scope, which gets no decision."""
_LOG_LINES = 20
_API_MEMBER = "api-mini"
"""The sandbox's name of the member whose keys the service uses; its seed has projects of people too."""


class DemoFailed(Exception):
    """The demonstration cannot continue; the text says why, with the end of the log."""


class Demonstration:
    """Both servers on free ports with a temporary database; at exit both are stopped and the files removed."""

    def __init__(self) -> None:
        self.token = secrets.token_urlsafe(24)
        self.is_shown = False
        """Whether every sample ticket has been shown."""
        self._log_tail = ""
        self._stack = AsyncExitStack()

    async def __aenter__(self) -> Self:
        try:
            await self._start()
        except BaseException:
            await self._stack.aclose()
            raise
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._stack.aclose()

    async def _start(self) -> None:
        folder = Path(self._stack.enter_context(TemporaryDirectory(prefix="miniprojects-demo-")))
        log = folder / "demo.log"
        self._stack.callback(self._save_log_tail, log)
        configure_logging("json", "warning", stream=self._stack.enter_context(log.open("w", encoding="utf-8")))
        headers = {"Authorization": f"Bearer {self.token}"}
        self._client = await self._stack.enter_async_context(
            httpx.AsyncClient(timeout=30.0, trust_env=False, headers=headers)
        )
        self.sandbox = LocalServer("sandbox", wanted_port=8010)
        self.service = LocalServer("service", wanted_port=8000)
        self.sandbox_url, self.service_url = self.sandbox.url, self.service.url
        for server in (self.sandbox, self.service):
            self._stack.push_async_callback(server.stop)
        await self.sandbox.start(Server(Sandbox(origin=self.sandbox_url)).app)
        await self.service.start(create(settings_from(self._settings(folder))))
        await self._until_registered()

    def _save_log_tail(self, log: Path) -> None:
        """Keep the end of the log for an error message before the files are removed."""
        self._log_tail = "\n".join(log.read_text(encoding="utf-8", errors="replace").splitlines()[-_LOG_LINES:])

    def _settings(self, folder: Path) -> dict[str, Any]:
        return {
            "cwm_site": self.sandbox_url, "cwm_company": "sandbox", "cwm_public_key": "public", "cwm_private_key": "private",
            "cwm_client_id": "demo", "cwm_max_requests_per_minute": 100_000, "cwm_max_concurrency": 8, "mode": "live",
            "max_writes_per_hour": 10_000, "database_url": f"sqlite:///{folder}/demo.db", "public_url": self.service_url, "callback_in_dry_run": True,
            "api_token": self.token,
            "settle_seconds": 0,  # the sandbox saves a ticket's related records immediately
        }  # fmt: skip

    async def run(self, *, once: bool) -> bool:
        """Show every sample ticket, then wait until cancelled unless `once`. True if the totals match the sandbox's records.

        Raises DemoFailed.
        """
        try:
            async with self:
                return await self._while_both_serve(self._show_and_wait(once=once))
        except (ServerStopped, DemoFailed, httpx.TransportError) as error:
            raise DemoFailed(f"The demonstration failed: {error}\n{self._log_tail}".rstrip()) from None

    async def _while_both_serve(self, work: Coroutine[Any, Any, bool]) -> bool:
        task = asyncio.create_task(work)
        servers = {self.sandbox.task, self.service.task}
        try:
            await asyncio.wait({task, *servers}, return_when=asyncio.FIRST_COMPLETED)
            if any(server.done() for server in servers):
                raise ServerStopped("one of the two servers has stopped.")
            return await task
        finally:
            task.cancel()
            await asyncio.wait({task})

    async def _show_and_wait(self, *, once: bool) -> bool:
        agree = await self.show()
        if not once:
            self._print_addresses()
            await asyncio.Event().wait()
        return agree

    async def show(self) -> bool:
        """Let the sample tickets arrive and print each decision; True if the totals match the sandbox's records."""
        say("Sample tickets arrive as signed ConnectWise callbacks:\n")
        expected: dict[int, str] = {}
        decided: list[Mapping[str, Any]] = []
        total = len((await self._client.get(f"{self.sandbox_url}/sandbox/samples")).json())
        for start in range(0, total, _BATCH):
            batch = await self._create(start, min(start + _BATCH, total))
            expected |= batch
            for ticket_id in batch:
                decision = await self._settled(ticket_id)
                _print_decision(decision, batch)
                decided.append(decision)
        agree = await self._print_totals(expected, decided)
        self.is_shown = True
        return agree

    def _print_addresses(self) -> None:
        say(f"\nSandbox ConnectWise:  {self.sandbox_url}/sandbox")
        say(f"Decisions:            {self.service_url}/")
        say(f"API:                  {self.service_url}/docs")
        say(f"Sign in:              name “API token”, token {self.token}")
        say("Press Ctrl+C to stop both. Nothing is saved.")

    async def _until_registered(self) -> None:
        async for _ in _polls(_START_SECONDS):
            if (await self._records()).get("/system/callbacks"):
                return
        raise DemoFailed("the callback was not registered.")

    async def _create(self, start: int, end: int) -> dict[int, str]:
        answer = await self._client.post(f"{self.sandbox_url}/sandbox/samples", json={"from": start, "to": end})
        return {int(sample["id"]): str(sample["expected"]) for sample in answer.json()}

    async def _settled(self, ticket_id: int) -> Mapping[str, Any]:
        async for _ in _polls(_SETTLE_SECONDS):
            if decision := await self._decision_of(ticket_id):
                return decision
        raise DemoFailed(f"ticket {ticket_id} was not settled within {_SETTLE_SECONDS:.0f} s.")

    async def _decision_of(self, ticket_id: int) -> Mapping[str, Any] | None:
        items = await self._items("decisions", ticket_id)
        if items:
            return await self._whole(items[0]["id"]) if items[0]["status"] in _SETTLED else None
        ended = next((run for run in await self._items("runs", ticket_id) if run["settled"]), None)
        if ended is None or ended["decision_id"]:
            return None
        return {"ticket_id": ticket_id, "outcome": _NO_CHANGE, "status": "", "said": ended["said"], "summary": ""}

    async def _whole(self, decision_id: str) -> Mapping[str, Any]:
        """The decision with its brief, which a list leaves out."""
        answer = await self._client.get(f"{self.service_url}/decisions/{decision_id}")
        decision: dict[str, Any] = answer.raise_for_status().json()
        return decision

    async def _items(self, what: str, ticket_id: int) -> list[dict[str, Any]]:
        answer = await self._client.get(f"{self.service_url}/{what}", params={"ticket_id": ticket_id})
        items: list[dict[str, Any]] = answer.raise_for_status().json()["items"]
        return items

    async def _print_totals(self, expected: Mapping[int, str], decided: list[Mapping[str, Any]]) -> bool:
        """Count the decisions and what the sandbox's own records show of them."""
        outcomes = Counter(str(decision["outcome"]) for decision in decided)
        applied = Counter(str(decision["outcome"]) for decision in decided if decision["status"] == "applied")
        records = await self._records()
        tickets = [ticket for ticket in records["/tickets"] if ticket["id"] in expected]
        moved = sum((ticket.get("board") or {}).get("name") == "Mini-Projects" for ticket in tickets)
        converted = sum(ticket["recordType"] == "ProjectTicket" for ticket in tickets)
        projects = sum(made["_info"]["enteredBy"] == _API_MEMBER for made in records.get("/project/projects", []))
        say(f"\n{len(decided)} tickets: " + ", ".join(f"{number} {name}" for name, number in sorted(outcomes.items())))
        waiting = sum(status_word(decision) == WAITS for decision in decided)
        into = "a project" if projects == 1 else f"{projects} projects"
        say(f"In the sandbox: {moved} moved to the Mini-Projects board, {converted} converted into {into}.")
        say(f"{waiting} wait for a person:")
        for line in waiting_lines(decided):
            say(f"  {line}")
        agree = moved == applied["mini-project"] and converted == projects == applied["project"]
        failed = sum(decision["status"] == "failed" for decision in decided)
        say("The totals match." if agree and not failed else f"The totals do not match ({failed} failed).")
        return agree and not failed

    async def _records(self) -> dict[str, list[dict[str, Any]]]:
        answer = await self._client.get(f"{self.sandbox_url}/sandbox/state")
        records: dict[str, list[dict[str, Any]]] = answer.json()["records"]
        return records


def _print_decision(decision: Mapping[str, Any], expected: Mapping[int, str]) -> None:
    outcome = str(decision["outcome"])
    line = Text(f"{decision['ticket_id']}  ").append(f"{outcome:<15}", style=OUTCOME_STYLES.get(outcome, "dim"))
    line.append(f"{status_word(decision):<8}")
    line.append(f"{explain.safe(decision['summary'])[:52]:<53}").append(_reason(decision), style="dim")
    console = terminal()
    if console.is_terminal:
        console.print(line, no_wrap=True, overflow="ellipsis")
    else:
        console.print(line, soft_wrap=True)
    if expected[decision["ticket_id"]] != outcome and outcome != _NO_CHANGE:
        say(f"      expected: {expected[decision['ticket_id']]}")


def _reason(decision: Mapping[str, Any]) -> str:
    if decision["outcome"] == "review":
        return str(decision.get("question") or decision.get("said"))
    return str(decision.get("rule") or decision.get("said") or "")


async def _polls(seconds: float) -> AsyncIterator[None]:
    """One turn immediately and after every short wait until the time is up."""
    end = asyncio.get_running_loop().time() + seconds
    while asyncio.get_running_loop().time() < end:
        yield
        await asyncio.sleep(_POLL_SECONDS)


@app.command("demo", cls=Command)
def demo(
    once: Annotated[
        bool, typer.Option("--once", help="Exit after the last sample ticket and print the totals.")
    ] = False,
) -> None:
    """Run the product on this machine: a sandbox ConnectWise, the service, sample tickets. Saves nothing."""
    demonstration = Demonstration()
    try:
        agree = run_until_terminated(demonstration.run(once=once), signals=_SIGNALS)
    except typer.Exit as ended:
        if demonstration.is_shown and ended.exit_code == INTERRUPTED:
            return
        raise
    except DemoFailed as failed:
        typer.echo(str(failed), err=True)
        raise typer.Exit(1) from None
    if not agree:
        raise typer.Exit(1)
