"""Outcomes, rows of the chart, and ConnectWise's billing methods."""

from __future__ import annotations

from enum import StrEnum


class Outcome(StrEnum):
    """Where a ticket belongs; `REVIEW` asks a person."""

    SERVICE_TICKET = "service-ticket"
    MINI_PROJECT = "mini-project"
    PROJECT = "project"
    REVIEW = "review"


class Criterion(StrEnum):
    """The six rows of the chart, in its order."""

    DURATION = "duration"
    FINANCE = "finance"
    BILLING = "billing"
    SCHEDULING = "scheduling"
    TEAM = "team"
    CONTACTS = "contacts"


class PointsTo(StrEnum):
    """What one row says. `UNKNOWN`: no hint, or hints that do not settle it."""

    SERVICE = "service"
    PROJECT = "project"
    UNKNOWN = "unknown"


class BillingMethod(StrEnum):
    """ConnectWise's names of the ways a project or phase is billed (API schema `Project.billingMethod`)."""

    ACTUAL_RATES = "ActualRates"
    FIXED_FEE = "FixedFee"
    NOT_TO_EXCEED = "NotToExceed"
    OVERRIDE_RATE = "OverrideRate"
