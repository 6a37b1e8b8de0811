"""How the rows combine: decisive rows, contested rows, and the outcome that follows each way they could fall."""

from __future__ import annotations

from dataclasses import dataclass, replace

from app.chart.models import Finding
from app.chart.rows.finance import Finance, finance_finding
from app.chart.rows.row_score import Hint
from app.chart.schema.decision_settings import Combination, FinanceRow
from app.domain.enums import Criterion, Outcome, PointsTo
from app.domain.facts import Reason
from app.reading.evidence import Evidence
from app.reading.off_topic import SUPPORT_TYPES


@dataclass(frozen=True, slots=True)
class Combined:
    """The outcome with the findings it follows from."""

    outcome: Outcome
    candidates: tuple[Outcome, ...]
    question: str | None
    rule: str
    findings: tuple[Finding, ...]
    settled_by: tuple[Criterion, ...] = ()
    """The rows that the outcome follows from; with `REVIEW` the contested ones."""


@dataclass(frozen=True, slots=True)
class _Job:
    """What the rows together say of the job, so that each row can be held against the others."""

    support: bool
    """Break/fix or routine by its words, covered, or both."""
    repair: bool
    """Something is broken and nothing is sold: many hands and many days are still service work."""
    strong: int
    """How many rows have a hint that it is a project."""
    one: float
    """How clearly it is one job by one person on one invoice."""
    one_bill: float
    by_one: bool
    """The calendar shows one member: a single bill then takes back none of the periods that it shows."""
    unsold: bool
    """Nothing is sold or of a project's kind, and no row but one says project."""
    told_small: bool
    """The ticket says in so many words that it is one person, one visit, one invoice: records that show more contradict it."""
    long: bool
    """The calendar shows several billing periods."""
    unsized: bool
    """Sold, and nothing says how large it is."""
    sold: bool
    sure: bool
    """The same, and not what an agreement covers anyway: then one row by words is not enough."""
    ours: bool
    """Our people or our bills are word_set of, with dates: planned work, whatever it is."""
    mismatch: tuple[Reason, ...]
    """Where the ticket says that what it rests on does not agree."""
    mixed: bool
    """Words of a request in a job that is sold or of a project's kind: they do not make it support."""
    asked_for: bool
    """There is a fault or a request."""
    asked: bool
    """There is a fault or a request at all, or an agreement that covers such."""
    said: bool
    """Anything but the agreement says so."""
    work: bool
    """Sold, or of a project's kind: what else stretches over months is no job of ours."""


def combine(
    evidence: Evidence, hints: dict[Criterion, Hint], finance: Finance, rule: Combination, limits: FinanceRow
) -> Combined:
    """Turns hints into findings by the chart's thresholds, then takes the decision for each way contested rows fall."""
    job = _job(evidence, hints, finance, rule, limits)
    findings = {criterion: _row_finding(criterion, hint, job, rule) for criterion, hint in hints.items()}
    findings |= _following(findings, hints, rule)
    decided = any(
        findings[criterion].points_to is PointsTo.PROJECT for criterion in rule.decisive if criterion in hints
    )
    findings[Criterion.FINANCE] = finance_finding(finance, limits, project=decided)
    if decided and _is_unsold_request(findings, hints, finance, rule):
        findings[Criterion.FINANCE] = replace(findings[Criterion.FINANCE], points_to=PointsTo.UNKNOWN, contested=True)
    ordered = tuple(findings[criterion] for criterion in Criterion)
    outcomes = _outcomes(findings, finance, rule)
    if len(outcomes) == 1:
        settled = _settled_by(findings, rule)
        return Combined(outcomes[0], (), None, _rule_words(outcomes[0], settled, findings), ordered, settled)
    row, question = _question(findings, outcomes, rule)
    contested = tuple(criterion for criterion in Criterion if findings[criterion].contested)
    settled = tuple(dict.fromkeys((row, *contested)))
    return Combined(Outcome.REVIEW, tuple(outcomes), question, "The evidence does not settle it.", ordered, settled)


