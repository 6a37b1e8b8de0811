"""Checks everything the service needs. A finding has a stable id, a text and a hint. Nothing is written to ConnectWise."""

from app.doctor.model import CheckContext, Finding, Severity
from app.doctor.runner import run_checks

__all__ = ["CheckContext", "Finding", "Severity", "run_checks"]
