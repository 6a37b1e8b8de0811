"""Tickets that carry money, applied by the service to a sandbox: what ConnectWise would invoice is what was sold, once.

The service decides and writes as in live mode. A person approves what waits, as shown; a plain approval is refused where
the brief is open. The sandbox then adds up the invoices from the flags of the records alone.
"""

from __future__ import annotations

import copy
import shutil
from collections.abc import Iterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from app.sandbox import Sandbox, case_tickets
from app.sandbox.seed.case_records import CaseRecords
from app.storage import Database
from app.workflow import BriefIncomplete, ConflictError, Service
from tests.support.billing_cases import MANAGER, billing_lines
from tests.support.harness import house

pytestmark = pytest.mark.slow
LINES = {line["name"]: line for line in billing_lines()}
NOW = datetime(2026, 12, 1, 10, 0, tzinfo=UTC)
BILLING_NOT_TAKEN = ("without-effect", "refused")
WAIT = 60.0
"""Seconds for a run to end on a busy machine."""
_OWN = ("billableOption", "internalNotes", "_info")
"""Members of a product line that a plan may set."""


@dataclass
class Books:
    """One tenant with one ticket, and the customer's records before the service saw it."""

    sandbox: Sandbox
    ticket_id: int
    service: Service
    before: dict[str, dict[int, Any]]

    def invoiced(self) -> dict[str, Any]:
        return self.sandbox.invoiced(self.ticket_id)

    def changed(self) -> list[str]:
        """Records of others that the service has changed or removed."""
        now = dict(self.sandbox.store.collections())
        return [
            f"{name}/{number}"
            for name, records in self.before.items()
            for number, record in records.items()
            if not self._is_ours(name, number) and _plain(name, now[name].get(number)) != _plain(name, record)
        ]

    def _is_ours(self, name: str, number: int) -> bool:
        return name.startswith(f"/tickets/{self.ticket_id}/") or (name == "/tickets" and number == self.ticket_id)


