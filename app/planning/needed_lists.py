"""Which of ConnectWise's lists a plan is made from, asked before it is made."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import suppress
from datetime import datetime

from app.chart import Chart, Decision
from app.domain.enums import Outcome
from app.domain.ticket import TicketRecord
from app.planning.brief import BriefInputs, PersonValue, brief_lists
from app.planning.brief.joining import project_of
from app.planning.mini_project_plan import mini_project_lists
from app.planning.project_payload import project_lists
from app.planning.reference_lists import ReferenceLists, ReferenceNotFound
from app.reading.values.work_dates import DateOrder


def needed_lists(
    decision: Decision, ticket: TicketRecord, lists: ReferenceLists, chart: Chart, *,
    now: datetime, outcome: Outcome | None = None, person: Mapping[str, PersonValue] | None = None,
    date_order: DateOrder = "DMY",
) -> tuple[str, ...]:  # fmt: skip
    """Paths of the lists to load next; empty when `lists` has all that `plan_for_decision` reads.

    A board's lists are known once the boards are loaded, and few lists depend on those: load and ask again.
    """
    chosen = outcome or decision.outcome
    if chosen not in (Outcome.MINI_PROJECT, Outcome.PROJECT):
        return ()
    inputs = BriefInputs(ticket, decision.facts, chosen, chart, lists, now.date(), person or {}, date_order)
    paths = dict.fromkeys((*brief_lists(inputs), *_until_problem(_plan_lists(inputs))))
    return tuple(path for path in paths if not lists.has(path))


def _until_problem(paths: Iterator[str]) -> Iterator[str]:
    """The paths before a record that is not there; the plan stops at it too and reports it."""
    with suppress(ReferenceNotFound):
        yield from paths


def _plan_lists(inputs: BriefInputs) -> Iterator[str]:
    if not inputs.is_project:
        return mini_project_lists(inputs.ticket, inputs.lists, inputs.chart)
    project = inputs.entered("project", project_of(inputs)).value
    joins = bool(project and project.join)
    return project_lists(inputs.ticket, inputs.facts, inputs.lists, inputs.chart, joins=joins)
