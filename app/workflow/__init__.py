"""What happens to a ticket: intake, classification, execution, undo and reconciliation, as runs that survive a crash.

`service` is the facade for the API and the command line. `engine` executes runs and knows nothing of tickets, `tickets`
handles them, `steps` writes to ConnectWise.
"""

from app.storage import InboxEvent as CallbackEvent
from app.storage import StoreUnavailable
from app.workflow.chart_provider import ChartProvider
from app.workflow.context import WorkflowConfig, WorkflowContext
from app.workflow.desk import Desk
from app.workflow.errors import (
    BriefIncomplete,
    BriefRejected,
    ConflictError,
    ConnectWiseUnavailable,
    InvalidRequest,
    NotFoundError,
    RunAborted,
    WorkerCrashed,
    WorkflowError,
    WriteNotApplied,
)
from app.workflow.readiness import Check
from app.workflow.service import Service
from app.workflow.tickets.classify import Classified
from app.workflow.views import LARGEST_ID, LONGEST_REASON, Page, RunView

__all__ = [
    "LARGEST_ID",
    "LONGEST_REASON",
    "BriefIncomplete",
    "BriefRejected",
    "CallbackEvent",
    "ChartProvider",
    "Check",
    "Classified",
    "ConflictError",
    "ConnectWiseUnavailable",
    "Desk",
    "InvalidRequest",
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
