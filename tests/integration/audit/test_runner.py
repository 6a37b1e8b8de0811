"""Audits as runs: what they read, that they only read, how they stop and go on."""

from __future__ import annotations

import asyncio
from collections import Counter
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from app.audit.evaluate import evaluate
from app.audit_jobs.context import AuditRequest, BadRange
from app.audit_jobs.runner import Progress
from app.audit_jobs.views import audit_json
from app.chart import shipped_chart
from app.connectwise import WritesForbidden
from app.domain.ticket import TicketRecord
from app.sandbox import Fault
from app.storage import Database, StoreUnavailable
from app.storage.audit_tables import audit_pages, audit_tickets, audits
from app.storage.audits import AuditRow
from app.workflow import ConflictError, NotFoundError
from tests.support.history_fixture import NOW, YEAR, Audited, audited
from tests.support.waiting import eventually


async def test_every_ticket_is_seen_once_on_either_database(past_on_both: Audited) -> None:
    row = await past_on_both.run()
    assert (row.state, row.seen, row.expected, row.message) == ("done", 250, 250, "")
    assert sorted(one["id"] for one in await past_on_both.rows(row)) == sorted(past_on_both.sandbox.truth)


async def test_chart_and_records_find_what_each_ticket_really_was(past: Audited) -> None:
    rows, truth = await past.rows(await past.run()), past.sandbox.truth
    judged = [one for one in rows if one["hindsight"] != "unknown"]
    assert len(judged) > 0.85 * len(rows)
    assert all(one["hindsight"] == truth[one["id"]] for one in judged)
    decided = [one for one in rows if one["chart"] not in ("left-alone", "review")]
    assert sum(one["chart"] == truth[one["id"]] for one in decided) >= 0.97 * len(decided)


async def test_nothing_is_written_and_nothing_could_be(past: Audited) -> None:
    await past.run()
    assert {request for request in past.asked() if not request.startswith("GET ")} == {"POST /system/bundles"}
    with pytest.raises(WritesForbidden):
        await past.service.parts.reader.patch("/service/tickets/4711", {"summary": "x"})


@pytest.mark.slow
async def test_few_requests_are_needed(tmp_path: Path) -> None:
    async with audited(f"sqlite:///{tmp_path}/audit.db", tickets=1000) as past:
        past.service.parts = replace(past.service.parts, page_size=1000)
        row = await past.run()
        texts = past.asked().count("POST /system/bundles")
        assert row.counters["requests"] <= 120
        once = 4  # GL rows, mapped types, the site and its projects, however many tickets there are
        assert row.counters["requests"] - texts <= 20 + once


async def test_texts_are_fetched_only_where_the_fields_leave_the_ticket_open(past: Audited) -> None:
    row = await past.run()
    assert row.state == "done", row.message
    texts = Counter(one["texts"] for one in await past.rows(row))
    assert texts["clear"] > 20, texts
    assert texts["left-alone"] > 10
    assert row.counters["bundled"] == 2 * (texts["open"] + texts["check"])


@pytest.mark.slow
async def test_refused_bundles_change_nothing_but_the_number_of_requests(past: Audited, tmp_path: Path) -> None:
    bundled = (await past.year()).totals
    past.sandbox.switches.change({"bundles": False})
    assert await past.totals() == bundled


async def test_filters_narrow_the_range_by_id_or_name(past: Audited) -> None:
    every = await past.rows(await past.year())
    board = await past.rows(await past.run(replace(YEAR, boards=("sales handover",))))
    assert [one["id"] for one in board] == [one["id"] for one in every if one["board"] == "Sales Handover"]
    half = replace(YEAR, since=NOW - timedelta(days=100), companies=(251,), statuses=("Closed",))
    found = await past.rows(await past.run(half))
    assert found
    assert {(one["company"], one["closed"]) for one in found} == {(found[0]["company"], True)}


def cancels(past: Audited, audit_id: str, *, seen: int) -> Progress:
    """Wishes for an audit's end once it has seen so many tickets, as somebody else does while a page is under way."""

    def told(row: AuditRow) -> None:
        if row.seen >= seen:
            wish = sa.update(audits).where(audits.c.id == audit_id).values(cancel=True)
            past.service.parts.database.write_now(lambda db: db.execute(wish))

    return told


