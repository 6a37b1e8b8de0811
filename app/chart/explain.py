"""Explains a decision: six rows, the reason for the outcome, and the note for the ticket as safe plain text.

Works on a decision's JSON (`Decision.to_json()`, or a decision of the journal), so that what was decided long ago is
explained the same way.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, cast

import yaml

from app.chart.models import Decision
from app.domain.enums import Outcome

_MARKUP = re.compile(r"[<>{}\[\]`*_|\\~^]")
_LINK = re.compile(r"(?<=\w)://")
_DIGITS = re.compile(r"\d+")
_LONGEST_QUOTE, _LONGEST_TEXT, _LONGEST_NOTE = 80, 160, 2500
_MOST_MARKS = 2
Texts = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class RowView:
    """One row in words."""

    criterion: str
    row: str
    asks: str
    """The question of the row."""
    says: str
    """`project`, `service`, `contested`, `weak hint` or `no hint`, in the language asked for."""
    side: str
    """`project`, `service`, `contested` or `unknown`, in every language."""
    fact: str
    """The best reason in one sentence, with the quoted words; empty without one."""
    source: str
    """Source in words."""
    path: str
    """Source as a path into the evidence."""
    threshold: str
    """Threshold by its key in the chart file; empty without one."""
    more: int
    """Number of further reasons."""
    settles: bool
    """Whether the outcome follows from this row."""

    @property
    def where(self) -> str:
        """Source and threshold in one, such as `schedule; duration.periods = 2`."""
        return "; ".join(part for part in (self.source, self.threshold) if part)


def rows_of(document: Mapping[str, Any], *, language: str = "en") -> tuple[RowView, ...]:
    """The six rows of a decision's JSON, in the chart's order."""
    settled = document.get("settled_by") or ()
    return tuple(_row(finding, settled, language) for finding in document["findings"])


def headline(document: Mapping[str, Any], *, language: str = "en") -> str:
    """The outcome in words; with a review, its candidates."""
    outcome = _say("words", document["outcome"], language)
    if document["outcome"] != Outcome.REVIEW:
        return _capital(outcome)
    between = f" {_say('words', 'or', language)} ".join(
        _say("words", item, language) for item in document.get("candidates") or ()
    )
    return _capital(f"{between or '?'}: {outcome}")


def because(document: Mapping[str, Any], *, language: str = "en") -> str:
    """The reason for the outcome in one sentence, with row and fact."""
    if document.get("exception"):
        return _say("because", "exception", language).format(name=safe(document["exception"])[:_LONGEST_QUOTE])
    rows = [row for row in rows_of(document, language=language) if row.settles]
    if document["outcome"] == Outcome.REVIEW:
        return _why_asked(rows, document, language)
    stated = [row for row in rows if row.source]
    if not stated:
        return _say("because", "nothing", language)
    kind = _kind(rows)
    first = _most_telling(stated)
    names = first.row if kind == "service" else _listed(rows, language)
    return _ended(_say("because", kind, language).format(rows=names, fact=_with_source(first)))


def question(document: Mapping[str, Any], *, language: str = "en") -> str:
    """The question that would settle a review; empty without one."""
    asked = document.get("question") or ""
    return _translated(asked, "questions", language)


def readers(document: Mapping[str, Any], *, language: str = "en") -> str:
    """What words and model lead to, where the model is on; empty where it is off."""
    if not (model := document.get("model")):
        return ""
    if not model["outcome"]:
        return _say("readers", "alone", language)
    if model["agrees"]:
        return _say("readers", "agree", language)
    words, read = (_say("words", model[reader], language) for reader in ("words", "outcome"))
    return _say("readers", "differ", language).format(words=words, model=read)


def note(decision: Decision, *, language: str = "en", outcome: Outcome | None = None) -> str:
    """The internal note in plain text. `outcome`: a person's choice instead of the chart's."""
    document = decision.to_json()
    chosen = (
        f"{_capital(_say('words', outcome.value, language))}, {_say('words', 'by-person', language)}" if outcome else ""
    )
    lines = [
        f"{_say('words', 'question', language)} {chosen or headline(document, language=language)}.",
        f"{_say('words', 'why', language)}: {because(document, language=language)}",
    ]
    lines += filter(None, (question(document, language=language), readers(document, language=language)))
    lines += ["", *_note_lines(rows_of(document, language=language), language), ""]
    if (outcome or decision.outcome) is Outcome.PROJECT and (facts := decision.facts.sources):
        lines += [f"{_say('words', 'read', language)}:", *(_read(fact.to_json(), language) for fact in facts), ""]
    lines.append(
        f"{_say('words', 'chart', language)} {safe(decision.chart.version)[:100]} ({decision.chart.sha256[:12]})"
    )
    return "\n".join(lines)[:_LONGEST_NOTE]


def safe(text: object) -> str:
    """Text without markup, links and direction marks, safe for notes, terminals and pages."""
    kept: list[str] = []
    marks = 0
    for char in str(text):
        category = unicodedata.category(char)
        marks = marks + 1 if category[0] == "M" else 0
        if category[0] == "C" or category in ("Zl", "Zp"):
            kept.append(" ")
        elif marks <= _MOST_MARKS:
            kept.append(char)
    plain = _MARKUP.sub(" ", "".join(kept))
    return " ".join(_LINK.sub(" ", plain.replace("@", " at ").replace("＠", " at ")).split())


def source_words(path: str, *, language: str = "en") -> str:
    """A path into the evidence in words: `notes[0].text` is `note 1`."""
    name = re.split(r"[.\[]", path, maxsplit=1)[0]
    words = _texts("sources").get(name)
    if words is None:
        return safe(path)
    number = re.search(r"\[(\d+)\]", path)
    shown = words[language].replace("#", str(int(number[1]) + 1) if number else "")
    return shown.strip()


def _row(finding: Mapping[str, Any], settled: Any, language: str) -> RowView:
    reasons = finding.get("reasons") or []
    side = "contested" if finding.get("contested") else finding["points_to"]
    name = finding["criterion"]
    best = _best(reasons, side)
    follows, best = _followed(reasons, best, side=side, name=name, language=language)
    return RowView(
        criterion=name,
        row=_say("rows", name, language),
        asks=_say("asks", name, language),
        says=_say("words", ("weak-hint" if best else "no-hint") if side == "unknown" else side, language),
        side=side,
        fact=_fact(best, language) if best else follows,
        source=source_words(best.get("source", ""), language=language) if best else "",
        path=str(best.get("source", "")),
        threshold=safe(best.get("threshold", "")),
        more=max(0, len(reasons) - 1),
        settles=name in settled,
    )


def _followed(
    reasons: list[Mapping[str, Any]], best: Mapping[str, Any], *, side: str, name: str, language: str
) -> tuple[str, Mapping[str, Any]]:
    """For a service row that its own evidence does not explain: what it follows from and what speaks against it."""
    if side != "service" or name == "finance":
        return "", best
    rule = next((reason for reason in reasons if reason.get("text") and not reason.get("source")), None)
    follows = _fact(rule, language) if rule else _say("words", "follows", language)
    against = next((reason for reason in reasons if reason.get("speaks_for") == "project"), None)
    if (best is rule or not best or best.get("speaks_for") == "project") and against:
        return f"{follows}; {_say('words', 'against', language)}: {_fact(against, language)}", {}
    return follows, {} if best is rule else best


def _best(reasons: list[Mapping[str, Any]], side: str) -> Mapping[str, Any]:
    """The first reason for the row's side, else the first of all."""
    fitting = [reason for reason in reasons if reason.get("speaks_for", "unknown") in (side, "unknown")]
    return next(iter(fitting or reasons), {})


