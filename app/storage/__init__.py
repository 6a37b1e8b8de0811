"""Our database: the inbox, runs, steps, decisions, and what the sweep remembers. The journal is the truth.

A run is carried on from its first step that is not done; the same rows are the explanation, the audit trail
and the undo. This room knows nothing of ConnectWise, of the chart or of HTTP: it keeps JSON and states.
"""

from app.storage.database import Database, OwnershipLost
from app.storage.db_errors import StoreUnavailable
from app.storage.decisions import DecisionRow, Decisions
from app.storage.inbox import Inbox, InboxEvent
from app.storage.key_value import KeyValueStore
from app.storage.rate_limiter import FilePace, SharedPace
from app.storage.run_intake import RunIntake
from app.storage.runs import OPEN_STATES, RunRow, Runs
from app.storage.steps import StepRow, Steps
from app.storage.write_budget import count_writes

__all__ = [
    "OPEN_STATES",
    "Database",
    "DecisionRow",
    "Decisions",
    "FilePace",
    "Inbox",
    "InboxEvent",
    "KeyValueStore",
    "OwnershipLost",
    "RunIntake",
    "RunRow",
    "Runs",
    "SharedPace",
    "StepRow",
    "Steps",
    "StoreUnavailable",
    "count_writes",
]
