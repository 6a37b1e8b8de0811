"""The project manager and the contacts by part that a text names. A place is no person."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from app.reading.segments import Sentence
from app.reading.values.people import part_contacts
from app.reading.values.site_contacts import site_contacts


@dataclass(frozen=True, slots=True)
class NamedPerson:
    """A person of a text. `part`: the part of the work that the words give them."""

    name: str
    part: str
    quote: str
    source: str


_TITLE = r"(?:(?:Mr|Mrs|Ms|Miss|Dr|Prof|Herrn?|Frau|Hr|Fr|M|Mme|Mlle|Monsieur|Madame|Sr|Sra|Srta|Don|Doña)\.? )?"
_NAME = r"[A-ZÄÖÜÉÈÁÍÓÚÑÅØ][a-zäöüßéèêëàâáíóúñçåøæ'-]+(?:-[A-ZÄÖÜÉ][a-zäöüßéèê]+)?"
_FULL = rf"{_TITLE}(?P<name>{_NAME}(?: (?:[A-Z]\.|van|von|de|der|del|la|le))*(?: {_NAME}){{0,2}})"
_ROLE = (
    r"(?:[Pp]roject (?:manager|lead|leader)|PM|[Pp]rojektleit(?:er(?:in)?|ung)|[Pp]rojektmanager(?:in)?|[Cc]hef(?:fe)? de projet"
    r"|[Cc]hargée? de projet|[Rr]esponsable (?:du projet|del proyecto)"
    r"|[Jj]ef[ea] de(?:l)? proyecto|[Dd]irector[a]? del proyecto)"
)
_MANAGER = (
    re.compile(
        rf"(?:^|(?<=\W)){_ROLE}(?: on our side| is| will be| ist| wird| est| sera| es| será| ?:| -|,| –)? ?(?:is |will be "
        rf"|ist |est |es )?{_FULL}"
    ),
    re.compile(
        rf"(?:^|(?<=\W)){_FULL},? (?:is |will be |acts as |as |ist |übernimmt |als |est |sera |comme |es |será |como )(?:the "
        rf"|our |your |die |der |le |la |el |unser[e]? )?{_ROLE}"
    ),
    re.compile(
        rf"(?:^|(?<=\W)){_FULL} (?:manages|will manage|runs|leads|leitet|führt|dirige|pilote|dirigirá|gestiona) (?:the "
        rf"|this |das |dieses |le |ce |el |este )?(?:whole )?(?:[Pp]roject|[Pp]rojekt|[Pp]rojet|[Pp]royecto)"
    ),
)  # fmt: skip
_NOT_NAME = (
    "the please bitte merci gracias january february march april may june july august september october november december "
    "januar februar märz mai juni juli oktober dezember monday tuesday wednesday thursday friday order quote project two "
    "three to be tbd tbc confirmed wi-fi windows office server network house hall site street building floor team"
)
_NO_NAME = frozenset(_NOT_NAME.split())
_TALK = (
    r"(?:speak to|talk to|speak with|ask|contact|call|ring|see|please (?:contact|ask|call)|it'?s|is|are|will be|wenden Sie sich an"
    r"|fragen Sie|ist|sind|est|an|sprechen Sie mit|voir|appeler|contacter|adressez-vous à|c'est|hablad con|hablar con|llamad a"
    r"|preguntad a|contactad con|es|to|with|mit|bei|à|con|a|avec)"
)
_NO_PART = (
    r"speak|talk|ask|contact|call|ring|see|please|wenden|fragen|voir|appeler|hablad|llamad"
    r"|(?:is|are|will|be|it|it's|ist|sind|est|sont|es|son|será|and|und|et|y|goes|go)\b"
)
_FOR_PART = re.compile(
    rf"(?:[Ff]or|[Aa]bout|[Ff]ür|[Bb]ei|[Zz]u|[Pp]our|[Pp]ara|[Ss]obre) (?:the |all |die |den |das |der |la |le "
    rf"|les |l'|el |los |las )?(?P<part>[\w&/-]+(?: (?!{_NO_PART})[\w&/-]+){{0,2}}?),? (?:{_TALK} )*{_FULL}(?![\w-])(?! (?:is|ist|est|es|will)\b)"
)
_LISTED = re.compile(
    rf"(?:^|[:,;]) ?(?P<part>[^\W\d_][\w'&-]*(?: [\w'&-]+){{0,2}}) ?(?:-|–|—|:|=|→) ?{_FULL}(?= ?(?:[,;.]|$)| (?:and|und|et|y) )"
)
"""Part and person one after the other: "Oak House - Mrs Hughes, Elm House - Mr Novak"."""
_ASKED = re.compile(
    r"(?<!\w)(?:speak|talk|ask|contact\w*|kontakt\w*|call|ring|wenden|fragen|ansprech\w*|sprechen|zuständig|voir|appele\w*|adresse\w*|interlocut\w*|habla\w*|llama\w*|pregunta\w*)(?!\w)",
    re.I,
)


def manager_named(sentences: Sequence[Sentence]) -> NamedPerson | None:
    """The person whom the text calls the project manager."""
    for sentence in sentences:
        for pattern in _MANAGER:
            match = pattern.search(sentence.written)
            if match and match["name"].split()[0].casefold() not in _NO_NAME:
                return NamedPerson(match["name"].strip(), "", sentence.written[:160], sentence.source)
    return None


def contacts_by_part(sentences: Sequence[Sentence]) -> list[NamedPerson]:
    """Contacts, each with the part of the work next to it, where the text names at least two."""
    found = {
        person.name.casefold(): NamedPerson(person.name, person.part, person.words[:160], person.sentence.source)
        for person in site_contacts(sentences)
    }
    for sentence in sentences if not found else ():
        for person in _for_parts(sentence):
            found.setdefault(person.name.casefold(), person)
    if len(found) < 2:
        for name, part in part_contacts(sentences):
            if name.split()[0].casefold() not in _NO_NAME:
                found.setdefault(name.casefold(), NamedPerson(name, part, f"{part}: {name}", "initialDescription"))
    return list(found.values())[:50] if len(found) >= 2 else []


def _for_parts(sentence: Sentence) -> Iterator[NamedPerson]:
    if not _ASKED.search(sentence.written):
        return
    listed = list(_LISTED.finditer(sentence.written))
    for match in listed if len(listed) >= 2 else _FOR_PART.finditer(sentence.written):
        if match["name"].split()[0].casefold() not in _NO_NAME:
            yield NamedPerson(match["name"].strip(), match["part"], sentence.written[:160], sentence.source)