def _fact(reason: Mapping[str, Any], language: str) -> str:
    text = safe(_translated(str(reason.get("text", "")), "reasons", language))[:_LONGEST_TEXT]
    quoted = _cut(safe(reason.get("value", "")), _LONGEST_QUOTE)
    return f"{text}: “{quoted}”" if quoted else text


def _note_lines(rows: tuple[RowView, ...], language: str) -> list[str]:
    """A line for each row with a fact; the other rows grouped by state."""
    lines = [_note_line(row, language) for row in rows if row.source]
    rest = [row for row in rows if not row.source]
    for says, fact in dict.fromkeys((row.says, row.fact) for row in rest):
        same = [row for row in rest if (row.says, row.fact) == (says, fact)]
        lines.append(f"{_capital(_listed(same, language))}: {says}{f', {fact}' if fact else ''}")
    return lines


def _read(fact: Mapping[str, Any], language: str) -> str:
    """A fact of the project with its source, so that a person can check it."""
    return f"{_fact(fact, language)} ({source_words(str(fact.get('source', '')), language=language)})"


def _listed(rows: list[RowView], language: str) -> str:
    """Row names in a sentence; German keeps capitals."""
    return ", ".join(row.row if language == "de" else row.row.lower() for row in rows)


def _note_line(row: RowView, language: str) -> str:
    limit = f"; {_say('words', 'limit', language)} {row.threshold}" if row.threshold else ""
    mark = f", {_say('words', 'settles', language)}" if row.settles and row.side == "project" else ""
    return f"{row.row}: {row.says}{mark} - {row.fact} ({row.source}{limit})"


