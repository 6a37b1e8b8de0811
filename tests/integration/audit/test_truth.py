"""The report of a past whose truth is written down apart from the audit: each ticket and each figure equals it."""

from __future__ import annotations

import asyncio
import csv
import io
import json
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from app.audit.kept_ticket import SiteFacts
from app.audit_jobs.context import AuditRequest
from app.audit_jobs.report_files import Form, stream
from app.audit_jobs.time_zones import iana_name
from app.sandbox.seed.billing_history import scenarios
from app.storage.audits import AuditRow
from app.storage.tables import decisions
from tests.support.history_fixture import NOW, Audited, audited

TRUTH: dict[str, Any] = json.loads((Path(__file__).parent / "truth.json").read_text(encoding="utf-8"))
KINDS = ("reclassified", "given_away", "swallowed", "unbilled", "billed_late", "over_budget", "below_price", "staged")
PAST = AuditRequest(NOW - timedelta(days=500), NOW)


@dataclass
class Known:
    """The report of an audited past in its three forms, and the ids of its tickets and projects by key."""

    ids: dict[str, int]
    lines: dict[int, dict[str, str]]
    document: dict[str, Any]
    page: str
    anonymous: tuple[str, ...]

    def line(self, key: str) -> dict[str, str]:
        return self.lines[self.ids[key]]


@pytest.fixture(scope="module")
def known(tmp_path_factory: pytest.TempPathFactory) -> Known:
    return asyncio.run(audited_truth(f"sqlite:///{tmp_path_factory.mktemp('truth')}/audit.db"))


async def audited_truth(url: str) -> Known:
    async with audited(url, tickets=0) as past:
        ids = past.sandbox.fill_billing_history()
        for key, truth in TRUTH["tickets"].items():
            if truth.get("own"):
                note_own_move(past, ids[key])
        row = await past.run(PAST)
        lines = csv.DictReader(io.StringIO((await past.report(row, "csv")).removeprefix("\ufeff")))
        by_id = {int(line["id"]): line for line in lines}
        return Known(
            ids, by_id, await past.document(row), await past.report(row, "html"), await without_names(past, row)
        )


async def without_names(past: Audited, row: AuditRow) -> tuple[str, ...]:
    """The three forms of the report without customers."""
    forms: tuple[Form, ...] = ("html", "csv", "json")
    return tuple(["".join([p async for p in stream(past.service.parts, row, form, anonymous=True)]) for form in forms])


def note_own_move(past: Audited, ticket_id: int) -> None:
    """Stores that the service moved a ticket, as an applied decision does."""
    moment = "2026-08-10T09:00:00.000000Z"
    values = {
        "id": f"D{ticket_id}", "ticket_id": ticket_id, "decided_at": moment, "trigger": "callback", "mode": "live", "outcome": "mini-project",
        "status": "applied", "document": {}, "evidence": {}, "updated_at": moment,
    }  # fmt: skip
    past.service.parts.database.write_now(lambda db: db.execute(sa.insert(decisions).values(values)))


def amounts() -> Iterator[tuple[str, str, str, float]]:
    """Currency, year, name and amount of everything that the truth names."""
    for truth in TRUTH["tickets"].values():
        for name, value in truth.items():
            if name in KINDS or name in ("revenue", "goods"):
                yield truth.get("currency", "GBP"), truth.get("year", "2026"), name, value


def test_the_truth_names_every_ticket_and_project_of_the_past() -> None:
    for kind in ("tickets", "projects"):
        assert [each["key"] for each in scenarios()[kind]] == list(TRUTH[kind])


def test_the_outcome_of_each_ticket_is_the_truth(known: Known) -> None:
    found = {key: known.line(key)["outcome"] for key in TRUTH["tickets"]}
    assert found == {key: truth["outcome"] for key, truth in TRUTH["tickets"].items()}


def test_revisits_and_outages_are_never_misplaced(known: Known) -> None:
    for key in ("printer-revisit", "printer-revisit-charged", "outage-two", "outage-three-days", "fault-for-months"):
        assert (known.line(key)["misplaced"], known.line(key)["reclassified"]) == ("", "0.00")


def test_revenue_went_where_the_gl_path_leads(known: Known) -> None:
    found = {key: known.line(key)["account"] for key in TRUTH["tickets"]}
    assert found == {key: truth["account"] for key, truth in TRUTH["tickets"].items()}


def test_each_kind_of_money_of_each_ticket_is_the_truth(known: Known) -> None:
    names = [name for name in next(iter(known.lines.values())) if name.removesuffix("_hours") in KINDS]
    for key, truth in TRUTH["tickets"].items():
        line = known.line(key)
        for name in ("hours", "revenue", "goods", *names):
            assert (key, name, float(line[name])) == (key, name, truth.get(name, 0))
        assert (line["currency"], line["year"]) == (truth.get("currency", "GBP"), truth.get("year", "2026"))


