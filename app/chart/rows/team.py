"""The team row: team and access as on the board, or a team or access list for this work only?"""

from __future__ import annotations

from app.chart.rows.row_score import STATEMENT, Hint, Thresholds, add_said
from app.reading.evidence import Evidence


def team(evidence: Evidence, _limits: Thresholds) -> Hint:
    """Team and access as on the board, or an own team or restricted access?"""
    hint = Hint()
    add_said(evidence, hint, STATEMENT, "An own team or restricted access", "own_team")
    return hint
