"""Persons named in sentences: several who do the work, several who are the contact for a part of it.

A name is a word with a capital letter that is neither a sentence's first word nor, by its neighbours, anything else; it
counts only next to words that give it a part in the job. A text entirely in capitals names no person.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from app.reading.segments import Sentence, word_set

_TITLE = (
    r"(?:(?:Mr|Mrs|Ms|Miss|Dr|Prof|Herrn?|Frau|Hr|Fr|M|Mme|Mlle|Monsieur|Madame|Sr|Sra|Srta|Don|Doña|don|doña)\.? )"
)
_NO_NAME = (
    r"(?!(?:January|February|March|April|May|June|July|August|September|October|November|December|Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec"
    r"|Monday|Tuesday|Wednesday|Thursday|Friday|Saturday|Sunday|Januar|Februar|März|Mai|Juni|Juli|Oktober|Dezember|Please|Bitte|Merci|Gracias"
    r"|Christmas|Easter|Ostern|Wi|Wifi|Windows|Teams|Office|Outlook|Exchange|Switch|Server)\b)"
)
_NAME = _NO_NAME + r"[A-ZÄÖÜÉÈÁÍÓÚÑÅØÆŠŽ][a-zäöüßéèêëàâáíóúñçåøæšžığ'-]{2,15}"
_PERSON = rf"(?:{_TITLE}?{_NAME}(?: [A-Z]\.| {_NAME})?)"
_AND = r"(?: ?[+&/] ?| and | plus | und | sowie | et | y | e | with | mit | avec | con )"
_DOES = (
    r"(?:does|do|will|owns?|goes|fits|lays|pulls|prepares|tests|writes|migrates|moves|trains|wires|racks|programs|sets up"
    r"|drives?|delivers?|carries|mounts?|hangs?|drills?|unpacks?|labels?|swaps?|replaces?|connects?|teaches|cables?|images?|digs?|pulls?|explains?"
    r"|fährt|liefert|montiert|tauscht|bohrt|zieht|verlegt|programmiert|prüft|zeigt|erklärt|schult|conduit|livre|monte|remplace|pose|forme|câble|explique"
    r"|conduce|entrega|cambia|conecta|enseña|explica|programa"
    r"|handles?|takes?|runs?|designs?|leads?|looks after|covers?|installs?|builds?|configures?|is doing|are doing|works? on"
    r"|macht|machen|übernimmt|übernehmen|baut|richtet|kümmert|betreut|leitet|fait|font|s'occupe|s'occupent|gère|prend|installe|hace|hacen"
    r"|se encarga|se encargan|lleva|llevan|monta|instala|for the|on the|für die|für den|für das|pour la|pour le|para la|para el)"
)
_TRADE = (
    r"(?:[Dd]esign|[Bb]uild|[Ff]itting|[Ii]nstall\w*|[Cc]onfig\w*|[Tt]raining|[Cc]abling|[Pp]rogramming|[Cc]ommissioning|[Ss]urvey|[Cc]ut-?over"
    r"|[Mm]igration|[Ss]ervers?|[Nn]etwork|[Dd]ocumentation|[Aa]ufbau|[Ss]chulung|[Pp]lanung|[Cc]onception|[Pp]ose|[Ff]ormation|[Dd]iseño|[Mm]ontaje)"
)
_WORKERS = (
    re.compile(rf"(?:engineers?|technicians?|techs?|consultants?|team|crew|resources?|members?|Techniker|Berater|Team|techniciens?|équipe"
               rf"|técnicos?|equipo)\s?(?::|will be|are|is|sind|sont|son|=)\s?{_PERSON}(?: ?\([^)]{{2,30}}\))?(?:, ?|{_AND}){_PERSON}"),
    re.compile(rf"\b{_NAME} {_DOES}\b[^.!?]{{2,70}}?\b{_NAME} (?:{_DOES}|for |the |both |all |die |den |das |beide |la |le |les |el |los )"),
    re.compile(r"^(?:Sie|Ihr|You|Vous) (?:(?!können|could|can|should|sollten|may|might|have|haben|are|sind)[a-zäöüß]+)"
               rf"(?: [\wäöüß]+){{0,4}}, (?:und |and )?(?:(?:Ihr|Ihre|your|votre) (?:Kolleg\w+|colleague|collègue) )?{_PERSON} {_DOES}\b"),
    re.compile(rf"\bby {_PERSON}\b[^.!?]{{2,50}}\bby {_PERSON}\b"),
    re.compile(rf"\b{_NAME}{_AND}{_NAME} (?:{_DOES}|as (?:discussed|agreed|introduced|before|planned|named|(?:on|in|per) (?:the|your)"
               r" (?:plan|offer|quote|letter))|on site|were named"
               r"|are (?:booked|assigned|coming|named)|wechseln|would|can|should|run|go|come"
               r"|kommen|viennent|vienen)\b"),
    re.compile(rf"\b(?:providing|send|sending|book|booked|assign|assigned|with|by|schicken|mit|avec|con|envoyez|enviad) {_PERSON}{_AND}"
               rf"(?:{_PERSON}|one other|another|a colleague)"),
    re.compile(rf"\b{_PERSON} \([^)]{{2,40}}\)(?:, |{_AND}){_PERSON} \([^)]{{2,40}}\)"),
    re.compile(rf"\b{_TRADE}(?: \w+){{0,3}} ?(?:is|by|:|=|-)? ?{_NAME}\b[^.!?]{{0,50}}\b{_TRADE}(?: \w+){{0,3}} ?(?:is|by|:|=|-)? ?{_NAME}\b"),
)  # fmt: skip
_PAIR = re.compile(
    rf"\b{_NAME} ?[+&] ?(?:{_NAME}|whoever|someone)\b|(?:^|[,:] )(?:{_PERSON}){_AND}(?:{_PERSON})(?:[.,]|$)"
)
_TOPIC = r"(?:the |die |den |das |der |la |le |les |el |los |las )?[\w'&-]{2,18}"
_FOR_PART = re.compile(
    rf"\b{_PERSON} ?(?:\((?!\d)[^)]{{2,40}}\)|,? ?(?:is |are |ist |est |es )?"
    rf"(?:the |der |die |le |la |el )?(?:contact |lead |responsible |zuständig |contacto )?"
    rf"(?:for|in|at|für|im|in der|pour|à|au|para|en|about|on) {_TOPIC})"
)
_PART_FIRST = re.compile(rf"\b(?:{_TOPIC} ?(?::|=|→|->|–| - ) ?{_PERSON}|[a-z][\w&-]{{2,15}} lead {_NAME})")
_ASK_FOR = re.compile(
    rf"\b(?:[Ff]or|[Aa]bout|[Ff]ür|[Pp]our|[Pp]ara|[Bb]ei) (?:{_TOPIC}|[A-Z\d])(?: [\w-]{{1,15}}){{0,2}}:? ?(?:speak to|talk to|ask|contact|call|ring"
    r"|see|is|it's|it is|that's|fragen Sie|ist|voir"
    rf"|appeler|c'est|hablad con|llamad a|es) {_PERSON}"
)
_ROLE = (
    r"(?:architect|facilities|lead|manager|PM|project manager|treasurer|warden|caretaker|head|secretary|foreman|director|coordinator|bursar|agent"
    r"|matron|auditors?|owner|sponsor|principal|Leiter(?:in)?|Leitung|Hausmeister|DSI|directeur|directrice|responsable|architecte|gérante?"
    r"|encargad[oa]|director[a]?)"
)
_ROLE_WORDS = re.compile(rf"{_ROLE}|contact", re.IGNORECASE)
"""Words next to the name of a person in charge."""
_IN_CHARGE = re.compile(
    rf"\b{_ROLE} ?(?:is|:|,|\(|ist|est|es)? ?{_PERSON}"
    rf"|{_PERSON},? ?(?:\(|is |our |the |ist |est |es )(?:the |our |unser[e]? |le |la |el )?(?:lead|manager|contact|architect|treasurer)"
)
_CONTACT_WORDS = re.compile(
    r"(?<!\w)(?:contacts?|leads?|managers?|ask|ring|call|phone|talk|speak|see|liaise|people|person|reps?|owners?|heads?|fragen|ansprech\w*|kontakte?"
    r"|zuständig|melden|leiter\w*|interlocut\w*|référent\w*|responsables?|voir|appele[rz]|contact\w*|hablad|llamad|preguntad|avisad|encargad\w*"
    r"|accounts|key users?|sponsors?|coordinat\w*|agent|facilities|principal|bei|sign|signs|decides|freigabe)(?!\w)"
)
_MOST_WORDS_KEPT = 20_000


class _WordTest:
    """Tests whether a sentence holds a word of an expression; results are cached per word."""

    def __init__(self, pattern: re.Pattern[str]) -> None:
        self._pattern = pattern
        self._yes: set[str] = set()
        self._no: set[str] = set()

    def any_of(self, words: frozenset[str]) -> bool:
        """Whether one of the words matches."""
        if not self._yes.isdisjoint(words):
            return True
        found = {word for word in words - self._no if self._pattern.fullmatch(word)}
        if len(self._no) + len(self._yes) > _MOST_WORDS_KEPT:
            self._no.clear()
            self._yes.clear()
        self._no |= words - found
        self._yes |= found
        return bool(found)


_HOLDS_ROLE, _HOLDS_CONTACT = _WordTest(_ROLE_WORDS), _WordTest(_CONTACT_WORDS)


@dataclass(frozen=True, slots=True)
class Named:
    """Words that name several persons; `strong`: with the task of each."""

    words: str
    source: str
    strong: bool


def named_workers(sentences: Sequence[Sentence]) -> Named | None:
    """The first sentence that assigns the work to several named persons."""
    weak = None
    for sentence in sentences:
        words, strong = _workers_in(sentence.blanked)
        if strong:
            return Named(words, sentence.source, strong=True)
        if words and weak is None:
            weak = Named(words, sentence.source, strong=False)
    return weak


@lru_cache(maxsize=8192)
def _workers_in(written: str) -> tuple[str, bool]:
    if not _shouted(written) and _may_name_two(written):
        for pattern in _WORKERS:
            if match := pattern.search(written):
                return match[0], True
        if match := _PAIR.search(written):
            return match[0], False
    return "", False


_CAPITAL = re.compile(r"[A-ZÄÖÜÉÈÁÍÓÚÑÅØÆŠŽ][a-zäöüßéèêëàâáíóúñçåøæšžığ'-]{2}")
_SOMEBODY = frozenset(("other", "another", "colleague", "whoever", "someone"))


def _may_name_two(written: str) -> bool:
    """Whether a sentence can name two persons; a fast pre-check."""
    names = len(_CAPITAL.findall(written))
    return names >= 2 or (names == 1 and not _SOMEBODY.isdisjoint(word_set(written)))


def named_contacts(sentences: Sequence[Sentence]) -> Named | None:
    """At least two contacts for different parts of the work, in one sentence (`strong`) or several."""
    found: dict[str, str] = {}
    for sentence in sentences:
        names, strong = _contacts_in(sentence.written)
        if strong:
            return Named("; ".join(names), sentence.source, strong=True)
        found |= dict.fromkeys(names, sentence.source)
    if len(found) < 2:
        return None
    return Named("; ".join(found), next(iter(found.values())), strong=False)


_ITEM = re.compile(
    rf"\W*(?:\d{{1,2}}[.)] ?)?(?:[^:;]{{3,60}}: )?(?P<part>[^\W_][^:;=–]{{1,40}}?) ?(?::|=|→|->|–| -) ?"
    rf"(?P<person>{_PERSON}|(?:my|our|mein\w*|unser\w*|notre|mon|ma|mi|nuestr[oa]) \w{{3,15}})(?:[.,;(]|$)"
)
_SEPARATES = (":", " -", "–", "=", "→", "->")
_CAPTION = re.compile(
    r"(?:.*\b)?(?:(?:user|sur|first|last|full|display|host|device)?name|users?|caller|contact|phone|mobile|email|e-mail|mail|from|to|cc|requested|requester"
    r"|reported|reporter|submitted|approver|approved|manager|department|company|room|desk|pc|laptop|asset|device|employee|starter|leaver|melder|benutzer"
    r"|anwender|abteilung|raum|gerät|telefon|mitarbeiter\w*|utilisateur|demandeur|poste|bureau|usuario|solicitante|puesto|equipo)(?: (?:by|no|nr))?",
    re.I,
)
"""Labels of form fields and of a person's belongings; no part of the work."""
_WHOM = re.compile(
    r"(?<!\w)(?:contacts?|deal with|who to|whom|turn to|speak to|talk to|ask|in charge|responsible|decid\w+|decisions?|signs?|approves?|accepts?|leads?"
    r"|masters?|wardens?|keepers?|heads?|ansprech\w*|zuständig\w*|wenden|entscheid\w*|melden|fragen|freigabe|unterschreib\w*|interlocut\w*|responsables?|référents?"
    r"|adresser|décide\w*|valide\w*|signent|contactos?|encargad\w*|preguntad|hablad|firma\w*)(?!\w)"
)
"""Words near a list of names that make it a list of contacts."""


