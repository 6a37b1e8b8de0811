"""Plans carried out on a sandbox and taken back: from every beginning, and after a person has worked on."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import pytest

from app.chart import Chart, ChartStamp, Decision, shipped_chart
from app.connectwise import ConnectWiseClient, ReferenceCache, load_for_plan, load_ticket
from app.domain.enums import Outcome
from app.domain.facts import JobFacts
from app.planning import Plan, ReferenceLists, Step, StepRecord, needed_lists, plan_for_decision, undo_plan
from app.sandbox import Sandbox, SandboxTransport, samples
from app.workflow.errors import RunAborted
from app.workflow.steps.executor import StepExecutor
from app.workflow.steps.reference_resolver import resolve
from app.workflow.steps.step_result import StepResult
from tests.support.harness import config, no_sleep

NOW = datetime(2026, 6, 3, 10, 0, tzinfo=UTC)


@dataclass(frozen=True)
class Sale:
    """What is sold: the ticket's text, its product lines by class, scheduled members, budget hours, kind of work."""

    text: str = "Please set up the branch office."
    lines: tuple[tuple[str, float, str], ...] = ()
    members: tuple[str, ...] = ()
    hours: float = 3
    kind: str | None = None

    def sample(self) -> dict[str, Any]:
        ticket = {
            "summary": "New branch office", "initialDescription": self.text, "company": {"id": 250}, "contact": {"id": 34},
            "agreement": {"id": 600}, "type": {"name": "Service Request"}, "subType": {"name": "Network"}, "item": {"name": "Install"},
            "team": {"name": "Engineers"}, "owner": {"identifier": "pmiller"}, "board": {"name": "Service Desk"},
            "budgetHours": self.hours, "billTime": "NoCharge",
        }  # fmt: skip
        products = [
            {"description": text, "quantity": 1, "price": price, "catalogItem": {"id": 1}, "productClass": kind}
            for text, price, kind in self.lines
        ]
        schedule = [{"member": name, "day": day, "hours": 7} for name in self.members for day in (20, 55)]
        return {"ticket": ticket, "products": products, "schedule": schedule}


STAGES = (
    ("Stage payment 1 - ground floor", 5000.0, "Service"),
    ("Stage payment 2 - first floor", 4000.0, "Service"),
    ("Stage payment 3 - rooms", 3500.0, "Service"),
)
FIREWALL = (("Firewall", 890.0, "NonInventory"), ("Installation fixed price", 640.0, "Service"))
PROJECTS = {
    "milestones": Sale("Order signed.", STAGES, ("jdoe", "awong"), hours=40),
    "goods and labour": Sale("Order signed. Phases: 1. Cabling 2. Set-up 3. Hand-over", FIREWALL, hours=12),
    "template": Sale("Order signed, not to exceed 900.", kind="migration", hours=8),
    "template and rate": Sale("Order signed at 95.50 an hour.", kind="migration"),
    "nothing said": Sale(),
}
LINE_STAYS = (
    "The product line still does not bill by itself, because the fee that it belongs to was left. Change it by hand if that "
    "fee is not billed."
)
MOVES = {"priced": Sale("Order signed, PO 77120.", FIREWALL), "nothing said": Sale()}
Person = Callable[[ConnectWiseClient, dict[str, Any]], Awaitable[None]]


@dataclass
class Story:
    """One ticket in one sandbox, what was done to it, and what an undo said."""

    sandbox: Sandbox
    ticket: int
    sale: Sale
    done: dict[str, Any] = field(default_factory=dict)
    settled: dict[str, StepResult] = field(default_factory=dict)
    records: list[StepRecord] = field(default_factory=list)
    message: list[str] = field(default_factory=list)

    def state(self) -> dict[str, Any]:
        """The ticket, and everything of projects that exists."""
        ticket = dict(self.sandbox.store.table("/tickets")[self.ticket])
        shown = {name: _bare(value) for name, value in ticket.items() if name not in ("_info", "wbsCode")}
        tables = {
            name: sorted(table)
            for name, table in self.sandbox.store.collections()
            if name.startswith("/project/projects")
        }
        lines = self.sandbox.store.table("/procurement/products").items()
        billed = {number: (line.get("billableOption"), line.get("internalNotes") or None) for number, line in lines}
        made = {name: ids for name, ids in tables.items() if ids and not name.endswith("/notes")}
        return {"ticket": shown, "lines": billed} | made


