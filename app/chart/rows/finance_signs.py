"""Signs of the finance row in the evidence, each with its reasons. What they count stands in the chart file."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from re import Pattern

from app.chart.schema.conditions import Measures
from app.domain.facts import Reason
from app.reading.evidence import Evidence, Mention
from app.reading.off_topic import SUPPORT_TYPES
from app.reading.values.dates import SEASON

_TEXTS = {
    "fault": "Something does not work",
    "request": "A question or routine request",
    "accepted": "Accepted or ordered",
    "fixed_price": "A price is agreed",
    "chargeable": "To be charged",
    "progress_billing": "Billed in parts",
    "single_billing": "One invoice when done",
    "approved": "Approved or signed",
    "referenced": "A quote is named",
    "money": "An amount is named",
}
"""By meaning, which is the name of the sign."""
_KINDS = {"kind_migration": "migration", "kind_install": "installation", "kind_consulting": "consulting"}
_MOST_SHOWN = 2


def signs_of(evidence: Evidence, names: Mapping[str, Pattern[str]]) -> dict[str, list[Reason]]:
    """The reasons of each sign, one for each mention."""
    known = evidence.mentions_by_meaning
    found = {sign: _reasons(text, known[sign]) for sign, text in _TEXTS.items() if known.get(sign)}
    if "progress_billing" not in found and known.get("parted"):
        found["progress_billing"] = _reasons(_TEXTS["progress_billing"], known["parted"])
    if covered := covered_mentions(evidence):
        found["covered"] = _reasons("Covered by the agreement", covered[:1])
    labour = [line for line in evidence.lines if line.is_labour and line.amount > 0]
    if labour:
        found["labour_line"] = [Reason("A product line for labour", line.source, line.description) for line in labour]
    if evidence.opportunity_won:
        found["opportunity_won"] = [Reason("The opportunity is won", "opportunity.stage", evidence.opportunity)]
    _add_fields(evidence, names, found)
    return found


def _add_fields(evidence: Evidence, names: Mapping[str, Pattern[str]], found: dict[str, list[Reason]]) -> None:
    """Board and type are weak evidence: mail rules and people set them, sometimes wrongly."""
    if SUPPORT_TYPES.search(evidence.type):
        found["support_type"] = [Reason("The ticket's type is support work", "type.name", evidence.type)]
        if _is_worked_on_at_once(evidence):
            found["begun_at_once"] = [Reason("Work began immediately", evidence.bookings[0].source, evidence.type)]
    if names["alert_boards"].search(evidence.board):
        found["alert_board"] = [Reason("The ticket came in on an alert board", "board.name", evidence.board)]
    if names["project_boards"].search(evidence.board) or names["project_types"].search(evidence.type):
        place = evidence.board or evidence.type
        found["project_place"] = [Reason("Board or type is for project work", "board.name", place)]


def flags_of(evidence: Evidence, names: Mapping[str, Pattern[str]]) -> Measures:
    """The measures of the ticket that conditions of the table may name (`app.chart.schema.measures`)."""
    known = evidence.mentions_by_meaning
    covered = bool(covered_mentions(evidence))
    return {
        "budget_hours": float(evidence.budget_hours) if evidence.budget_hours else 0.0,
        "covers": evidence.agreement_covers,
        "covered": covered,
        "charged": "chargeable" in known and not covered,
        "priced": "fixed_price" in known or evidence.opportunity_won,
        "ordered": _is_ordered(evidence) or bool(evidence.lines),
        "large": "large" in known,
        "sized": _is_sized(evidence),
        "booked": bool(evidence.bookings),
        "solved": "solved" in known,
        "wish": "quote_request" in known or "wish" in known,
        "lasting_improvement": "overhaul" in known,
        "free_hand": "free_hand" in known,
        "long_standing": "long_standing" in known,
        "device_asked": "hardware" in known and "asks" in known,
        "licence_agreement": bool(evidence.agreement and names["licence_agreements"].search(evidence.agreement)),
        "finance_open": "open_finance" in known or "mismatch" in known,
        "support_type": bool(evidence.type and SUPPORT_TYPES.search(evidence.type)),
        "documents_differ": "mismatch" in known,
        "sold_as_one_visit": evidence.one_visit_line is not None,
        "parts_named": any(
            not mention.source.startswith("customFields") for mention in evidence.mentions("progress_billing", "parted")
        ),
        "small_statements": ("single_billing" in known) + ("one_person" in known) + ("one_visit" in known),
    }


def kind_of(evidence: Evidence, *, supported: bool) -> tuple[str | None, list[Reason]]:
    """The kind of project work with its reasons: named, or equipment that arrived and is to be set up.

    `supported`: something speaks for support; equipment is then set up as a part of it.
    """
    kind: str | None = None
    reasons: list[Reason] = []
    for meaning, name in _KINDS.items():
        for mention in evidence.mentions(meaning)[:1]:
            kind = kind or name
            reasons.append(Reason(f"Work of a project's kind: {name}", mention.source, mention.words))
    arrived = evidence.mentions("arrived")
    if not kind and not supported and arrived and evidence.mentions("set_going"):
        kind = "installation"
        reasons.append(Reason("Work of a project's kind: installation", arrived[0].source, arrived[0].words))
    return kind, reasons


def device_reasons(evidence: Evidence) -> list[Reason]:
    """Work on a device that no agreement covers."""
    text = "Work on a device, and no agreement is known to cover it"
    return [Reason(text, mention.source, mention.words) for mention in evidence.mentions("hardware")[:1]]


def covered_mentions(evidence: Evidence) -> list[Mention]:
    """Mentions of coverage in sentences that do not mention a charge."""
    if not evidence.mentions("covered"):
        return []
    charged = {mention.sentence for mention in evidence.mentions("chargeable")}
    return [mention for mention in evidence.mentions("covered") if mention.sentence not in charged]


def shown(reasons: list[Reason]) -> list[Reason]:
    """The reasons of a sign that a decision shows."""
    return reasons[:_MOST_SHOWN]


def _reasons(text: str, mentions: list[Mention]) -> list[Reason]:
    return [Reason(text, mention.source, mention.words) for mention in mentions]


def _is_ordered(evidence: Evidence) -> bool:
    return evidence.opportunity_won or bool(
        evidence.mentions("accepted", "fixed_price", "referenced", "progress_billing")
    )


def _is_worked_on_at_once(evidence: Evidence) -> bool:
    """Scheduled for today or tomorrow without an order, as faults are."""
    starts = [booking.start for booking in evidence.bookings if booking.start]
    return bool(starts) and min(starts) <= evidence.today + timedelta(days=1) and not _is_ordered(evidence)


def _is_sized(evidence: Evidence) -> bool:
    firm = evidence.mentions("single_billing", "one_person", "one_visit", "money", "many_people", "progress_billing")
    dated = any(point.days != SEASON for point, _ in evidence.upcoming_dates())
    loose = evidence.mentions("effort", "waves") or dated or evidence.budget_hours
    return bool(
        firm
        or (loose and not evidence.mentions("vague"))
        or evidence.bookings
        or evidence.lines
        or evidence.tasks
        or (evidence.opportunity_amount and not evidence.mentions("vague"))
        or any(char.isdigit() for mention in evidence.mentions("fixed_price") for char in mention.words)
    )
