"""Stages, waves, sites and instalments of a ticket, with shares, amounts, dates and contacts."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache

from app.domain.facts import Reason, Stage
from app.reading.evidence import Evidence, ProductLine
from app.reading.segments import Sentence, word_set
from app.reading.values.dates import TimePoint
from app.reading.values.durations import count
from app.reading.values.instalments import STAGE_LINE, stated_payments
from app.reading.values.money import AmountRole, amounts_in
from app.reading.values.people import part_contacts

_MOST = 40
_ROUNDING = Decimal("0.011")
_LONGEST_NAME = 100
_PERCENT = r"(?:%|pct\.?|percent|per cent|prozent|pour cent|por ciento)"
_SHARE = re.compile(
    rf"(?<![\d.,])(?P<share>\d{{1,2}}) ?{_PERCENT}(?P<name>[^%;|]{{0,70}}?)(?=[,;.|]|\s\d{{1,2}} ?{_PERCENT}| and | und | et | y |$)",
    re.I,
)
_REST = re.compile(
    r"\b(?:rest|remainder|balance|remaining|the other|restbetrag|solde|reste|resto)\b(?P<name>[^,;.|]{0,60})", re.I
)
_RATIO = re.compile(r"(?<![\d/.])(?:[1-9]\d?|100)(?: ?/ ?[1-9]\d?){1,5}(?![\d/%])")
_FRACTIONS = {
    "half": 2, "hälfte": 2, "moitié": 2, "mitad": 2, "third": 3, "1/3": 3, "drittel": 3, "tiers": 3, "tercio": 3,
    "quarter": 4, "1/4": 4, "viertel": 4, "quart": 4, "cuarto": 4, "fifth": 5, "fünftel": 5,
}  # fmt: skip
_FRACTION = re.compile(
    rf"(?<![\w/])(?:a |an |one |ein |eine |un |une |una |la )?(?P<part>{'|'.join(_FRACTIONS)})s?(?![\w/])(?P<name>[^,;.|]{{0,60}}?)"
    r"(?=[,;.|]| and | und | et | y |$)",
    re.I,
)
_EQUAL = re.compile(
    r"(?<!\w)(?P<count>\d{1,2}|[a-zäöüéû]{3,6}) (?:equal |monthly |quarterly |gleiche[nrs]? |monatliche[nrs]? )?"
    r"(?:instal?ments|payments|invoices|parts|raten|teilzahlungen|teilrechnungen|rechnungen|teilen|versements|paiements|factures|échéances"
    r"|mensualités|pagos|plazos|facturas|cuotas)(?: égale?s| iguales)?(?!\w)"
)
_PLACE = r"(?: (?:site|warehouse|office|branch|school|home|plant|building|wing|store|shop|depot|clinic|hotel|floor|team|Werk|Filiale|Schule|Heim))?"
_MONTH_LABEL = re.compile(
    rf"(?P<name>[A-ZÄÖÜÉ][\w'&-]{{1,20}}(?: (?:of|de|von))?(?: [A-Z0-9][\w'-]{{0,15}}){{0,2}}{_PLACE}"
    r"|(?:ground|upper|first|second|third|top|main|old|new|north|south|east|west) \w{3,15}"
    r"|(?:line|floor|phase|stage|wave|lot|batch|bench|block|hall|étape|etage|los|welle|planta|fase) [\w+]{1,3}|[a-zäöüéèñ]{4,20})"
    r"(?: goes first| first| starts?| opens?| follows?| moves?| is)?"
    r"(?: ?[-–:,=(]+ ?| (?:in|im|en|ab|from|on|am|for|by|at|end|mid|early|late|then|à partir de|desde|will be in|(?:at the )?end of) )*\s?\(?"
    r"(?:back end of |end of |mid[- ]|early |late |the |beginning of |start of )*$"
)
_NO_NAMES = {
    "in", "and", "then", "from", "until", "till", "the", "start", "starts", "end", "mid", "early", "late", "between", "through", "next", "this",
    "visit", "before", "after", "invoice", "bill", "live", "week", "entered", "und", "dann", "bis", "ab", "im", "puis", "et", "fin", "luego",
    "hasta", "also", "with", "work", "begin", "beginning", "approved", "signed", "done", "once", "when", "last", "first", "finish", "deadline",
    "since", "back", "some", "down", "year", "time", "date", "dated", "ready",
}  # fmt: skip


def stages_of(evidence: Evidence, sources: list[Reason]) -> tuple[Stage, ...]:
    """Stages of the records; else payments or instalments of the text, matched to its waves and sites where the counts agree."""
    if recorded := _recorded(evidence, sources):
        return recorded
    waves = _waves(evidence)
    paid, sentence = stated_payments(evidence.planned)
    if not paid:
        paid, sentence = _instalments(evidence.planned)
    if waves and len(paid) == len(waves):
        waves = [replace(wave, share=part.share, amount=part.amount) for wave, part in zip(waves, paid, strict=True)]
    elif len(paid) >= 2:
        waves = paid
    elif waves and (amount := _amount_each(evidence.planned, len(waves))) is not None:
        waves = [replace(wave, amount=amount) for wave in waves]
    if len(waves) < 2:
        return ()
    source = sentence if sentence and waves is paid else evidence.planned[0]
    sources.append(Reason("Stages named", source.source, "; ".join(wave.name for wave in waves)[:160]))
    return tuple(_with_contacts(waves, evidence)[:_MOST])


def _recorded(evidence: Evidence, sources: list[Reason]) -> tuple[Stage, ...]:
    """Stage payments among the product lines; else tasks with budget hours."""
    lines = [line for line in evidence.lines if STAGE_LINE.search(line.description)]
    if len(lines) >= 2:
        names = "; ".join(line.description for line in lines)
        sources.append(Reason("Stages with amounts", lines[0].source, names[:160]))
        return tuple(_of_line(line, number) for number, line in enumerate(lines[:_MOST], 1))
    tasks = [task for task in evidence.tasks if task.hours > 0]
    if len(tasks) >= 2:
        sources.append(Reason("Stages with hours", tasks[0].source, "; ".join(task.summary for task in tasks)[:160]))
        return tuple(
            Stage(task.summary[:_LONGEST_NAME] or f"Stage {number}", hours=task.hours)
            for number, task in enumerate(tasks[:_MOST], 1)
        )
    return ()


def _of_line(line: ProductLine, number: int) -> Stage:
    share = _SHARE.search(line.description)
    part = Decimal(share["share"]) / 100 if share and not line.amount else None
    return Stage(line.description[:_LONGEST_NAME] or f"Stage {number}", amount=line.amount or None, share=part)


def _instalments(sentences: Sequence[Sentence]) -> tuple[list[Stage], Sentence | None]:
    """The first sentence that splits the price into parts that add up."""
    for sentence in sentences:
        if parts := _split(sentence.written):
            return list(parts), sentence
    return [], None


_SPLITS = frozenset(
    [
        "#", *_FRACTIONS, *(f"{part}s" for part in _FRACTIONS), "payments", "invoices", "parts", "installments", "instalments", "raten",
        "teilzahlungen", "teilrechnungen", "rechnungen", "teilen", "versements", "paiements", "factures", "échéances", "mensualités",
        "pagos", "plazos", "facturas", "cuotas",
    ]
)  # fmt: skip
"""A sentence that splits a price holds one of these words or a digit."""


@lru_cache(maxsize=8192)
def _split(written: str) -> tuple[Stage, ...]:
    if _SPLITS.isdisjoint(word_set(written.lower())):
        return ()
    for split in (_by_percent, _by_ratio, _by_fraction, _by_count):
        parts = split(written)
        total = sum((part.share or Decimal(0) for part in parts), Decimal(0))
        if len(parts) >= 2 and abs(total - 1) <= _ROUNDING:
            return tuple(parts)
    return ()


def _by_percent(text: str) -> list[Stage]:
    """«30% on order, 40% on delivery, the rest at acceptance»."""
    found = [(match.start(), Decimal(match["share"]) / 100, match["name"]) for match in _SHARE.finditer(text)]
    total = sum((share for _, share, _ in found), Decimal(0))
    if found and total < 1 and (rest := _REST.search(text, found[-1][0])):
        found.append((rest.start(), 1 - total, rest["name"] or "balance"))
    return [Stage(_named(name, number), share=share) for number, (_, share, name) in enumerate(found, 1)]


def _by_ratio(text: str) -> list[Stage]:
    """«40/40/20»."""
    for match in _RATIO.finditer(text):
        parts = [int(part) for part in match[0].split("/")]
        if sum(parts) == 100:
            return [Stage(f"Instalment {number}", share=Decimal(part) / 100) for number, part in enumerate(parts, 1)]
    return []


def _by_fraction(text: str) -> list[Stage]:
    """«Half on order, half when done», «a third now, a third in May, the rest after the move», «1/3 each at …»."""
    found = list(_FRACTION.finditer(text))
    if not found:
        return []
    size = _FRACTIONS[found[0]["part"].lower()]
    same = [match for match in found if _FRACTIONS[match["part"].lower()] == size]
    names = [match["name"] for match in same]
    rest = _REST.search(text, same[-1].end("part"))
    if len(same) == 1 and re.match(
        r"\s*(?:each|after each|jeweils|chacun|cada|per|pro|par|nach jede|après chaque|tras cada)", names[0], re.I
    ):
        names = [""] * size
    elif rest and len(names) == size - 1:
        names.append(rest["name"] or "balance")
    shares = _equal_shares(len(names)) if len(names) == size else []
    return [
        Stage(_named(name, number), share=share)
        for number, (name, share) in enumerate(zip(names, shares, strict=False), 1)
    ]


def _by_count(text: str) -> list[Stage]:
    """«Three equal payments»."""
    match = _EQUAL.search(text.lower())
    number = count(match["count"]) if match else 0
    if not 2 <= number <= 24:
        return []
    return [Stage(f"Instalment {entry}", share=share) for entry, share in enumerate(_equal_shares(number), 1)]


def _equal_shares(number: int) -> list[Decimal]:
    """Equal shares of four decimal places that add up to 1."""
    part = (Decimal(1) / number).quantize(Decimal("0.0001"), ROUND_HALF_UP)
    return [*[part] * (number - 1), 1 - part * (number - 1)]


def _named(words: str, number: int) -> str:
    name = re.sub(r"^\W*(?:is |are |due |payable |ist |sind |fällig )*", "", words).strip(" \"'.:-–()")
    return (name[:1].upper() + name[1:])[:_LONGEST_NAME] if len(name) > 1 else f"Instalment {number}"


def _waves(evidence: Evidence) -> list[Stage]:
    """Parts with a date each: «Leeds in February, Hull in March»."""
    found: dict[str, tuple[TimePoint, str]] = {}
    for point, sentence in evidence.dates:
        if sentence not in evidence.planned or point.day < evidence.today - timedelta(days=3):
            continue
        match = _MONTH_LABEL.search(sentence.written[: point.at][-70:])
        name = match["name"].strip() if match else ""
        if name and name.lower() not in _NO_NAMES and name.lower() not in found:
            found[name.lower()] = (point, name)
    ordered = sorted(found.values(), key=lambda item: item[0].day)
    if len({point.day for point, _ in ordered}) < 2:
        return []
    return [Stage(name[:1].upper() + name[1:], start=_first(point), end=_last(point)) for point, name in ordered]


def _first(point: TimePoint) -> date:
    return point.day if point.days == 1 or point.day.day > 10 else point.day.replace(day=1)


def _last(point: TimePoint) -> date | None:
    return last_of_month(point.day) if point.days == 30 else None


def last_of_month(day: date) -> date:
    """The last day of a day's month."""
    return (day.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)


