"""What happens to a ticket: intake, triage, carrying out, undo, the sweep, as runs that survive a crash.

The rooms below do one thing each and do not know one another; here they meet. A run lives in the journal's rows;
`advance` carries it on from there, and the dispatcher decides when.
"""

from app.flows.chart_in_use import ChartInUse
from app.flows.config import FlowConfig, FlowParts
from app.flows.errors import FlowError, JudgeDied, NoEffect, NotKnown, NotNow, Stopped
from app.flows.readiness import Check
from app.flows.service import Service
from app.flows.triage import Classified
from app.flows.views import LARGEST_ID, LONGEST_REASON, Page, RunView
from app.journal import InboxEvent as CallbackEvent
from app.journal import StoreUnavailable

__all__ = [
    "LARGEST_ID",
    "LONGEST_REASON",
    "CallbackEvent",
    "ChartInUse",
    "Check",
    "Classified",
    "FlowConfig",
    "FlowError",
    "FlowParts",
    "JudgeDied",
    "NoEffect",
    "NotKnown",
    "NotNow",
    "Page",
    "RunView",
    "Service",
    "Stopped",
    "StoreUnavailable",
]
