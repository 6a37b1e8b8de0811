"""The filled-in chart for people: a table for the terminal and a short note for the ticket, safe as plain text."""

from __future__ import annotations

import re
from collections.abc import Iterator

from app.chart.model import Decision, Finding, Outcome, PointsTo, Reason

_SIDES = {PointsTo.SERVICE: "service ticket", PointsTo.PROJECT: "project", PointsTo.UNKNOWN: "no hint"}
_OUTCOMES = {
    Outcome.SERVICE_TICKET: "service ticket",
    Outcome.MINI_PROJECT: "mini-project",
    Outcome.PROJECT: "project",
    Outcome.REVIEW: "needs a person",
}
_UNSAFE = re.compile(r"[\x00-\x1f\x7f<>{}\[\]`*_|\\\u200b-\u200f\u202a-\u202e\u2060-\u2069]")


def headline(decision: Decision) -> str:
    """The outcome in words, with the candidates where a person is asked."""
    if decision.outcome is Outcome.REVIEW:
        between = " or ".join(_OUTCOMES[candidate] for candidate in decision.candidates)
        return f"Needs a person: {between}. {decision.question or ''}".strip()
    return _OUTCOMES[decision.outcome].capitalize()


def rows(decision: Decision) -> Iterator[tuple[str, str, str]]:
    """Row, side and best reason of each finding, for a table."""
    for finding in decision.findings:
        side = "contested" if finding.contested else _SIDES[finding.points_to]
        yield finding.criterion.value, side, reason_words(_best(finding))


def note(decision: Decision, *, outcome: Outcome | None = None) -> str:
    """The filled-in chart as a short internal note: plain text, nothing of the ticket that could act as markup."""
    lines = [f"Service ticket or project? {_OUTCOMES[outcome] if outcome else headline(decision)}", ""]
    lines += [f"- {row}: {side}{' - ' + words if words else ''}" for row, side, words in rows(decision)]
    if decision.rule:
        lines += ["", decision.rule]
    return "\n".join([*lines, f"Chart {decision.chart.version} ({decision.chart.sha256[:12]})"])


def reason_words(reason: Reason | None) -> str:
    """A reason in one line: the fact, where it was read, the quoted words."""
    if reason is None:
        return ""
    quoted = f": “{safe(reason.value)[:80]}”" if reason.value else ""
    return f"{reason.text} ({reason.source}){quoted}"


def safe(text: str) -> str:
    """Text of a ticket without anything that a note, a terminal or a page could take for markup or direction."""
    return " ".join(_UNSAFE.sub(" ", text).split())


def _best(finding: Finding) -> Reason | None:
    return finding.reasons[0] if finding.reasons else None
