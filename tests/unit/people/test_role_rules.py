"""OIDC_ROLES: which claims give which role."""

from __future__ import annotations

from typing import Any

import pytest

from app.domain.enums import Role
from app.people.role_rules import parse_roles, role_of

RULES = parse_roles(
    "groups=Dispatch: South:approver; realm_access.roles=desk:approver\nemail=ann@example.com:admin; https://a/b=x=y:viewer"
)


@pytest.mark.parametrize(
    ("claims", "role"),
    [
        pytest.param({}, None, id="no claim"),
        pytest.param({"groups": ["Others", "Dispatch: South"]}, Role.APPROVER, id="a group, its name with a colon"),
        pytest.param({"groups": "Dispatch: South"}, Role.APPROVER, id="a group as text"),
        pytest.param({"groups": "Dispatch: Southern"}, None, id="a part of a text"),
        pytest.param({"groups": {"Dispatch: South": 1}}, None, id="an object"),
        pytest.param({"realm_access": {"roles": ["desk"]}}, Role.APPROVER, id="in an object"),
        pytest.param({"realm_access.roles": ["desk"]}, Role.APPROVER, id="a name with a dot"),
        pytest.param({"realm_access": ["roles"]}, None, id="no object"),
        pytest.param({"https://a/b": ["x=y"]}, Role.VIEWER, id="an address as name"),
        pytest.param({"email": "ann@example.com", "groups": ["Dispatch: South"]}, Role.ADMIN, id="the strongest"),
        pytest.param({"groups": [1, None, ["Dispatch: South"]]}, None, id="nonsense"),
    ],
)
def test_claims_give_a_role(claims: dict[str, Any], role: Role | None) -> None:
    assert role_of(claims, RULES) is role


def test_a_star_fits_every_account() -> None:
    assert role_of({}, parse_roles("*:viewer")) is Role.VIEWER


@pytest.mark.parametrize(
    "text", ["groups", "groups=x", "=x:admin", "groups=:admin", "groups=x:root", ":admin", "groups=x:Admin", "x:viewer"]
)
def test_a_rule_that_cannot_be_read_is_an_error(text: str) -> None:
    with pytest.raises(ValueError, match="is no rule"):
        parse_roles(text)