async def test_a_cancelled_audit_keeps_what_it_found_and_can_go_on(past: Audited) -> None:
    whole = (await past.year()).totals
    past.service.parts = replace(past.service.parts, page_size=50)
    begun = await past.service.begin(YEAR)

    cancelled = await past.service.finish(begun.id, cancels(past, begun.id, seen=1))
    assert (cancelled.state, cancelled.seen) == ("cancelled", 100)
    assert cancelled.message == f"Cancelled after ticket {cancelled.cursor}; results until then are kept."
    assert (cancelled.totals or {})["tickets"] == 100
    await past.service.resume()
    done = await past.service.finish(begun.id)
    assert (done.state, done.totals) == ("done", whole)


@pytest.mark.slow
async def test_an_audit_that_was_broken_off_is_left_with_what_it_found_and_goes_on_later(past_on_both: Audited) -> None:
    past = past_on_both
    whole = (await past.year()).totals
    begun = await past.service.begin(YEAR)

    def breaks_off(row: AuditRow) -> None:
        if row.seen:
            working.cancel()

    working = asyncio.create_task(past.service.finish(begun.id, breaks_off))
    with pytest.raises(asyncio.CancelledError):
        await working
    left = await past.service.leave(begun.id)
    assert (left.state, left.seen, (left.totals or {})["tickets"]) == ("cancelled", 125, 125)
    assert left.message == f"Cancelled after ticket {left.cursor}; results until then are kept."
    await past.service.resume()
    done = await past.service.finish(begun.id)
    assert (done.state, done.totals) == ("done", whole)


async def test_an_audit_that_another_works_on_is_left_to_it_with_the_wish_to_end(past: Audited) -> None:
    begun = await past.service.begin(YEAR)
    await past.service.parts.audits.claim("another", now=NOW)
    left = await past.service.leave(begun.id)
    assert (left.state, left.cancel, left.owner) == ("running", True, "another")


async def test_an_audit_that_nobody_works_on_is_cancelled_at_once(past: Audited) -> None:
    begun = await past.service.begin(YEAR)
    assert (await past.service.cancel(begun.id)).state == "cancelled"
    with pytest.raises(ConflictError, match="ended already"):
        await past.service.cancel(begun.id)


async def test_what_a_dead_worker_left_goes_on_behind_its_last_page_with_the_same_totals(past_on_both: Audited) -> None:
    past = past_on_both
    whole = (await past.year()).totals
    begun = await past.service.begin(YEAR)

    class Killed(BaseException):
        pass

    def die(row: AuditRow) -> None:
        if row.seen:
            raise Killed

    with pytest.raises(Killed):
        await past.service.finish(begun.id, die)
    left = await past.service.get(begun.id)
    assert (left.state, left.seen) == ("running", 125)
    before = len(past.asked())
    done = await past.service.finish(begun.id)
    assert (done.state, done.seen, done.totals) == ("done", 250, whole)
    assert past.asked()[before:].count("GET /service/tickets") <= 2


async def test_two_workers_do_not_share_an_audit(past: Audited) -> None:
    kept, begun = past.service.parts.audits, await past.service.begin(YEAR)
    assert await kept.claim("here:1:a", now=NOW) is not None
    assert await kept.claim("here:2:b", now=NOW) is None
    assert await kept.claim("here:2:b", now=NOW + timedelta(seconds=61)) is not None
    assert (await past.service.get(begun.id)).owner == "here:2:b"


async def test_the_background_loop_carries_audits_on_and_looks_for_thresholds(past: Audited) -> None:
    await past.service.start()
    begun = await past.service.begin(YEAR)
    row = await eventually(lambda: past.service.get(begun.id), lambda audit: audit.suggestions is not None)
    assert row.state == "done"


async def test_resuming_finds_the_audit_that_has_not_come_to_its_end(past: Audited) -> None:
    with pytest.raises(NotFoundError, match="no audit to resume"):
        await past.service.resume()
    row = await past.run()
    with pytest.raises(ConflictError, match="has ended"):
        await past.service.resume(row.id)
    open_one = await past.service.begin(YEAR)
    assert (await past.service.resume()).id == open_one.id


def test_an_empty_range_is_refused_before_anything_is_asked() -> None:
    with pytest.raises(BadRange, match="range is empty: it begins at 2026-11-24T12:00:00Z"):
        AuditRequest(NOW, NOW)
    with pytest.raises(BadRange, match="must not hold quotes"):
        AuditRequest(NOW - timedelta(days=1), NOW, boards=('a" or 1=1 or "',))


async def test_a_range_without_tickets_is_said(past: Audited) -> None:
    row = await past.run(AuditRequest(NOW - timedelta(days=4000), NOW - timedelta(days=3000)))
    assert (row.state, row.seen) == ("done", 0)
    assert row.message.startswith("There is no ticket entered from")
    assert row.message in await past.report(row, "html")