def test_every_figure_of_the_report_equals_the_truth(known: Known) -> None:
    sums: defaultdict[tuple[str, str], float] = defaultdict(float)
    for currency, _, name, value in amounts():
        sums[currency, name] += value
    shown = {(one["currency"], one["key"]): one for one in known.document["figures"] if one["currency"]}
    assert {currency for currency, _ in shown} == {"GBP", "EUR"}
    for (currency, key), figure in shown.items():
        assert figure["amount"] == sums[currency, key]
        tickets = [t for t in TRUTH["tickets"].values() if t.get("currency", "GBP") == currency and t.get(key)]
        hours = None if key in ("reclassified", "staged") else sum(t.get(f"{key}_hours", 0) for t in tickets)
        assert (figure["tickets"], figure["hours"]) == (len(tickets), hours)
        assert figure["share"] == round(sums[currency, key] / sums[currency, "revenue"], 3)


def test_each_year_and_currency_stands_by_itself(known: Known) -> None:
    sums: defaultdict[tuple[str, str, str], float] = defaultdict(float)
    for currency, year, name, value in amounts():
        sums[currency, year, name] += value
    found = known.document["totals"]["money"]
    assert {(currency, year) for currency in found for year in found[currency]["years"]} == {key[:2] for key in sums}
    for currency, money in found.items():
        for year, of_year in money["years"].items():
            assert of_year["revenue"] == sums[currency, year, "revenue"]
            assert {kind: of_year[kind]["amount"] for kind in KINDS} == {
                kind: sums[currency, year, kind] for kind in KINDS
            }


def test_sold_work_outside_professional_services_is_counted_once(known: Known) -> None:
    outside = [
        truth for truth in TRUTH["tickets"].values()
        if truth["outcome"] in ("mini-project", "project") and "Professional Services" not in truth["account"]
    ]  # fmt: skip
    measured = known.document["totals"]["misplaced"]["measured"]
    assert measured == {"tickets": len(outside), "hours": sum(truth.get("hours", 0) for truth in outside)}


def test_own_moves_are_marked_and_confirm_nothing(known: Known) -> None:
    line = known.line("own-move")
    assert (line["own_move"], line["agrees"], line["would_move"], line["misplaced"]) == ("yes", "", "no", "")
    assert known.document["totals"]["own_moves"] == 1
    assert [line["own_move"] for line in known.lines.values()].count("yes") == 1


def test_all_forms_name_the_same_figures(known: Known) -> None:
    for figure in known.document["figures"]:
        if figure["currency"]:
            assert f"{figure['currency']} {figure['amount']:,.2f}" in known.page
    for key in KINDS:
        total = sum(float(line[key]) for line in known.lines.values() if line["currency"] == "GBP")
        shown = next(one for one in known.document["figures"] if (one["currency"], one["key"]) == ("GBP", key))
        assert round(total, 2) == shown["amount"]


def test_a_shared_report_has_the_same_figures_and_no_customer(known: Known) -> None:
    page, lines, text = known.anonymous
    names = {line["company"] for line in known.lines.values()}
    summaries = {line["summary"] for line in known.lines.values()}
    for form in known.anonymous:
        assert not [name for name in names | summaries if name in form]
    assert json.loads(text)["figures"] == known.document["figures"]
    companies = {line["company"] for line in csv.DictReader(io.StringIO(lines.removeprefix("\ufeff")))}
    assert companies == {f"Customer {number}" for number in range(1, len(names) + 1)}
    assert "Customer 1" in page
    assert "service_recid" not in page + lines + text


def test_a_day_is_that_of_the_companys_time_zone() -> None:
    assert SiteFacts(time_zone="America/New_York").local("2026-01-01T03:00:00Z") == "2025-12-31T22:00"
    assert (iana_name("Eastern Standard Time"), iana_name("Europe/London"), iana_name("nowhere"), iana_name("")) == (
        "America/New_York", "Europe/London", "UTC", "UTC",
    )  # fmt: skip


def test_projects_are_told_as_they_were(known: Known) -> None:
    found = known.document["projects"]
    rows = {row["id"]: row for row in found["listed"]}
    assert found["projects"] == len(TRUTH["projects"])
    for key, truth in TRUTH["projects"].items():
        row = rows[known.ids[key]]
        assert {name: row[name] for name in ("small", "without_phases", "without_budget", "without_method")} == {
            name: truth[name] for name in ("small", "without_phases", "without_budget", "without_method")
        }
        assert row["over_budget_hours"] == truth.get("over_budget_hours", 0)
    for name in ("small", "without_phases", "without_budget", "without_method"):
        assert found[name] == sum(truth[name] for truth in TRUTH["projects"].values())
    assert found["judged"] == sum(not truth["small"] for truth in TRUTH["projects"].values())
    assert sum(found["chart"].values()) == found["judged"]
    assert all(sentence in known.page for sentence in found["said"])
