"""What a step reads before its write and after it, as far as it can be read ahead."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from app.connectwise import Wanted, counted_at, list_at, record_at
from app.planning.model import Look, Step, StepKind

READS_ONLY = (StepKind.GUARD, StepKind.COUNT)
"""Kinds of steps that write nothing."""
_BY_ID = (StepKind.CREATE, StepKind.NOTE)
_CONVERSIONS = (StepKind.CONVERT, StepKind.CONVERT_BACK)


def reads_before(step: Step, records: Mapping[str, Any]) -> list[Wanted]:
    """The reads of a step before its write; of one that writes nothing, all of them. `records`: results of earlier steps."""
    return [wanted for wanted in _before(step, records) if wanted is not None]


def counted_paths(step: Step, records: Mapping[str, Any]) -> dict[str, str]:
    """What a COUNT step counts, by name. A list that was empty before the conversion cannot have lost anything."""
    if step.compare_with is None:
        return dict(step.counts)
    earlier = records.get(step.compare_with) or {}
    return {name: path for name, path in step.counts.items() if earlier.get(name)}


def is_left(step: Step, records: Mapping[str, Any]) -> bool:
    """Whether a step is left because one that it comes after was left."""
    return any(records.get(key) is None for key in step.after.split())


def reads_after(step: Step, answer: Any) -> list[Wanted]:
    """The read-back of a step. `answer`: what ConnectWise answered to the write."""
    return [wanted for wanted in _after(step, answer) if wanted is not None]


def expected_result(step: Step, answer: Any) -> Any:
    """What later steps may refer to before the read-back. It serves to read ahead only, nothing is written by it."""
    if step.kind in _CONVERSIONS:
        return {"id": ticket_number(step)}
    return answer if step.kind in _BY_ID and isinstance(answer, Mapping) else {}


def other_side(step: Step) -> str:
    """The path of the ticket after the conversion of `step.path`."""
    here, there = ("/service/", "/project/") if step.kind is StepKind.CONVERT else ("/project/", "/service/")
    return step.path.replace(here, there, 1).removesuffix("/convert")


def ticket_number(step: Step) -> str:
    """The number of the ticket that the step converts."""
    return step.path.removesuffix("/convert").rpartition("/")[2]


def _before(step: Step, records: Mapping[str, Any]) -> Iterator[Wanted | None]:
    if step.kind is StepKind.COUNT:
        yield from map(counted_at, counted_paths(step, records).values())
        return
    if step.kind in _CONVERSIONS:
        yield record_at(other_side(step))
    if step.kind is StepKind.CONVERT_BACK and step.only_if:
        yield record_at(step.path.removesuffix("/convert"))
    if step.kind in (StepKind.GUARD, StepKind.PATCH) or (step.kind is StepKind.REMOVE and step.look is None):
        yield record_at(step.path)
    if step.look is not None:
        yield _list(step.look)
    if step.kind is not StepKind.REMOVE or step.look is None:
        yield from map(_list, step.unused)


def _after(step: Step, answer: Any) -> Iterator[Wanted | None]:
    if step.kind in _BY_ID and isinstance(answer, Mapping):
        yield record_at(f"{step.path.rstrip('/')}/{answer.get('id')}")
    if step.kind in (StepKind.PATCH, StepKind.REMOVE):
        yield record_at(step.path)
    if step.kind is StepKind.ACTION and step.look is not None:
        yield _list(step.look)
        yield from map(_list, step.makes)
    if step.kind in _CONVERSIONS:
        yield record_at(other_side(step))


def _list(look: Look) -> Wanted | None:
    return list_at(look.path, look.conditions)
