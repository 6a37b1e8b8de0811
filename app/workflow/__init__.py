"""What happens to a ticket: intake, triage, carrying out, undo, the sweep, as runs that survive a crash.

The rooms below do one thing each and do not know one another; here they meet. A run lives in the journal's rows;
`advance` carries it on from there, and the dispatcher decides when.
"""

from app.storage import InboxEvent as CallbackEvent
from app.storage import StoreUnavailable
from app.workflow.chart_provider import ChartProvider
from app.workflow.context import WorkflowConfig, WorkflowContext
from app.workflow.errors import ConflictError, NotFoundError, RunAborted, WorkerCrashed, WorkflowError, WriteNotApplied
from app.workflow.readiness import Check
from app.workflow.service import Service
from app.workflow.tickets.classify import Classified
from app.workflow.views import LARGEST_ID, LONGEST_REASON, Page, RunView

__all__ = [
    "LARGEST_ID",
    "LONGEST_REASON",
    "CallbackEvent",
    "ChartProvider",
    "Check",
    "Classified",
    "ConflictError",
    "NotFoundError",
    "Page",
    "RunAborted",
    "RunView",
    "Service",
    "StoreUnavailable",
    "WorkerCrashed",
    "WorkflowConfig",
    "WorkflowContext",
    "WorkflowError",
    "WriteNotApplied",
]
