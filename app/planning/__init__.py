"""From a decision to a brief and ordered steps, and back (undo). Pure: no requests, no clock.

`needed_lists` says which lists of ConnectWise a plan is made from; the caller loads them, and `plan_for_decision` resolves names in
them. Where a plan would have to guess, it has problems, and a person decides.

Steps by outcome:

Service ticket: nothing.

Mini-project (`move`):
- `guard`: board, status, type, company, owner, agreement and summary are as at the decision, and the ticket is open.
- `move`: one PATCH with board, status, type, subtype, item, team, department and location, all by the ids of the new board;
  or, with `method: type`, the service type. Values that the answer does not show are read again and written again.
- `note`: an internal note with the filled-in chart and the manual actions.
- `place`: department and location once more, after the new board's workflow rules have run.

Project (`project`):
- `guard`: as above, and no time on the ticket is billed.
- `count`: notes, time, schedule, documents, configurations, products, tasks and activities.
- `project`: POST with billing method and amount, rate type, terms, tax code, purchase order, dates, budget, manager, department and
  location. It is found again by the mark in its description.
- `template`: the template of the kind of work, where the chart names one.
- `phase-N`: stages, else the chart's phases, each with its budget hours. An instalment is a fixed-fee phase that is billed separately when
  it closes; an agreed rate stands on the phase.
- `team-N`, `contact-N`: manager and scheduled members join the team with a role; the ticket's contacts become the project's.
- `convert`: the ticket into the first phase.
- `ticket`: status, sorting, place, billing flags, budget, owner of the project ticket, and its agreement removed where the work is priced.
- `count-after`: none of the counts is less than before, else the run stops.
- `project-note`, `note`, `place`: manual actions, the filled-in chart, department and location once more.

Undo reverses this: convert back while the project ticket is unchanged, restore board and flags, then delete each record that
this service created and no person uses.
"""

from app.planning.blockers import PERMANENT_BLOCKERS, needs_brief
from app.planning.brief import (
    Brief,
    BriefError,
    PersonValue,
    apply_patch,
    brief_json,
    build_brief,
    person_json,
    person_values,
)
from app.planning.model import Look, Problem, Step, StepKind, StepRecord
from app.planning.needed_lists import needed_lists
from app.planning.plan import Plan
from app.planning.plan_for_decision import plan_for_decision
from app.planning.reference_lists import ReferenceLists, ReferenceNotFound, near_misses
from app.planning.revenue import GlRow, RevenuePath, revenue_path
from app.planning.revenue_targets import RevenueLine, overview_lists, revenue_overview
from app.planning.undo import undo_plan

__all__ = [
    "PERMANENT_BLOCKERS",
    "Brief",
    "BriefError",
    "GlRow",
    "Look",
    "PersonValue",
    "Plan",
    "Problem",
    "ReferenceLists",
    "ReferenceNotFound",
    "RevenueLine",
    "RevenuePath",
    "Step",
    "StepKind",
    "StepRecord",
    "apply_patch",
    "brief_json",
    "build_brief",
    "near_misses",
    "needed_lists",
    "needs_brief",
    "overview_lists",
    "person_json",
    "person_values",
    "plan_for_decision",
    "revenue_overview",
    "revenue_path",
    "undo_plan",
]