def listed_contacts(sentences: Sequence[Sentence]) -> Named | None:
    """Lists with a person for each part: «week 1 intake: Ms Obi», «week 2 analysers: Mr Trask»."""
    run: list[tuple[int, str]] = []
    for number, sentence in enumerate([*sentences, None]):
        item = (
            _item(sentence.written) if sentence and (not run or sentence.source == sentences[run[0][0]].source) else ""
        )
        if item:
            run.append((number, item))
        elif len(run) >= 2 and any(
            _WHOM.search(entry.words) for entry in sentences[max(0, run[0][0] - 1) : number + 1]
        ):
            return Named("; ".join(item for _, item in run), sentences[run[0][0]].source, strong=True)
        else:
            run = []
    return None


@lru_cache(maxsize=8192)
def _item(written: str) -> str:
    """A list's item that names a person for a part of the job."""
    if not any(sign in written for sign in _SEPARATES):
        return ""
    match = _ITEM.match(written)
    return match[0].strip(" ,;(") if match and not _CAPTION.fullmatch(match["part"]) and not _shouted(written) else ""


@lru_cache(maxsize=8192)
def _contacts_in(written: str) -> tuple[tuple[str, ...], bool]:
    """The contacts of a sentence, and whether one pattern matches twice."""
    if _shouted(written):
        return (), False
    names: list[str] = []
    asked = _asks_for_contacts(written)
    if not asked and not _HOLDS_ROLE.any_of(word_set(written.lower())):
        return (), False
    for pattern in (_FOR_PART, _PART_FIRST, _ASK_FOR, _IN_CHARGE) if asked else (_IN_CHARGE,):
        matches = [match[0] for match in pattern.finditer(written)]
        if len(matches) >= 2 and asked:
            return tuple(matches), True
        names += matches
    return tuple(names), False


