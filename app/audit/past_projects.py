"""What the real projects tell: would the chart have found them, which were too small, and what do they lack. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from app.audit.values import hundredths
from app.chart import Chart, decide
from app.domain.customer_records import Agreement
from app.domain.enums import Outcome
from app.domain.project_records import PastProject
from app.domain.reference import name_of
from app.domain.ticket import TicketRecord

_MOST_LISTED = 100
LACKS = ("without_phases", "without_budget", "without_method")


def project_row(project: PastProject, chart: Chart, *, own: bool) -> dict[str, Any]:
    """One project of the report. `own`: this service made it, so that it does not confirm the chart."""
    hours, budget = hundredths(project.actual_hours), hundredths(project.budget_hours)
    small = _is_small(project, chart)
    decided = (
        "" if own or small else decide(_as_ticket(project), chart, now=_entered(project), facts=False).outcome.value
    )
    return {
        "id": project.id, "name": project.name[:100], "company": name_of(project.company), "hours": hours / 100, "budget": budget / 100,
        "own": own, "small": small, "chart": decided, "over_budget_hours": max(0, hours - budget) / 100 if budget else 0.0,
        "without_phases": project.phases == 0, "without_budget": not budget, "without_method": not project.billing_method,
    }  # fmt: skip


def summary(rows: Iterable[dict[str, Any]]) -> dict[str, Any]:
    """Counts over projects, and those that are worth a look. `recall`: of the real projects that this service did not make,
    how many the chart calls a project, by name and description alone."""
    counts: Counter[str] = Counter()
    listed: list[dict[str, Any]] = []
    over = 0.0
    for row in rows:
        counts.update(projects=1, own=row["own"], small=row["small"], **{name: row[name] for name in LACKS})
        if row["chart"]:
            counts.update({"judged": 1, f"chart {row['chart']}": 1})
        over += row["over_budget_hours"]
        counts["over_budget"] += row["over_budget_hours"] > 0
        missed = row["chart"] not in ("", Outcome.PROJECT.value)
        if len(listed) < _MOST_LISTED and (
            missed or row["small"] or row["over_budget_hours"] or any(row[name] for name in LACKS)
        ):
            listed.append(row)
    names = ("projects", "own", "judged", "small", "over_budget", *LACKS)
    return {
        **{name: counts[name] for name in names}, "over_budget_hours": round(over, 2),
        "chart": {outcome.value: counts[f"chart {outcome.value}"] for outcome in Outcome}, "listed": listed,
    }  # fmt: skip


def sentences(found: dict[str, Any]) -> list[str]:
    """The summary in sentences."""
    if not found["projects"]:
        return ["No project was entered in this range."]
    said = [f"{found['projects']:,} projects were entered in this range; this service made {found['own']:,} of them."]
    if found["judged"]:
        chart = found["chart"]
        said.append(
            f"Of {found['judged']:,} real projects the chart calls {chart['project']:,} a project by name, description and sale alone, "
            f"{chart['mini-project']:,} a mini-project and {chart['service-ticket']:,} a service ticket; {chart['review']:,} it would ask about."
        )
    if found["small"]:
        said.append(
            f"{found['small']:,} finished projects were too small for one: a ticket or a mini-project would have done."
        )
    lacks = [f"{found[name]:,} have no {name.removeprefix('without_')}" for name in LACKS if found[name]]
    said += [f"{', '.join(lacks)}."] if lacks else []
    if found["over_budget"]:
        said.append(
            f"{found['over_budget']:,} went over their budget, by {found['over_budget_hours']:,.2f} hours in all."
        )
    return said


def _is_small(project: PastProject, chart: Chart) -> bool:
    """A finished project below both limits of the chart's small jobs."""
    hours, amount, limit = hundredths(project.actual_hours), hundredths(project.billing_amount), chart.small_job
    return project.closed_flag and 0 < hours < limit.hours * 100 and amount < limit.amount * 100


def _as_ticket(project: PastProject) -> TicketRecord:
    """The project as the ticket that could have been entered in its place."""
    agreement = Agreement(id=project.agreement.id, name=project.agreement.name) if project.agreement else None
    return TicketRecord(
        id=project.id, summary=project.name, initial_description=project.description, company=project.company, agreement=agreement,
        opportunity=project.opportunity, currency=project.currency, date_entered=project.date_entered, budget_hours=project.budget_hours,
    )  # fmt: skip


def _entered(project: PastProject) -> datetime | None:
    try:
        return datetime.fromisoformat(project.date_entered)
    except ValueError:
        return None