_COUNTED = re.compile(r"(?<!\w)(\d{1,2}|[a-zäöüéèíóú]{3,6})(?= ([a-zäöüéèíóúñ]{4,20}))")
_OF_WHAT = re.compile(r"\s?(?:/|an?|per|je|pro|par|por|cada)\s?(?P<noun>[^\W\d_]{4})")
"""The unit that an amount is the price of, by its first letters."""


def _amount_each(sentences: Sequence[Sentence], parts: int) -> Decimal | None:
    """The amount per part, where the stated number of parts matches: a wrong count would give a wrong price."""
    counted = [(count(match[1]), match[2]) for sentence in sentences for match in _COUNTED.finditer(sentence.words)]
    if not any(number == parts for number, _ in counted):
        return None
    for sentence in sentences:
        for amount in amounts_in(sentence.words):
            if amount.role is AmountRole.PER_UNIT and not amount.bare:
                of = _OF_WHAT.match(sentence.words, amount.end)
                shown = {number for number, noun in counted if of and number and noun.startswith(of["noun"])}
                return amount.value if shown <= {parts} else None
    return None


def _with_contacts(stages: list[Stage], evidence: Evidence) -> list[Stage]:
    """Adds the contact that the text names for each stage."""
    contacts = {part.lower(): person for person, part in part_contacts(evidence.planned)}
    return [
        replace(stage, contact=next((person for part, person in contacts.items() if _same(part, stage.name)), None))
        for stage in stages
    ]


def _same(part: str, name: str) -> bool:
    return part == name.lower() or part in name.lower().split()
