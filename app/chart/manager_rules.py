"""Finds the manager's rule that a ticket meets."""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal
from functools import lru_cache

from app.chart.schema.chart_file import Chart
from app.chart.schema.manager_rules import ManagerRule
from app.chart.scope import is_listed
from app.domain.ticket import TicketRecord
from app.reading.evidence import Evidence
from app.reading.facts.job_size import JobSize, Measure
from app.reading.phrases.grammar import compile_phrases
from app.reading.records import short_name
from app.reading.values.polarity import is_negated


def rule_for(evidence: Evidence, size: JobSize, chart: Chart) -> ManagerRule | None:
    """The first rule of which every condition holds."""
    if not chart.rules:
        return None
    names = _names(evidence.ticket)
    return next((rule for rule in chart.rules if _holds(rule, names, evidence, size)), None)


def _names(ticket: TicketRecord) -> Mapping[str, str]:
    return {
        "companies": short_name(ticket.company), "agreements": short_name(ticket.agreement), "boards": short_name(ticket.board),
        "types": short_name(ticket.type), "items": short_name(ticket.item), "sources": short_name(ticket.source),
        "priorities": short_name(ticket.priority),
    }  # fmt: skip


def _holds(rule: ManagerRule, names: Mapping[str, str], evidence: Evidence, size: JobSize) -> bool:
    if not all(is_listed(name, listed) for member, name in names.items() if (listed := getattr(rule, member))):
        return False
    if not all(_has_field(evidence.ticket, caption, values) for caption, values in rule.custom_fields.items()):
        return False
    if rule.words and not _has_words(evidence, tuple(rule.words)):
        return False
    return not rule.has_limits or (
        _is_within(size.hours, rule.hours_from, rule.hours_below)
        and _is_within(size.amount, rule.amount_from, rule.amount_below)
    )


def _has_field(ticket: TicketRecord, caption: str, values: list[str]) -> bool:
    for custom in ticket.custom_fields:
        text = "" if custom.value is None else str(custom.value)
        if is_listed(custom.caption, [caption]) and text.strip() and (not values or is_listed(text, values)):
            return True
    return False


def _has_words(evidence: Evidence, phrases: tuple[str, ...]) -> bool:
    pattern = _pattern(phrases)
    return any(
        not is_negated(sentence.words, *match.span())
        for sentence in evidence.sentences
        for match in pattern.finditer(sentence.words)
    )


@lru_cache(maxsize=512)
def _pattern(phrases: tuple[str, ...]) -> re.Pattern[str]:
    return compile_phrases(phrases)


def _is_within(measure: Measure | None, least: float | None, below: float | None) -> bool:
    if least is None and below is None:
        return True
    if measure is None:
        return False
    return (least is None or measure.value >= Decimal(str(least))) and (
        below is None or measure.value < Decimal(str(below))
    )