@pytest.mark.slow
async def test_a_board_that_the_member_may_not_see_is_named(past: Audited) -> None:
    past.sandbox.switches.change({"hidden_boards": "Sales Handover"})
    row = await past.run(replace(YEAR, boards=("Sales Handover",)))
    assert row.state == "failed"
    said = "ConnectWise shows nothing of the board Sales Handover: there is none of that name, or the API member may not see it."
    assert row.message == said
    both = await past.run(replace(YEAR, boards=("Sales Handover", "Service Desk")))
    assert both.state == "done"
    assert said in both.remarks
    assert said in (await past.run()).remarks


async def test_a_board_that_does_not_exist_is_named(past: Audited) -> None:
    row = await past.run(replace(YEAR, boards=("Servce Desk",)))
    assert (row.state, row.message[:51]) == ("failed", "ConnectWise shows nothing of the board Servce Desk:")


@pytest.mark.fast_cases(1)
@pytest.mark.parametrize(
    ("member", "right", "wrong", "said"),
    [("companies", 251, "Herron Valley Water", "the company Herron Valley Water: it has no ticket at all."),
     ("companies", 251, 999_999, "the company 999999: it has no ticket at all."),
     ("statuses", "closed", "Closd", "the status Closd: no ticket is in it.")],
    ids=["company", "id of a company", "status"],
)  # fmt: skip
async def test_a_company_or_status_that_no_ticket_has_is_named(
    past: Audited, member: str, right: str | int, wrong: str | int, said: str
) -> None:
    said = f"ConnectWise shows nothing of {said} Is the name spelt as it is there?"

    def of(*named: str | int) -> AuditRequest:
        chosen: dict[str, Any] = {member: named}
        return replace(YEAR, **chosen)

    alone = await past.run(of(wrong))
    assert (alone.state, alone.message) == ("failed", said)
    before = len(past.asked())
    plain = await past.run(of(right))
    between = len(past.asked())
    both = await past.run(of(wrong, right))
    assert (both.state, both.seen, said in both.remarks) == ("done", plain.seen, True)
    assert not any("shows nothing" in one for one in plain.remarks)
    assert len(past.asked()) - between == between - before + 1


async def test_records_that_may_not_be_read_leave_a_remark_and_no_hindsight(past: Audited) -> None:
    past.sandbox.switches.change({"forbidden_areas": "/time/entries"})
    row = await past.run()
    assert row.state == "done"
    assert any(one.startswith("Of 250 tickets time entries could not be read") for one in audit_json(row)["remarks"])
    assert row.totals is not None
    assert row.totals["judged"]["tickets"] <= 5


async def test_a_member_without_right_to_tickets_is_told_so(past: Audited) -> None:
    past.sandbox.switches.change({"forbidden_areas": "/service/tickets"})
    row = await past.run()
    assert row.state == "failed"
    assert "security role does not allow GET /service/tickets/count (403)" in row.message


async def test_a_ticket_whose_texts_are_gone_is_counted_and_the_rest_goes_on(past: Audited) -> None:
    past.sandbox.switches.change({"bundles": False})
    past.sandbox.faults.append(Fault("error-before", path=r"/service/tickets/\d+/notes", status=404, times=1, skip=7))
    row = await past.run()
    assert (row.state, row.seen) == ("done", 250)
    assert any(one.startswith("Of 1 tickets notes could not be read") for one in audit_json(row)["remarks"])


async def test_a_page_that_fails_for_good_ends_the_audit_and_what_was_done_stays(past: Audited) -> None:
    past.sandbox.faults.append(Fault("error-before", path="/service/tickets$", status=500, skip=1, times=10_000))
    row = await past.run()
    assert (row.state, row.seen) == ("failed", 125)
    assert f"Results up to ticket {row.cursor} are kept; resume the audit to continue from there." in row.message
    assert row.totals is not None
    assert row.totals["tickets"] == 125
    assert "This audit is not complete (failed)" in await past.report(row, "html")
    past.sandbox.faults.clear()
    await past.service.resume()
    done = await past.service.finish(row.id)
    assert (done.state, done.seen) == ("done", 250)


@pytest.mark.slow
async def test_a_page_that_fails_for_a_while_is_asked_for_again(past: Audited) -> None:
    past.sandbox.faults.append(Fault("error-before", path="/service/tickets$", status=503, skip=1, times=6))
    row = await past.run()
    assert (row.state, row.seen) == ("done", 250)


