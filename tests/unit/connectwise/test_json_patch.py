"""PATCH bodies hold what was wished, in the form that the operator chose, and nothing else."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.connectwise import patch_body
from app.sandbox import Sandbox
from tests.support.fake_transport import on
from tests.support.limits import examples

WISH = {
    "board": {"id": 12, "name": "Mini-Projects"},
    "summary": "New office",
    "team": None,
    "owner": {"identifier": "jdoe"},
}


def test_references_are_whole_objects() -> None:
    assert patch_body(WISH) == [
        {"op": "replace", "path": "board", "value": {"id": 12}},
        {"op": "replace", "path": "summary", "value": "New office"},
        {"op": "remove", "path": "team"},
        {"op": "replace", "path": "owner", "value": {"identifier": "jdoe"}},
    ]


def test_references_are_paths_where_the_operator_says_so() -> None:
    assert patch_body(WISH, "scalar") == [
        {"op": "replace", "path": "board/id", "value": 12},
        {"op": "replace", "path": "summary", "value": "New office"},
        {"op": "remove", "path": "team"},
        {"op": "replace", "path": "owner/identifier", "value": "jdoe"},
    ]


@pytest.mark.parametrize("member", ["", "board/id", "a b", "/board", "board~1id", "a\n", "1a", "ä"])
def test_a_member_that_is_no_name_is_refused(member: str) -> None:
    with pytest.raises(ValueError, match="member"):
        patch_body({member: 1})


@examples(40)
@given(
    value=st.recursive(
        st.none() | st.text() | st.integers(), lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner)
    )
)
@pytest.mark.parametrize("form", ["object", "scalar"])
def test_whatever_a_value_holds_one_operation_on_its_member_comes_of_it(value: Any, form: Any) -> None:
    (operation,) = patch_body({"summary": value}, form)
    assert operation["path"] in ("summary", "summary/id", "summary/identifier", "summary/name")
    assert operation["op"] == ("remove" if value is None else "replace")


@pytest.mark.parametrize("form", ["object", "scalar"])
async def test_connectwise_shows_what_was_wished(form: Any) -> None:
    sandbox = Sandbox(seed=1)
    manage = on(sandbox, read_only=False, patch_form=form)
    ticket = await manage.post("/service/tickets", {"summary": "x", "company": {"id": 250}})
    shown = await manage.patch(
        f"/service/tickets/{ticket['id']}", {"summary": "New office", "owner": {"identifier": "jdoe"}}
    )
    assert shown["summary"] == "New office"
    assert shown["owner"]["identifier"] == "jdoe"