def _why_asked(rows: list[RowView], document: Mapping[str, Any], language: str) -> str:
    """The known and the missing facts of the row in question."""
    asked = next(iter(document.get("settled_by") or ()), "")
    row = next((row for row in rows if row.criterion == asked), None)
    if row is None:
        return _say("because", "unsettled", language)
    kind = "contested" if row.source else "unknown"
    return _ended(_say("because", kind, language).format(rows=row.row, fact=_with_source(row)))


def _most_telling(rows: list[RowView]) -> RowView:
    """A row with a fact from a record before one from text."""
    records = [row for row in rows if not re.match(r"summary|initialDescription|notes", row.path)]
    return (records or rows)[0]


def _kind(rows: list[RowView]) -> str:
    if any(row.side == "project" for row in rows):
        return "finance" if [row.criterion for row in rows] == ["finance"] else "rows"
    return "service"


def _with_source(row: RowView) -> str:
    return f"{row.fact} ({row.source})" if row.source else row.fact


def _ended(sentence: str) -> str:
    return sentence if sentence.endswith((".", "?", "!")) else f"{sentence}."


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else f"{text[: most - 1].rstrip()}…"


def _translated(text: str, section: str, language: str) -> str:
    """A sentence in another language with its numbers; unchanged where there is no translation."""
    if language == "en":
        return text
    known = _by_english(section)
    numbers = iter(_DIGITS.findall(text))
    found = known.get(_DIGITS.sub("#", text))
    if found is not None:
        return re.sub("#", lambda _: next(numbers, "#"), found[language])
    head, colon, tail = text.partition(": ")
    if colon and head in known:
        return f"{known[head][language]}: {known[tail][language] if tail in known else tail}"
    return text


def _say(section: str, name: str, language: str) -> str:
    return _texts(section)[name][language]


@cache
def _by_english(section: str) -> dict[str, Texts]:
    return {entry["en"]: entry for entry in cast("list[Texts]", _all_texts()[section])}


def _texts(section: str) -> Mapping[str, Texts]:
    return cast("Mapping[str, Texts]", _all_texts()[section])


@cache
def _all_texts() -> dict[str, Any]:
    text = (files("app.chart") / "data" / "notes.yaml").read_text(encoding="utf-8")
    return cast("dict[str, Any]", yaml.safe_load(text))
