"""The billing row: one invoice when done, or billing options and progress invoices?"""

from __future__ import annotations

import re

from app.chart.rows.row_score import RowScore, Thresholds
from app.reading.evidence import Evidence
from app.reading.values.instalments import STAGE_LINE


def score_billing(evidence: Evidence, _limits: Thresholds, score: RowScore) -> None:
    """All on one invoice when done, or instalments, milestones, a bill per stage?"""
    stages = [line for line in evidence.lines if STAGE_LINE.search(line.description)]
    if len(stages) >= 2:
        text = f"{len(stages)} product lines are stage payments"
        score.add_project("stage_lines", text, stages[0].source, "; ".join(line.description for line in stages))
    for mention in evidence.mentions("progress_billing")[:2]:
        if not _is_own_cycle(mention.words, evidence):
            score.add_project("progress_billing", "Billed in parts", mention.source, mention.words)
        elif not evidence.bookings:
            score.add_project("own_cycle", "Billed in parts", mention.source, mention.words)
    for mention in evidence.mentions("parted"):
        score.add_project("parted", "Billed in parts", mention.source, mention.words)
    if single := evidence.mentions("single_billing"):
        score.add_service("single_billing", "One invoice when done", single[0].source, single[0].words)
    score.undecided = bool(evidence.mentions("open_progress_billing"))


_OWN_CYCLE = {3: re.compile("quarter|quartal|trimestr"), 12: re.compile("year|jahr|annuel|annual|anual")}
"""An invoice «every quarter» is no evidence for a customer with quarterly billing. By the months of the period."""


def _is_own_cycle(words: str, evidence: Evidence) -> bool:
    own = _OWN_CYCLE.get(evidence.periods.months)
    return own is not None and own.search(words) is not None