def _job(
    evidence: Evidence, hints: dict[Criterion, Hint], finance: Finance, rule: Combination, limits: FinanceRow
) -> _Job:
    money = finance_finding(finance, limits, project=False)
    booked = bool(evidence.bookings)
    enough = finance.sold >= (limits.sold if finance.support else 1)
    strong = sum(hint.project >= rule.hint for hint in hints.values())
    firm = sum(hint.project >= rule.statement for hint in hints.values())
    asked_for = bool(finance.fault or finance.request)
    # A word for a fault does not settle what is planned and paid in parts; a covering sentence or the ticket's type may.
    planned = firm >= rule.rows_needed and not (finance.covered or SUPPORT_TYPES.search(evidence.type))
    return _Job(
        support=money.points_to is PointsTo.SERVICE and not planned,
        repair=bool(finance.fault)
        and not (hints[Criterion.BILLING].project >= rule.statement and strong >= rule.rows_needed_against_support)
        and money.points_to is not PointsTo.PROJECT
        and (finance.fault >= limits.strong_fault or _by_words(hints, rule) < rule.rows_needed)
        and not planned,
        strong=strong,
        one=max(hints[Criterion.BILLING].service, 0.0 if booked else hints[Criterion.SCHEDULING].service),
        one_bill=hints[Criterion.BILLING].service,
        by_one=hints[Criterion.SCHEDULING].service >= rule.record,
        unsold=strong == 1 and finance.sold < 1 and not finance.kind,
        told_small=len({hit.meaning for hit in evidence.mentions("single_billing", "one_person", "one_visit")}) > 1,
        long=hints[Criterion.DURATION].project >= rule.record,
        unsized=finance.sold >= limits.sold and not finance.sized,
        sold=money.points_to is PointsTo.PROJECT,
        ours=max(hints[row].project for row in (Criterion.SCHEDULING, Criterion.BILLING, Criterion.TEAM)) >= rule.hint
        and hints[Criterion.DURATION].project > 0,
        mismatch=_mismatch(evidence, hints),
        mixed=finance.fault < limits.strong_fault
        and not finance.covered
        and (bool(finance.kind) or finance.sold >= 1 or firm > 1 or any(hint.planned for hint in hints.values())),
        asked_for=asked_for,
        asked=finance.support > 0 or finance.covers,
        said=finance.support > 0,
        work=bool(finance.kind) or enough,
        sure=(bool(finance.kind) and not finance.covers)
        or enough
        or (hints[Criterion.BILLING].project >= rule.statement and not asked_for),
    )


def _mismatch(evidence: Evidence, hints: dict[Criterion, Hint]) -> tuple[Reason, ...]:
    """The ticket says that its papers do not agree, or its records do not: sold as one visit, planned as several parts."""
    text = "What it rests on does not agree"
    if said := evidence.mentions("mismatch"):
        return (Reason(text, said[0].source, said[0].words),)
    parts = [
        hit for hit in evidence.mentions("progress_billing", "parted") if not hit.source.startswith("customFields")
    ]
    if (line := evidence.one_visit_line) and hints[Criterion.SCHEDULING].planned and not parts:
        return (Reason(text, line.source, line.description),)
    return ()


def _is_unsold_request(
    findings: dict[Criterion, Finding], hints: dict[Criterion, Hint], finance: Finance, rule: Combination
) -> bool:
    """Words alone make it a project, nothing says that it was sold, and it may as well be a fault or a request."""
    rows = [criterion for criterion in hints if findings[criterion].points_to is PointsTo.PROJECT]
    by_record = any(hints[criterion].project >= rule.record for criterion in rows)
    sold = finance.sold >= 1 or by_record or Criterion.BILLING in rows
    few = len(rows) < rule.rows_needed_against_support
    return not sold and ((finance.support >= 1 and few) or len(rows) == 1)


def _by_words(hints: dict[Criterion, Hint], rule: Combination) -> int:
    """How many rows have a hint by words or a plan: other records show that a fault takes many hands or waits for a part."""
    return sum(rule.hint <= hint.project and (hint.project < rule.record or hint.planned) for hint in hints.values())