_ROLES_AS_PARTS = re.compile(
    rf"(?P<person>{_PERSON}) ?(?:\((?!\d)(?P<bracket>[^)]{{2,40}})\)|,? ?(?:is |are |ist |est |es )?(?:the |der |die |le |la |el )?"
    r"(?:contact |lead |responsible |zuständig |contacto )?(?:for|in|at|für|im|pour|à|para|en) (?:the |die |den |das |la |le |el )?"
    r"(?P<part>[\w'&-]{2,20}))"
    r"|(?<!\w)(?!(?:[Cc]ontacts?|[Ll]eads?|[Ff]ragen|[Aa]nsprechpartner|[Ii]nterlocuteurs?|[Cc]ontactos?)\b)(?P<first>[\w'&-]{2,20})"
    rf" ?(?::|=|→|->|–| - ) ?(?P<then>{_PERSON})"
)


def part_contacts(sentences: Sequence[Sentence]) -> Sequence[tuple[str, str]]:
    """Contacts with their parts of the work, where a sentence names at least two."""
    return next((found for sentence in sentences if len(found := _parts_in(sentence.written)) >= 2), ())


@lru_cache(maxsize=8192)
def _parts_in(written: str) -> tuple[tuple[str, str], ...]:
    if _shouted(written) or not _asks_for_contacts(written):
        return ()
    found = [
        (match["person"] or match["then"], match["bracket"] or match["part"] or match["first"])
        for match in _ROLES_AS_PARTS.finditer(written)
    ]
    return tuple(found[:20])


@lru_cache(maxsize=8192)
def _asks_for_contacts(written: str) -> bool:
    lower = written.lower()
    if ("key" in lower or _HOLDS_CONTACT.any_of(word_set(lower))) and _CONTACT_WORDS.search(lower):
        return True
    return any(side in lower for side in _OUR_SIDE)


_OUR_SIDE = (
    "our side",
    "our end",
    "auf unserer seite",
    "unsererseits",
    "de notre côté",
    "por nuestra parte",
    "de nuestro lado",
)
"""Names near these words are the customer's."""


def _shouted(written: str) -> bool:
    return written.isupper()
