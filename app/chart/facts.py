"""What the evidence says of the job itself: price, hours, dates, stages, people. The plan builds the project from it."""

from __future__ import annotations

import re
from decimal import Decimal, InvalidOperation

from app.chart.evidence import Evidence, Hit
from app.chart.finance import Finance
from app.chart.model import JobFacts, Reason, Stage
from app.chart.phrases import MONEY
from app.chart.rows import STAGE_LINE

_AMOUNT = re.compile(MONEY)
_HOURS = re.compile(r"(?<![\d.,])(\d{1,3}(?:[.,]\d)?)\s?(?:h\b|hrs?\b|hours?\b|std\b|stunden\b|heures?\b|horas?\b)")
_RATE = re.compile(rf"({MONEY})\s?(?:/|per|an|pro|par|por|de l')\s?(?:h\b|hour|stunde|heure|hora)")
_CAP = re.compile(
    rf"(?:not to exceed|max(?:imum|\.)?|capped at|cap of|up to|no more than|höchstens|maximal|plafond\w*|máximo)\D{{0,12}}({MONEY})"
)
_PO = re.compile(
    r"\b(?:po|purchase order|bestell(?:nummer|-?nr\.?)|bon de commande|pedido|orden de compra)"
    r"\s?(?:no\.?|number|nr\.?|n°|:|#)?\s?([a-z]{0,4}-?\d[\w/-]{1,20})"
)


def job_facts(evidence: Evidence, finance: Finance) -> JobFacts:
    """Collects the facts, each with where it was read; what is not said stays None."""
    sources: list[Reason] = []
    stages = _stages(evidence, sources)
    cap = _first(evidence, _CAP, "Not to exceed", sources)
    rate = _first(evidence, _RATE, "Agreed rate", sources)
    price = None if cap or rate else _price(evidence, stages, sources)
    days = sorted(booking.start for booking in evidence.bookings if booking.start)
    ends = sorted(day for booking in evidence.bookings if (day := booking.end or booking.start))
    named = sorted(point.day for point, _ in evidence.points if point.day >= evidence.today)
    return JobFacts(
        kind=finance.kind,
        fixed_price=price,
        cap=cap,
        hourly_rate=rate,
        hours=_hours(evidence, sources),
        start=days[0] if days else (named[0] if named else None),
        end=ends[-1] if ends else (named[-1] if len(named) > 1 else None),
        stages=stages,
        members=tuple(evidence.members),
        contacts=tuple(evidence.contacts),
        po_number=_po_number(evidence, sources),
        restricted=bool(evidence.of("own_team")),
        progress_billing=bool(evidence.of("progress_billing")) or len(stages) > 1,
        sources=tuple(sources),
    )


def _stages(evidence: Evidence, sources: list[Reason]) -> tuple[Stage, ...]:
    """Stage payments among the products, with their amounts; else tasks with budgets of their own."""
    lines = [line for line in evidence.lines if STAGE_LINE.search(line.description)]
    if len(lines) >= 2:
        sources.append(
            Reason("Stages with amounts", lines[0].source, "; ".join(line.description for line in lines)[:160])
        )
        return tuple(
            Stage(line.description[:100] or f"Stage {number}", amount=line.amount)
            for number, line in enumerate(lines, 1)
        )
    tasks = [task for task in evidence.tasks if task[1] > 0]
    if len(tasks) >= 2:
        sources.append(Reason("Stages with hours", tasks[0][2], "; ".join(task[0] for task in tasks)[:160]))
        return tuple(
            Stage(name[:100] or f"Stage {number}", hours=hours) for number, (name, hours, _) in enumerate(tasks, 1)
        )
    return ()


def _price(evidence: Evidence, stages: tuple[Stage, ...], sources: list[Reason]) -> Decimal | None:
    """The whole price: from stage payments, a won opportunity, or words that name a price as agreed."""
    amounts = [stage.amount for stage in stages]
    if amounts and all(amount is not None for amount in amounts):
        return sum((amount for amount in amounts if amount is not None), Decimal(0))
    if evidence.opportunity_won and evidence.opportunity_amount:
        sources.append(
            Reason("Price of the won opportunity", "opportunity.expectedRevenue", str(evidence.opportunity_amount))
        )
        return evidence.opportunity_amount
    for hit in evidence.of("fixed_price"):
        amount = _amount_in(hit)
        if amount is not None:
            sources.append(Reason("Agreed price", hit.source, hit.sentence.written[:160]))
            return amount
    return None


def _amount_in(hit: Hit) -> Decimal | None:
    match = _AMOUNT.search(hit.words) or _AMOUNT.search(hit.sentence.words)
    return _number(match[0]) if match else None


def _number(text: str) -> Decimal | None:
    """An amount as people write it: `1,140`, `1.320 €`, `6k`, `4.50`."""
    thousand = Decimal(1000) if re.search(r"\dk\b", text) else Decimal(1)
    digits = re.sub(r"[^\d.,]", "", text).strip(".,")
    digits = re.sub(r"[.,](?=\d{3}(?:\D|$))", "", digits).replace(",", ".")
    try:
        return Decimal(digits) * thousand if digits else None
    except InvalidOperation:
        return None


def _first(evidence: Evidence, pattern: re.Pattern[str], text: str, sources: list[Reason]) -> Decimal | None:
    for sentence in evidence.planned:
        if match := pattern.search(sentence.words):
            sources.append(Reason(text, sentence.source, match[0]))
            return _number(match[1])
    return None


def _hours(evidence: Evidence, sources: list[Reason]) -> Decimal | None:
    """Budget hours of the ticket, else the hours of its tasks or schedule, else the hours that the text names."""
    if evidence.budget_hours and evidence.budget_hours > 0:
        sources.append(Reason("Budget hours", "budgetHours", str(evidence.budget_hours)))
        return evidence.budget_hours
    for source, total in (
        ("tasks", sum(task[1] for task in evidence.tasks)),
        ("scheduleEntries", sum(b.hours for b in evidence.bookings)),
    ):
        if total:
            sources.append(Reason("Hours", source, str(total)))
            return Decimal(total)
    return _first(evidence, _HOURS, "Hours", sources)


def _po_number(evidence: Evidence, sources: list[Reason]) -> str | None:
    given = evidence.case.get("poNumber")
    if isinstance(given, str) and given.strip():
        return given.strip()[:50]
    for sentence in evidence.planned:
        if match := _PO.search(sentence.words):
            sources.append(Reason("Purchase order", sentence.source, match[0]))
            return match[1].upper()[:50]
    return None
