"""Messages to people by mail, chat or webhook: what waits for them, and what has stopped working.

What is to be said is stored before it is sent, so it survives a restart. A target that is slow or fails delays nothing else.
"""

from app.notify.schedule import QuietHours, Schedule
from app.notify.service import NotifyContext, NotifyService, TestResult, check_targets
from app.notify.targets import BadTarget, Target, parse_targets

__all__ = [
    "BadTarget",
    "NotifyContext",
    "NotifyService",
    "QuietHours",
    "Schedule",
    "Target",
    "TestResult",
    "check_targets",
    "parse_targets",
]
