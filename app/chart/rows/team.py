"""The team row: team and access as on the board, or a team or access list for this work only?"""

from __future__ import annotations

from app.chart.rows.row_score import STATEMENT, RowScore, Thresholds, add_mentions
from app.reading.evidence import Evidence


def score_team(evidence: Evidence, _limits: Thresholds) -> RowScore:
    """Team and access as on the board, or a separate team or restricted access?"""
    score = RowScore()
    add_mentions(evidence, score, STATEMENT, "A separate team or restricted access", "own_team")
    return score
