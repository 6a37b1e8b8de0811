"""The line of a note in ConnectWise that names the people behind a change."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.domain.enums import RunKind
from app.planning.manual_actions import Language, messages
from app.planning.texts import plain
from app.storage import RunRow


def note_signature(run: RunRow, document: Mapping[str, Any], language: Language) -> str:
    """Who chose the outcome, who approved or undid it; empty where no person did.

    `document`: of the decision. A reclassification without an outcome decides by the chart, so nobody is named.
    """
    words, asked = messages(language)["signed"], document.get("asked") or {}
    chosen = str(asked.get("by", "")) if asked.get("outcome") and run.kind is not RunKind.UNDO else ""
    by = {RunKind.APPLY: "approved", RunKind.UNDO: "undone"}.get(run.kind)
    named = [("chosen", chosen), (by, run.requested_by)]
    return " ".join(words[key].format(who=plain(who)) for key, who in named if key and who)
