"""The team row: team and access as on the board, or a team or access list for this work only?"""

from __future__ import annotations

from app.chart.rows.row_score import RowScore, Thresholds, add_mentions
from app.reading.evidence import Evidence


def score_team(evidence: Evidence, _limits: Thresholds, score: RowScore) -> None:
    """Team and access as on the board, or a separate team or restricted access?"""
    add_mentions(evidence, score, "A separate team or restricted access", "own_team")
