"""Our own callback entry: made, switched on, thinned out; nobody else's is ever touched."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.connectwise import (
    BadRequest,
    InvalidResponse,
    RegistrationChange,
    ensure,
    list_ours,
    registration_changes,
    remove,
    wanted_url,
)
from app.connectwise.callbacks.registration import is_ours
from app.sandbox import Sandbox
from tests.support.fake_transport import client, on, reply

HERE = "https://svc.example"
OURS = {"id": 5, "url": wanted_url(HERE), "objectId": 1, "type": "ticket", "level": "owner", "inactiveFlag": False}


def entry(**changes: Any) -> dict[str, Any]:
    return OURS | changes


def test_the_address_ends_in_an_empty_parameter() -> None:
    assert wanted_url("https://svc.example/") == "https://svc.example/callbacks/connectwise?recordId="


@pytest.mark.parametrize(
    ("entries", "changes"),
    [
        pytest.param([], [RegistrationChange("created")], id="missing"),
        pytest.param([entry()], [], id="right"),
        pytest.param([entry(type="Ticket", level="Owner")], [], id="right-in-other-case"),
        pytest.param([entry(inactiveFlag=True)], [RegistrationChange("reactivated", 5)], id="inactive"),
        pytest.param([entry(inactiveFlag=None)], [], id="no-word-of-inactive"),
        pytest.param([entry(id=6), entry()], [RegistrationChange("removed, duplicate", 6)], id="twice"),
        pytest.param(
            [entry(inactiveFlag=True), entry(id=6)],
            [RegistrationChange("removed, duplicate", 5)],
            id="the-active-one-stays",
        ),
        pytest.param(
            [entry(level="board", objectId=7)],
            [RegistrationChange("removed, duplicate", 5), RegistrationChange("created")],
            id="wrong-level",
        ),
        pytest.param(
            [entry(url=f"{HERE}/callbacks/connectwise")],
            [RegistrationChange("removed, duplicate", 5), RegistrationChange("created")],
            id="old-address",
        ),
        pytest.param(
            [entry(url="https://psa.example/hook"), {"id": 9}, {"url": None, "id": 10}],
            [RegistrationChange("created")],
            id="only-others",
        ),
        pytest.param([entry(id=None), {}], [RegistrationChange("created")], id="entries-without-id"),
    ],
)
def test_the_difference_is_what_has_to_change(entries: list[dict[str, Any]], changes: list[RegistrationChange]) -> None:
    assert registration_changes(entries, HERE) == changes


@pytest.mark.parametrize(
    "url",
    [
        "https://svc.example.evil.example/callbacks/connectwise?recordId=",
        "https://svc.example/callbacks/connectwise-test?recordId=",
        "https://svc.example/callbacks/connectwise/other",
        "https://svc.example/tenant/callbacks/connectwise",
        "http://svc.example/callbacks/connectwise",
        "https://svc.example:8443/callbacks/connectwise",
        "https://user@svc.example/callbacks/connectwise",
        "", None, 7, "https://[::1", ["https://svc.example/callbacks/connectwise"],
    ],
)  # fmt: skip
def test_another_address_is_not_ours(url: Any) -> None:
    assert not is_ours({"id": 1, "url": url}, HERE)


@pytest.mark.parametrize(
    "url",
    [wanted_url(HERE), "https://SVC.example/callbacks/connectwise", "https://svc.example/callbacks/connectwise/?a=b"],
)
def test_our_receiver_is_ours_whatever_the_query(url: str) -> None:
    assert is_ours({"id": 1, "url": url}, HERE)


ENTRIES = st.lists(
    st.fixed_dictionaries(
        {},
        optional={
            "id": st.integers(1, 9) | st.none(),
            "url": st.sampled_from([wanted_url(HERE), f"{HERE}/callbacks/connectwise", "https://psa.example/x", None]),
            "type": st.sampled_from(["ticket", "project", None]), "level": st.sampled_from(["owner", "board"]),
            "objectId": st.sampled_from([1, 0, 7]), "inactiveFlag": st.booleans() | st.none(),
        },
    ),
    max_size=6, unique_by=lambda one: one.get("id"),
)  # fmt: skip


@given(entries=ENTRIES)
def test_after_the_changes_one_active_entry_of_ours_is_left_and_all_others_are_as_they_were(
    entries: list[dict[str, Any]],
) -> None:
    left = {one["id"]: dict(one) for one in entries if one.get("id")}
    for change in registration_changes(entries, HERE):
        if change.kind == "created":
            left[99] = entry(id=99)
        elif change.kind == "reactivated":
            left[change.entry_id or 0]["inactiveFlag"] = False
        else:
            left.pop(change.entry_id or 0)
    ours = [one for one in left.values() if is_ours(one, HERE)]
    assert len(ours) == 1
    assert not ours[0].get("inactiveFlag")
    assert [one for one in entries if one.get("id") and not is_ours(one, HERE)] == [
        one for one in left.values() if not is_ours(one, HERE)
    ]
    assert registration_changes(list(left.values()), HERE) == []


async def test_ensuring_twice_changes_nothing_the_second_time() -> None:
    sandbox = Sandbox(seed=1)
    manage = on(sandbox, read_only=False)
    assert await ensure(manage, HERE) == [RegistrationChange("created")]
    assert await ensure(manage, HERE) == []
    (shown,) = await list_ours(manage, HERE)
    assert (shown["url"], shown["type"], shown["level"], shown["isSelfSuppressedFlag"]) == (
        wanted_url(HERE),
        "ticket",
        "owner",
        True,
    )


async def test_an_inactive_entry_is_switched_on_again() -> None:
    sandbox = Sandbox(seed=1)
    manage = on(sandbox, read_only=False)
    await ensure(manage, HERE)
    (shown,) = await list_ours(manage, HERE)
    await manage.patch(f"/system/callbacks/{shown['id']}", {"inactiveFlag": True})
    assert await ensure(manage, HERE) == [RegistrationChange("reactivated", shown["id"])]
    (shown,) = await list_ours(manage, HERE)
    assert not shown.get("inactiveFlag")


async def test_removing_takes_ours_and_leaves_the_others() -> None:
    sandbox = Sandbox(seed=1)
    manage = on(sandbox, read_only=False)
    other = await manage.post(
        "/system/callbacks", {"url": "https://psa.example/hook?id=", "objectId": 1, "type": "ticket", "level": "owner"}
    )
    await ensure(manage, HERE)
    (ours,) = await list_ours(manage, HERE)
    assert await remove(manage, HERE) == [ours["id"]]
    assert await remove(manage, HERE) == []
    assert [one["id"] for one in await manage.list("/system/callbacks")] == [other["id"]]


async def test_an_entry_that_another_process_has_just_made_is_fine() -> None:
    exists = {
        "code": "InvalidObject",
        "message": "x",
        "errors": [{"code": "ObjectExists", "field": "objectId", "message": "x"}],
    }
    manage, script = client(reply([]), reply(exists, status=400))
    assert await ensure(manage, HERE) == []
    assert script.asked == ["GET /system/callbacks", "POST /system/callbacks"]


async def test_an_address_that_connectwise_does_not_like_is_said() -> None:
    wrong = {
        "code": "InvalidObject",
        "message": "x",
        "errors": [{"code": "InvalidField", "field": "url", "message": "Invalid URL"}],
    }
    manage, _ = client(reply([]), reply(wrong, status=400))
    with pytest.raises(BadRequest, match=r"url \(InvalidField\)"):
        await ensure(manage, HERE)


async def test_a_switch_without_effect_is_said() -> None:
    manage, _ = client(reply([entry(inactiveFlag=True)]), reply(entry(inactiveFlag=True)))
    with pytest.raises(InvalidResponse, match="still shows it as inactive"):
        await ensure(manage, HERE)


async def test_a_surplus_entry_that_is_gone_already_is_fine() -> None:
    manage, script = client(reply([entry(), entry(id=6)]), reply({"code": "NotFound"}, status=404))
    assert await ensure(manage, HERE) == [RegistrationChange("removed, duplicate", 6)]
    assert script.asked[-1] == "DELETE /system/callbacks/6"


def test_a_change_says_which_entry_and_what() -> None:
    assert str(RegistrationChange("created")) == "callback entry (new): created"
    assert str(RegistrationChange("reactivated", 5)) == "callback entry 5: reactivated"
