"""What counts as shown when a record is read back, and how references between steps are filled."""

from __future__ import annotations

from typing import Any

import pytest

from app.planning.model import Look, Step, StepKind
from app.workflow.errors import RunAborted
from app.workflow.steps.record_diff import differences, member_at, same, slice_of
from app.workflow.steps.reference_resolver import resolve


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        pytest.param({"id": 12}, {"id": 12, "name": "Mini-Projects", "_info": {}}, id="reference-by-id"),
        pytest.param({"identifier": "jdoe"}, {"id": 3, "identifier": "jdoe"}, id="reference-by-identifier"),
        pytest.param(5000, 5000.0, id="number-by-value"),
        pytest.param("2026-06-01T00:00:00Z", "2026-06-01T00:00:00+00:00", id="instant-by-value"),
        pytest.param("2026-06-01T00:00:00Z", "2026-06-01", id="day-carried-as-midnight"),
        pytest.param(None, None, id="cleared"),
        pytest.param(None, "", id="cleared-shown-as-empty"),
        pytest.param("Billable", "Billable ", id="text-without-outer-blanks"),
        pytest.param(True, True, id="flag"),
    ],
)
def test_a_record_shows_what_was_wished(wanted: Any, found: Any) -> None:
    assert same(wanted, found)


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        pytest.param({"id": 12}, {"id": 13, "name": "Mini-Projects"}, id="other-id-same-name"),
        pytest.param({"id": 12}, None, id="absent-reference"),
        pytest.param({"id": 12}, "12", id="reference-as-text"),
        pytest.param(True, None, id="absent-flag"),
        pytest.param(True, 1, id="number-for-flag"),
        pytest.param(0, None, id="absent-number"),
        pytest.param(5000, "a lot", id="text-for-number"),
        pytest.param(None, {"id": 1}, id="not-cleared"),
    ],
)
def test_a_record_does_not_show_what_was_wished(wanted: Any, found: Any) -> None:
    assert not same(wanted, found)


def test_differences_name_the_members_by_their_path() -> None:
    ticket = {"board": {"id": 1}, "closedFlag": False}
    assert differences({"board/id": 2, "closedFlag": False, "company/id": 250}, ticket) == ["board/id", "company/id"]


def test_a_slice_keeps_old_values_without_links() -> None:
    ticket = {"board": {"id": 1, "name": "Service Desk", "_info": {"board_href": "x"}}, "summary": "New office"}
    assert slice_of(ticket, {"board": 0, "team": 0}) == {"board": {"id": 1, "name": "Service Desk"}, "team": None}


@pytest.mark.parametrize("record", [None, [], "text", {"board": None}, {"board": []}])
def test_reading_a_member_of_anything_is_none_where_it_is_absent(record: Any) -> None:
    assert member_at(record, "board/id") is None


def phase_step(**changes: Any) -> Step:
    values: dict[str, Any] = {
        "key": "phase-1", "kind": StepKind.CREATE, "title": "Phase", "method": "POST",
        "path": "/project/projects/{project.id}/phases",
        "body": {"projectId": {"$ref": "project.id"}, "notes": "{project.id}"},
        "look": Look("/project/projects/{project.id}/phases", match={"projectId": {"$ref": "project.id"}}),
    }  # fmt: skip
    return Step(**(values | changes))


def test_references_are_filled_in_path_body_and_look_but_never_inside_texts() -> None:
    step = resolve(phase_step(), {"project": {"id": 900}})
    assert step.path == "/project/projects/900/phases"
    assert step.body == {"projectId": 900, "notes": "{project.id}"}
    assert step.look == Look("/project/projects/900/phases", match={"projectId": 900})


def test_a_missing_record_stops_the_run_instead_of_writing_a_hole() -> None:
    with pytest.raises(RunAborted, match=r"project\.id"):
        resolve(phase_step(), {})


def test_a_stored_step_reads_back_as_it_was() -> None:
    step = phase_step()
    assert Step.from_json(step.to_json()) == step