def _row_finding(criterion: Criterion, hint: Hint, job: _Job, rule: Combination) -> Finding:
    """Records decide; words decide when they are explicit or when other rows say the same."""
    both = hint.project_first
    if job.repair and criterion is not Criterion.TEAM and job.strong < rule.rows_needed_against_support + 1:
        return Finding(criterion, PointsTo.SERVICE, hint.service_first)
    if job.mismatch and hint.project >= rule.hint:
        return Finding(criterion, PointsTo.UNKNOWN, job.mismatch + both, contested=True)
    if hint.project >= rule.record:
        return _by_record(criterion, hint, job, rule)
    needed = rule.rows_needed_against_support if job.support and not job.mixed else rule.rows_needed
    one = job.one if hint.project < rule.statement else job.one_bill
    lasts = criterion is Criterion.DURATION and not hint.worked_out
    against = max(hint.service, one if lasts else 0.0) >= rule.statement
    together = (
        hint.project >= rule.hint and job.strong >= needed + against * (1 + job.told_small) and (job.work or job.ours)
    )
    explicit = hint.project >= rule.statement and job.sure and not (job.support or against)
    explicit |= hint.project >= rule.hint and job.sold and not job.one
    # Who alone may see a ticket is said twice only where it is meant.
    explicit |= criterion is Criterion.TEAM and hint.project > rule.statement and not (job.support or job.asked_for)
    if together or explicit:
        return Finding(criterion, PointsTo.PROJECT, both)
    if not hint.undecided and (hint.service >= rule.hint or job.support):
        return Finding(criterion, PointsTo.SERVICE, hint.service_first)
    alone = not job.said or criterion is Criterion.TEAM
    planned = job.work or (hint.project >= rule.statement and alone)
    contested = hint.undecided or (hint.project >= rule.hint and planned and not against)
    contested |= bool(hint.project) and job.sold and not job.one and criterion is not Criterion.CONTACTS
    contested |= criterion is Criterion.DURATION and job.unsized
    return Finding(criterion, PointsTo.UNKNOWN, both, contested=contested)


def _by_record(criterion: Criterion, hint: Hint, job: _Job, rule: Combination) -> Finding:
    """A record says project, unless the ticket says as plainly that it is one job on one bill, or is none to be sold at all.

    Two members booked for what nobody sold, and nothing else: a colleague took the ticket over.
    """
    if criterion is Criterion.SCHEDULING and job.unsold and not hint.planned:
        side = PointsTo.SERVICE if job.asked else PointsTo.UNKNOWN
        return Finding(criterion, side, hint.service_first, contested=not job.asked)
    doubted = criterion is Criterion.SCHEDULING and (job.told_small or (job.long and job.one_bill >= rule.statement))
    one = job.one if doubted or (criterion is Criterion.DURATION and not job.by_one) else 0.0
    against = max(hint.service, one) >= rule.statement
    side = PointsTo.UNKNOWN if against else PointsTo.PROJECT
    return Finding(criterion, side, hint.project_first, contested=against)


_FOLLOWS = (
    (Criterion.DURATION, (Criterion.BILLING,), "Billed in parts: the work runs over several invoices"),
    (
        Criterion.BILLING,
        (Criterion.DURATION, Criterion.CONTACTS),
        "Parts with dates and contacts of their own are billed one by one",
    ),
    (
        Criterion.SCHEDULING,
        (Criterion.DURATION, Criterion.BILLING, Criterion.CONTACTS),
        "Parts with dates, bills and contacts of their own are scheduled one by one",
    ),
)
"""What follows from other rows for a row about which the ticket says nothing to the contrary."""


