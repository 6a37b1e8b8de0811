"""The same tickets by another chart, and thresholds that fit better."""

from __future__ import annotations

import re
from collections import Counter

import pytest

from app.audit.kept_ticket import KeptTicket
from app.audit.threshold_search import Sampled, Step, count, is_better, steps, suggestions, tried
from app.audit_jobs.views import audit_json
from app.audit_jobs.what_if import what_if_json
from app.chart import Chart, parse_chart, shipped_chart
from app.workflow import NotFoundError
from tests.support.audit_factories import past_ticket, project_ticket, row
from tests.support.history_fixture import Audited


def with_exception(outcome: str) -> Chart:
    text = shipped_chart().text.replace(
        "rules: []", f"rules: [{{name: all, boards: [Sales Handover], outcome: {outcome}}}]"
    )
    return parse_chart(text)


async def test_the_same_chart_changes_nothing_and_asks_nobody(past: Audited) -> None:
    done = await past.year()
    before = len(past.asked())
    found = await past.service.what_if(done.id, shipped_chart())
    assert found.changed == []
    assert found.before.to_json() == done.totals
    assert found.after.to_json() == done.totals
    assert len(past.asked()) == before


async def test_each_ticket_that_changes_is_listed_with_the_change_in_every_figure(past: Audited) -> None:
    done = await past.year()
    rows = {one["id"]: one for one in await past.rows(done)}
    document = what_if_json(await past.service.what_if(done.id, with_exception("review")))
    expected = {number for number, one in rows.items() if one["board"] == "Sales Handover" and one["chart"] != "review"}
    assert {one["id"] for one in document["changed"]} == expected
    assert all(one["to"] == "review" and one["from"] == rows[one["id"]]["chart"] for one in document["changed"])
    before, after = document["before"], document["after"]
    assert after["asks_a_person"] - before["asks_a_person"] == len(expected)
    assert sum(after["would_move"].values()) < sum(before["would_move"].values())
    assert after["tickets"] == before["tickets"] == 250


@pytest.mark.slow
async def test_every_figure_that_another_chart_changes_is_told_with_its_money(past: Audited) -> None:
    done = await past.year()
    document = what_if_json(await past.service.what_if(done.id, with_exception("service-ticket")))
    told = {one["title"]: one for one in document["figures"]}
    before, after = document["before"], document["after"]
    hours = told["Further tickets that only the chart calls project work: hours"]
    assert (hours["before"], hours["after"]) == tuple(
        all_["misplaced"]["estimated"]["hours"] for all_ in (before, after)
    )
    assert told["Would become mini-projects"]["after"] == after["would_move"]["mini-project"]
    assert all(one["before"] != one["after"] for one in document["figures"])
    assert what_if_json(await past.service.what_if(done.id, shipped_chart()))["figures"] == []


@pytest.mark.slow
async def test_a_whole_audit_by_the_other_chart_would_have_said_the_same(past: Audited) -> None:
    other = with_exception("service-ticket")
    found = await past.service.what_if((await past.year()).id, other)
    whole = await past.run(chart=other)
    assert found.after.to_json()["confusion"] == (whole.totals or {})["confusion"]
    assert found.after.to_json()["money"] == (whole.totals or {})["money"]


async def test_what_the_tickets_were_and_came_to_stays_with_another_chart(past: Audited) -> None:
    done = await past.year()
    text = shipped_chart().text.replace("  periods: 2", "  periods: 5").replace("  sold: 2.0", "  sold: 9.0")
    found = await past.service.what_if(done.id, parse_chart(text))
    assert found.changed
    before, after = found.before.to_json(), found.after.to_json()
    assert after["judged"]["tickets"] <= before["judged"]["tickets"]
    assert after["judged"]["work"] <= before["judged"]["work"]
    assert after["misplaced"]["measured"] == before["misplaced"]["measured"]
    assert after["money"] == before["money"]
    was = {one["id"]: one["hindsight"] for one in await past.rows(done)}
    assert all(one.new["hindsight"] == was[one.new["id"]] for one in found.changed)


async def test_texts_that_were_not_read_are_counted_where_another_chart_wants_them(past: Audited) -> None:
    done = await past.year()
    found = await past.service.what_if(done.id, parse_chart("watch: {ignore_boards: []}"))
    alone = (done.totals or {})["left_alone"]
    assert 0 < found.without_texts <= alone


async def test_an_audit_that_is_not_there_is_told(past: Audited) -> None:
    with pytest.raises(NotFoundError, match="There is no audit nothing"):
        await past.service.what_if("nothing", shipped_chart())


