"""Merges the facts of several readers: a record before a statement before an inference. What contradicts itself is contested."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import IntEnum

from app.domain.enums import FactType, Polarity, Reader
from app.domain.facts import INFERRED_BELOW, Fact
from app.reading.values.fact_values import same_value


class Standing(IntEnum):
    """How much a fact weighs against another of its type."""

    INFERENCE = 0
    STATEMENT = 1
    RECORD = 2


@dataclass(frozen=True, slots=True)
class MergedFact:
    """All facts of one type. `deciding`: those of the highest standing, in reading order."""

    type: FactType
    deciding: tuple[Fact, ...]
    others: tuple[Fact, ...] = ()
    """Facts that yield to the deciding ones."""
    contested: bool = False
    """Opposed polarities or different values among the deciding ones: it settles nothing."""

    @property
    def holds(self) -> bool:
        """Whether the fact is affirmed and not contested."""
        return not self.contested and any(fact.polarity is Polarity.AFFIRMED for fact in self.deciding)


def standing(fact: Fact) -> Standing:
    """A record, a statement, or an inference of low confidence."""
    if fact.reader is Reader.RECORD:
        return Standing.RECORD
    return Standing.STATEMENT if fact.confidence >= INFERRED_BELOW else Standing.INFERENCE


def merge(facts: Iterable[Fact]) -> dict[FactType, MergedFact]:
    """The facts by type, those of each type merged."""
    by_type: dict[FactType, list[Fact]] = {}
    for fact in facts:
        by_type.setdefault(fact.type, []).append(fact)
    return {kind: _merged(kind, found) for kind, found in by_type.items()}


def _merged(kind: FactType, facts: list[Fact]) -> MergedFact:
    highest = max(map(standing, facts))
    deciding = tuple(fact for fact in facts if standing(fact) is highest)
    others = tuple(fact for fact in facts if standing(fact) is not highest)
    return MergedFact(kind, deciding, others, _is_contested(deciding))


def _is_contested(facts: tuple[Fact, ...]) -> bool:
    affirmed = [fact for fact in facts if fact.polarity is Polarity.AFFIRMED]
    opposed = any(fact.polarity in (Polarity.NEGATED, Polarity.CONDITIONAL) for fact in facts)
    values = [fact.value for fact in affirmed]
    differ = any(
        not same_value(first, second) for number, first in enumerate(values) for second in values[number + 1 :]
    )
    return bool(affirmed) and (opposed or differ)
