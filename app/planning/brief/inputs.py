"""What a brief is built from: the ticket with its records, its text read once, the chart, lists, and a person's values."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from functools import cached_property
from typing import Any, TypeVar

from app.chart import Chart
from app.domain.enums import Outcome
from app.domain.facts import JobFacts
from app.domain.ticket import TicketRecord
from app.domain.vocabulary import is_won
from app.planning.brief.model import BriefField, FieldState, PersonValue, Source
from app.planning.reference_lists import ReferenceLists
from app.reading.segments import Sentence, sentences
from app.reading.sources import ticket_texts
from app.reading.values.billing_statements import BillingText, SaleState, billing_text
from app.reading.values.payment_parts import StatedPlan
from app.reading.values.payment_plan import stated_plan
from app.reading.values.work_dates import DateOrder

T = TypeVar("T")


@dataclass(frozen=True)
class BriefInputs:
    """One ticket on its way to an outcome. `today`: the day of the decision."""

    ticket: TicketRecord
    facts: JobFacts
    outcome: Outcome
    chart: Chart
    lists: ReferenceLists
    today: date
    person: Mapping[str, PersonValue] = field(default_factory=dict)
    date_order: DateOrder = "DMY"
    in_force: frozenset[str] = frozenset()
    """Mini-project decisions of this ticket that hold; the product lines with their mark are sold with its own fee."""

    @cached_property
    def sentences(self) -> tuple[Sentence, ...]:
        """The sentences of the ticket that its sender wrote, the summary first."""
        texts = ticket_texts(self.ticket)
        return tuple(sentence for text, source in texts for sentence in sentences(text, source))

    @cached_property
    def text(self) -> BillingText:
        """What the text says about billing; a person who calls the sale agreed accepts what was offered."""
        read = billing_text(self.sentences)
        if self.has("agreed"):
            offered = (SaleState.QUOTED, SaleState.CONDITIONAL, SaleState.NAMED)
            read.amounts = [
                replace(statement, state=SaleState.AGREED) if statement.state in offered else statement
                for statement in read.amounts
            ]
        return read

    @cached_property
    def stated_plan(self) -> StatedPlan | None:
        """The payment plan of the text."""
        return stated_plan(self.sentences, self.today)

    @cached_property
    def won(self) -> bool | None:
        """Whether the opportunity is won; None without an opportunity."""
        opportunity = self.ticket.opportunity
        return None if opportunity is None else is_won(opportunity)

    @property
    def is_project(self) -> bool:
        """Whether the outcome is a project."""
        return self.outcome is Outcome.PROJECT

    def entered(self, name: str, found: BriefField[T]) -> BriefField[T]:
        """The person's value of a field where there is one, else what was found; the sources stay."""
        given = self.person.get(name)
        if given is None:
            return found
        source = Source(f"person: {given.by}", _quoted(given.value))
        return BriefField(given.value, FieldState.SETTLED, (*found.sources, source), "", given.by, given.at)

    def has(self, name: str) -> bool:
        """Whether a person has entered this field."""
        return name in self.person

    @cached_property
    def digest(self) -> str:
        """A hash of the ticket, chart and a person's values; the same inputs give the same brief."""
        entered = {name: _shown(value.value) for name, value in sorted(self.person.items())}
        parts = [self.ticket.to_json(), self.chart.stamp.sha256, self.outcome.value, entered, self.date_order]
        parts += [sorted(self.in_force)] if self.in_force else []
        return hashlib.sha256(json.dumps(parts, sort_keys=True, default=str).encode()).hexdigest()


def _shown(value: Any) -> str:
    return str(value)


def _quoted(value: Any) -> str:
    """A simple value as text; lists and choices are shown by the field itself."""
    return str(value) if isinstance(value, str | Decimal | date | bool) else ""


_SPACE = re.compile(r"\s+")


def plain_name(text: str) -> str:
    """A name for comparison: small letters, single blanks."""
    return _SPACE.sub(" ", text.casefold()).strip()


ZERO = Decimal(0)