def _bare(value: Any) -> Any:
    return {"id": value["id"]} if isinstance(value, dict) and "id" in value else value


def _rules(**mini_project: Any) -> Chart:
    data = shipped_chart().model_dump()
    data["project"]["templates"] = {"migration": "Server Migration"}
    data["mini_project"] |= mini_project
    return Chart.model_validate(data)


def _new_story(sale: Sale | None = None) -> Story:
    sandbox = Sandbox(seed=1, now=lambda: NOW)
    return Story(sandbox, samples.create(sandbox, (sale or Sale()).sample()), sale or Sale())


async def _planned(story: Story, manage: ConnectWiseClient, outcome: Outcome, rules: Chart) -> Plan:
    case = await load_for_plan(manage, await load_ticket(manage, story.ticket))
    decision = Decision(outcome, (), ChartStamp("1", "0" * 64), facts=JobFacts(kind=story.sale.kind))
    cache = ReferenceCache(manage)
    lists: dict[str, list[dict[str, Any]]] = {}
    while paths := needed_lists(decision, case, ReferenceLists(lists), rules, now=NOW):
        lists |= {path: await cache.readable(path) for path in paths}
    return plan_for_decision(decision, case, ReferenceLists(lists), rules, decision_id="D1", now=NOW, note="Chart")


async def _carry_out(story: Story, executor: StepExecutor, steps: Sequence[Step]) -> None:
    for planned in steps:
        step = resolve(planned, story.done)
        before: list[Any] = []

        async def intend(was: Any, before: list[Any] = before) -> None:
            before.append(was)

        settled = await executor.execute(step, intend, story.done)
        story.done[step.key] = settled.result
        story.settled[step.key] = settled
        if before:
            story.records.append(StepRecord(step, settled.status, before=before[0], result=settled.result))


async def _take_back(story: Story, executor: StepExecutor) -> None:
    """Every step twice, as after a crash that forgot the first time."""
    done: dict[str, Any] = {}

    async def intend(_before: Any) -> None:
        return

    for step in undo_plan(story.records, decision_id="D1").steps:
        first = await executor.execute(step, intend, done)
        again = await executor.execute(step, intend, done)
        done[step.key] = first.result if first.result is not None else again.result
        story.message += [first.message] if first.message else []


async def tell(
    outcome: Outcome,
    sale: Sale | None = None,
    *,
    begun: int = 99,
    person: Person | None = None,
    undo: bool = True,
    **mini: Any,
) -> tuple[Story, dict[str, Any], dict[str, Any], int]:
    """Carries out the first steps, lets a person work, takes it back. Returns the states before and after, and the plan's length."""
    story = _new_story(sale)
    before = story.state()
    async with ConnectWiseClient(config(), transport=SandboxTransport(story.sandbox), sleep=no_sleep) as manage:
        plan = await _planned(story, manage, outcome, _rules(**mini))
        assert not plan.problems, plan.problems
        executor = StepExecutor(manage)
        await _carry_out(story, executor, plan.steps[:begun])
        if person is not None:
            await person(manage, story.done)
        if undo:
            await _take_back(story, executor)
    return story, before, story.state(), len(plan.steps)


@pytest.mark.fast_cases(1)
@pytest.mark.parametrize("sale", PROJECTS.values(), ids=PROJECTS)
async def test_a_conversion_goes_back_exactly_from_every_beginning(sale: Sale) -> None:
    *_, steps = await tell(Outcome.PROJECT, sale, undo=False)
    for begun in range(1, steps + 1):
        story, before, after, _ = await tell(Outcome.PROJECT, sale, begun=begun)
        assert after == before, f"after {begun} steps"
        assert story.message == []
        assert not story.sandbox.violations


