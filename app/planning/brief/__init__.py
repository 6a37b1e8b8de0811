"""The brief: everything that a plan writes, field by field, each value with its sources and state."""

from app.planning.brief.build import brief_lists, build_brief
from app.planning.brief.inputs import BriefInputs
from app.planning.brief.json_form import brief_json, person_json, person_values
from app.planning.brief.model import Brief, BriefField, FieldState, PersonValue, Source
from app.planning.brief.patch import BriefError, apply_patch

__all__ = [
    "Brief",
    "BriefError",
    "BriefField",
    "BriefInputs",
    "FieldState",
    "PersonValue",
    "Source",
    "apply_patch",
    "brief_json",
    "brief_lists",
    "build_brief",
    "person_json",
    "person_values",
]
