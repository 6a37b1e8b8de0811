"""Tickets with relatives: the live service leaves them or asks a person, and so their rows say."""

from __future__ import annotations

from typing import Any

import pytest

from app.audit.as_of import blocker
from app.audit.evaluate import first_look
from app.audit.kept_ticket import KeptTicket
from app.audit.threshold_search import Sampled, Step, tried
from app.audit.totals import is_listed, would_move
from app.chart import parse_chart, shipped_chart
from app.domain.ticket import TicketRecord
from app.planning.blockers import blockers
from tests.support.audit_factories import NOW, past_ticket, project_ticket, row, tally

RELATIVES: list[Any] = [
    pytest.param({"parentTicketId": 4000}, "The ticket is a child of another ticket. Decide by hand.", id="child"),
    pytest.param({"hasChildTicket": True}, "The ticket has child tickets. Decide by hand.", id="parent"),
    pytest.param({"hasMergedChildTicketFlag": True}, "The ticket is merged with another one. Decide by hand.", id="others merged into it"),
]  # fmt: skip


@pytest.mark.parametrize(("relatives", "sentence"), RELATIVES)
def test_project_work_of_a_ticket_with_relatives_asks_a_person(relatives: dict[str, Any], sentence: str) -> None:
    alone, found = row(project_ticket()), row(project_ticket(**relatives))
    assert (alone["chart"], would_move(alone)) == ("project", True)
    assert (found["chart"], found["rule"], found["candidates"]) == ("review", sentence, ["project"])
    assert not would_move(found)
    assert is_listed(found)
    assert (found["hindsight"], found["agrees"]) == ("project", None)
    assert tally([found]).to_json()["asks_a_person"] == 1


@pytest.mark.parametrize(("relatives", "sentence"), RELATIVES)
def test_the_sentence_is_that_of_the_live_service(relatives: dict[str, Any], sentence: str) -> None:
    case = project_ticket(**relatives, closedFlag=False, timeEntries=[])
    assert [one.text for one in blockers(TicketRecord.from_json(case), shipped_chart())] == [sentence]


def test_a_protected_agreement_asks_a_person_as_it_does_live() -> None:
    chart = parse_chart("watch: {protected_agreements: [Flat Rate]}")
    case = project_ticket(agreement={"id": 7, "name": "flat rate", "type": "Managed"}, closedFlag=False, timeEntries=[])
    assert blocker(TicketRecord.from_json(case), chart) == blockers(TicketRecord.from_json(case), chart)[0].text
    assert blocker(TicketRecord.from_json(case), shipped_chart()) is None


@pytest.mark.parametrize(("relatives", "_"), RELATIVES)
def test_a_service_ticket_with_relatives_stays_one(relatives: dict[str, Any], _: str) -> None:
    assert row(past_ticket(**relatives))["chart"] == "service-ticket"


@pytest.mark.parametrize("changes", [{"mergedParentTicket": {"id": 9}}, {"recordType": "ProjectTicket"}], ids=repr)
def test_a_ticket_that_was_merged_away_or_is_no_service_ticket_is_left_alone(changes: dict[str, Any]) -> None:
    case = project_ticket(**changes)
    seen = first_look(TicketRecord.from_json(case), shipped_chart(), now=NOW)
    assert isinstance(seen, dict)
    for found in (seen, row(case)):
        assert (found["chart"], found["agrees"], would_move(found)) == ("left-alone", None, False)
        assert found["rule"].endswith(".")
    assert tally([seen]).to_json()["left_alone"] == 1


def test_a_threshold_does_not_change_what_a_person_decides_anyway() -> None:
    case = project_ticket(parentTicketId=4000)
    change = tried(
        "", Step("scheduling", "members", 2, 3), [Sampled(KeptTicket.from_json(case), "project", row(case)["chart"], 5)]
    )
    assert change["tickets"] == 0
