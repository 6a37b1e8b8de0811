"""Derives from a phrase what every matching text contains: its first word and the words within.

A form is a word or a piece of one: `won`, with open ends `invoic*`, `*rechnung` and `*`; `#` stands for any digit.
Forms never promise too little: where a phrase says more than a form can tell, the form is the looser one.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, reduce

from app.reading.phrases.grammar import (
    Choice,
    Gap,
    Part,
    Parts,
    Repeated,
    Sign,
    Space,
    Star,
    Symbol,
    WordList,
    parse_phrase,
    word_list,
)
from app.reading.values.number_patterns import WORDS_FOR_MANY, WORDS_FOR_ONE
from app.reading.values.number_words import FIRST_LETTERS

Forms = frozenset[str]
"""Forms of which a text has at least one."""
CURRENCY_SIGNS = "€£$"
NUMBER = "#"
A_DIGIT = "*#*"
"""The form of a word that holds a digit, the only one that is open on both sides."""
_MOST_FORMS = 3000


@dataclass(frozen=True, slots=True)
class Across:
    """Texts that reach over the end of a word: their first and last pieces of words, and the words between."""

    first: Forms
    needed: frozenset[Forms]
    """A matching text contains a word of each."""
    last: Forms


@dataclass(frozen=True, slots=True)
class Outline:
    """Texts that a part matches: those `inside` one word and those `across` a word boundary."""

    inside: Forms = frozenset()
    across: tuple[Across, ...] = ()

    def first(self) -> Forms:
        """Forms of the first word; an empty form: the text begins without a word."""
        return self.inside.union(*(way.first for way in self.across))

    def needed(self) -> frozenset[Forms]:
        """Words that every matching text contains."""
        ways = _joined(_joined(_SPACE, self), _SPACE).across
        return ways[0].needed if ways else frozenset()


_NONE = frozenset({""})
_BREAK = Across(_NONE, frozenset(), _NONE)
_SPACE = Outline(across=(_BREAK,))
_EMPTY = Outline(_NONE)
_ANYTHING = Outline(frozenset({"*"}))
_AMOUNT_STARTS = frozenset(
    ["#*", "€*", "£*", "$*", "eur*", "gbp*", "usd*", "chf*", "aud*", *(f"{start}*" for start in FIRST_LETTERS)]
)
_MONEY_WORDS = (
    "€ £ $ eur* gbp* usd* chf* aud* *eur *euro *euros *gbp *usd *chf *aud *pound *pounds *dollar *dollars *franken *franc *francs *quid"
    " *nok *sek *dkk *#k hundred thousand"
)


def _amount(*words: str) -> Outline:
    """An amount; a phrase that begins with it is tried only at words that can begin an amount."""
    return Outline(across=(Across(_AMOUNT_STARTS | {""}, frozenset({frozenset(words)}), _ANYTHING.inside),))


_SYMBOLS = {"$": _amount(*_MONEY_WORDS.split()), "$$": _amount(A_DIGIT, *_MONEY_WORDS.split())}


@cache
def outline(part: Part) -> Outline:
    """The outline of a part of a phrase."""
    match part:
        case Choice(options):
            found = reduce(_either, map(_of_parts, options))
        case Repeated(choice, spaced):
            found = _repeated(_joined(outline(choice), _SPACE) if spaced else outline(choice))
        case WordList(name):
            found = outline(word_list(name))
        case Symbol(sign):
            found = _SYMBOLS.get(sign) or _number(sign)
        case Star():
            found = _ANYTHING
        case Sign(char) if char in CURRENCY_SIGNS:
            found = Outline(across=(Across(_ANYTHING.inside, frozenset(), _ANYTHING.inside),))
        case Sign(char) if char.isalnum():
            found = _literal(char)
        case Sign() | Space() | Gap():
            found = _SPACE
    return found


def ways(phrase: Choice) -> Iterator[Outline]:
    """The outlines of a phrase's top-level options; options of one word are combined."""
    words: Forms = frozenset()
    for parts in _flat(phrase):
        way = _of_parts(parts)
        if not way.across and _tells(way.inside):
            words |= way.inside
        else:
            yield way
    if words:
        yield Outline(words)


