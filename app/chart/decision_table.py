"""Evaluates the chart's decision table: rows, rows that follow from them, and the outcomes that remain possible."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from app.chart.models import Finding
from app.chart.questions import next_question, rule_words
from app.chart.rows.finance import FinanceScore
from app.chart.rows.finance_signs import device_reasons
from app.chart.rows.row_score import RowScore
from app.chart.schema.chart_file import Chart
from app.chart.schema.compiled_table import Rules
from app.chart.schema.conditions import Measures
from app.chart.schema.decision_settings import Combination
from app.chart.schema.measures import FINANCE, ROWS
from app.chart.schema.table_sections import FollowRule, RowRule
from app.domain.enums import Criterion, Outcome, PointsTo
from app.domain.facts import Reason
from app.reading.evidence import Evidence

_PROJECT, _SERVICE, _FINANCE = PointsTo.PROJECT, PointsTo.SERVICE, Criterion.FINANCE
"""Members of enums, bound once: looking one up takes longer than comparing it."""
_CRITERIA, _OUTCOMES = tuple(Criterion), tuple(Outcome)
_MEASURES = {criterion: (f"{criterion.value}_project", f"{criterion.value}_service") for criterion in _CRITERIA}
_SIDES = {"contested": PointsTo.UNKNOWN} | {side.value: side for side in PointsTo}
_NOTHING = dict.fromkeys([*FINANCE, *ROWS], 0)
_UNDECIDED = {f"{criterion.value}": "unknown" for criterion in _CRITERIA} | {
    "project_row": False, "open_row": False, "rows_saying": 0, "rows_by_record": 0,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Combined:
    """The outcome with its findings."""

    outcome: Outcome
    candidates: tuple[Outcome, ...]
    question: str | None
    rule: str
    findings: tuple[Finding, ...]
    settled_by: tuple[Criterion, ...] = ()
    """The rows that the outcome follows from; with `REVIEW` the contested ones."""
    trace: tuple[str, ...] = ()
    """The rule of each row and of the outcome."""


def combine(evidence: Evidence, scores: dict[Criterion, RowScore], finance: FinanceScore, chart: Chart) -> Combined:
    """Decides rows and outcome by the chart's table."""
    return _Evaluation(evidence, scores, finance, chart).combined()


class _Evaluation:
    """One pass through the table. `measures` grow from step to step."""

    def __init__(
        self, evidence: Evidence, scores: dict[Criterion, RowScore], finance: FinanceScore, chart: Chart
    ) -> None:
        self.evidence = evidence
        self.scores = scores
        self.finance = finance
        self.chart = chart
        self.decisive = frozenset(chart.combination.decisive)
        self.table = chart.table
        self.measures: Measures = {**chart.thresholds, **_UNDECIDED, **finance.measures}
        self.findings: dict[Criterion, Finding] = {}

    def combined(self) -> Combined:
        """Measures, then finance by itself, the rows, what follows from them, finance again, the outcome."""
        self._measure_rows()
        self.table.terms(self.measures)
        self.measures["finance_alone"] = _first(self.table.finance, self.measures).says
        self.table.later_terms(self.measures)
        for criterion, score in self.scores.items():
            self.findings[criterion] = self._row(criterion, score)
        self._count_decided()
        if self._follow():
            self._count_decided()
        self.findings[_FINANCE] = self._finance()
        self._count_decided()
        return combine_findings(self.findings, self.chart, self.measures)

    def _measure_rows(self) -> None:
        measures, scores = self.measures, self.scores
        for criterion, score in scores.items():
            project, service = _MEASURES[criterion]
            measures[project], measures[service] = score.project, score.service
        record, statement, hint = measures["record"], measures["statement"], measures["hint"]
        measures["planned_in_parts"] = any(score.planned for score in scores.values())
        measures["rows_hinting"] = sum(score.project >= hint for score in scores.values())
        measures["rows_stating"] = sum(score.project >= statement for score in scores.values())
        measures["rows_by_text"] = sum(
            hint <= score.project and (score.project < record or score.planned) for score in scores.values()
        )

    def _finance(self) -> Finding:
        rule = _first(self.table.finance, self.measures)
        reasons: list[Reason] = []
        for name in rule.show:
            reasons += self._money_reasons(name)
        return _finding(_FINANCE, rule, tuple(reasons))

    def _money_reasons(self, group: str) -> list[Reason]:
        if group == "sold":
            return self.finance.for_sold
        if group == "support":
            return self.finance.for_support
        return self._kind() if group == "kind" else self._hours() if group == "hours" else []

    def _kind(self) -> list[Reason]:
        unplaced = self.measures["unplaced"]
        return [*self.finance.for_kind, *(device_reasons(self.evidence) if unplaced else ())]

    def _hours(self) -> list[Reason]:
        """Many budget hours of unexplained work."""
        if not self.measures["unexplained"]:
            return []
        limit = f"finance.review_above_hours = {self.measures['finance.review_above_hours']:g}"
        hours = f"{self.evidence.budget_hours:f}"
        return [Reason("Many hours, and the kind of work is unknown", "budgetHours", hours, limit)]

    def _row(self, criterion: Criterion, score: RowScore) -> Finding:
        self._look_at(criterion, score)
        rule = _first(self.table.rows[criterion], self.measures)
        if not rule.show:
            reasons = score.service_first if rule.says == "service" else score.project_first
        else:
            groups = {
                "project": score.for_project,
                "service": score.for_service,
                "contradiction": self._contradiction(),
            }
            reasons = tuple(reason for name in rule.show for reason in groups.get(name, ()))
        if rule.says == "service" and rule.because and not score.for_service:
            reasons = (Reason(rule.because, "", speaks_for=_SERVICE), *reasons)
        return _finding(criterion, rule, reasons)

    def _look_at(self, criterion: Criterion, score: RowScore, *, terms: bool = True) -> None:
        measures = self.measures
        measures["row"] = criterion
        measures["project"] = score.project
        measures["service"] = score.service
        measures["undecided"] = score.undecided
        measures["worked_out"] = score.worked_out
        measures["beyond_capacity"] = score.beyond_capacity
        if terms:
            self.table.row_terms(measures)

    def _contradiction(self) -> list[Reason]:
        text = "Its documents contradict each other"
        if found := self.evidence.mentions("mismatch"):
            return [Reason(text, found[0].source, found[0].words)]
        line = self.evidence.one_visit_line
        return [Reason(text, line.source, line.description)] if line else []

    def _count_decided(self) -> None:
        _count_decided(self.findings, self.measures, self.scores, self.decisive)

    def _follow(self) -> bool:
        """Rules without `after` see the rows as decided; the others also those that follow by a rule above."""
        decided = {row for row in self.scores if self.findings[row].points_to is _PROJECT}
        saying = set(decided)
        for follow in self.table.follows:
            if not follow.after <= saying:
                continue
            for criterion in follow.rows:
                if criterion in saying:
                    continue
                self._look_at(criterion, self.scores[criterion], terms=follow.reads_row_terms)
                if follow.holds(self.measures):
                    self.findings[criterion] = self._following(criterion, follow.rule)
                    saying.add(criterion)
        return len(saying) > len(decided)

    def _following(self, criterion: Criterion, rule: FollowRule) -> Finding:
        score = self.scores[criterion]
        if not rule.after:
            return Finding(criterion, _PROJECT, score.project_first, rule=rule.id)
        source = self.findings[Criterion(rule.after[0])].reasons[:1]
        reasons = tuple(Reason(rule.because, reason.source, reason.value) for reason in source)
        return Finding(criterion, _PROJECT, (*reasons, *score.for_service), rule=rule.id)


