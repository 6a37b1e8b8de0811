"""NOTIFY_URLS: which target gets which message, and what is wrong with an entry."""

from __future__ import annotations

import pytest

from app.domain.enums import Role
from app.notify import BadTarget, check_targets, parse_targets
from app.notify.model import Kind, Message


def message(kind: Kind, board: str = "") -> Message:
    return Message("key", kind, "title", board=board)


def test_entries_have_roles_and_boards() -> None:
    text = (
        "json://a/x; role=approver, board=Service Desk, board=Field -> msteams://b/y?to=a,b;\n role=admin->mailto://c"
    )
    plain, desk, admin = parse_targets(text)

    assert (plain.roles, plain.boards, plain.audience) == (frozenset(), (), "everybody")
    assert (desk.url, desk.boards) == ("msteams://b/y?to=a,b", ("Service Desk", "Field"))
    assert desk.audience == "approvers, board Service Desk, board Field"
    assert (admin.roles, admin.label) == (frozenset({Role.ADMIN}), "target 3 (mailto)")


def test_a_target_gets_what_concerns_its_role_and_board() -> None:
    everybody, desk, admin = parse_targets(
        "json://a; role=approver, board=service desk -> json://b; role=admin -> json://c"
    )

    def wanted(sort: Kind, board: str = "") -> list[bool]:
        return [target.wants(message(sort, board)) for target in (everybody, desk, admin)]

    assert wanted(Kind.REVIEW, "Service Desk") == [True, True, False]
    assert wanted(Kind.REVIEW, "Field") == [True, False, False]
    assert wanted(Kind.FAILED, "Service Desk") == [True, True, True]
    assert wanted(Kind.CHART) == [True, False, True]
    assert wanted(Kind.PAUSED) == [True, True, True]


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("secret-word", "entry 1 has no address"),
        ("json://a; role=viewer -> json://secret-word", "entry 2: expected role=approver"),
        ("board= -> json://secret-word", "entry 1: expected role=approver"),
        ("json://secret-word; role=admin -> json://secret-word", "entry 2 has the same address"),
    ],
)
def test_a_wrong_entry_is_named_without_its_address(text: str, problem: str) -> None:
    with pytest.raises(BadTarget, match=problem) as caught:
        parse_targets(text)
    assert "secret-word" not in str(caught.value)


def test_an_address_that_apprise_does_not_understand_is_named_without_its_secret() -> None:
    with pytest.raises(BadTarget, match=r"entry 2 \(msteams\)") as caught:
        check_targets(parse_targets("json://127.0.0.1/x; msteams://secret-word"))
    assert "secret-word" not in str(caught.value)
    check_targets(())
