"""From a decision to ordered steps, and back again. Pure: a plan is what a dry run shows, and nothing is looked up here.

What the plan needs of ConnectWise it takes from a catalogue of lists; a list that is missing is asked for by
`ListNeeded`. Where it would have to guess, the plan has problems, and a person decides.

What happens to a ticket, by the keys of the steps:

Service ticket: nothing.

Mini-project (`move`):
- `guard`: nobody has changed board, status, type, company, owner, agreement, summary since the decision, nor closed it.
- `move`: one PATCH with board, status, type, subtype, item, team, department and location, all by the ids of the new board;
  or, by the chart's other way, the service type. What the answer does not show is read again and tried again.
- `note`: an internal note with the filled-in chart, and what finance sets by hand where a price is agreed.
- `place`: department and location once more, after the new board's workflow rules have run.

Project (`project`):
- `guard`: as above, and no time on the ticket is billed.
- `count`: notes, time, schedule, documents, configurations, products, tasks and activities.
- `project`: POST with billing method and amount, rate type, terms, tax code, purchase order, dates, budget, manager, department and
  location. Our mark in its description finds it again.
- `template`: the template of the kind of work, where the chart names one.
- `phase-N`: stages, else the chart's phases, each with its budget hours. An instalment is a fixed-fee phase that is billed separately when
  it closes; an agreed rate stands on the phase.
- `team-N`, `contact-N`: the manager and who is scheduled join the team with a role; the ticket's contacts become the project's.
- `convert`: the ticket into the first phase.
- `ticket`: status, sorting, place, billing flags, budget, owner of the project ticket, and its agreement taken off where the work is priced.
- `count-after`: none of the counts is less than before, else the run stops.
- `project-note`, `note`, `place`: what is left to a person, the filled-in chart, department and location once more.

Undo goes the other way: convert back while nobody has carried the project ticket on, the old place, the old flags, then
each record of ours that nobody uses.
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
from app.planning.plan import Plan
from app.planning.plan_for_decision import plan_for_decision
from app.planning.reference_lists import ListNeeded, ReferenceLists, ReferenceNotFound, near_misses
from app.planning.revenue import GlRow, RevenuePath, revenue_path
from app.planning.revenue_targets import RevenueLine, revenue_overview
from app.planning.undo import undo_plan

__all__ = [
    "PERMANENT_BLOCKERS",
    "Brief",
    "BriefError",
    "GlRow",
    "ListNeeded",
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
    "needs_brief",
    "person_json",
    "person_values",
    "plan_for_decision",
    "revenue_overview",
    "revenue_path",
    "undo_plan",
]
