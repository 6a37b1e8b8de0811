"""Masks mail addresses, web addresses, telephone and account numbers, and names of people, and puts them back into quotes.

Amounts, hours, dates and times stay, since the chart needs them. Each distinct value has a number of its own, so that two
people stay two people. Names are those of the records, and those that the text marks by a title, a greeting or a closing.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import partial

from app.domain.reference import name_of
from app.domain.ticket import TicketRecord

_TITLE = (
    r"(?:Mr|Mrs|Ms|Miss|Mx|Dr|Prof|Sir|Dame|Sister|Brother|Father|Herrn?|Frau|Hr|Fr|M|Mme|Mlle|Monsieur|Madame|Sra?|Srta|Señora?|Don|Doña"
    r"|Sig|Signora?|Dott|Mevr|Dhr|Pan|Pani|Fru|Rev)"
)
_NAME = r"[^\W\d_a-zß][^\W\d_]*(?:['’-][^\W\d_]+)*"
_PARTICLE = r"(?:van|von|de|der|den|du|da|di|la|le|zu|af|ten|ter)"
_TITLED = re.compile(rf"\b{_TITLE}\.?[ \t]+((?:{_PARTICLE} )*{_NAME}(?:[ \t]+(?:{_PARTICLE} )*{_NAME})?)")
_GREETED = re.compile(
    rf"^\s*(?:hi|hello|hey|dear|hallo|moin|liebe[rs]?|guten (?:tag|morgen)|bonjour|salut|ch(?:er|ère)|hola|estimad[oa]|ciao|gentile|beste)[ \t]+"
    rf"((?-i:{_NAME}(?:[ \t]+{_NAME})?))(?=[ \t]*(?:[,!:.]|$))",
    re.IGNORECASE,
)
_CLOSED = re.compile(
    r"(?:regards|wishes|cheers|thanks|thank you|sincerely|grüße|grüßen|gruß|grüsse|gruss|danke|cordialement|merci|saludos|gracias|groet(?:en)?)[,.!]?"
    rf"[ \t]+((?-i:{_NAME}(?:[ \t]+{_NAME})?))[ \t.]*$",
    re.IGNORECASE,
)
_NO_NAMES = frozenset(
    re.findall(
        r"\S+",
        "all team support desk helpdesk colleagues sirs sir madam everyone everybody both zusammen kollegen kolleginnen damen herren tous toutes equipo"
        " friends service it folks there",
    )
)
_MAIL = re.compile(r"[\w.+'-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63})*")
_WEB = re.compile(r"\b(?:https?://|www\.)[^\s<>\"')\]]+", re.IGNORECASE)
_IP = re.compile(r"\b(?:\d{1,3}\.){3}\d{1,3}\b(?!\.\d)|\b(?:[0-9a-f]{2}[:-]){5}[0-9a-f]{2}\b", re.IGNORECASE)
_IBAN = re.compile(r"\b[A-Z]{2}\d{2}(?:[ ]?[A-Z0-9]{4}){2,7}(?:[ ]?[A-Z0-9]{1,4})?\b")
_PHONE = re.compile(
    r"(?<![\w.,:/-])(?:\+|00)\d[\d ()./-]{6,20}\d(?!\w)|(?<![\w.,:/-])\(?0\d{1,5}\)?[ /-]\d[\d /-]{4,14}\d(?!\w)"
)
_LONG_NUMBER = re.compile(r"(?<![\w.,-])\d{9,19}(?![\w]|[.,]\d)")
_STREET = re.compile(
    rf"\b\d{{1,4}}[a-z]?,?[ ](?:{_NAME}[ ]){{1,3}}(?:Street|St|Road|Rd|Lane|Ln|Avenue|Ave|Drive|Close|Way|Court|Square|Terrace|Crescent)\b"
    rf"|\b{_NAME}(?:straße|strasse|str\.|weg|gasse|platz|allee)[ ]\d{{1,4}}[a-z]?\b"
    rf"|\b\d{{1,4}}(?:[ ]?bis)?,?[ ](?:rue|avenue|boulevard|place|chemin|calle|plaza)[ ][^\s,.;]+(?:[ ]{_NAME}){{0,3}}"
)
_PATTERNS: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("mail", _MAIL), ("link", _WEB), ("address", _IP), ("account", _IBAN), ("number", _PHONE), ("number", _LONG_NUMBER),
    ("address", _STREET),
)  # fmt: skip
_MASK = re.compile(r"\[(?:person|mail|link|address|account|number) \d{1,4}\]")
_SHORTEST_PART = 3
_MOST_NAMES = 80
_NO_PARTS = frozenset(
    re.findall(
        r"\S+",
        "may april june august march will mark bill grace hope art rich the and for from site shop store staff office mail post",
    )
)
"""Names that are words as well: only the whole name is masked."""
_NO_PERSON = re.compile(
    r"\b(?:clerk|manager|management|reception|office|desk|team|head|branch|school|department|dept|accounts?|admin\w*|support|service|purchas\w*"
    r"|direct(?:or|ion|eur)|warehouse|store|shop|site|help|info|facilit\w+|secretar\w+|committee|board|trustees?|estates?|empfang|büro|verwaltung"
    r"|einkauf|accueil|direction|recepción|compras)\b",
    re.IGNORECASE,
)
"""Contacts that are a place or a role."""


@dataclass
class Redaction:
    """Masks of one ticket. With `active` false every text passes unchanged."""

    active: bool = True
    _names: dict[str, str] = field(default_factory=dict)
    """Spellings of names, each with the person that it stands for."""
    _masks: dict[tuple[str, str], str] = field(default_factory=dict)
    _written: dict[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, ticket: TicketRecord, texts: Iterable[str], *, active: bool = True) -> Redaction:
        """The masks for the people that records and texts name."""
        found = cls(active)
        if active:
            for name in _people(ticket):
                found._learn(name)
            for text in texts:
                for pattern in (_TITLED, _GREETED, _CLOSED):
                    for match in pattern.finditer(text):
                        found._learn(match[1])
        return found

    def mask(self, text: str) -> str:
        """The text with masks. Text that already looks like a mask is made harmless first."""
        if not self.active:
            return text
        text = _MASK.sub(lambda found: found[0].strip("[]"), text)
        for kind, pattern in _PATTERNS:
            text = pattern.sub(partial(self._masked, kind), text)
        return self._known_names(text)

    def unmask(self, text: str) -> str:
        """The text with what the masks stand for, as it was written first."""
        return _MASK.sub(lambda found: self._written.get(found[0], found[0]), text)

    def _learn(self, name: str) -> None:
        """A name and its parts, which stand for the same person."""
        words = [word for word in re.split(r"[\s,.@]+", name) if word]
        if not words or words[0].casefold() in _NO_NAMES or _NO_PERSON.search(name) or len(self._names) > _MOST_NAMES:
            return
        person = next((self._names[word] for word in words if word in self._names), name.casefold())
        self._names.setdefault(name, person)
        for word in words:
            is_name = word[:1].isupper() and len(word) >= _SHORTEST_PART and word.casefold() not in _NO_PARTS
            if is_name and not re.fullmatch(_TITLE, word):
                self._names.setdefault(word, person)

    def _known_names(self, text: str) -> str:
        present = sorted((name for name in self._names if name in text), key=lambda name: (-len(name), name))
        if not present:
            return text
        pattern = re.compile(rf"(?<![\w\[])(?:{'|'.join(map(re.escape, present))})(?![\w\]])")
        return pattern.sub(partial(self._masked, "person"), text)

    def _masked(self, kind: str, found: re.Match[str]) -> str:
        written = found[0]
        key = (kind, self._names.get(written, written) if kind == "person" else written.casefold())
        if key not in self._masks:
            number = sum(known == kind for known, _ in self._masks) + 1
            self._masks[key] = f"[{kind} {number}]"
            self._written[self._masks[key]] = written
        return self._masks[key]


def _people(ticket: TicketRecord) -> Iterable[str]:
    """Names of contacts and members in the records, without repetitions."""
    named = [name_of(ticket.contact), *(name_of(contact) for contact in ticket.contacts_cc), name_of(ticket.owner)]
    named += [entry.member for entry in ticket.schedule_entries]
    named += [part.strip() for part in ticket.resources[:2000].split(",")]
    named += [note.member for note in ticket.notes]
    return dict.fromkeys(name.strip()[:100] for name in named if len(name.strip()) >= _SHORTEST_PART)