async def test_suggestions_are_kept_with_what_they_would_change_and_never_applied(past: Audited) -> None:
    done = await past.year(chart=parse_chart("finance: {strong_fault: 0.0, sold_over_fault: 10.0}"))
    row = await past.service.suggest(done.id)
    assert row.suggestions
    best = row.suggestions[0]
    assert best["change"]["right"] > 0
    assert (best["place"], best["now"], best["then"]) == ("finance.strong_fault", 0.0, 1.0)
    assert (row.chart_sha256, row.totals) == (done.chart_sha256, done.totals)


def test_each_threshold_is_tried_a_step_up_and_down_within_its_limits() -> None:
    found = {(one.place, one.then) for one in steps(shipped_chart())}
    assert {("scheduling.members", 3), ("finance.sold", 1.5), ("combination.min_evidence", "hint")} <= found
    assert ("scheduling.members", 1) not in found
    assert ("finance.strong_fault", 4.0) not in found


def test_a_step_is_measured_in_the_tickets_that_its_sample_stands_for() -> None:
    text = "scheduling: {members: 3}\nduration: {periods: 4}"
    case = project_ticket(initialDescription="Please see the plan.", summary="New server", timeEntries=[])
    sample = [
        Sampled(KeptTicket.from_json(case), "project", "service-ticket", 10),
        Sampled(KeptTicket.from_json(past_ticket()), "service-ticket", "service-ticket", 50),
    ]
    change = tried(text, Step("scheduling", "members", 3, 2), sample)
    assert (change["tickets"], change["right"], change["wrong"], change["moves"]) == (10, 10, -10, 10)
    assert is_better(change)
    assert suggestions([(Step("scheduling", "members", 3, 2), change)])[0] == {
        "place": "scheduling.members", "now": 3, "then": 2, "change": {"tickets": 10, "right": 10, "wrong": -10, "asks": 0, "moves": 10},
    }  # fmt: skip


def test_a_step_that_does_more_harm_than_good_is_not_suggested() -> None:
    sample = [Sampled(KeptTicket.from_json(project_ticket()), "project", "project", 5)]
    change = tried("", Step("scheduling", "members", 2, 50), sample)
    assert not is_better(change)
    assert suggestions([(Step("scheduling", "members", 2, 50), change)]) == []


@pytest.mark.slow
async def test_a_suggestion_says_what_the_same_change_by_hand_says(past: Audited) -> None:
    text = shipped_chart().text.replace("strong_fault: 2.0", "strong_fault: 0.0").replace(
        "sold_over_fault: 3.5", "sold_over_fault: 10.0"
    )  # fmt: skip
    suggested = await past.service.suggest((await past.year(chart=parse_chart(text))).id)
    assert suggested.suggestions
    for one in suggested.suggestions:
        name = one["place"].partition(".")[2]
        other = re.sub(rf"(?m)^(  {name}: )\S+", rf"\g<1>{one['then']}", text)
        assert other != text, one
        found = await past.service.what_if(suggested.id, parse_chart(other))
        before, after = found.before.to_json(), found.after.to_json()
        by_hand = {
            "tickets": len(found.changed),
            "right": after["judged"]["agree"] - before["judged"]["agree"],
            "wrong": sum((all_["judged"]["tickets"] - all_["judged"]["agree"]) * sign for all_, sign in ((after, 1), (before, -1))),
            "asks": after["asks_a_person"] - before["asks_a_person"],
            "moves": sum(after["would_move"].values()) - sum(before["would_move"].values()),
        }  # fmt: skip
        assert one["change"] == by_hand, one


@pytest.mark.slow
async def test_a_suggestion_counts_the_tickets_of_which_the_records_tell_nothing(past: Audited) -> None:
    suggested = await past.service.suggest(
        (await past.year(chart=parse_chart("finance: {strong_fault: 0.0, sold_over_fault: 10.0}"))).id
    )
    unknown = {one["id"] for one in await past.rows(suggested) if one["hindsight"] == "unknown"}
    found = await past.service.what_if(suggested.id, parse_chart("finance: {strong_fault: 1.0, sold_over_fault: 10.0}"))
    assert {one.new["id"] for one in found.changed} & unknown
    assert (suggested.suggestions or [])[0]["change"]["tickets"] == len(found.changed)
    assert any("right and wrong only where records show the outcome" in one for one in audit_json(suggested)["remarks"])


def test_more_questions_than_right_answers_are_no_better() -> None:
    assert is_better({"right": 3, "asks": 2})
    assert not is_better({"right": 1, "asks": 2})
    assert is_better({"wrong": -1, "asks": -4})


def test_a_step_is_counted_over_tickets_whose_records_tell_and_over_those_whose_do_not() -> None:
    known, still_open = row(past_ticket(1)), row(past_ticket(2, closedFlag=False))
    change: Counter[str] = Counter()
    for one in (known, still_open):
        count(change, one, "review")
    assert (change["tickets"], change["asks"], change["right"], change["wrong"]) == (2, 2, -1, 0)
    assert not is_better(change)
