"""The answers to the owner's questions, in sentences that an owner would say."""

from __future__ import annotations

from typing import Any

from app.audit.missing_data import named
from app.audit.report.figures import amount, lacking, money, percent

QUESTIONS = (
    "What did we lose on work that was sold?",
    "Did we bill what we did, and in time?",
    "Is the revenue in the right account?",
    "Which tickets would move?",
    "Is the chart right?",
)

_LOST = (
    ("given_away", "we gave away {} of work that was sold"),
    ("swallowed", "agreements swallowed {} of it"),
    ("below_price", "hours worth {} were not paid by their fixed prices"),
)
_LATE = (
    ("unbilled", "{} is finished and not billed"),
    ("billed_late", "{} was billed more than a billing period late"),
    ("staged", "{} could have been billed earlier, in stages"),
)


def answers(totals: dict[str, Any]) -> list[str]:
    """One answer for each of `QUESTIONS`, from the totals as JSON."""
    return [
        _sums(totals, _LOST, "Nothing: no sold work was given away, swallowed by an agreement or underpriced."),
        _sums(totals, _LATE, "Yes: everything that was finished is billed, and nothing was billed late."),
        _accounts(totals),
        _moves(totals),
        _is_right(totals),
    ]


def headlines(totals: dict[str, Any]) -> list[list[str]]:
    """The lines above each answer; currencies stand next to each other and are never added."""
    judged = totals["judged"]
    moves = sum(totals["would_move"].values())
    right = percent(judged["agree"], judged["tickets"]) if judged["tickets"] else "–"
    return [
        _head(totals, given_away="given away", swallowed="swallowed", below_price="underpriced"), _head(totals, unbilled="not billed"),
        _head(totals, reclassified="elsewhere"), [f"{moves:,} tickets"], [right],
    ]  # fmt: skip


def _head(totals: dict[str, Any], **kinds: str) -> list[str]:
    """The largest of some kinds in each currency, with its name."""
    found = []
    for currency, sums in totals["money"].items():
        known = [(sums[kind]["amount"], name) for kind, name in kinds.items() if sums[kind]["amount"] is not None]
        if not known:
            return ["not known"]
        largest, name = max(known)
        if largest:
            found.append(f"{money(largest, currency)} {name}")
    return found or ["nothing"]


def _sums(totals: dict[str, Any], kinds: tuple[tuple[str, str], ...], nothing: str) -> str:
    sentences = []
    for currency, sums in totals["money"].items():
        parts = [
            words.format(money(sums[kind]["amount"], currency)) + _share(sums[kind]["share"])
            for kind, words in kinds
            if sums[kind]["amount"]
        ]
        if parts:
            text = "; ".join(parts)
            sentences.append(f"{text[:1].upper()}{text[1:]}.")
    if any(sums[kind]["amount"] is None for sums in totals["money"].values() for kind, _ in kinds):
        sentences.append("The rest is not known: the time entries could not be read.")
    if not sentences:
        return nothing if totals["tickets"] else "There is no ticket in this range."
    return " ".join(sentences) + _too_low(totals)


def _share(share: float | None) -> str:
    return f" ({share * 100:.1f} %)" if share else ""


def _accounts(totals: dict[str, Any]) -> str:
    work = totals["misplaced"]["measured"]
    if work["hours"] is None:
        return "Not known: the time entries could not be read."
    if not work["tickets"]:
        return "Yes: no ticket of sold work was kept outside Professional Services." + _too_low(totals)
    parts = [
        f"{money(sums['reclassified']['amount'], currency)}{_share(sums['reclassified']['share'])}"
        for currency, sums in totals["money"].items()
        if sums["reclassified"]["amount"]
    ]
    earned = (
        f" Their revenue of {' and '.join(parts)} stands in another account; it was earned, and is no cost."
        if parts
        else ""
    )
    return (
        f"{work['tickets']:,} tickets of sold work with {amount(work['hours'])} hours were kept outside Professional Services.{earned}"
        + _too_low(totals)
    )


def _too_low(totals: dict[str, Any]) -> str:
    lacks = lacking(totals)
    return f" These sums are most likely too low: of some tickets {named(lacks)} could not be read." if lacks else ""


def _moves(totals: dict[str, Any]) -> str:
    moves, asked = totals["would_move"], totals["asks_a_person"]
    return (
        f"{sum(moves.values()):,} of {totals['tickets']:,} tickets would move: {moves['mini-project']:,} become mini-projects, "
        f"{moves['project']:,} projects. {asked:,} would wait for a person's answer, {totals['left_alone']:,} are left alone."
    )


def _is_right(totals: dict[str, Any]) -> str:
    judged, lacks = totals["judged"], lacking(totals)
    if not judged["tickets"]:
        text = "No ticket in this range has records that show its outcome"
        return f"{text}: {named(lacks)} could not be read." if lacks else f"{text}."
    moved = sum(totals["would_move"].values())
    text = (
        f"Records show the outcome of {judged['tickets']:,} tickets; the chart agrees with them in {percent(judged['agree'], judged['tickets'])}. "
        f"Of the {moved:,} tickets that would move, records show the outcome of {judged['moves']:,}: {judged['right_moves']:,} of these are right. "
        f"Of all {judged['work']:,} tickets of project work, the chart missed {judged['missed']:,}."
    )
    return f"{text} Of some tickets {named(lacks)} could not be read." if lacks else text
