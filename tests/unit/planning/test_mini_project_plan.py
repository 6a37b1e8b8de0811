"""The mini-project's two ways, and who is left to a person."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.planning_factories import (
    catalogue,
    changed,
    chart,
    codes,
    id_on,
    listed,
    make_ticket,
    mini,
    misfits,
    project,
    sold,
    step,
    steps_of,
    told,
)

BOARD = "Mini-Projects"
AT = f"/service/boards/{next(one['id'] for one in listed('/service/boards') if one['name'] == BOARD)}"
BY_TYPE = {"mini_project": {"method": "type"}}


def test_a_move_sets_everything_of_the_board_by_its_own_ids_at_once() -> None:
    assert dict(step(mini(), "move").wish) == {
        "board": {"id": 12},
        "status": {"id": id_on(BOARD, "statuses", "In Progress")},
        "type": {"id": id_on(BOARD, "types", "Service Request")},
        "subType": {"id": id_on(BOARD, "subtypes", "Network")},
        "item": {"id": id_on(BOARD, "items", "Install")},
        "team": {"id": id_on(BOARD, "teams", "Engineers")},
        "department": {"id": 14},
        "location": {"id": 2},
    }


def test_a_move_looks_at_the_department_once_more_after_workflow_rules_have_run() -> None:
    made = mini()
    assert [one.key for one in made.steps] == ["guard", "move", "note", "place"]
    assert dict(step(made, "place").wish) == {"department": {"id": 14}, "location": {"id": 2}}
    assert [complaint for one in made.steps if one.method != "GET" for complaint in misfits(one)] == []


def test_the_steps_remember_what_was_there_before() -> None:
    restore = step(mini(), "move").restore
    ticket = make_ticket()
    assert restore == {name: {"id": ticket[name]["id"]} for name in restore}
    assert restore.keys() == step(mini(), "move").wish.keys()


def test_the_chart_maps_names_between_the_boards() -> None:
    rules = chart(
        mini_project={
            "statuses": {"in progress ": "Assigned"},
            "types": {"Service Request": "Change"},
            "teams": {"Engineers": "First Line"},
        }
    )
    wish = step(mini(rules=rules), "move").wish
    assert wish["status"] == {"id": id_on(BOARD, "statuses", "Assigned")}
    assert wish["type"] == {"id": id_on(BOARD, "types", "Change")}
    assert wish["team"] == {"id": id_on(BOARD, "teams", "First Line")}


@pytest.mark.parametrize(
    ("rules", "code"),
    [
        ({"statuses": {"In Progress": "Closed"}}, "status-closed"),
        ({"statuses": {"In Progress": "Asigned"}}, "status-missing"),
        ({"types": {"Service Request": "Chnge"}}, "service-type-missing"),
        ({"teams": {"Engineers": "Enginers"}}, "team-missing"),
        ({"board": "Mini Projects"}, "board-missing"),
        ({"board": "Projects"}, "board-is-project"),
    ],
)
def test_a_name_in_the_chart_that_does_not_fit_goes_to_review_never_to_a_guess(
    rules: dict[str, Any], code: str
) -> None:
    made = mini(rules=chart(mini_project=rules))
    assert (codes(made), made.steps) == ([code], ())
    assert made.problems[0].text.endswith(".")


def test_a_status_that_the_board_lacks_becomes_the_charts_or_the_default_but_never_a_closed_one() -> None:
    ticket = make_ticket(status={"id": 1, "name": "Escalated"})
    default = step(mini(ticket=ticket), "move").wish["status"]
    named = step(mini(ticket=ticket, rules=chart(mini_project={"status": "Assigned"})), "move").wish["status"]
    assert default == {"id": id_on(BOARD, "statuses", "New")}
    assert named == {"id": id_on(BOARD, "statuses", "Assigned")}


def test_a_closed_default_status_goes_to_review() -> None:
    path = f"{AT}/statuses"
    closing = [one | {"closedStatus": True, "defaultFlag": one["name"] == "New"} for one in listed(path)]
    assert codes(mini(lists=changed(path, closing))) == ["status-missing"]


def test_an_inactive_status_of_the_same_name_is_not_chosen() -> None:
    path = f"{AT}/statuses"
    shut = [one | ({"inactive": True} if one["name"] == "In Progress" else {}) for one in listed(path)]
    assert step(mini(lists=changed(path, shut)), "move").wish["status"] == {"id": id_on(BOARD, "statuses", "New")}


@pytest.mark.parametrize(
    ("path", "gone"),
    [(f"{AT}/subtypes", {"subType": None, "item": None}), (f"{AT}/items", {"item": None})],
    ids=["no subtype there", "no item there"],
)
def test_what_has_no_place_on_the_board_is_cleared(path: str, gone: dict[str, None]) -> None:
    wish = step(mini(lists=changed(path, [])), "move").wish
    assert {name: wish[name] for name in gone} == gone


def test_type_subtype_and_item_must_be_allowed_together() -> None:
    apart = [one | {"typeAssociationIds": [1]} for one in listed(f"{AT}/subtypes")]
    assert step(mini(lists=changed(f"{AT}/subtypes", apart)), "move").wish["subType"] is None
    assert step(mini(lists=changed(f"{AT}/typeSubTypeItemAssociations", [])), "move").wish["item"] is None


def test_the_other_way_sets_only_the_service_type_and_what_cannot_stand_with_it() -> None:
    made = mini(rules=chart(**BY_TYPE))
    assert dict(step(made, "move").wish) == {"type": {"id": id_on("Service Desk", "types", "Projects")}}
    assert not steps_of(made, "place")
    apart = [one | {"typeAssociationIds": [1]} for one in listed("/service/boards/1/subtypes")]
    wish = step(mini(rules=chart(**BY_TYPE), lists=changed("/service/boards/1/subtypes", apart)), "move").wish
    assert (wish["subType"], wish["item"]) == (None, None)
    loose = mini(rules=chart(**BY_TYPE), lists=changed("/service/boards/1/typeSubTypeItemAssociations", []))
    assert dict(step(loose, "move").wish).get("item", "kept") is None


def test_the_other_way_needs_the_type_on_the_tickets_own_board() -> None:
    ticket = make_ticket(
        board={"id": 2, "name": "Alerts"}, type={"id": id_on("Alerts", "types", "Alert"), "name": "Alert"}
    )
    assert codes(mini(rules=chart(**BY_TYPE), ticket=ticket)) == ["service-type-missing"]
    assert codes(mini(rules=chart(**BY_TYPE), ticket=make_ticket(board=None))) == ["board-unknown"]


def test_a_ticket_that_is_a_mini_project_already_has_nothing_to_do() -> None:
    there = {name: value for name, value in step(mini(), "move").wish.items() if value}
    made = mini(ticket=make_ticket(**there, closedFlag=True))
    assert (made.steps, made.problems) == ((), ())


def test_on_the_board_already_only_the_department_is_set_right() -> None:
    there = {
        "board": {"id": 12, "name": BOARD},
        "status": {"id": id_on(BOARD, "statuses", "Assigned"), "name": "Assigned"},
    }
    made = mini(ticket=make_ticket(**there), rules=chart(mini_project={"statuses": {"Assigned": "New"}}))
    assert dict(step(made, "move").wish) == {"department": {"id": 14}, "location": {"id": 2}}
    assert step(made, "move").title == "Set the department Professional Services"


@pytest.mark.parametrize(
    ("text", "wish", "words"),
    [
        ("Fixed price $640.", {"billingMethod": "FixedFee", "billingAmount": 640.0}, "Agreed price 640.00: set the billing method FixedFee"),
        ("Not to exceed $900.", {"billingMethod": "NotToExceed", "billingAmount": 900.0}, "Agreed limit 900.00: set the billing method NotToExceed"),
        ("Rate $95 per hour.", {"billingMethod": "OverrideRate", "hourlyRate": 95.0}, "Agreed rate 95.00 an hour: set the billing method OverrideRate"),
    ],
)  # fmt: skip
def test_a_priced_mini_project_carries_its_money_or_a_person_sets_it(
    text: str, wish: dict[str, Any], words: str
) -> None:
    made = mini(ticket=told(f"Order signed. {text}", agreement={"id": 600, "name": "Managed <b>"}))
    billing = step(made, "billing")
    assert dict(billing.wish) == wish | {"agreement": None}
    assert words in billing.fallback
    assert "removed from “Managed b”" in step(made, "note").body["text"]


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"closedFlag": True}, "ticket-closed"),
        ({"parentTicketId": 4000}, "ticket-child"),
        ({"hasChildTicket": True}, "ticket-parent"),
        ({"mergedParentTicket": {"id": 4000}}, "ticket-merged"),
        ({"hasMergedChildTicketFlag": True}, "ticket-merged"),
        ({"timeEntries": [{"id": 1, "invoice": {"id": 7}}]}, "time-billed"),
        ({"timeEntries": [{"id": 1, "status": "BilledAgreement"}]}, "time-billed"),
        ({"recordType": "ProjectTicket"}, "ticket-in-project"),
        ({"project": {"id": 900}}, "ticket-in-project"),
        ({"agreement": {"id": 600, "name": "block hours "}}, "agreement-protected"),
        ({"agreement": {"id": 600, "name": "x", "type": {"id": 1, "name": "Prepaid"}}}, "agreement-protected"),
        ({"agreement": {"id": 600, "name": "x", "type": "prepaid"}}, "agreement-protected"),
    ],
)
def test_tickets_that_should_not_be_touched_go_to_review_with_the_reason(changes: dict[str, Any], code: str) -> None:
    rules = chart(watch={"protected_agreements": ["Block Hours", "Prepaid"]})
    for made in (mini(ticket=make_ticket(**changes), rules=rules), project(ticket=make_ticket(**changes), rules=rules)):
        assert code in codes(made)
        assert next(one.text for one in made.problems if one.code == code).endswith("Decide by hand.")


def test_an_ordinary_ticket_has_no_problems() -> None:
    assert (mini().problems, project().problems) == ((), ())


def test_the_guard_covers_what_the_decision_rests_on() -> None:
    ticket = make_ticket(agreement={"id": 600, "name": "Managed Services"})
    expect = step(mini(ticket=ticket), "guard").expect
    assert expect == {
        "board/id": 1, "status/id": ticket["status"]["id"], "type/id": ticket["type"]["id"], "company/id": 250,
        "owner/id": 106, "agreement/id": 600, "summary": "New branch office", "closedFlag": False,
    }  # fmt: skip
    assert step(mini(ticket=make_ticket(type=None)), "guard").expect["type/id"] is None


def test_the_guard_of_a_conversion_stops_at_billed_time() -> None:
    look = step(project(), "guard").unused[0]
    assert look.path == "/time/entries"
    assert 'chargeToType="ServiceTicket" and chargeToId=4711' in look.conditions
    assert look.means == "time on the ticket is billed already"
    assert step(mini(), "guard").unused == ()


def test_the_same_evidence_gives_the_same_plan() -> None:
    ticket = sold(9, scheduleEntries=[{"member": "jdoe"}])
    assert project(ticket=ticket, lists=catalogue()) == project(ticket=dict(ticket), lists=catalogue())
