"""Faults and switches: what goes wrong on demand, and what nobody outside knows of ConnectWise."""

from __future__ import annotations

import re
from dataclasses import asdict, dataclass, fields
from typing import Any, Literal

Kind = Literal[
    "throttle", "error-before", "error-after", "drop-before", "drop-after", "no-effect", "non-json", "nulls", "absent", "delay-before",
    "delay-after", "forbidden", "unauthorized",
]  # fmt: skip


@dataclass
class Fault:
    """One fault: for requests of `method` whose path matches `path`, after `skip` of them, `times` times."""

    kind: Kind
    method: str = ""
    path: str = ""
    skip: int = 0
    times: int = 1
    status: int = 503
    seconds: float = 1.0
    """Retry-After, or how long a delay lasts."""

    def strikes(self, method: str, path: str) -> bool:
        """Whether it strikes this request; counts it."""
        if (self.method and self.method.upper() != method) or not re.search(self.path, path) or self.times <= 0:
            return False
        if self.skip > 0:
            self.skip -= 1
            return False
        self.times -= 1
        return True


@dataclass
class Switches:
    """Behaviours that are not publicly known; each may be set to what a tenant was seen to do."""

    patch_object: Literal["applied", "refused", "without-effect"] = "applied"
    patch_scalar: Literal["applied", "refused", "without-effect"] = "applied"
    board_only_patch: Literal["default-status", "refused", "inconsistent"] = "default-status"
    department_follows_board: bool = False
    convert_success_false: bool = False
    convert_drops_notes: bool = False
    convert_refuses: str = "closed,child,merged,billed"
    """Which tickets convert refuses, by comma."""
    convert_callback: Literal["none", "updated", "deleted"] = "updated"
    convert_clears_team: bool = True
    key_needs_credentials: bool = False
    callbacks_self_suppressed: bool = True
    callbacks_duplicate: bool = False
    callbacks_reversed: bool = False
    loopback_callbacks: bool = True
    """Whether addresses on this machine may be registered; the real one refuses them."""
    bundles: bool = True
    retry_scale: float = 1.0
    """Seconds that one second of the callback retries takes."""
    nulls_for_empty: bool = False
    """Answers show null for empty members instead of leaving them out."""

    def change(self, values: dict[str, Any]) -> None:
        """Sets some of them; KeyError names one that does not exist."""
        known = {each.name for each in fields(self)}
        for name, value in values.items():
            if name not in known:
                raise KeyError(name)
            setattr(self, name, value)

    def to_json(self) -> dict[str, Any]:
        """All of them."""
        return asdict(self)
