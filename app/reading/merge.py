"""Merges the facts of several readers: a record before a statement before an inference. What contradicts itself is contested."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import IntEnum
from itertools import combinations

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
    opposed: bool = False
    """The deciding facts affirm it and deny it."""
    differing: bool = False
    """The deciding facts have different values."""

    @property
    def contested(self) -> bool:
        """Opposed polarities or different values: it settles nothing."""
        return self.opposed or self.differing

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
    affirmed = [fact for fact in deciding if fact.polarity is Polarity.AFFIRMED]
    denied = any(fact.polarity in (Polarity.NEGATED, Polarity.CONDITIONAL) for fact in deciding)
    return MergedFact(kind, deciding, others, opposed=bool(affirmed) and denied, differing=_differ(affirmed))


def _differ(facts: Sequence[Fact]) -> bool:
    return any(not same_value(first.value, second.value) for first, second in combinations(facts, 2))