@pytest.mark.slow
async def test_a_full_disk_stops_the_audit_and_what_was_kept_goes_on_later(
    past: Audited, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = (await past.year()).totals
    begun, kept = await past.service.begin(YEAR), past.service.parts.audits
    keep, pages = kept.keep_page, []

    async def full(*given: Any, **named: Any) -> AuditRow:
        pages.append(given)
        if len(pages) > 1:
            raise StoreUnavailable("The database does not answer as it should (OperationalError).")
        return await keep(*given, **named)

    monkeypatch.setattr(kept, "keep_page", full)
    with pytest.raises(StoreUnavailable):
        await past.service.finish(begun.id)
    assert (await past.service.get(begun.id)).seen == 125
    monkeypatch.undo()
    done = await past.service.finish(begun.id)
    assert (done.state, done.totals) == ("done", whole)


@pytest.mark.slow
async def test_a_chart_that_changes_half_way_is_kept_and_said(tmp_path: Path) -> None:
    file = tmp_path / "chart.yaml"
    file.write_text(shipped_chart().text, encoding="utf-8")
    async with audited(f"sqlite:///{tmp_path}/audit.db", chart=file) as past:
        begun = await past.service.begin(YEAR)
        file.write_text(shipped_chart().text.replace('version: "1"', 'version: "2"'), encoding="utf-8")
        row = await past.service.finish(begun.id)
        assert (row.state, row.chart_version, row.chart_sha256) == ("done", "1", shipped_chart().stamp.sha256)
        assert row.remarks[0].startswith("The chart has changed since this audit began (version 1, now 2).")


async def test_a_strange_ticket_does_not_end_the_audit(past: Audited, monkeypatch: pytest.MonkeyPatch) -> None:
    def stumbles(ticket: TicketRecord, *given: Any, **named: Any) -> Any:
        if (ticket.id or 0) % 50 == 0:
            raise RecursionError
        return evaluate(ticket, *given, **named)

    monkeypatch.setattr("app.audit.batch.evaluate", stumbles)
    row = await past.run()
    assert (row.state, row.seen) == ("done", 250)
    broken = [one for one in await past.rows(row) if one["chart"] == "not-readable"]
    assert broken
    assert all(one["rule"] == "It could not be evaluated (RecursionError)." for one in broken)
    assert f"{len(broken)} tickets could not be evaluated; they are listed." in audit_json(row)["remarks"]


async def test_old_audits_forget_their_tickets_and_keep_their_totals(past: Audited) -> None:
    row = await past.year()
    assert await past.service.parts.audits.prune(older_than=timedelta(days=-1), now=NOW) == 2
    assert (await past.service.get(row.id)).totals == row.totals
    with pytest.raises(ConflictError, match="forgotten after its time"):
        await past.report(row, "csv")
    with pytest.raises(ConflictError, match="has kept no evidence"):
        await past.service.what_if(row.id, shipped_chart())


@pytest.mark.slow
async def test_an_audit_whose_tickets_were_forgotten_does_not_go_on_with_half_of_them(past: Audited) -> None:
    begun = await past.service.begin(YEAR)

    past.service.parts = replace(past.service.parts, page_size=50)
    assert (await past.service.finish(begun.id, cancels(past, begun.id, seen=1))).state == "cancelled"
    await past.service.parts.audits.prune(older_than=timedelta(days=-1), now=NOW)
    with pytest.raises(ConflictError, match="begin a new one"):
        await past.service.resume(begun.id)


@pytest.mark.slow
async def test_who_cancels_after_the_last_page_has_cancelled_nothing(past: Audited) -> None:
    begun = await past.service.begin(YEAR)

    assert (await past.service.finish(begun.id, cancels(past, begun.id, seen=250))).state == "done"


async def test_an_audit_that_goes_on_is_not_cancelled_by_an_earlier_wish(past: Audited) -> None:
    begun = await past.service.begin(YEAR)
    held = await past.service.parts.audits.claim("another", now=NOW)
    assert held is not None
    assert (await past.service.cancel(begun.id)).cancel
    resumed = await past.service.resume(begun.id)
    assert (resumed.state, resumed.cancel) == ("running", False)


async def test_tables_are_those_of_the_migration(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path}/x.db")
    database.migrate()

    def columns(db: sa.Connection) -> dict[str, set[str]]:
        return {
            name: {one["name"] for one in sa.inspect(db).get_columns(name)}
            for name in ("audits", "audit_pages", "audit_tickets")
        }

    found = await database.read(columns)
    assert found == {table.name: {one.name for one in table.columns} for table in (audits, audit_pages, audit_tickets)}
    database.close()
