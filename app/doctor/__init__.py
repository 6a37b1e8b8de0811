"""Checks everything that the service needs before it may be trusted: stable ids, what was found, what to do.

Nothing is written to ConnectWise: the client that is handed in can only read.
"""

from app.doctor.model import CheckContext, Finding, Severity
from app.doctor.runner import examine

__all__ = ["CheckContext", "Finding", "Severity", "examine"]
