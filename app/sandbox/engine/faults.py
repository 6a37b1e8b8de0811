"""Faults: failures of single requests on demand."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal, get_args

FaultKind = Literal[
    "throttle", "error-before", "error-after", "drop-before", "drop-after", "no-effect", "non-json", "nulls", "absent", "delay-before",
    "delay-after", "forbidden", "unauthorized", "html", "refused",
]  # fmt: skip
KINDS: tuple[str, ...] = get_args(FaultKind)


@dataclass
class Fault:
    """One fault: for requests of `method` whose path matches `path`, after `skip` of them, `times` times.

    `error-before`, `error-after`, `drop-before`, `drop-after`: an error answer or a closed connection, before or after the
    effect. `no-effect`: an answer as after success, without effect. `html`: a page with `status` instead of an answer, before
    the effect. `refused`: `status` with `message` and an error for `field`. `chance`: probability of striking.
    """

    kind: FaultKind
    method: str = ""
    path: str = ""
    skip: int = 0
    times: int = 1
    status: int = 503
    seconds: float = 1.0
    """Retry-After, or how long a delay lasts."""
    chance: float = 1.0
    message: str = "On demand."
    """Message of error answers."""
    field: str = ""
    """Field that a refusal names; may hold a quoted value in `message`."""

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise ValueError(f"there is no fault of kind {self.kind!r}; there are {', '.join(KINDS)}")
        try:
            re.compile(self.path)
        except re.error as mistake:
            raise ValueError(f"the path is no expression: {mistake}") from None

    def strikes(self, method: str, path: str, dice: float = 0.0) -> bool:
        """Whether it strikes this request; counts it. `dice`: from 0 up to 1."""
        if (self.method and self.method.upper() != method) or not re.search(self.path, path) or self.times <= 0:
            return False
        if dice >= self.chance:
            return False
        if self.skip > 0:
            self.skip -= 1
            return False
        self.times -= 1
        return True
