"""The contacts row: one contact, or several by phase?"""

from __future__ import annotations

from app.chart.rows.row_score import LIKELY, PHRASE, RowScore, Thresholds, add_mentions
from app.reading.evidence import Evidence
from app.reading.values.people import listed_contacts, named_contacts


def score_contacts(evidence: Evidence, _limits: Thresholds) -> RowScore:
    """One contact, or several by phase?"""
    score = RowScore()
    add_mentions(evidence, score, LIKELY, "Contacts by site, stage or topic", "stage_contacts")
    if named := named_contacts(evidence.planned) or listed_contacts(evidence.planned):
        strength = LIKELY if named.strong else PHRASE
        score.add_project(strength, "Several contacts, each for a part", named.source, named.words)
    if score.project and len(evidence.contacts) >= 2:
        score.add_project(PHRASE, "Several contacts are in copy", "contactsCc", ", ".join(evidence.contacts))
    return score
