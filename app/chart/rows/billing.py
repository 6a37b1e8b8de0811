"""The billing row: one invoice when done, or billing options and progress invoices?"""

from __future__ import annotations

import re

from app.chart.rows.row_score import PHRASE, RECORD, STATEMENT, Hint, Thresholds
from app.reading.evidence import Evidence
from app.reading.values.instalments import STAGE_LINE


def billing(evidence: Evidence, _limits: Thresholds) -> Hint:
    """All on one invoice when done, or instalments, milestones, a bill per stage?"""
    hint = Hint()
    stages = [line for line in evidence.lines if STAGE_LINE.search(line.description)]
    if len(stages) >= 2:
        text = f"{len(stages)} product lines are stage payments"
        hint.to_project(RECORD, text, stages[0].source, "; ".join(line.description for line in stages))
    for hit in evidence.mentions("progress_billing")[:2]:
        if not _is_own_cycle(hit.words, evidence):
            hint.to_project(STATEMENT, "Billed in parts", hit.source, hit.words)
        elif not evidence.bookings:
            hint.to_project(PHRASE, "Billed in parts", hit.source, hit.words)
    for hit in evidence.mentions("parted"):
        hint.to_project(STATEMENT, "Billed in parts", hit.source, hit.words)
    if single := evidence.mentions("single_billing"):
        hint.to_service(STATEMENT, "One invoice when done", single[0].source, single[0].words)
    hint.undecided = bool(evidence.mentions("open_progress_billing"))
    return hint


_OWN_CYCLE = {3: re.compile("quarter|quartal|trimestr"), 12: re.compile("year|jahr|annuel|annual|anual")}
"""A bill «every quarter» to a customer who is billed by quarter anyway says little. By the length of the period in months."""


def _is_own_cycle(words: str, evidence: Evidence) -> bool:
    own = _OWN_CYCLE.get(evidence.periods.months)
    return own is not None and own.search(words) is not None