@pytest.mark.fast_cases(2)
@pytest.mark.parametrize("method", ["board", "type"])
@pytest.mark.parametrize("sale", MOVES.values(), ids=MOVES)
async def test_a_move_goes_back_exactly_from_every_beginning(sale: Sale, method: str) -> None:
    *_, steps = await tell(Outcome.MINI_PROJECT, sale, undo=False, method=method)
    assert steps >= (5 if sale.lines else 3)
    for begun in range(1, steps + 1):
        story, before, after, _ = await tell(Outcome.MINI_PROJECT, sale, begun=begun, method=method)
        assert after == before, f"after {begun} steps"
        assert story.message == []
        assert not story.sandbox.violations


async def test_a_conversion_shows_what_was_planned() -> None:
    story, _, after, _ = await tell(Outcome.PROJECT, PROJECTS["milestones"], undo=False)
    project = story.sandbox.store.table("/project/projects")[story.done["project"]["id"]]
    phases = story.sandbox.store.table(f"/project/projects/{project['id']}/phases").values()
    payments = [phase["billingAmount"] for phase in phases if phase.get("billSeparatelyFlag")]
    assert (payments, project["billingAmount"]) == ([5000, 4000, 3500], 0)
    assert story.sandbox.invoiced(story.ticket)["total"] == 12500
    assert sum(phase.get("budgetHours") or 0 for phase in phases) == project["budgetHours"] == 40
    assert {phase.get("budgetHours") or 0 for phase in phases if phase.get("billSeparatelyFlag")} == {0}
    assert (project["department"]["id"], project["manager"]["id"]) == (14, 106)
    assert after["ticket"]["phase"]["id"] == story.done["phase-1"]["id"]
    assert (after["ticket"]["department"], after["ticket"]["billTime"]) == ({"id": 14}, "Billable")
    assert "agreement" not in after["ticket"]


async def test_a_ticket_that_a_person_carried_on_stays_with_its_whole_project() -> None:
    async def carry_on(manage: ConnectWiseClient, done: dict[str, Any]) -> None:
        assigned = next(one for one in await manage.list("/service/boards/20/statuses") if one["name"] == "Assigned")
        await manage.patch(f"/project/tickets/{done['convert']['id']}", {"status": {"id": assigned["id"]}})

    _, _, undisturbed, _ = await tell(Outcome.PROJECT, PROJECTS["milestones"], undo=False)
    story, _, after, _ = await tell(Outcome.PROJECT, PROJECTS["milestones"], person=carry_on)
    undisturbed["ticket"]["status"] = after["ticket"]["status"]
    assert after == undisturbed
    assert story.sandbox.invoiced(story.ticket)["total"] == 12500
    assert list(dict.fromkeys(story.message)) == [
        "The ticket and its project stay as they are, because status changed since.", LINE_STAYS
    ]  # fmt: skip


async def test_what_a_person_added_to_the_project_stays_and_is_said() -> None:
    async def add(manage: ConnectWiseClient, done: dict[str, Any]) -> None:
        await manage.patch(f"/project/tickets/{done['convert']['id']}", {"budgetHours": 99})
        await manage.post(f"/project/projects/{done['project']['id']}/notes", {"text": "Keys are with the caretaker."})
        await manage.patch(
            f"/project/projects/{done['project']['id']}/phases/{done['payment-2']['id']}", {"budgetHours": 77}
        )

    story, before, after, _ = await tell(Outcome.PROJECT, PROJECTS["milestones"], person=add)
    at = f"/project/projects/{story.done['project']['id']}"
    assert after["ticket"] == before["ticket"] | {"budgetHours": 99}
    left = [story.done[key]["id"] for key in ("payments", "payment-2")]
    assert after[f"{at}/phases"] == left
    assert list(dict.fromkeys(story.message)) == [
        "budgetHours stays as a person made it.",
        f"{at}/phases/{left[1]} stays in ConnectWise, because budgetHours changed since.",
        f"{at}/phases/{left[0]} stays in ConnectWise, because it has phases below it.",
        f"{at} stays in ConnectWise, because it has phases that a person made or uses.",
        LINE_STAYS,
    ]
    assert story.sandbox.invoiced(story.ticket)["total"] == 0, (
        "the project that stays has the fee; no line bills it again"
    )


