"""Our database: the inbox, runs, steps, decisions, and what the sweep remembers. The journal is the truth.

A run is carried on from its first step that is not done; the same rows are the explanation, the audit trail
and the undo. This room knows nothing of ConnectWise, of the chart or of HTTP: it keeps JSON and states.
"""

from app.journal.arrivals import Arrivals
from app.journal.causes import StoreUnavailable
from app.journal.database import Database, OwnershipLost
from app.journal.decisions import DecisionRow, Decisions
from app.journal.inbox import Inbox, InboxEvent
from app.journal.memory import Memory
from app.journal.pace import FilePace, SharedPace
from app.journal.runs import OPEN_STATES, RunRow, Runs
from app.journal.steps import StepRow, Steps
from app.journal.writes import count_writes

__all__ = [
    "OPEN_STATES",
    "Arrivals",
    "Database",
    "DecisionRow",
    "Decisions",
    "FilePace",
    "Inbox",
    "InboxEvent",
    "Memory",
    "OwnershipLost",
    "RunRow",
    "Runs",
    "SharedPace",
    "StepRow",
    "Steps",
    "StoreUnavailable",
    "count_writes",
]
