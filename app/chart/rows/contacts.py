"""The contacts row: one contact, or several by phase?"""

from __future__ import annotations

from app.chart.rows.row_score import RowScore, Thresholds, add_mentions
from app.reading.evidence import Evidence
from app.reading.values.people import listed_contacts, named_contacts


def score_contacts(evidence: Evidence, _limits: Thresholds, score: RowScore) -> None:
    """One contact, or several by phase?"""
    add_mentions(evidence, score, "Contacts by site, stage or topic", "stage_contacts")
    if named := named_contacts(evidence.planned) or listed_contacts(evidence.planned):
        sign = "contacts_named" if named.strong else "contacts_implied"
        score.add_project(sign, "Several contacts, each for a part", named.source, named.words)
    if score.project and len(evidence.contacts) >= 2:
        score.add_project("people_in_copy", "Several contacts are in copy", "contactsCc", ", ".join(evidence.contacts))