def _flat(phrase: Choice) -> Iterator[Parts]:
    for parts in phrase.options:
        if len(parts) == 1 and isinstance(parts[0], Choice):
            yield from _flat(parts[0])
        else:
            yield parts


def _of_parts(parts: Parts) -> Outline:
    whole, letters = _EMPTY, ""
    for part in parts:
        if isinstance(part, Sign) and part.char.isalnum():
            letters += part.char
        else:
            whole = _joined(_joined(whole, _literal(letters)), outline(part))
            letters = ""
    return _joined(whole, _literal(letters))


def _literal(letters: str) -> Outline:
    return Outline(frozenset({letters}))


def _number(sign: str) -> Outline:
    in_words = outline(parse_phrase(WORDS_FOR_MANY if sign == "#+" else f"{WORDS_FOR_ONE}|{WORDS_FOR_MANY}"))
    digits = frozenset({"#*"})
    in_digits = Outline(digits, (Across(digits, frozenset(), _ANYTHING.inside),))
    return in_digits if sign == "##" else _either(in_digits, in_words)


def _repeated(once: Outline) -> Outline:
    """The outline of zero or more repetitions."""
    begun = frozenset(_grown(form, "*") for form in once.inside)
    if not begun:
        return Outline(_EMPTY.inside, tuple(Across(way.first, frozenset(), way.last) for way in once.across))
    across = Across(once.first() | begun, frozenset(), _ANYTHING.inside)
    return Outline(begun | {""}, (across,) if once.across else ())


def _either(item: Outline, other: Outline) -> Outline:
    """Unites two outlines; variants at a word boundary stay separate, because the words next to them are whole."""
    ways = {(way.first == _NONE, way.last == _NONE): way for way in item.across}
    for way in other.across:
        kind = way.first == _NONE, way.last == _NONE
        known = ways.get(kind, way)
        ways[kind] = Across(known.first | way.first, _either_needed(known.needed, way.needed), known.last | way.last)
    return Outline(item.inside | other.inside, tuple(ways.values()))


def _either_needed(item: frozenset[Forms], other: frozenset[Forms]) -> frozenset[Forms]:
    both = item & other
    if item - both and other - both:
        return both | {min(item - both, key=len) | min(other - both, key=len)}
    return both


def _joined(left: Outline, right: Outline) -> Outline:
    """The outline of two parts in a row."""
    ways = []
    if left.inside:
        ways += [Across(_grown_by(left.inside, way.first), way.needed, way.last) for way in right.across]
    if right.inside:
        ways += [Across(way.first, way.needed, _grown_by(way.last, right.inside)) for way in left.across]
    for before in left.across:
        for behind in right.across:
            between = _grown_by(before.last, behind.first)
            needed = before.needed | behind.needed | ({between} if _tells(between) else frozenset())
            ways.append(Across(before.first, needed, behind.last))
    inside = Outline(_grown_by(left.inside, right.inside))
    return reduce(_either, (Outline(across=(way,)) for way in ways), inside)


def _tells(forms: Forms) -> bool:
    return "" not in forms and "*" not in forms


def _grown_by(forms: Forms, more: Forms) -> Forms:
    if len(forms) * len(more) > _MOST_FORMS and len(more) > 1:
        more = frozenset({"*"})
    return frozenset(_grown(form, piece) for form in forms for piece in more)


def _grown(form: str, piece: str) -> str:
    """A form followed by a piece, at least as loose as both."""
    if not form or not piece:
        return form or piece
    if piece[0] in CURRENCY_SIGNS or (form.endswith("*") and form != "*"):
        return form
    if form.startswith("*"):
        return "*" if piece.endswith("*") else f"*{piece.lstrip('*')}"
    return f"{form}*" if piece[0] in ("*", NUMBER) else f"{form}{piece}"
