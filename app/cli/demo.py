"""The demonstration: a sandbox ConnectWise and the service as two processes, sample tickets, each decision as it falls."""

from __future__ import annotations

import os
import secrets
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Self

import httpx
from rich.text import Text

from app.chart import explain
from app.cli.child_process import ChildProcess, disturb_no_more, ended_by_signals
from app.cli.decision_view import OUTCOME_STYLES, console, say
from app.settings import SECRETS, table

_COMPANY = {"CWM_COMPANY": "sandbox", "CWM_PUBLIC_KEY": "public", "CWM_PRIVATE_KEY": "private", "CWM_CLIENT_ID": "demo"}
_CHOICES = {
    "MODE": "live", "MAX_WRITES_PER_HOUR": "10000", "CWM_MAX_REQUESTS_PER_MINUTE": "100000", "CWM_MAX_CONCURRENCY": "8",
    "LOG_LEVEL": "warning",
    "SETTLE_SECONDS": "0",  # the sandbox shows what lies beside a ticket at once
}  # fmt: skip
_START_SECONDS = 60.0
_SETTLE_SECONDS = 180.0
_AT_A_TIME = 4
_SETTLED = ("applied", "nothing-to-do", "awaiting-review", "planned", "failed")


class Demonstration:
    """Starts both processes at free addresses with a database of their own; ends them and keeps nothing at the end."""

    def __init__(self) -> None:
        self.token = secrets.token_urlsafe(16)
        self._client = httpx.Client(timeout=30.0, trust_env=False, headers={"Authorization": f"Bearer {self.token}"})
        self._ending = ExitStack()

    def __enter__(self) -> Self:
        self._ending.enter_context(ended_by_signals())
        try:
            self._start_both()
        except BaseException:
            self.__exit__()
            raise
        return self

    def _start_both(self) -> None:
        self._folder = Path(self._ending.enter_context(TemporaryDirectory(prefix="miniprojects-demo-")))
        self._log = self._folder / "demo.log"
        self._sandbox = self._own(ChildProcess("sandbox", wanted_port=8010))
        self._service = self._own(ChildProcess("service", wanted_port=8000))
        self.sandbox_url, self.service_url = self._sandbox.url, self._service.url
        self._start(self._sandbox, f"{self.sandbox_url}/sandbox/switches")
        self._start(self._service, f"{self.service_url}/decisions?limit=1")
        self._until_registered()

    def _own(self, process: ChildProcess) -> ChildProcess:
        self._ending.callback(process.end)
        return process

    def __exit__(self, *_: object) -> None:
        disturb_no_more()
        self._client.close()
        self._ending.close()

    def show(self) -> bool:
        """Lets the sample tickets arrive and prints each decision; True when all is as the sandbox itself has it."""
        try:
            return self._let_them_arrive()
        except httpx.TransportError:
            raise self._ended_by_itself() from None

    def _let_them_arrive(self) -> bool:
        say("Sample tickets arrive as signed ConnectWise callbacks:\n")
        expected: dict[int, str] = {}
        decided: list[Mapping[str, Any]] = []
        total = len(self._client.get(f"{self.sandbox_url}/sandbox/samples").json())
        for start in range(0, total, _AT_A_TIME):
            batch = self._create(start, min(start + _AT_A_TIME, total))
            expected |= batch
            decided += [self._told(decision, batch) for decision in self._settled(list(batch))]
        return self._print_totals(expected, decided)

    def keep_running(self) -> None:
        """Prints the addresses to open and waits for Ctrl+C."""
        say(f"\nThe sandbox ConnectWise:  {self.sandbox_url}/sandbox")
        say(f"Decisions:                {self.service_url}/")
        say(f"The API:                  {self.service_url}/docs")
        say(f"API_TOKEN:                {self.token}")
        say("Ctrl+C ends both; nothing is kept.")
        try:
            while self._sandbox.lives() and self._service.lives():
                time.sleep(0.5)
        except KeyboardInterrupt:
            return
        raise self._ended_by_itself()

    def _ended_by_itself(self) -> SystemExit:
        return SystemExit(f"One of the two processes ended by itself.\n{self._last_words()}")

    def _start(self, process: ChildProcess, url: str) -> None:
        """Starts one of the two and waits until it answers at `url`."""
        environment = {
            **_inherited(), **_COMPANY, **_CHOICES, "CWM_SITE": self.sandbox_url, "PUBLIC_URL": self.service_url,
            "API_TOKEN": self.token, "DATABASE_URL": f"sqlite:///{self._folder}/demo.db",
            "PYTHONPATH": str(Path(__file__).resolve().parents[2]),
        }  # fmt: skip
        with self._log.open("ab") as log:
            process.start(environment, folder=self._folder, log=log)
        for _ in _patiently(_START_SECONDS):
            if not process.lives():
                break
            with suppress(httpx.TransportError):
                if self._client.get(url).is_success:
                    return
        raise SystemExit(f"The {process.what} did not start.\n{self._last_words()}")

    def _until_registered(self) -> None:
        for _ in _patiently(_START_SECONDS):
            if self._state().get("/system/callbacks"):
                return
        raise SystemExit(f"The callback was not registered.\n{self._last_words()}")

    def _create(self, start: int, end: int) -> dict[int, str]:
        made = self._client.post(f"{self.sandbox_url}/sandbox/samples", json={"from": start, "to": end}).json()
        return {int(one["id"]): str(one["expected"]) for one in made}

    def _settled(self, tickets: list[int]) -> Iterator[Mapping[str, Any]]:
        """The decisions of these tickets, each as soon as it and those before it are settled."""
        for ticket_id in tickets:
            yield self._awaited(ticket_id)

    def _awaited(self, ticket_id: int) -> Mapping[str, Any]:
        for _ in _patiently(_SETTLE_SECONDS):
            if decision := self._decision_of(ticket_id):
                return decision
        raise SystemExit(f"Ticket {ticket_id} was not settled in {_SETTLE_SECONDS:.0f} s.\n{self._last_words()}")

    def _decision_of(self, ticket_id: int) -> Mapping[str, Any] | None:
        found = self._client.get(f"{self.service_url}/decisions", params={"ticket_id": ticket_id, "limit": 1})
        items = found.raise_for_status().json()["items"]
        if items:
            return items[0] if items[0]["status"] in _SETTLED else None
        return self._left_alone(ticket_id)

    def _left_alone(self, ticket_id: int) -> Mapping[str, Any] | None:
        """A ticket of a board that the chart does not watch gets no decision: its run ends and says why."""
        runs = self._client.get(f"{self.service_url}/runs", params={"ticket_id": ticket_id}).raise_for_status().json()
        ended = next((run for run in runs["items"] if run["settled"]), None)
        if ended is None or ended["decision_id"]:
            return None
        return {
            "ticket_id": ticket_id,
            "outcome": "left-alone",
            "status": "left-alone",
            "said": ended["said"],
            "summary": "",
        }

    def _told(self, decision: Mapping[str, Any], expected: Mapping[int, str]) -> Mapping[str, Any]:
        outcome = str(decision["outcome"])
        line = Text(f"{decision['ticket_id']}  ").append(f"{outcome:<15}", style=OUTCOME_STYLES.get(outcome, "dim"))
        line.append(f"{explain.safe(decision['summary'])[:52]:<53}").append(_why(decision), style="dim")
        if console.is_terminal:
            console.print(line, no_wrap=True, overflow="ellipsis")
        else:
            console.print(line, soft_wrap=True)
        if expected[decision["ticket_id"]] != outcome and outcome != "left-alone":
            say(f"      a careful manager would have said {expected[decision['ticket_id']]}")
        return decision

    def _print_totals(self, expected: Mapping[int, str], decided: list[Mapping[str, Any]]) -> bool:
        """Counts what was decided, and what the sandbox's own records show of it."""
        outcomes = Counter(str(decision["outcome"]) for decision in decided)
        applied = Counter(str(decision["outcome"]) for decision in decided if decision["status"] == "applied")
        tickets = [ticket for ticket in self._state()["/tickets"] if ticket["id"] in expected]
        moved = sum((ticket.get("board") or {}).get("name") == "Mini-Projects" for ticket in tickets)
        converted = sum(ticket["recordType"] == "ProjectTicket" for ticket in tickets)
        made = self._state().get("/project/projects", [])
        projects = sum(project["_info"]["enteredBy"] == "api-mini" for project in made)
        say(f"\n{len(decided)} tickets: " + ", ".join(f"{number} {name}" for name, number in sorted(outcomes.items())))
        say(f"In the sandbox: {moved} on the Mini-Projects board, {converted} converted into {projects} projects")
        agree = moved == applied["mini-project"] and converted == projects == applied["project"]
        failed = sum(decision["status"] == "failed" for decision in decided)
        say("The totals match." if agree and not failed else f"The totals do not match ({failed} failed).")
        return agree and not failed

    def _state(self) -> dict[str, list[dict[str, Any]]]:
        records: dict[str, list[dict[str, Any]]] = self._client.get(f"{self.sandbox_url}/sandbox/state").json()[
            "records"
        ]
        return records

    def _last_words(self) -> str:
        lines = self._log.read_text(encoding="utf-8", errors="replace").splitlines() if self._log.exists() else []
        return "\n".join(lines[-20:])


def _why(decision: Mapping[str, Any]) -> str:
    if decision["outcome"] == "left-alone":
        return str(decision["said"])
    if decision["outcome"] == "review":
        return str(decision.get("question") or decision.get("said"))
    return str(decision.get("rule") or decision.get("said") or "")


def _patiently(seconds: float) -> Iterator[None]:
    """Tries again every moment until the time is up."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        yield
        time.sleep(0.1)


def _inherited() -> dict[str, str]:
    """This machine's environment without settings of a service; Settings reads them in any case of letters."""
    settings = {name for name, _, _ in table()} | {f"{name}_FILE" for name in SECRETS}
    return {name: value for name, value in os.environ.items() if name.upper() not in settings}
