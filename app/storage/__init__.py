"""The database: inbox, runs, steps, decisions, audits and small values.

A run continues from its first step that is not done; the same rows are the explanation, the audit trail and the undo.
This package stores JSON and states and knows nothing of ConnectWise, the chart or HTTP.
"""

from app.storage.brief_values import BriefValues, EnteredValue
from app.storage.database import Database, OwnershipLost
from app.storage.database_file import is_missing
from app.storage.db_errors import StoreUnavailable, file_missing
from app.storage.decision_queue import DecisionQueue
from app.storage.decision_rows import DecisionRow
from app.storage.decisions import Decisions
from app.storage.inbox import Inbox, InboxEvent
from app.storage.key_value import KeyValueStore
from app.storage.manual_actions import ActionState, ManualActionRow, ManualActions
from app.storage.messages import MessageRow, Messages, MessageState, NewMessage
from app.storage.people import NameTaken, People, PersonRow
from app.storage.rate_limiter import PostgresRateLimiter
from app.storage.reader_answers import ReaderAnswers, ReaderUsage
from app.storage.run_intake import RunIntake
from app.storage.runs import OPEN_STATES, Change, RunRow, Runs
from app.storage.sessions import PendingSignIn, SessionRow, Sessions, is_idle
from app.storage.steps import StepRow, Steps
from app.storage.trail import A_PERSON, Trail, TrailEntry
from app.storage.write_budget import count_writes

__all__ = [
    "A_PERSON",
    "OPEN_STATES",
    "ActionState",
    "BriefValues",
    "Change",
    "Database",
    "DecisionQueue",
    "DecisionRow",
    "Decisions",
    "EnteredValue",
    "Inbox",
    "InboxEvent",
    "KeyValueStore",
    "ManualActionRow",
    "ManualActions",
    "MessageRow",
    "MessageState",
    "Messages",
    "NameTaken",
    "NewMessage",
    "OwnershipLost",
    "PendingSignIn",
    "People",
    "PersonRow",
    "PostgresRateLimiter",
    "ReaderAnswers",
    "ReaderUsage",
    "RunIntake",
    "RunRow",
    "Runs",
    "SessionRow",
    "Sessions",
    "StepRow",
    "Steps",
    "StoreUnavailable",
    "Trail",
    "TrailEntry",
    "count_writes",
    "file_missing",
    "is_idle",
    "is_missing",
]
