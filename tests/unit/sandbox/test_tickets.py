"""Service tickets: what is bound to a board, what a move does, what lies beside a ticket."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.sandbox_client import Line, errors_of


def target(line: Line, **names: str) -> dict[str, Any]:
    """Values of the Mini-Projects board by name, as a whole move sends them."""
    kinds = {"status": "statuses", "type": "types", "subType": "subtypes", "item": "items", "team": "teams"}
    return {"board": {"id": 12}} | {name: line.board_value(12, kinds[name], value) for name, value in names.items()}


def test_a_new_ticket_gets_the_defaults_of_its_board_and_its_text_as_first_note() -> None:
    line = Line()
    ticket = line.ticket(
        initialDescription="Paper jam", initialInternalAnalysis="Old one", board={"name": "Service Desk"}
    )
    assert ticket["status"]["name"] == "New"
    assert ticket["department"]["name"] == "Service"
    assert ticket["recordType"] == "ServiceTicket"
    assert "initialDescription" not in ticket
    notes = line.get("/service/tickets/4711/notes")
    assert [(note["text"], note["detailDescriptionFlag"], note["internalAnalysisFlag"]) for note in notes] == [
        ("Paper jam", True, False), ("Old one", False, True),
    ]  # fmt: skip


@pytest.mark.parametrize("reference", [{"id": 250}, {"identifier": "arbour"}, {"name": "Arbour Lane Clinic"}])
def test_references_come_back_expanded_however_they_were_named(reference: dict[str, Any]) -> None:
    assert Line().ticket(company=reference)["company"] == {
        "id": 250,
        "identifier": "Arbour",
        "name": "Arbour Lane Clinic",
    }


def test_a_reference_to_nothing_is_refused() -> None:
    answer = Line().ask("POST", "/service/tickets", {"summary": "x", "company": {"id": 9}})
    assert (answer.status, errors_of(answer)) == (400, {"company/name": "NotFound"})


@pytest.mark.parametrize(
    ("member", "kind", "name"),
    [("status", "statuses", "New"), ("type", "types", "Change"), ("subType", "subtypes", "Email"), ("item", "items", "Repair"),
     ("team", "teams", "Engineers")],
)  # fmt: skip
def test_a_value_of_another_board_is_refused_as_documented(member: str, kind: str, name: str) -> None:
    line = Line()
    line.ticket()
    answer = line.patch("/service/tickets/4711", **{member: line.board_value(12, kind, name)})
    assert answer.status == 400
    assert answer.value["code"] == "InvalidObject"
    assert answer.value["message"] == "ticket object is invalid"
    assert errors_of(answer) == {f"{member}/name": "NotFound"}


def test_a_whole_move_takes_the_values_of_the_new_board() -> None:
    line = Line()
    line.ticket(type={"name": "Change"}, subType={"name": "Email"}, item={"name": "Install"})
    wish = target(line, status="Assigned", type="Change", subType="Email", item="Install", team="Engineers")
    moved = line.patch("/service/tickets/4711", **wish, department={"id": 14}).value
    assert [moved[name]["name"] for name in ("board", "status", "type", "subType", "item", "team", "department")] == [
        "Mini-Projects", "Assigned", "Change", "Email", "Install", "Engineers", "Professional Services",
    ]  # fmt: skip


def test_an_item_must_go_with_type_and_subtype() -> None:
    line = Line()
    line.ticket(type={"name": "Change"}, subType={"name": "Email"})
    answer = line.patch("/service/tickets/4711", item=line.board_value(1, "items", "Advice"))
    assert errors_of(answer) == {"item/name": "NotFound"}


def test_a_subtype_must_go_with_the_type() -> None:
    line = Line()
    subtype = line.board_value(1, "subtypes", "Email")
    kind = line.board_value(1, "types", "Incident")
    line.store.table("/service/boards/1/subtypes")[subtype["id"]]["typeAssociationIds"] = [kind["id"]]
    line.ticket(type=kind, subType=subtype)
    answer = line.patch("/service/tickets/4711", type=line.board_value(1, "types", "Change"))
    assert errors_of(answer) == {"subType/name": "NotFound"}


@pytest.mark.parametrize(
    ("way", "status", "shown"),
    [
        ("default-status", 200, ("New", None)),
        ("refused", 400, ("Assigned", "Change")),
        ("inconsistent", 200, ("Assigned", "Change")),
    ],
)
def test_a_move_of_the_board_alone_follows_the_switch(way: str, status: int, shown: tuple[str, str | None]) -> None:
    line = Line(board_only_patch=way)
    line.ticket(type={"name": "Change"}, status={"name": "Assigned"})
    assert line.patch("/service/tickets/4711", board={"id": 12}).status == status
    ticket = line.get("/service/tickets/4711")
    assert (ticket["status"]["name"], (ticket.get("type") or {}).get("name")) == shown
    assert ticket["board"]["id"] == (12 if status == 200 else 1)


@pytest.mark.parametrize("form", ["object", "scalar"])
@pytest.mark.parametrize(
    ("way", "status", "board"), [("applied", 200, 12), ("refused", 400, 1), ("without-effect", 200, 1)]
)
def test_each_form_of_patch_follows_its_switch(form: str, way: str, status: int, board: int) -> None:
    line = Line(**{f"patch_{form}": way})
    line.ticket()
    forms: dict[str, dict[str, Any]] = {
        "object": {"path": "board", "value": {"id": 12}},
        "scalar": {"path": "/board/id", "value": 12},
    }
    operation = forms[form]
    assert line.ask("PATCH", "/service/tickets/4711", [{"op": "replace", **operation}]).status == status
    assert line.get("/service/tickets/4711")["board"]["id"] == board


def test_op_remove_clears_a_member() -> None:
    line = Line()
    line.ticket(owner={"identifier": "jdoe"}, poNumber="77")
    operations = [{"op": "remove", "path": "owner"}, {"op": "remove", "path": "poNumber"}]
    assert line.ask("PATCH", "/service/tickets/4711", operations).status == 200
    assert {"owner", "poNumber"}.isdisjoint(line.get("/service/tickets/4711"))


@pytest.mark.parametrize(
    ("way", "status", "method"), [("applied", 200, "FixedFee"), ("refused", 400, None), ("without-effect", 200, None)]
)
def test_a_tickets_billing_can_be_patched_as_the_switch_says(way: str, status: int, method: str | None) -> None:
    line = Line(patch_ticket_billing=way)
    line.ticket()
    assert line.patch("/service/tickets/4711", billingMethod="FixedFee", billTime="NoCharge").status == status
    assert line.get("/service/tickets/4711").get("billingMethod") == method


@pytest.mark.parametrize("follows", [False, True])
def test_the_department_follows_the_board_as_the_switch_says(follows: bool) -> None:
    line = Line(department_follows_board=follows)
    line.ticket()
    line.patch("/service/tickets/4711", board={"id": 12})
    assert line.get("/service/tickets/4711")["department"]["id"] == (14 if follows else 10)


@pytest.mark.parametrize("follows", [False, True])
def test_the_department_follows_the_type_as_the_switch_says(follows: bool) -> None:
    line = Line(department_follows_type=follows)
    kind = line.board_value(1, "types", "Projects")
    line.store.table("/service/boards/1/types")[kind["id"]]["department"] = {"id": 14, "name": "Professional Services"}
    line.ticket()
    line.patch("/service/tickets/4711", type=kind)
    assert line.get("/service/tickets/4711")["department"]["id"] == (14 if follows else 10)
    assert line.ticket(type=kind)["department"]["id"] == (14 if follows else 10)


@pytest.mark.parametrize(("checked", "status"), [(True, 400), (False, 200)])
def test_a_department_must_be_valid_at_the_location(checked: bool, status: int) -> None:
    line = Line(department_checked_at_location=checked)
    line.ticket()
    assert line.patch("/service/tickets/4711", department={"id": 16}).status == status


def test_closing_and_opening_follow_the_status() -> None:
    line = Line()
    line.ticket()
    line.patch("/service/tickets/4711", status=line.board_value(1, "statuses", "Closed"))
    closed = line.get("/service/tickets/4711")
    assert (closed["closedFlag"], closed["closedDate"]) == (True, "2026-06-03T10:00:00Z")
    line.patch("/service/tickets/4711", status=line.board_value(1, "statuses", "New"))
    opened = line.get("/service/tickets/4711")
    assert (opened["closedFlag"], opened.get("closedDate")) == (False, None)


def test_resources_are_those_who_are_scheduled() -> None:
    line = Line()
    line.ticket()
    for member in ("jdoe", "awong", "jdoe"):
        line.post("/schedule/entries", {"objectId": 4711, "type": {"id": 4}, "member": {"identifier": member}})
    assert line.get("/service/tickets/4711")["resources"] == "jdoe, awong"
    assert line.get("/service/tickets", conditions="id=4711")[0]["resources"] == "jdoe, awong"
    assert len(line.get("/service/tickets/4711/scheduleentries")) == 3
    assert line.ask("POST", "/schedule/entries", {"objectId": 9, "type": {"identifier": "S"}}).status == 400


def test_merged_tickets_are_closed_into_their_parent() -> None:
    line = Line()
    line.ticket(initialDescription="First")
    line.ticket(initialDescription="Second")
    body = {"mergeTicketIds": [4712], "status": line.board_value(1, "statuses", "Closed")}
    assert line.post("/service/tickets/4711/merge", body)["success"] is True
    child = line.get("/service/tickets/4712")
    assert (child["closedFlag"], child["mergedParentTicket"]["id"]) == (True, 4711)
    assert [note["text"] for note in line.get("/service/tickets/4711/notes")] == ["First", "Second"]
    assert line.ask("POST", "/service/tickets/4711/merge", body | {"mergeTicketIds": [4711]}).status == 400
    assert line.ask("POST", "/service/tickets/4711/merge", body | {"mergeTicketIds": [99]}).status == 404


def test_children_are_attached_and_detached_and_their_notes_are_among_all_notes() -> None:
    line = Line()
    line.ticket(initialDescription="Parent")
    line.ticket(initialDescription="Child")
    line.post("/service/tickets/4711/attachChildren", {"childTicketIds": [4712]})
    assert line.get("/service/tickets/4712")["parentTicketId"] == 4711
    assert [(note["text"], note["bundledFlag"]) for note in line.get("/service/tickets/4711/allNotes")] == [
        ("Parent", False),
        ("Child", True),
    ]
    assert line.ask("POST", "/service/tickets/4712/attachChildren", {"childTicketIds": [4711]}).status == 400
    assert line.ask("DELETE", "/service/tickets/4711").status == 409
    line.post("/service/tickets/4711/detachChildren", {"childTicketIds": [4712]})
    assert line.get("/service/tickets/4711")["hasChildTicket"] is False
    assert line.ask("DELETE", "/service/tickets/4711").status == 204


def test_a_copy_has_the_fields_and_none_of_the_notes() -> None:
    line = Line()
    line.ticket(initialDescription="x", poNumber="77")
    copied = line.post("/service/tickets/4711/copy")
    assert (copied["id"], copied["poNumber"]) == (4712, "77")
    assert line.get("/service/tickets/4712/notes") == []


def test_the_change_log_tells_what_happened_to_tickets() -> None:
    line = Line()
    line.ticket()
    line.patch("/service/tickets/4711", summary="Other")
    line.ask("DELETE", "/service/tickets/4711")
    assert [entry["action"] for entry in line.get("/service/tickets/changelogs")] == ["Added", "Updated", "Deleted"]
    assert line.ask("DELETE", "/service/tickets/changelogs").status == 204
    assert line.get("/service/tickets/changelogs") == []


def test_documents_are_taken_as_multipart_only() -> None:
    line = Line()
    line.ticket()
    assert line.ask("POST", "/system/documents", {"recordType": "Ticket", "recordId": 4711}).status == 415
    parts = [("recordType", "Ticket"), ("recordId", "4711"), ("title", "Offer"), ("file", "hello")]

    def send(fields: list[tuple[str, str]]) -> int:
        lines = [
            f'--cut\r\nContent-Disposition: form-data; name="{name}"' + ('; filename="offer.txt"' if name == "file" else "") + f"\r\n\r\n{value}\r\n"
            for name, value in fields
        ]  # fmt: skip
        headers = {"content-type": "multipart/form-data; boundary=cut"}
        return line.ask("POST", "/system/documents", ("".join(lines) + "--cut--\r\n").encode(), headers=headers).status

    assert send(parts) == 201
    assert [send([*parts[:1], *parts[2:]]), send(parts[:3]), send([("recordType", "Cat"), *parts[1:]]), send([])] == [
        400
    ] * 4
    found = line.get("/system/documents", recordType="Ticket", recordId=4711)
    assert [(one["title"], one["fileName"], one["size"]) for one in found] == [("Offer", "offer.txt", 5)]
    assert line.get("/service/tickets/4711/documents") == [{"id": 1, "name": "Offer"}]


@pytest.mark.parametrize("refused", [False, True])
def test_line_breaks_in_texts_may_be_refused(refused: bool) -> None:
    line = Line(newlines_refused=refused)
    line.ticket()
    assert line.ask("POST", "/service/tickets/4711/notes", {"text": "a\nb"}).status == (400 if refused else 201)


def test_configurations_are_put_on_a_ticket_and_taken_off() -> None:
    line = Line()
    line.ticket()
    path = "/service/tickets/4711/configurations"
    assert line.post(path, {"id": 501})["id"] == 501
    assert line.ask("POST", path, {"id": 999}).status == 404
    assert [one["id"] for one in line.get(path)] == [501]
    assert line.ask("DELETE", f"{path}/501").status == 204
    assert line.get(f"{path}/count") == {"count": 0}
