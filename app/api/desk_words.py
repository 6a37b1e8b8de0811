"""Words of the pages: outcomes, statuses, rows, thresholds, answers. One table for each idea."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from app.chart.explain import rows_of, source_words
from app.workflow.queue import Tab, WaitsFor

OUTCOMES = {
    "service-ticket": "service ticket", "mini-project": "mini-project", "project": "project", "review": "needs review",
}  # fmt: skip
STATUSES = {
    "awaiting-review": "needs review", "applied": "applied", "planned": "planned", "nothing-to-do": "no change",
    "running": "running", "failed": "failed", "rejected": "rejected", "undone": "undone",
}  # fmt: skip
TABS = {Tab.NEEDS_YOU: "Needs you", Tab.PLANNED: "Planned", Tab.DONE: "Done", Tab.ALL: "All"}
WAITS = {
    WaitsFor.QUESTION: "Question", WaitsFor.BRIEF: "Brief to complete", WaitsFor.APPROVAL: "To approve",
    WaitsFor.FAILURE: "Failed", WaitsFor.LIMIT: "Over the limit",
}  # fmt: skip
EMPTY = {
    Tab.NEEDS_YOU: "Nothing waits for you. New questions appear here by themselves.",
    Tab.PLANNED: "No plans. In dry run each decision that would change a ticket is listed here.",
    Tab.DONE: "Nothing is done yet. Approve a plan under “Needs you” to see it here.",
    Tab.ALL: "No ticket was decided yet. New tickets arrive by ConnectWise's callback; run one by its number below.",
}
PARTS = {
    "new_text": "Text", "history": "History", "banner": "Mail banner", "disclaimer": "Disclaimer",
    "signature": "Signature", "form_field": "Form field", "noise": "Markup", "unread": "Not read: the text is too long",
}  # fmt: skip
ICONS = {"project": "◆", "service": "○", "contested": "?", "unknown": "–"}
_VERDICTS = {"project": "project", "service": "service", "contested": "open"}
_ANSWERS: Mapping[str, Mapping[str, str]] = {
    "finance": {
        "project": "Yes, and it is a project of its own", "mini-project": "Yes, sold or charged as project work",
        "service-ticket": "No, covered by support",
    },
    "duration": {
        "project": "No, it takes longer", "mini-project": "Yes, and it is charged as project work",
        "service-ticket": "Yes, and support covers it",
    },
    "billing": {
        "project": "In parts", "mini-project": "One invoice, charged as project work",
        "service-ticket": "One invoice, ordinary support",
    },
    "scheduling": {
        "project": "Several people are scheduled", "mini-project": "One person, charged as project work",
        "service-ticket": "One person, ordinary support",
    },
    "team": {
        "project": "Yes, a separate team or access", "mini-project": "No, and it is charged as project work",
        "service-ticket": "No, ordinary support",
    },
    "contacts": {
        "project": "Several, by stage", "mini-project": "One, charged as project work",
        "service-ticket": "One, ordinary support",
    },
}  # fmt: skip
_THRESHOLDS = {
    "duration.periods": "{} billing periods", "scheduling.members": "{} members",
    "duration.hours_per_resource_and_month": "{} hours of one person in a month",
    "finance.review_above_hours": "{} hours without a known kind of work", "small_job.hours": "{} hours",
    "small_job.amount": "an amount of {}",
}  # fmt: skip
_AGES = ((86400, "d"), (3600, "h"), (60, "min"))


def answer_label(decision: Mapping[str, Any], outcome: str) -> str:
    """The answer to the decision's question that means this outcome; without a question the outcome itself."""
    asked = next(iter(decision.get("settled_by") or ()), "") if decision.get("outcome") == "review" else ""
    fallback = f"Make it a {OUTCOMES[outcome]}"
    return _ANSWERS.get(asked, {}).get(outcome, fallback) if decision.get("question") else fallback


def threshold_words(threshold: str) -> str:
    """A threshold such as `duration.periods = 2` in words; others by their name."""
    key, equals, value = threshold.partition(" = ")
    if not equals:
        return threshold
    known = _THRESHOLDS.get(key)
    return known.format(value) if known else f"{key.rpartition('.')[2].replace('_', ' ')} {value}"


def place_words(path: str) -> str:
    """A place in the evidence in words."""
    return source_words(path) if path else ""


def row_views(decision: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The six rows: name, question, verdict, side, and whether the outcome follows from the row."""
    rows = []
    for view, finding in zip(rows_of(decision), decision["findings"], strict=True):
        verdict = _VERDICTS.get(view.side) or view.says
        rows.append({
            "criterion": view.criterion, "name": view.row, "asks": view.asks, "side": view.side, "verdict": verdict,
            "icon": ICONS[view.side], "decides": view.settles, "reasons": finding.get("reasons") or [],
        })  # fmt: skip
    return rows


def age_words(then: datetime, now: datetime) -> str:
    """How long ago, in the largest whole unit."""
    seconds = max(0, int((now - then).total_seconds()))
    return next((f"{seconds // size} {unit}" for size, unit in _AGES if seconds >= size), "now")


def status_text(text: str) -> str:
    """A status, or why a decision was closed, in words."""
    answered = re.fullmatch(r"answered by (.*): ([a-z-]+)", text, re.DOTALL)
    if answered:
        return f"answered by {answered[1]}: {OUTCOMES.get(answered[2], answered[2])}"
    return STATUSES.get(text, text)
