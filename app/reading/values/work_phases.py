"""Phases of work that a text lists: numbered phases, lists with hours, places with their months.

Participles, persons, meetings, months and payments are no phases.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from app.reading.segments import Sentence
from app.reading.values.billing_amounts import amounts_in_sentence
from app.reading.values.dates import MONTH_NAMES
from app.reading.values.work_dates import days_named


@dataclass(frozen=True, slots=True)
class StatedPhase:
    """One phase of work; hours and days only where the text gives them."""

    name: str
    hours: Decimal | None = None
    start: date | None = None
    end: date | None = None


@dataclass(frozen=True, slots=True)
class StatedPhases:
    """The phases of a text with their place."""

    phases: tuple[StatedPhase, ...]
    quote: str
    source: str


_MOST = 40
_LONGEST = 80
_HOURS = r"(?P<hours>\d{1,4}(?:[.,]\d{1,2})?) ?(?:h|hrs?|hours?|std\.?|stunden?|heures?|horas?)(?!\w)"
_HOURS_IN = re.compile(_HOURS, re.I)
_WORD = (
    r"(?:phases?|stages?|waves?|steps?|work ?packages?|lots?|etappen?|abschnitt\w*|welle\w*|schritt\w*|arbeitspakete?"
    r"|étapes?|vagues?|fases?|etapas?|olas?)"
)
_NUMBERED = re.compile(
    rf"(?<!\w){_WORD} (?:no\.? ?)?(?P<number>\d{{1,2}}|[ivx]{{1,4}}|one|two|three|four|five)(?!\w)(?P<rest>[^;]*?)(?=(?<!\w){_WORD} (?:\d"
    rf"|[ivx]{{1,4}}(?!\w)|one|two|three|four|five)|$)",
    re.I,
)
_ITEM = re.compile(r"^\s*(?:(?P<number>\d{1,2})[.)]|(?P<letter>[a-h])\)|[-*•–·])\s+(?P<name>.+)$", re.S | re.I)
_CELLS = re.compile(r"\s*\|\s*")
_ANNOUNCES = re.compile(
    r"(?<!\w)(?:phases?|stages?|steps?|work ?packages?|scope|plan|tasks?|deliverables|sequence|agenda of work|arbeiten"
    r"|arbeitspakete|schritte|leistungsumfang|umfang|ablauf|étapes?|déroulement|travaux|périmètre|fases?|pasos|trabajos"
    r"|alcance|etapas?)(?!\w)",
    re.I,
)
_NO_PHASE = re.compile(
    r"(?<!\w)(?:invoice\w*|payment\w*|deposit|balance|price|discount|contacts?|e-?mail|phone|tel|http\S*|@\S*|regards|meeting|rechnung\w*|zahlung\w*|rate|anzahlung|ansprechpartner\w*|factur\w*|paiement\w*|acompte|réunion|pago\w*|anticipo|contacto|reunión)(?!\w)|%|@",
    re.I,
)
_TRIM = re.compile(r"^[\s,:;.()–—-]+|[\s,:;.()–—-]+$")
_JOINS = re.compile(
    r"(?:^(?:is|of|for|the|der|die|das|la|le|el|de|du|und|and|et|y)\s+)|(?:\s+(?:and|und|et|y|then|dann|puis|luego|takes|with|mit|avec|con|about|ca\.?|dauert)$)",
    re.I,
)
_CAPITAL = r"[A-ZÄÖÜÉÈÁÍÓÚÑ]"
_PLACE = re.compile(
    rf"(?P<name>{_CAPITAL}[\w'&-]+(?: (?:(?:of|de|del|von|der|am|du)(?= {_CAPITAL})|{_CAPITAL}[\w'&-]*|\d{{1,2}})){{0,3}}"
    r"|(?i:ground|first|second|third|upper|top|lower|north|south|east|west|main|new|old) (?:floor|wing|building|office"
    r"|site|store|hall|block|warehouse|depot|branch|school))"
    rf",? (?:goes first |moves |follows |starts |is done )?(?:in|im|en|on|am|from|ab|le|el|at the end of|end of|mid"
    rf"|early|late|anfang|mitte|ende|fin|début)[ -](?:early |mid |late |anfang |mitte |ende |the |of )?(?P<when>(?:\d{{1,2}}(?:st"
    rf"|nd|rd|th|\.)? ?(?:of |de )?)?(?i:{MONTH_NAMES})\b[^,;.]{{0,12}})"
)
_NOT_PLACE = (
    "invoice invoices payment payments first second third last next two three engineers engineer kick visit start starts work "
    "works deadline quote order signed project phase stage rechnung zahlung zwei drei techniker termin beginn start auftrag "
    "facture deux trois visite début commande factura dos tres técnicos visita inicio pedido please bitte agreed monthly then "
    "dann"
)
_NO_PLACE = frozenset(_NOT_PLACE.split())
_PLACE_WORDS = (
    "house hall office site store shop school street road lane avenue park square wharf arch bridge hill valley court centre center "
    "tower wing floor building block warehouse depot branch clinic hospital hotel plant campus station works mill farm yard port "
    "beach bay lake city town home workshop garage church library museum werk halle filiale standort markt haus straße platz schule "
    "klinik lager niederlassung gebäude boutique magasin agence rue école usine gare tienda oficina sede planta calle colegio "
    "almacén edificio nave "
    "new neu north south east west nord süd ost upper lower great little saint st santa san los las la le el port fort mount bad "
    "ober unter groß klein alt"
)
_PLACE_NAMES = frozenset(_PLACE_WORDS.split())
"""Words within the names of places, and before them."""
_OF_PLACES = re.compile(
    r"(?<!\w)(?:sites|offices|branches|stores|shops|locations|schools|homes|clinics|hotels|halls|towns|cities|standorte?n?|filialen"
    r"|niederlassungen|häuser|schulen|magasins|boutiques|agences|écoles|villes|tiendas|sedes|oficinas|centros|colegios)(?!\w)",
    re.I,
)


def stated_phases(sentences: Sequence[Sentence], today: date, persons: Sequence[str] = ()) -> StatedPhases | None:
    """The phases of work of a text; the first way of naming them that finds two."""
    kept = list(sentences)
    return (
        _numbered(kept)
        or _listed(kept)
        or _in_words(kept)
        or _places(kept, today, {name.casefold() for name in persons})
    )


def _numbered(sentences: Sequence[Sentence]) -> StatedPhases | None:
    """ "Phase 1 design 40 hours, phase 2 build 70 hours"."""
    found: dict[str, StatedPhase] = {}
    first: Sentence | None = None
    for sentence in sentences:
        if sentence.source == "summary":
            continue
        for match in _NUMBERED.finditer(sentence.written):
            rest = match["rest"]
            if _NO_PHASE.search(rest) or amounts_in_sentence(rest):
                continue
            key = match["number"].casefold()
            if key not in found:
                first = first or sentence
                found[key] = _phase(rest, f"Phase {match['number']}")
    if first is None or len(found) < 2:
        return None
    return StatedPhases(tuple(found.values())[:_MOST], first.written[:160], first.source)


def _phase(words: str, otherwise: str) -> StatedPhase:
    hours = _HOURS_IN.search(words)
    name = words[: hours.start()] if hours else words
    name = re.split(r"[.;(]|\s[-–—]\s", name.strip(" :–—-()"))[0]
    return StatedPhase(_named(name) or otherwise, _decimal(hours["hours"]) if hours else None)


def _named(words: str) -> str:
    text = _TRIM.sub("", " ".join(words.split()))
    for _ in range(3):
        text = _TRIM.sub("", _JOINS.sub("", text))
    return (text[:1].upper() + text[1:])[:_LONGEST] if len(text) > 1 else ""


def _decimal(written: str) -> Decimal | None:
    value = Decimal(written.replace(",", "."))
    return value if value > 0 else None


def _listed(sentences: Sequence[Sentence]) -> StatedPhases | None:
    """Lines "1. Survey - 16 hours", bullets and table rows; without hours only under a heading that announces work."""
    for run in _runs(sentences):
        items = [sentences[number] for number in run]
        words = [_item(one.written) for one in items]
        phases = [_phase(one, f"Step {number}") for number, one in enumerate(words, 1)]
        before = sentences[run[0] - 1].written if run[0] else ""
        with_hours = all(phase.hours is not None for phase in phases)
        announced = bool(_ANNOUNCES.search(before)) and all(3 <= len(one) <= 120 for one in words)
        if len(phases) >= 2 and (with_hours or announced):
            return StatedPhases(tuple(phases[:_MOST]), items[0].written[:160], items[0].source)
    return None


def _runs(sentences: Sequence[Sentence]) -> Iterator[list[int]]:
    run: list[int] = []
    for number, sentence in enumerate(sentences):
        item = _item(sentence.written)
        if item and not _NO_PHASE.search(item) and not amounts_in_sentence(item):
            run.append(number)
            continue
        if len(run) >= 2:
            yield run
        run = []
    if len(run) >= 2:
        yield run


def _item(written: str) -> str:
    match = _ITEM.match(written)
    return match["name"].strip() if match else ""


_PART = re.compile(
    rf"(?P<name>[^\W\d_][^\d,;:()]{{2,40}}?)[\s:(–-]*{_HOURS}(?=\)?\s*(?:[,;.]|(?:and|und|et|y|sowie)(?!\w)|$))", re.I
)


def _in_words(sentences: Sequence[Sentence]) -> StatedPhases | None:
    """ "Three phases: planning 10 h, build 40 h": hours for each part, where the sentence announces parts of the work."""
    for sentence in sentences:
        announced = _ANNOUNCES.search(sentence.written)
        found = list(_PART.finditer(sentence.written, announced.end())) if announced else []
        phases = [
            _phase(f"{match['name']} {match['hours']} h", f"Step {number}") for number, match in enumerate(found, 1)
        ]
        if len({phase.name.casefold() for phase in phases}) >= 2 and sentence.source != "summary":
            return StatedPhases(tuple(phases[:_MOST]), sentence.written[:160], sentence.source)
    return None


def _places(sentences: Sequence[Sentence], today: date, persons: set[str]) -> StatedPhases | None:
    """ "Oak House in January, Elm House in February": places with different days."""
    for sentence in sentences:
        found: dict[str, StatedPhase] = {}
        for match in _PLACE.finditer(sentence.written):
            name = match["name"].strip()
            days = days_named(match["when"], today)
            plain = name.casefold()
            if (
                days
                and plain not in persons
                and (plain.split()[0] not in _NO_PLACE or plain.split()[-1] in _PLACE_NAMES)
                and not re.fullmatch(MONTH_NAMES, plain)
                and not (_is_person(plain) and not _OF_PLACES.search(sentence.written))
            ):
                shown = (name[:1].upper() + name[1:])[:_LONGEST]
                found.setdefault(plain, StatedPhase(shown, None, days[0].first, days[0].last))
        if len(found) >= 2 and len({phase.start for phase in found.values()}) >= 2:
            return StatedPhases(tuple(found.values())[:_MOST], sentence.written[:160], sentence.source)
    return None


def _is_person(name: str) -> bool:
    """Whether a name in small letters reads as first and last name: two or three words, none of them of a place."""
    words = name.split()
    return 2 <= len(words) <= 3 and all(word.isalpha() for word in words) and _PLACE_NAMES.isdisjoint(words)