def _plain(name: str, record: Any) -> Any:
    if record is None or not name.endswith("/procurement/products"):
        return record
    return {member: value for member, value in record.items() if member not in _OWN}


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a migrated database, and a chart that names a manager."""
    folder = tmp_path_factory.mktemp("billing")
    database = Database(f"sqlite:///{folder}/empty.db")
    database.migrate()
    database.close()
    (folder / "chart.yaml").write_text(f'version: "1"\nproject: {{manager: {MANAGER}}}\n', encoding="utf-8")
    return folder


@asynccontextmanager
async def tenant(line: Mapping[str, Any], template: Path, folder: Path, **switches: Any) -> Any:
    """A started service on a sandbox that has this ticket with all its records."""
    sandbox = Sandbox(now=lambda: NOW)
    sandbox.switches.change(switches)
    number = _seed(sandbox, line)
    shutil.copy(template / "empty.db", folder / "books.db")
    before = {name: copy.deepcopy(dict(table.items())) for name, table in sandbox.store.collections()}
    order = (line.get("settings") or {}).get("CWM_DATE_ORDER", "DMY")
    url, chart = f"sqlite:///{folder}/books.db", template / "chart.yaml"
    async with house(sandbox, url, now=lambda: NOW, chart=chart, date_order=order) as (service, _):
        yield Books(sandbox, number, service, before)


def _seed(sandbox: Sandbox, line: Mapping[str, Any]) -> int:
    case = {"dateEntered": "2026-12-01T09:00:00Z", **line["case"]}
    if case.get("agreement"):
        case["agreement"] = case["agreement"] | line.get("agreement_set", {})
    for member in line.get("members", ()):
        sandbox.store.add("/system/members", {"inactiveFlag": False, "licenseClass": "F", **member})
    made = case_tickets.create(sandbox, {**line, "case": case})
    company = sandbox.store.table("/company/companies")[made["company"]]
    for person in line.get("contacts", ()):
        contact = CaseRecords(sandbox, "dispatch").contact(person["name"], company)
        if person.get("email"):
            contact["communicationItems"][0]["value"] = person["email"]
    return int(made["id"])


async def decided(books: Books, expect: Mapping[str, Any]) -> tuple[dict[str, Any], bool, bool]:
    """The last decision, whether a person had to approve, and whether a plain approval was refused."""
    decision = (await books.service.reclassify(books.ticket_id, wait=WAIT)).decision or {}
    asked = False
    for _ in range(3):
        if decision["status"] != "awaiting-review":
            break
        asked = True
        outcome = expect.get("outcome", "project") if decision["outcome"] == "review" else None
        try:
            decision = (await books.service.approve(decision["id"], outcome=outcome, wait=WAIT)).decision or {}
        except (BriefIncomplete, ConflictError):
            return decision, asked, True
    return decision, asked, False


def differences(invoiced: Mapping[str, Any], expect: Mapping[str, Any]) -> Iterator[str]:
    """How the invoices differ from what is expected."""
    if "bill" in expect and invoiced["total"] != expect["bill"]:
        yield f"invoiced {invoiced['total']}, expected {expect['bill']}: {invoiced['parts']}"
    if "cap" in expect and (invoiced["cap"], invoiced["time_and_materials"]) != (expect["cap"], True):
        yield f"cap {invoiced['cap']}, expected {expect['cap']}"
    if expect.get("tm") and not invoiced["time_and_materials"]:
        yield "time is not billed"


@pytest.mark.parametrize("name", LINES)
async def test_what_was_sold_is_invoiced_once(name: str, template: Path, tmp_path: Path) -> None:
    line = LINES[name]
    expect = line["expect"]
    async with tenant(line, template, tmp_path) as books:
        untouched = books.invoiced()
        decision, asked, refused = await decided(books, expect)
        assert books.changed() == []
        if expect.get("ask") or expect.get("service") or refused:
            assert expect.get("service") or (refused and not expect.get("records")), decision["said"]
            assert books.invoiced() == untouched
            return
        assert not (asked and expect.get("records")), decision["said"]
        assert decision["status"] in ("applied", "nothing-to-do"), decision["said"]
        assert list(differences(books.invoiced(), expect)) == []


@pytest.mark.parametrize("behaviour", BILLING_NOT_TAKEN)
@pytest.mark.parametrize("name", [name for name, line in LINES.items() if not line["expect"].get("ask")])
async def test_where_a_ticket_takes_no_billing_nothing_is_invoiced_twice(
    name: str, behaviour: str, template: Path, tmp_path: Path
) -> None:
    line = LINES[name]
    expect = line["expect"]
    async with tenant(line, template, tmp_path, patch_ticket_billing=behaviour) as books:
        untouched = books.invoiced()
        decision, _, refused = await decided(books, expect)
        assert books.changed() == []
        if refused or expect.get("service"):
            assert expect.get("service") or not expect.get("records"), decision["said"]
            assert books.invoiced() == untouched
            return
        assert decision["status"] in ("applied", "nothing-to-do"), decision["said"]
        failed = [step["key"] for step in decision["plan"]["steps"] if step["status"] == "failed"]
        assert failed in ([], ["billing"])
        assert (
            list(differences(books.invoiced(), expect) if not failed else left_to_a_person(books, decision, expect))
            == []
        )
        if decision["status"] == "applied":
            undone = (await books.service.undo(decision["id"], wait=WAIT)).decision or {}
            assert undone.get("status") == "undone", undone["said"]
            assert books.invoiced() == untouched


def left_to_a_person(books: Books, decision: Mapping[str, Any], expect: Mapping[str, Any]) -> Iterator[str]:
    """How a sale whose ticket took no billing is billed otherwise than once, without what the decision asks a person to set."""
    fields = decision["brief"]["fields"]
    named = next((fields[name]["value"] for name in ("fee", "cap", "rate") if fields[name]["value"]), None)
    if named is not None and f"{float(named):,.2f}" not in decision["said"]:
        yield f"nobody is asked to set {named}: {decision['said']}"
    total = books.invoiced()["total"] + float(fields["fee"]["value"] or 0)
    if "bill" in expect and total != expect["bill"]:
        yield f"invoiced and left to a person {total}, expected {expect['bill']}"
