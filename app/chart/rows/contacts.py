"""The contacts row: one contact, or several by phase?"""

from __future__ import annotations

from app.chart.rows.row_score import LIKELY, PHRASE, Hint, Thresholds, add_said
from app.reading.evidence import Evidence
from app.reading.values.people import listed_contacts, named_contacts


def contacts(evidence: Evidence, _limits: Thresholds) -> Hint:
    """One contact, or several by phase?"""
    hint = Hint()
    add_said(evidence, hint, LIKELY, "Contacts by site, stage or topic", "stage_contacts")
    if named := named_contacts(evidence.planned) or listed_contacts(evidence.planned):
        strength = LIKELY if named.strong else PHRASE
        hint.to_project(strength, "Several contacts, each for a part", named.source, named.words)
    if hint.project and len(evidence.contacts) >= 2:
        hint.to_project(PHRASE, "Several contacts are in copy", "contactsCc", ", ".join(evidence.contacts))
    return hint
