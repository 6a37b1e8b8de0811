"""Outcomes, rows of the chart, billing methods of ConnectWise, and the states of runs, decisions and steps."""

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


class FactType(StrEnum):
    """Kinds of statements that a reader finds in a ticket. The values are those of the JSON interface."""

    QUOTE_ACCEPTED = "quote_accepted"
    SIGNED = "signed"
    PURCHASE_ORDER = "purchase_order"
    FIXED_PRICE = "fixed_price"
    CAP = "cap"
    RATE = "rate"
    CHARGEABLE = "chargeable"
    NO_CHARGE = "no_charge"
    COVERED = "covered"
    FAULT = "fault"
    REQUEST = "request"
    REPLACEMENT = "replacement"
    SEVERAL_VISITS = "several_visits"
    ONE_VISIT = "one_visit"
    SEVERAL_PEOPLE = "several_people"
    ONE_PERSON = "one_person"
    WORK_PERIOD = "work_period"
    RECURRING = "recurring"
    STAGED_BILLING = "staged_billing"
    SINGLE_INVOICE = "single_invoice"
    OWN_TEAM = "own_team"
    DISCRETION = "discretion"
    CONTACTS_BY_PART = "contacts_by_part"
    BUDGET_HOURS = "budget_hours"
    HOURS_BY_PART = "hours_by_part"
    WORK_KIND = "work_kind"
    """Work of a project's kind: migration, installation or consulting."""
    AMOUNT = "amount"
    """An amount of money that is not said to be agreed."""
    QUESTION_ONLY = "question_only"
    RUNNING_PROJECT = "running_project"
    CHANGE_ORDER = "change_order"


class Polarity(StrEnum):
    """How a sentence holds one of its statements. Only `AFFIRMED` counts for what the fact states."""

    AFFIRMED = "affirmed"
    NEGATED = "negated"
    CONDITIONAL = "conditional"
    PAST = "past"
    OTHER_PARTY = "other_party"


class Reader(StrEnum):
    """Which reader found a fact: fields and related records, the phrases, or a language model."""

    RECORD = "record"
    WORDS = "words"
    MODEL = "model"


class BillingMethod(StrEnum):
    """ConnectWise's names of the ways a project or phase is billed (API schema `Project.billingMethod`)."""

    ACTUAL_RATES = "ActualRates"
    FIXED_FEE = "FixedFee"
    NOT_TO_EXCEED = "NotToExceed"
    OVERRIDE_RATE = "OverrideRate"


class RunKind(StrEnum):
    """What a run does with its ticket. The values are those of the JSON interface."""

    CLASSIFY = "triage"
    APPLY = "carry-out"
    UNDO = "undo"
    RECHECK = "look"


class RunState(StrEnum):
    """How far a run has come. `WORKING`: held under a lease; `MISSING`: ConnectWise has no such ticket."""

    QUEUED = "queued"
    WAITING = "waiting"
    WORKING = "working"
    ENDED = "ended"
    FAILED = "failed"
    MISSING = "missing"


class DecisionStatus(StrEnum):
    """What has become of a decision."""

    PLANNED = "planned"
    AWAITING_REVIEW = "awaiting-review"
    RUNNING = "running"
    APPLIED = "applied"
    FAILED = "failed"
    REJECTED = "rejected"
    UNDONE = "undone"
    NO_CHANGE = "nothing-to-do"


class ClosedReason(StrEnum):
    """Why a decision has the status `REJECTED` although no person rejected it."""

    REPLACED = "replaced"
    ANSWERED = "answered"
    OUTDATED = "outdated"


class StepStatus(StrEnum):
    """How a step ended. `LEFT`: a person's change stays."""

    PLANNED = "planned"
    DONE = "done"
    ALREADY_DONE = "already-done"
    LEFT = "left"
    FAILED = "failed"


class Mode(StrEnum):
    """How far a plan may go without a person."""

    DRY_RUN = "dry-run"
    REVIEW = "review"
    LIVE = "live"


class Trigger(StrEnum):
    """What led to a run or decision."""

    CALLBACK = "callback"
    RECONCILE = "reconcile"
    RECLASSIFY = "reclassify"
    UPDATE = "update"
    AUDIT = "audit"
    CASES = "cases"


class Role(StrEnum):
    """Rights of a person: viewers read, approvers also decide, admins also pause writing and change chart and people."""

    VIEWER = "viewer"
    APPROVER = "approver"
    ADMIN = "admin"

    def covers(self, needed: Role) -> bool:
        """Whether this role may do what needs the other one."""
        order = tuple(Role)
        return order.index(self) >= order.index(needed)
