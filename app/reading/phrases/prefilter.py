"""What is known of any text in which a phrase stands, found from the phrase alone: how it begins and which words it holds.

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
    Listed,
    Part,
    Parts,
    Repeated,
    Sign,
    Space,
    Star,
    Symbol,
    listed,
    parsed,
)
from app.reading.values.number_patterns import WORDS_FOR_MANY, WORDS_FOR_ONE

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
    """Of each of these one word stands in the text."""
    last: Forms


@dataclass(frozen=True, slots=True)
class Outline:
    """The texts that a part finds: those that lie `inside` one word, and those that reach `across` the end of one."""

    inside: Forms = frozenset()
    across: tuple[Across, ...] = ()

    def first(self) -> Forms:
        """The forms of the first word; an empty one: the text begins with no word."""
        return self.inside.union(*(way.first for way in self.across))

    def needed(self) -> frozenset[Forms]:
        """The words that stand in every text, whole words around it."""
        ways = _joined(_joined(_SPACE, self), _SPACE).across
        return ways[0].needed if ways else frozenset()


_NONE = frozenset({""})
_BREAK = Across(_NONE, frozenset(), _NONE)
_SPACE = Outline(across=(_BREAK,))
_EMPTY = Outline(_NONE)
_ANYTHING = Outline(frozenset({"*"}))
_AMOUNT_STARTS = "#* €* £* $* eur* gbp* usd* chf* aud* on* tw* th* fo* fi* si* se* ei* ni*"
_MONEY_WORDS = (
    "€ £ $ eur* gbp* usd* chf* aud* *eur *euro *euros *gbp *usd *chf *aud *pound *pounds *dollar *dollars *franken *franc *francs *quid"
    " *nok *sek *dkk *#k hundred thousand"
)


def _amount(*words: str) -> Outline:
    """An amount written in words may begin with any word; a phrase that begins with it is looked for at some only."""
    first = frozenset([*_AMOUNT_STARTS.split(), ""])
    return Outline(across=(Across(first, frozenset({frozenset(words)}), _ANYTHING.inside),))


_SYMBOLS = {"$": _amount(*_MONEY_WORDS.split()), "$$": _amount(A_DIGIT, "hundred", "thousand")}


@cache
def outline(part: Part) -> Outline:
    """What is known of the texts that a part of a phrase finds."""
    match part:
        case Choice(options):
            found = reduce(_either, map(_of_parts, options))
        case Repeated(choice, spaced):
            found = _repeated(_joined(outline(choice), _SPACE) if spaced else outline(choice))
        case Listed(name):
            found = outline(listed(name))
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
    """What is known of each of the texts that a phrase offers for choice; those of one word are one way."""
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
    in_words = outline(parsed(WORDS_FOR_MANY if sign == "#+" else f"{WORDS_FOR_ONE}|{WORDS_FOR_MANY}"))
    digits = frozenset({"#*"})
    in_digits = Outline(digits, (Across(digits, frozenset(), _ANYTHING.inside),))
    return in_digits if sign == "##" else _either(in_digits, in_words)


def _repeated(once: Outline) -> Outline:
    """Not at all, or several times, one right behind the other."""
    begun = frozenset(_grown(form, "*") for form in once.inside)
    if not begun:
        return Outline(_EMPTY.inside, tuple(Across(way.first, frozenset(), way.last) for way in once.across))
    across = Across(once.first() | begun, frozenset(), _ANYTHING.inside)
    return Outline(begun | {""}, (across,) if once.across else ())


def _either(one: Outline, other: Outline) -> Outline:
    """Ways that begin or end at the end of a word are kept apart from others: there the words beside them are whole."""
    ways = {(way.first == _NONE, way.last == _NONE): way for way in one.across}
    for way in other.across:
        kind = way.first == _NONE, way.last == _NONE
        known = ways.get(kind, way)
        ways[kind] = Across(known.first | way.first, _either_needed(known.needed, way.needed), known.last | way.last)
    return Outline(one.inside | other.inside, tuple(ways.values()))


def _either_needed(one: frozenset[Forms], other: frozenset[Forms]) -> frozenset[Forms]:
    both = one & other
    if one - both and other - both:
        return both | {min(one - both, key=len) | min(other - both, key=len)}
    return both


def _joined(left: Outline, right: Outline) -> Outline:
    """A text of one kind right before a text of the other."""
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
    """A form with a piece right behind it, at least as loose as the two."""
    if not form or not piece:
        return form or piece
    if piece[0] in CURRENCY_SIGNS or (form.endswith("*") and form != "*"):
        return form
    if form.startswith("*"):
        return "*" if piece.endswith("*") else f"*{piece.lstrip('*')}"
    return f"{form}*" if piece[0] in ("*", NUMBER) else f"{form}{piece}"
