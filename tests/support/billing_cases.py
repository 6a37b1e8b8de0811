"""Tickets that carry money: decided, briefed and planned in process, and what would be invoiced by the flags alone."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, cast

from app.chart import Decision, decide
from app.domain.enums import Outcome
from app.domain.ticket import TicketRecord
from app.planning import Brief, Plan, ReferenceLists, plan_for_decision
from app.planning.brief.lines import LineKind, sale_lines
from app.planning.brief.people import contacts_path
from app.reading.values.work_dates import DateOrder
from tests.support.planning_factories import World, chart, listed, load_needed, make_ticket

FOLDER = Path(__file__).parents[1] / "acceptance" / "billing"
NOW = datetime(2026, 12, 1, 10, 0, tzinfo=UTC)
COMPANY = 250
MANAGER = "awong"
_BILLABLE = ("", "Billable")


@dataclass(frozen=True, slots=True)
class Planned:
    """One ticket with its decision and the plan for the outcome that is expected or decided."""

    line: Mapping[str, Any]
    decision: Decision
    outcome: Outcome
    ticket: Mapping[str, Any]
    plan: Plan

    @property
    def brief(self) -> Brief:
        """The brief of a plan that has one."""
        assert self.plan.brief is not None
        return self.plan.brief

    @property
    def asked(self) -> bool:
        """Whether a person is asked, beyond the one click that a conversion needs."""
        return self.decision.outcome is Outcome.REVIEW or bool(self.plan.brief and self.plan.brief.open_fields)


def billing_lines() -> Iterator[dict[str, Any]]:
    """Every ticket of the five files."""
    for name in ("cases.jsonl", "cases_own.jsonl", "cases_second.jsonl", "cases_third.jsonl", "cases_fourth.jsonl"):
        for line in (FOLDER / name).read_text(encoding="utf-8").splitlines():
            yield json.loads(line)


def planned(line: Mapping[str, Any]) -> Planned:
    """Decides a ticket and plans it: the decided outcome, with review the expected one or the largest candidate."""
    rules = chart(project={"manager": MANAGER})
    ticket = ticket_of(line)
    entered = {"dateEntered": "2026-12-01T09:00:00Z"}
    decision = decide(TicketRecord.from_json(entered | line["case"]), rules)
    outcome = decision.outcome
    if outcome is Outcome.REVIEW:
        outcome = Outcome(line["expect"].get("outcome", "project"))
    record = TicketRecord.from_json(ticket)
    date_order = cast("DateOrder", (line.get("settings") or {}).get("CWM_DATE_ORDER", "DMY"))
    lists = load_needed(_lists(line), decision, record, rules, now=NOW, outcome=outcome, date_order=date_order)
    plan = plan_for_decision(
        decision, record, lists, rules, decision_id="D1", now=NOW, note="Chart", outcome=outcome, date_order=date_order
    )
    return Planned(line, decision, outcome, ticket, plan)


def ticket_of(line: Mapping[str, Any]) -> dict[str, Any]:
    """The ticket of a line with the ids that a tenant's records have, its related records as the loader maps them."""
    case: dict[str, Any] = dict(line["case"])
    boards = {board["name"]: {"id": board["id"], "name": board["name"]} for board in listed("/service/boards")}
    case["board"] = boards.get((case.get("board") or {}).get("name"), {"id": 1, "name": "Service Desk"})
    case["company"] = {"id": COMPANY, "name": (case.get("company") or {}).get("name", "Alder")}
    if case.get("agreement"):
        case["agreement"] = {"id": 600, **case["agreement"], **line.get("agreement_set", {})}
    if case.get("opportunity"):
        case["opportunity"] = {"id": 71, **case["opportunity"]}
    case["products"] = [_product(one, number) for number, one in enumerate(case.get("products", []), 9001)]
    case["openProjects"] = [{"id": 700 + number, **one} for number, one in enumerate(line.get("projects", []))]
    case["companyBilling"] = {"id": COMPANY, "name": case["company"]["name"], **_plain(line.get("company_set", {}))}
    case["timeEntries"] = [{"id": 1, "hours": line["time"]}] if line.get("time") else []
    case |= {"owner": None, "type": None, "subType": None, "item": None}
    return make_ticket(**{"dateEntered": "2026-12-01T09:00:00Z"} | case | line.get("ticket_set", {}))


def _product(given: Mapping[str, Any], number: int) -> dict[str, Any]:
    made = {"id": number, "billableOption": "Billable", **given, "recurring": bool(given.get("recurring"))}
    if isinstance(given.get("invoice"), Mapping):
        made |= {"invoice": given["invoice"]["id"], "invoiced": True}
    return made


def _plain(members: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value["name"] if isinstance(value, Mapping) else value for name, value in members.items()}


def _lists(line: Mapping[str, Any]) -> ReferenceLists:
    known = listed("/system/members")
    named = [{"id": 5000 + number, **one} for number, one in enumerate(line.get("members", []))]
    names = {one["identifier"] for one in (*known, *named)}
    scheduled = dict.fromkeys(entry["member"] for entry in line["case"].get("scheduleEntries", []))
    others = [{"id": 6000 + number, "identifier": name} for number, name in enumerate(scheduled) if name not in names]
    contacts = [
        {"id": 300 + number, "firstName": one["name"].split()[0], "lastName": one["name"].split()[-1],
         "communicationItems": [{"value": one.get("email", "")}]}
        for number, one in enumerate(line.get("contacts", []))
    ]  # fmt: skip
    return ReferenceLists(World({"/system/members": [*known, *named, *others], contacts_path(COMPANY): contacts}))


def invoiced(made: Planned) -> Decimal:
    """What would be invoiced once by the flags of the records after the plan: fees and billable one-off product lines."""
    return fees(made.plan) + products_billed(made)


def fees(plan: Plan) -> Decimal:
    """The fixed fees of the project, of separately billed phases and of a mini-project's ticket."""
    total = Decimal(0)
    for step in plan.steps:
        body = step.body if isinstance(step.body, Mapping) else step.wish
        separate = step.key in ("project", "billing") or bool(body.get("billSeparatelyFlag"))
        if separate and body.get("billingMethod") == "FixedFee":
            total += Decimal(str(body.get("billingAmount", 0)))
    return total


def products_billed(made: Planned) -> Decimal:
    """The product lines that bill themselves once the line steps are done; recurring ones bill by an agreement."""
    record = TicketRecord.from_json(made.ticket)
    stopped = {
        step.path.rsplit("/", 1)[-1] for step in made.plan.steps if step.wish.get("billableOption") == "DoNotBill"
    }
    bodies = [step.body if isinstance(step.body, Mapping) else step.wish for step in made.plan.steps]
    if any(body.get("billProducts") in ("NoCharge", "DoNotBill") for body in bodies):
        return Decimal(0)
    lines = [
        line
        for line in sale_lines(record, chart())
        if line.kind is not LineKind.RECURRING and str(line.id) not in stopped
    ]
    return sum((line.amount for line in lines if record.products[line.index].billable_option in _BILLABLE), Decimal(0))


def written(plan: Plan, *members: str) -> dict[str, Any]:
    """The last value that the plan writes for each of these members on project, phases and ticket."""
    found: dict[str, Any] = {}
    for step in plan.steps:
        body = step.body if isinstance(step.body, Mapping) else step.wish
        found |= {name: body[name] for name in members if name in body}
    return found
