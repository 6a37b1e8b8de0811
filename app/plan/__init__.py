"""From a decision to ordered steps, and back again. Pure: a plan is what a dry run shows, and nothing is looked up here.

What the plan needs of ConnectWise it takes from a catalogue of lists; a list that is missing is asked for by
`ListNeeded`. Where it would have to guess, the plan has a problem instead of steps.
"""

from app.plan.catalogue import Catalogue, ListNeeded, Missing, near_misses
from app.plan.making import make_plan
from app.plan.model import Look, Plan, Problem, Step, StepKind, StepRecord
from app.plan.revenue import GlRow, RevenuePath, revenue_path
from app.plan.targets import RevenueLine, revenue_overview
from app.plan.undo import undo_plan

__all__ = [
    "Catalogue",
    "GlRow",
    "ListNeeded",
    "Look",
    "Missing",
    "Plan",
    "Problem",
    "RevenueLine",
    "RevenuePath",
    "Step",
    "StepKind",
    "StepRecord",
    "make_plan",
    "near_misses",
    "revenue_overview",
    "revenue_path",
    "undo_plan",
]
