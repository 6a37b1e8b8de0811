"""Product lines: classes, prices, changes, and the refusal once a line is invoiced."""

from __future__ import annotations

import json

import pytest

from tests.support.sandbox_client import Line, errors_of


def a_line(line: Line, **changes: object) -> dict[str, object]:
    """A product line on a new ticket."""
    body = {
        "catalogItem": {"id": 1},
        "billableOption": "Billable",
        "ticket": {"id": line.ticket()["id"]},
        "price": 640,
        "quantity": 2,
    }
    made: dict[str, object] = line.post("/procurement/products", body | changes)
    return made


def test_a_line_takes_class_and_description_from_its_catalog_item() -> None:
    made = a_line(Line())
    assert made["productClass"] == "Service"
    assert made["description"] == "Professional services, fixed price"
    assert made["company"] == {"id": 250, "identifier": "Arbour", "name": "Arbour Lane Clinic"}
    assert made["extPrice"] == 1280.0


def test_a_recurring_item_makes_a_recurring_line() -> None:
    made = a_line(Line(), catalogItem={"identifier": "M365-BP"})
    assert made["productClass"] == "Agreement"
    assert made["recurring"] == {"recurringRevenue": 20.6, "billCycle": {"id": 1, "name": "Monthly"}}


@pytest.mark.parametrize(
    ("changes", "price"),
    [
        pytest.param({"discount": 80}, 1200.0, id="discount"),
        pytest.param({"quantityCancelled": 1}, 640.0, id="part-cancelled"),
        pytest.param({"price": "0.335", "quantity": 1}, 0.34, id="half-a-cent-goes-up"),
        pytest.param({"price": -1200, "quantity": 1}, -1200.0, id="discount-line"),
    ],
)
def test_the_extended_price_follows_quantity_price_and_discount(changes: dict[str, object], price: float) -> None:
    assert a_line(Line(), **changes)["extPrice"] == price


def test_lines_are_found_by_what_they_are_charged_to() -> None:
    line = Line()
    number = a_line(line)["id"]
    project = line.project()
    other = line.post(
        "/procurement/products",
        {"catalogItem": {"id": 3}, "billableOption": "Billable", "project": {"id": project["id"]}},
    )
    for conditions, found in (
        ("chargeToType='Ticket' AND chargeToId=4711", number), ("ticket/id=4711", number), ("project/id=900", other["id"]),
        ("chargeToType='Project' AND chargeToId=900", other["id"]),
    ):  # fmt: skip
        assert [each["id"] for each in line.get("/procurement/products", conditions=conditions)] == [found]


def test_charge_to_is_for_conditions_only_where_the_tenant_says_so() -> None:
    line = Line(products_return_charge_to=False)
    a_line(line)
    found = line.get("/procurement/products", conditions="chargeToId=4711")
    assert found[0]["ticket"]["id"] == 4711
    assert "chargeToId" not in found[0]
    assert "chargeToType" not in found[0]


def test_a_patch_sets_the_billable_option_and_computes_the_price_anew() -> None:
    line = Line()
    number = a_line(line)["id"]
    assert line.patch(f"/procurement/products/{number}", billableOption="DoNotBill", quantity=3).status == 200
    found = line.get(f"/procurement/products/{number}")
    assert (found["billableOption"], found["extPrice"]) == ("DoNotBill", 1920.0)
    assert line.patch(f"/procurement/products/{number}", billableOption="NoDefault").status == 400


def test_a_line_on_an_invoice_refuses_changes_and_names_the_invoice() -> None:
    line = Line()
    number = a_line(line)["id"]
    line.store.table("/procurement/products")[int(str(number))]["invoice"] = {"id": 9, "identifier": "INV9"}
    answer = line.patch(f"/procurement/products/{number}", billableOption="DoNotBill")
    assert answer.status == 400
    assert errors_of(answer) == {"billableOption": "InvalidObject"}
    assert "INV9" in answer.body.decode()
    assert line.get(f"/procurement/products/{number}")["billableOption"] == "Billable"


@pytest.mark.parametrize(("mode", "status", "option"), [("refused", 400, "Billable"), ("without-effect", 200, "Billable"),
                                                        ("applied", 200, "DoNotBill")])  # fmt: skip
def test_the_switch_says_what_a_change_of_a_line_does(mode: str, status: int, option: str) -> None:
    line = Line(product_patch=mode)
    number = a_line(line)["id"]
    answer = line.patch(f"/procurement/products/{number}", billableOption="DoNotBill")
    assert answer.status == status
    assert line.get(f"/procurement/products/{number}")["billableOption"] == option


def test_a_detached_line_leaves_its_ticket() -> None:
    line = Line()
    number = a_line(line)["id"]
    assert line.ask("POST", f"/procurement/products/{number}/detach", {"removeFromTicket": True}).status == 204
    assert line.get("/procurement/products", conditions="chargeToId=4711") == []
    assert line.ask("POST", "/procurement/products/99999/detach", {}).status == 404


def test_a_line_needs_an_existing_ticket_and_an_option() -> None:
    line = Line()
    body = {"catalogItem": {"id": 1}, "billableOption": "Billable", "ticket": {"id": 4711}}
    assert errors_of(line.ask("POST", "/procurement/products", body)) == {"ticket/id": "NotFound"}
    answer = line.ask("POST", "/procurement/products", {"catalogItem": {"id": 1}})
    assert errors_of(answer) == {"billableOption": "MissingRequiredField"}


@pytest.mark.parametrize(
    ("switches", "of_ticket", "of_project"),
    [
        pytest.param({}, 1, 0, id="stay"),
        pytest.param({"convert_drops_products": True}, 0, 0, id="dropped"),
        pytest.param({"convert_moves_products": True}, 0, 1, id="moved-to-the-project"),
        pytest.param({"convert_changes_id": True}, 1, 0, id="follow-a-new-id"),
    ],
)
def test_lines_stay_with_the_ticket_on_conversion_unless_the_switch_says_otherwise(
    switches: dict[str, bool], of_ticket: int, of_project: int
) -> None:
    line = Line(**switches)
    a_line(line)
    project = line.project()
    phase = line.phase(project["id"])
    line.post("/service/tickets/4711/convert", {"phase": {"id": phase["id"]}, "wbsCode": "1.1"})
    ticket = line.get("/project/tickets")[0]["id"]
    assert len(line.get("/procurement/products", conditions=f"ticket/id={ticket}")) == of_ticket
    assert len(line.get("/procurement/products", conditions=f"project/id={project['id']}")) == of_project
    assert json.dumps(line.sandbox.invoiced(ticket))