def _following(
    findings: dict[Criterion, Finding], hints: dict[Criterion, Hint], rule: Combination
) -> dict[Criterion, Finding]:
    """Rows that follow from those that say project already: by a weak hint of their own, or by what the others mean."""
    followed: dict[Criterion, Finding] = {}
    saying = {criterion for criterion in hints if findings[criterion].points_to is PointsTo.PROJECT}
    if len(saying) >= rule.rows_needed:
        for criterion, hint in hints.items():
            if hint.project and criterion not in saying and hint.service < rule.statement:
                followed[criterion] = Finding(criterion, PointsTo.PROJECT, hint.project_first)
    saying |= followed.keys()
    for criterion, others, text in _FOLLOWS:
        if criterion not in saying and hints[criterion].service < rule.hint and saying.issuperset(others):
            source = (followed.get(others[0]) or findings[others[0]]).reasons[:1]
            reasons = tuple(Reason(text, reason.source, reason.value) for reason in source)
            followed[criterion] = Finding(criterion, PointsTo.PROJECT, reasons + tuple(hints[criterion].for_service))
            saying.add(criterion)
    return followed


def _outcomes(findings: dict[Criterion, Finding], finance: Finance, rule: Combination) -> list[Outcome]:
    """Every outcome that the contested rows leave open, smallest first."""
    money = findings[Criterion.FINANCE]
    if any(findings[criterion].points_to is PointsTo.PROJECT for criterion in rule.decisive):
        open_ones = [rule.otherwise] if money.contested else []
        return [outcome for outcome in Outcome if outcome.value in (*open_ones, rule.project_row_says_project)]
    open_rows = any(findings[criterion].contested for criterion in rule.decisive)
    outcomes: list[str] = []
    if money.points_to is not PointsTo.PROJECT and not (money.contested and finance.large and finance.sold >= 1):
        outcomes.append(rule.otherwise)
    if money.points_to is PointsTo.PROJECT or money.contested:
        outcomes.append(rule.only_finance_says_project)
    if open_rows or (money.contested and finance.large and not finance.undecided):
        outcomes.append(rule.project_row_says_project)
    return [outcome for outcome in Outcome if outcome.value in outcomes]


def _settled_by(findings: dict[Criterion, Finding], rule: Combination) -> tuple[Criterion, ...]:
    """The rows that say project and count; without one, finance if it says service, else all that do."""
    money = (Criterion.FINANCE,) if findings[Criterion.FINANCE].points_to is PointsTo.PROJECT else ()
    decisive = tuple(criterion for criterion in rule.decisive if findings[criterion].points_to is PointsTo.PROJECT)
    service = tuple(criterion for criterion in Criterion if findings[criterion].points_to is PointsTo.SERVICE)
    return decisive or money or ((Criterion.FINANCE,) if Criterion.FINANCE in service else service)


def _rule_words(outcome: Outcome, settled: tuple[Criterion, ...], findings: dict[Criterion, Finding]) -> str:
    """The combination's rule that led to the outcome."""
    rows = ", ".join(settled)
    if not settled:
        return f"No row has a hint: {outcome.value}."
    if findings[settled[0]].points_to is PointsTo.SERVICE:
        return f"No row says project on decisive evidence: {outcome.value}."
    if settled == (Criterion.FINANCE,):
        return f"Only finance says project: {outcome.value}."
    return f"{rows} {'says' if len(settled) == 1 else 'say'} project on decisive evidence: {outcome.value}."


_QUESTIONS = {
    Criterion.FINANCE: "Is this work sold or charged as project work, or covered by support?",
    Criterion.DURATION: "Will the work be done within one billing period?",
    Criterion.BILLING: "Is it billed with one invoice when done, or in parts?",
    Criterion.SCHEDULING: "Does one person do it, or are several scheduled?",
    Criterion.TEAM: "Does it need its own team or restricted access?",
    Criterion.CONTACTS: "Is there one contact, or several by stage?",
}


def _question(findings: dict[Criterion, Finding], outcomes: list[Outcome], rule: Combination) -> tuple[Criterion, str]:
    """The one question whose answer settles most, and its row: rows that could make it a project come first."""
    if Outcome(rule.project_row_says_project) in outcomes:
        for criterion in rule.decisive:
            if findings[criterion].contested:
                return criterion, _QUESTIONS[criterion]
        if Outcome(rule.otherwise) not in outcomes:
            return Criterion.DURATION, "How long will it take, how many people are needed, and how is it billed?"
    return Criterion.FINANCE, _QUESTIONS[Criterion.FINANCE]
