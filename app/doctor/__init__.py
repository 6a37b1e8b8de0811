"""Checks everything that the service needs before it may be trusted: stable ids, what was found, what to do.

Nothing is written to ConnectWise: the client that is handed in can only read.
"""

from app.doctor.examining import examine
from app.doctor.model import Examined, Finding, Standing

__all__ = ["Examined", "Finding", "Standing", "examine"]
