"""The steps of a plan, which a dry run shows and `workflow.steps` executes.

A step states its preconditions, how to see that it is done already, what it writes, how to read it back and
how to undo it. Steps are plain data, so that a run can be stored, resumed and undone from its rows.

References: a value `{"$ref": "KEY.member"}` inside `body`, and `{KEY.member}` inside `path`, conditions and a body's
`{"$text": "{KEY.member}.1"}`, stand for a member of the record that the step `KEY` made; they are resolved when that is done.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from enum import StrEnum
from typing import Any


class StepKind(StrEnum):
    """What a step does; the executor has one handler for each (see `workflow.steps.executor`)."""

    GUARD = "guard"
    """GET `path`; every member of `expect` must still hold and `unused` find nothing, else the run stops."""
    COUNT = "count"
    """Counts attached records (`counts`); none may be less than in the step `compare_with`."""
    PATCH = "patch"
    """Sets `wish` on the record at `path`; done already when the record shows it. Undo: the members' old values."""
    CREATE = "create"
    """POST `body` to `path`, unless `look` finds the record by its mark. Undo: delete it if it is unused."""
    ACTION = "action"
    """POST that creates no record itself (applyTemplate); `look` proves it and gives the result, `makes` lists what it made."""
    CONVERT = "convert"
    """Service ticket to project ticket; done already when the project path answers, or `look` finds it under a new id.

    Undo: convert back.
    """
    CONVERT_BACK = "convert-back"
    """Project ticket to service ticket while `only_if` holds and `unused` finds nothing; done already when the service path answers."""
    NOTE = "note"
    """POST a note unless one that contains `look.mark` is there. Never undone: undo adds its own note."""
    REMOVE = "remove"
    """DELETE a record that we created, while `only_if` holds and `unused` finds nothing; else it stays, with a message.

    With a `look` the record is found by it first, and `{id}` in `path` and in `unused` stands for its id.
    """


@dataclass(frozen=True, slots=True)
class Look:
    """How to find a record that an earlier attempt may have created: a list, a condition, and members that must match."""

    path: str
    conditions: str = ""
    match: Mapping[str, Any] = field(default_factory=dict)
    """Slash-separated member (`contact/id`) to the value that it must have."""
    contains: Mapping[str, str] = field(default_factory=dict)
    """Slash-separated member to a text that it must contain (our mark)."""
    lacks: Mapping[str, str] = field(default_factory=dict)
    """Slash-separated member to a text that it must not contain (our mark, to find records of other people)."""
    means: str = ""
    """For a lookup that must find nothing: the meaning of a hit, as the end of a sentence."""


@dataclass(frozen=True, slots=True)
class Step:
    """One request to ConnectWise, with everything needed to repeat it safely."""

    key: str
    """Unique within the plan; other steps refer to it."""
    kind: StepKind
    title: str
    """One sentence for a person."""
    method: str
    path: str
    """Below the API base, such as `/service/tickets/4711`."""
    body: Any = None
    wish: Mapping[str, Any] = field(default_factory=dict)
    """PATCH: member to wanted value; references as `{"id": 12}`; None clears. The client writes the PATCH form."""
    only_if: Mapping[str, Any] = field(default_factory=dict)
    """PATCH, REMOVE, CONVERT_BACK: each must still show this before the write, else a person's record is left as it is."""
    member_wise: bool = False
    """PATCH: only the members that fail `only_if` are left, the others are written."""
    yields: tuple[str, ...] = ()
    """PATCH: members that workflow rules of the board or people may set otherwise at once; what they set stays."""
    restore: Mapping[str, Any] = field(default_factory=dict)
    """PATCH, CONVERT: the ticket's own values before it, in the form of a wish, for undo."""
    expect: Mapping[str, Any] = field(default_factory=dict)
    """Slash-separated member to the value that reading back must show (GUARD: must show before any write)."""
    look: Look | None = None
    unused: tuple[Look, ...] = ()
    """REMOVE, GUARD, CONVERT_BACK: each of these lists must find nothing."""
    makes: tuple[Look, ...] = ()
    """ACTION: lists that it fills; the paths of what they hold afterwards are kept in the result as `made`, for undo."""
    counts: Mapping[str, str] = field(default_factory=dict)
    """COUNT: name to the list path whose records are counted."""
    compare_with: str | None = None
    """COUNT: key of the earlier count step that must not have had more."""
    optional: bool = False
    """A failure is recorded but does not stop the run."""
    fallback: str = ""
    """What a person has to do where an optional step fails, or where a step is left because of `after`."""
    after: str = ""
    """Keys of earlier steps, separated by blanks; where one of them was left, this step is left as well."""

    def about(self, record_id: int) -> Step:
        """The step with the id of a found record in place of `{id}`, in its path and in what must find nothing."""
        id_text = str(int(record_id))
        unused = tuple(
            replace(look, path=look.path.replace("{id}", id_text), conditions=look.conditions.replace("{id}", id_text))
            for look in self.unused
        )
        return replace(self, path=self.path.replace("{id}", id_text), unused=unused)

    def to_json(self) -> dict[str, Any]:
        """Plain JSON, as stored and shown; `from_json` reads it back."""
        return asdict(self)

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Step:
        """The step that `to_json` wrote."""
        values = dict(data)
        values["kind"] = StepKind(values["kind"])
        values["look"] = Look(**values["look"]) if values.get("look") else None
        values["yields"] = tuple(values.get("yields") or ())
        for lists in ("unused", "makes"):
            values[lists] = tuple(Look(**look) for look in values.get(lists) or ())
        return cls(**values)


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a plan cannot be made without guessing; it sends the decision to review."""

    code: str
    """Stable word, such as `board-missing`."""
    text: str
    """The problem and the action, with similar names."""


@dataclass(frozen=True, slots=True)
class StepRecord:
    """A stored step that has been started, with its references resolved."""

    step: Step
    status: str
    """done, already-done, left, failed, or planned where it was started and its result is unknown."""
    before: Any = None
    """PATCH: the members' values before the write."""
    result: Any = None
    """Record that the step created or read."""
