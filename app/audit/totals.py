"""The totals of an audit: rows go in one by one, and only sums are kept, so that memory does not grow with the tickets."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from typing import Any

from app.audit.actual_outcome import PROJECT_WORK
from app.audit.evaluate import BROKEN, LEFT_ALONE, Row
from app.audit.ledger import Ledger
from app.audit.missing_data import is_timeless
from app.audit.money import KINDS
from app.domain.enums import Criterion, Outcome

CHART_SAYS = (*(outcome.value for outcome in Outcome), LEFT_ALONE, BROKEN)
HINDSIGHT_SAYS = (Outcome.SERVICE_TICKET.value, *PROJECT_WORK, "unknown")
GROUPS = ("month", "board", "company", "type")
_MOST_GROUPS = 5000
_OTHERS = "(others)"


def would_move(row: Row) -> bool:
    """Whether the chart would have moved or converted the ticket, and its revenue is not in Professional Services already."""
    return row["chart"] in PROJECT_WORK and not row["there"] and not row.get("own_move")


def misplaced(row: Row) -> str:
    """`measured` where the records show project work outside Professional Services, `estimated` where only the chart says so and
    the records do not settle it, else empty."""
    if row["there"] or row.get("own_move"):
        return ""
    if row["hindsight"] in PROJECT_WORK:
        return "measured"
    return "estimated" if row["hindsight"] == "unknown" and row["chart"] in PROJECT_WORK else ""


def is_listed(row: Row) -> bool:
    """Whether the report names the ticket: it would move, asks a person, has money of some kind, or chart and records differ."""
    asks = row["chart"] in (Outcome.REVIEW.value, BROKEN)
    money = any(row["money"].get(kind) for kind in KINDS)
    return would_move(row) or asks or row["agrees"] is False or bool(misplaced(row)) or money


@dataclass
class Totals:
    """Sums over rows. Hours are hundredths, amounts are cents."""

    tickets: int = 0
    closed: int = 0
    there: int = 0
    own_moves: int = 0
    moves: Counter[str] = field(default_factory=Counter)
    known_moves: Counter[str] = field(default_factory=Counter)
    """Of the tickets that would move: of how many the records tell (`moves`), and how many are right by them (`right_moves`)."""
    confusion: Counter[tuple[str, str]] = field(default_factory=Counter)
    rows: Counter[tuple[str, str]] = field(default_factory=Counter)
    settled: Counter[str] = field(default_factory=Counter)
    texts: Counter[str] = field(default_factory=Counter)
    unread: Counter[str] = field(default_factory=Counter)
    changed_by_texts: int = 0
    months: defaultdict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    boards: defaultdict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    misplaced: defaultdict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    """Tickets and hours of `measured` and `estimated` project work outside Professional Services."""
    money: Ledger = field(default_factory=Ledger)
    groups: dict[str, defaultdict[str, Counter[str]]] = field(
        default_factory=lambda: {name: defaultdict(Counter) for name in GROUPS}
    )

    def add(self, row: Row) -> None:
        """Counts one ticket."""
        self.tickets += 1
        self.closed += row["closed"]
        self.there += row["there"]
        self.own_moves += bool(row.get("own_move"))
        self.confusion[row["chart"], row["hindsight"]] += 1
        self.texts[row["texts"]] += 1
        self.unread.update(row["unread"])
        self.changed_by_texts += row.get("fields_said", row["chart"]) != row["chart"]
        self.rows.update(row["rows"].items())
        if row["settled_by"]:
            self.settled[row["settled_by"]] += 1
        if would_move(row):
            self.moves[row["chart"]] += 1
            self.known_moves.update(moves=row["agrees"] is not None, right_moves=row["agrees"] is True)
        for group, name in ((self.months, row["month"]), (self.boards, row["board"])):
            shown = group[_known(group, name)]
            shown["tickets"] += 1
            shown[row["chart"]] += 1
        self._add_money(row)

    def _add_money(self, row: Row) -> None:
        if "currency" not in row:
            return  # a page that 0.1.0 kept: its money was counted by other rules
        self.money.add(row)
        if kind := misplaced(row):
            sums = {"tickets": 1, "hours": row["facts"]["hours"]}
            self.misplaced[kind].update(sums)
            if kind == "measured":
                amounts = {f"{name} {row['currency']}": row["money"].get(name, 0) for name in KINDS}
                for name, group in self.groups.items():
                    group[_known(group, row[name])].update(sums | amounts)

    def merge(self, other: Totals) -> None:
        """Takes in the sums of other rows."""
        self.tickets += other.tickets
        self.closed += other.closed
        self.there += other.there
        self.own_moves += other.own_moves
        self.money.merge(other.money)
        self.changed_by_texts += other.changed_by_texts
        for name in ("moves", "known_moves", "confusion", "rows", "settled", "texts", "unread"):
            getattr(self, name).update(getattr(other, name))
        both = [(self.months, other.months), (self.boards, other.boards), (self.misplaced, other.misplaced)]
        both += [(self.groups[name], other.groups[name]) for name in GROUPS]
        for group, found in both:
            for name, sums in found.items():
                group[_known(group, name)].update(sums)

    @property
    def judged(self) -> Counter[str]:
        """Where both chart and records say something: how many, agreeing, those that would move and are right, work that the chart
        missed."""
        known = [
            (chart, was, n)
            for (chart, was), n in self.confusion.items()
            if chart in HINDSIGHT_SAYS[:3] and was in HINDSIGHT_SAYS[:3]
        ]
        work = [(chart, was, n) for chart, was, n in known if was in PROJECT_WORK]
        return Counter(
            tickets=sum(n for *_, n in known), agree=sum(n for chart, was, n in known if chart == was),
            moves=self.known_moves["moves"], right_moves=self.known_moves["right_moves"],
            work=sum(n for *_, n in work), missed=sum(n for chart, _, n in work if chart not in PROJECT_WORK),
        )  # fmt: skip

    def to_json(self) -> dict[str, Any]:
        """The totals, hours as hours and amounts as amounts; None for sums of which nothing could be read."""
        broken = sum(n for (chart, _), n in self.confusion.items() if chart == BROKEN)
        timeless = is_timeless(self.unread, self.tickets - broken)
        return {
            "tickets": self.tickets, "closed": self.closed, "in_professional_services": self.there, "own_moves": self.own_moves,
            "would_move": {name: self.moves[name] for name in PROJECT_WORK},
            "asks_a_person": sum(n for (chart, _), n in self.confusion.items() if chart == Outcome.REVIEW.value),
            "left_alone": sum(n for (chart, _), n in self.confusion.items() if chart == LEFT_ALONE),
            "not_readable": broken,
            "confusion": {chart: {was: self.confusion[chart, was] for was in HINDSIGHT_SAYS} for chart in CHART_SAYS},
            "judged": {name: self.judged[name] for name in ("tickets", "agree", "moves", "right_moves", "work", "missed")},
            "rows": {
                criterion.value: {says: self.rows[criterion.value, says] for says in ("service", "project", "unknown", "open")}
                for criterion in Criterion
            },
            "settled_by": {criterion.value: self.settled[criterion.value] for criterion in Criterion},
            "texts": {name: self.texts[name] for name in ("open", "clear", "check", LEFT_ALONE)},
            "checked_and_changed": self.changed_by_texts, "unread": dict(sorted(self.unread.items())),
            "months": _by_name(self.months), "boards": _by_name(self.boards),
            "misplaced": {name: _in_units(self.misplaced[name], known=not timeless) for name in ("measured", "estimated")},
            "money": self.money.to_json(timeless=timeless),
            "misplaced_by": {name: {label: _in_units(sums) for label, sums in sorted(group.items())} for name, group in self.groups.items()},
        }  # fmt: skip


def _in_units(sums: Counter[str], *, known: bool = True) -> dict[str, Any]:
    """Tickets, hours, and each kind of money by currency, in units. None for hours that are not `known`."""
    found: dict[str, Any] = {"tickets": sums["tickets"], "hours": sums["hours"] / 100 if known else None}
    for name in KINDS:
        amounts = {
            key.partition(" ")[2]: value / 100 for key, value in sums.items() if key.startswith(f"{name} ") and value
        }
        found |= {name: dict(sorted(amounts.items()))} if amounts else {}
    return found


def _known(group: dict[str, Any], name: str) -> str:
    """The group's name; once there are very many, new ones go together, so that memory does not grow without end."""
    return name if name in group or len(group) < _MOST_GROUPS else _OTHERS


def _by_name(group: dict[str, Counter[str]]) -> dict[str, dict[str, int]]:
    return {name: {says: counts[says] for says in ("tickets", *CHART_SAYS)} for name, counts in sorted(group.items())}