async def test_a_mini_project_whose_status_a_person_changed_stays_on_the_board() -> None:
    async def assign(manage: ConnectWiseClient, done: dict[str, Any]) -> None:
        assigned = next(one for one in await manage.list("/service/boards/12/statuses") if one["name"] == "Assigned")
        await manage.patch("/service/tickets/4711", {"status": {"id": assigned["id"]}})

    story, _, after, _ = await tell(Outcome.MINI_PROJECT, person=assign)
    assert after["ticket"]["board"] == {"id": 12}
    assert story.message == ["Left as it is, because status changed since."]


async def test_a_conversion_under_a_new_ticket_id_is_found() -> None:
    story = _new_story(PROJECTS["template"])
    story.sandbox.switches.convert_changes_id = True
    async with ConnectWiseClient(config(), transport=SandboxTransport(story.sandbox), sleep=no_sleep) as manage:
        plan = await _planned(story, manage, Outcome.PROJECT, _rules())
        executor = StepExecutor(manage)
        await _carry_out(story, executor, plan.steps)
        ticket = await manage.get(f"/project/tickets/{story.done['convert']['id']}")
        assert story.done["convert"]["id"] != story.ticket
        assert (ticket["summary"], ticket["project"]["id"]) == ("New branch office", story.done["project"]["id"])
        convert = next(one for one in plan.steps if one.key == "convert")
        again = await executor.execute(resolve(convert, story.done), _never, story.done)
    assert again.status == "already-done"


async def _never(_before: Any) -> None:
    raise AssertionError("nothing may be written again")


async def test_billed_time_stops_a_conversion_before_anything_is_written() -> None:
    story = _new_story()
    entry = {"chargeToId": story.ticket, "chargeToType": "ServiceTicket", "status": "Billed", "invoice": {"id": 7}}
    story.sandbox.store.add("/time/entries", entry)
    async with ConnectWiseClient(config(), transport=SandboxTransport(story.sandbox), sleep=no_sleep) as manage:
        plan = await _planned(story, manage, Outcome.PROJECT, _rules())
        with pytest.raises(RunAborted, match="Nothing was written, because time on the ticket is billed already"):
            await _carry_out(story, StepExecutor(manage), plan.steps)


async def test_counts_that_cannot_be_read_are_said() -> None:
    story = _new_story()
    story.sandbox.switches.forbidden_areas = f"/service/tickets/{story.ticket}/documents"
    async with ConnectWiseClient(config(), transport=SandboxTransport(story.sandbox), sleep=no_sleep) as manage:
        plan = await _planned(story, manage, Outcome.PROJECT, _rules())
        await _carry_out(story, StepExecutor(manage), plan.steps[:2])
    assert story.settled["count"].message == "Could not be counted: documents."


async def test_a_connectwise_that_takes_no_line_breaks_gets_its_notes_on_one_line() -> None:
    story = _new_story()
    story.sandbox.switches.newlines_refused = True
    async with ConnectWiseClient(config(), transport=SandboxTransport(story.sandbox), sleep=no_sleep) as manage:
        plan = await _planned(story, manage, Outcome.MINI_PROJECT, _rules())
        await _carry_out(story, StepExecutor(manage), plan.steps)
    texts = [note["text"] for note in story.sandbox.store.table(f"/tickets/{story.ticket}/notes").values()]
    (note,) = [text for text in texts if text.endswith("Mini-Projects decision D1")]
    assert note.startswith("Chart / Sale: ")
    assert "\n" not in note
    assert story.settled["note"].status == "done"