def combine_findings(findings: Mapping[Criterion, Finding], chart: Chart, measures: Measures | None = None) -> Combined:
    """The outcome of rows that are decided. `measures`: those of the ticket; without them nothing further is known."""
    known = measures if measures is not None else _measured(findings, chart)
    rules, rule = chart.table.outcomes, chart.combination
    chosen = rules.rules[rules.first(known)]
    named = {getattr(rule, name) for name in chosen.outcomes}
    outcomes = [outcome for outcome in _OUTCOMES if outcome in named]
    ordered = tuple([findings[criterion] for criterion in _CRITERIA])
    trace = (*[f"{row.criterion}: {row.rule}" for row in ordered if row.rule], f"outcome: {chosen.id}")
    if len(outcomes) == 1:
        settled = _settled_by(findings, rule)
        return Combined(outcomes[0], (), None, rule_words(outcomes[0], settled, findings), ordered, settled, trace)
    row, question = next_question(findings, outcomes, rule)
    contested = tuple(criterion for criterion in _CRITERIA if findings[criterion].contested)
    settled = tuple(dict.fromkeys((row, *contested)))
    unsettled = "The evidence does not settle it."
    return Combined(Outcome.REVIEW, tuple(outcomes), question, unsettled, ordered, settled, trace)


def _measured(findings: Mapping[Criterion, Finding], chart: Chart) -> Measures:
    """The measures of rows that are decided, for a ticket of which nothing further is known."""
    known: Measures = {**chart.thresholds, **_NOTHING, "rows_by_record": 0}
    chart.table.terms(known)
    chart.table.later_terms(known)
    _count_decided(findings, known, {}, frozenset(chart.combination.decisive))
    return known


def _count_decided(
    findings: Mapping[Criterion, Finding], measures: Measures, scores: Mapping[Criterion, RowScore], decisive: frozenset[Criterion]
) -> None:  # fmt: skip
    """What the decided rows say, and how many of them."""
    for criterion, finding in findings.items():
        measures[criterion] = _side(finding)
    project = [row for row, finding in findings.items() if finding.points_to is _PROJECT]
    measures["project_row"] = not decisive.isdisjoint(project)
    measures["open_row"] = not decisive.isdisjoint([row for row, finding in findings.items() if finding.contested])
    saying = [row for row in project if row is not _FINANCE]
    record = measures["record"]
    measures["rows_saying"] = len(saying)
    measures["rows_by_record"] = len([row for row in saying if row in scores and scores[row].project >= record])


def _first(rules: Rules, measures: Measures) -> RowRule:
    found: RowRule = rules.rules[rules.first(measures)]
    return found


def _finding(criterion: Criterion, rule: RowRule, reasons: tuple[Reason, ...]) -> Finding:
    return Finding(criterion, _SIDES[rule.says], reasons, contested=rule.says == "contested", rule=rule.id)


def _side(finding: Finding) -> str:
    return "contested" if finding.contested else finding.points_to


def _settled_by(findings: Mapping[Criterion, Finding], rule: Combination) -> tuple[Criterion, ...]:
    """Decisive rows that point to a project; without one, finance or all rows that point to service."""
    money = (_FINANCE,) if findings[_FINANCE].points_to is _PROJECT else ()
    decisive = tuple(criterion for criterion in rule.decisive if findings[criterion].points_to is _PROJECT)
    service = tuple(criterion for criterion in _CRITERIA if findings[criterion].points_to is _SERVICE)
    return decisive or money or ((_FINANCE,) if _FINANCE in service else service)
