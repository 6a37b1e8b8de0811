"""Profile of the work: what all rows together show, so that each row can be compared with the others."""

from __future__ import annotations

from dataclasses import dataclass

from app.chart.rows.finance import FinanceScore, finance_finding
from app.chart.rows.row_score import RowScore
from app.chart.schema.decision_settings import Combination, FinanceRow
from app.domain.enums import Criterion, PointsTo
from app.domain.facts import Reason
from app.reading.evidence import Evidence
from app.reading.off_topic import SUPPORT_TYPES


@dataclass(frozen=True, slots=True)
class JobProfile:
    """What all rows together show about the work; each row is compared with it."""

    support: bool
    """Break/fix or routine by the text, covered, or both."""
    repair: bool
    """Something is broken and nothing is sold: many people and days are still service work."""
    strong: int
    """Number of rows with evidence for a project."""
    single_job: float
    """Evidence for one job by one person on one invoice."""
    single_invoice: float
    single_member: bool
    """The calendar shows one member: a single invoice then does not take back the periods it shows."""
    unsold: bool
    """Nothing is sold or of a project's kind, and a single row points to a project."""
    stated_small: bool
    """The ticket states one person, one visit or one invoice, at least two of these; records that show more contradict it."""
    several_periods: bool
    """The calendar shows several billing periods."""
    unsized: bool
    """Sold, and the size of the work is unknown."""
    sold: bool
    sure: bool
    """Sold or of a project's kind, and not covered by an agreement."""
    scheduled: bool
    """People, invoices or a team are named together with dates: planned work."""
    mismatch: tuple[Reason, ...]
    """Where documents or records contradict each other."""
    mixed: bool
    """Words of a request in a job that is sold or of a project's kind; they do not make it support."""
    requested: bool
    """A fault or a request is named."""
    supportable: bool
    """A fault or a request is named, or an agreement covers such work."""
    support_stated: bool
    """There is evidence for support other than the agreement."""
    project_work: bool
    """Sold, or of a project's kind."""


def profile_job(
    evidence: Evidence, hints: dict[Criterion, RowScore], finance: FinanceScore, rule: Combination, limits: FinanceRow
) -> JobProfile:
    """Derives the profile from the scores of all rows."""
    money = finance_finding(finance, limits, project=False).points_to
    billing, scheduling, length = (hints[row] for row in (Criterion.BILLING, Criterion.SCHEDULING, Criterion.DURATION))
    strong = sum(hint.project >= rule.hint for hint in hints.values())
    firm = sum(hint.project >= rule.statement for hint in hints.values())
    stated = {mention.meaning for mention in evidence.mentions("single_billing", "one_person", "one_visit")}
    named = max(scheduling.project, billing.project, hints[Criterion.TEAM].project)
    enough = finance.sold >= (limits.sold if finance.support else 1)
    requested = bool(finance.fault or finance.request)
    # A word for a fault does not settle what is planned and paid in parts; a covering sentence or the ticket's type may.
    planned = firm >= rule.rows_needed and not (finance.covered or SUPPORT_TYPES.search(evidence.type))
    return JobProfile(
        support=money is PointsTo.SERVICE and not planned,
        repair=money is not PointsTo.PROJECT and not planned and _is_repair(hints, finance, rule, limits),
        strong=strong,
        single_job=max(billing.service, 0.0 if evidence.bookings else scheduling.service),
        single_invoice=billing.service,
        single_member=scheduling.service >= rule.record,
        unsold=strong == 1 and finance.sold < 1 and not finance.kind,
        stated_small=len(stated) > 1,
        several_periods=length.project >= rule.record,
        unsized=finance.sold >= limits.sold and not finance.sized,
        sold=money is PointsTo.PROJECT,
        sure=(bool(finance.kind) and not finance.covers) or enough or (billing.project >= rule.statement and not requested),
        scheduled=named >= rule.hint and length.project > 0,
        mismatch=_mismatch(evidence, hints),
        mixed=_is_mixed(hints, finance, limits, firm=firm),
        requested=requested,
        supportable=finance.support > 0 or finance.covers,
        support_stated=finance.support > 0,
        project_work=bool(finance.kind) or enough,
    )  # fmt: skip


def _is_repair(hints: dict[Criterion, RowScore], finance: FinanceScore, rule: Combination, limits: FinanceRow) -> bool:
    strong = sum(hint.project >= rule.hint for hint in hints.values())
    in_parts = hints[Criterion.BILLING].project >= rule.statement and strong >= rule.rows_needed_against_support
    few_by_text = _rows_by_text(hints, rule) < rule.rows_needed
    return bool(finance.fault) and not in_parts and (finance.fault >= limits.strong_fault or few_by_text)


def _is_mixed(hints: dict[Criterion, RowScore], finance: FinanceScore, limits: FinanceRow, *, firm: int) -> bool:
    if finance.fault >= limits.strong_fault or finance.covered:
        return False
    return bool(finance.kind) or finance.sold >= 1 or firm > 1 or any(hint.planned for hint in hints.values())


def _mismatch(evidence: Evidence, hints: dict[Criterion, RowScore]) -> tuple[Reason, ...]:
    """Documents or records that contradict each other: sold as one visit, planned as several parts."""
    text = "Its documents contradict each other"
    if found := evidence.mentions("mismatch"):
        return (Reason(text, found[0].source, found[0].words),)
    parts = [
        mention
        for mention in evidence.mentions("progress_billing", "parted")
        if not mention.source.startswith("customFields")
    ]
    if (line := evidence.one_visit_line) and hints[Criterion.SCHEDULING].planned and not parts:
        return (Reason(text, line.source, line.description),)
    return ()


def _rows_by_text(hints: dict[Criterion, RowScore], rule: Combination) -> int:
    """Rows with evidence by the text or a plan; other records show that a fault takes many people or waits for a part."""
    return sum(rule.hint <= hint.project and (hint.project < rule.record or hint.planned) for hint in hints.values())
