"""Phrases that lose their meaning in a certain context."""

from __future__ import annotations

import re
from collections.abc import Callable

_TO_COME = re.compile(
    r"(?<!\w)(?:when|whenever|what|whatever|whichever|ce qui|lo que|once|as soon as|until|till|if|after|each time|wenn|sobald|bis|falls"
    r"|quand|dès que|lorsque|une fois|cuando|una vez|hasta que)(?: [\w'-]+){0,3} $"
)
_STATES = ("is ", "are ", "has been ", "have been ", "ist ", "terminé", "terminad")


def is_out_of_context(meaning: str, words: str, at: int, phrase: str) -> bool:
    """Whether the surrounding text takes its meaning from a phrase."""
    shown = _NO_SUCH.get(meaning)
    return shown is not None and shown(words[:at], phrase, words[at + len(phrase) :])


def _looks_ahead(before: str, phrase: str, after: str) -> bool:
    """No history: «When it is finished», «what was agreed», «the last week of June», «that is over, so we can begin»."""
    if phrase.startswith(_LAST):
        return _OF_ALL.match(after) is not None
    if phrase.startswith(_STATES) and _NOW.match(after):
        return True
    if phrase.startswith(("was ", "were ")):
        return before.endswith("what ")
    return phrase.startswith(_STATES) and _TO_COME.search(before) is not None


def _is_of_the_whole(before: str, phrase: str, after: str) -> bool:
    """No part billing: «As per order, bill it», «the only invoice», «one invoice per order»."""
    named_so = phrase.startswith("per ") and before.endswith("as ")
    return bool(named_so or _ONLY.search(before) or _ORDER.match(after))


def _is_of_no_price(before: str, phrase: str, after: str) -> bool:
    """A remainder that is not money: «The rest with Corin when he is back»; or the whole price."""
    if phrase.startswith(_RESTS) and not _OF_MONEY.search(f"{before}{phrase}{after}"):
        return True
    return _is_of_the_whole(before, phrase, after)


def _is_seen(before: str, phrase: str, after: str) -> bool:
    """Affected users, not access: «Just him as far as I can see», «nobody can open it except me»."""
    excepted = _EXCEPTED.search(phrase)
    wanted = "ticket" in f"{phrase}{after[:20]}" or _MADE_SURE.search(before)
    return bool(_AS_SEEN.search(phrase) or (excepted and (excepted["me"] or (_ABLE.search(phrase) and not wanted))))


def _is_audience(before: str, phrase: str, after: str) -> bool:
    """An audience, not a contact: «A course for branch managers», «the ward leads get tablets»."""
    if _GETS.match(after):
        return True
    return _TITLE.fullmatch(phrase) is not None and _FOR_WHOM.search(before) is not None


def _is_for_what_was_done(_before: str, _phrase: str, after: str) -> bool:
    """Billing by finished part, not the usual cycle: «A statement each month for the depots done»."""
    return _FOR_DONE.match(after) is not None


def _is_asked_for_approval(before: str, phrase: str, _after: str) -> bool:
    """Approval, not a mail signature: «Any overrun needs my signature»."""
    return phrase.startswith("signature") and _NEEDED.search(before) is not None


def _is_inside_a_fee(before: str, phrase: str, _after: str) -> bool:
    """Work within a flat fee: «in our flat fee»."""
    return phrase.startswith("flat") and _INSIDE.search(before) is not None


def _is_half(_before: str, phrase: str, _after: str) -> bool:
    """A part of a day, no series of days: «Half a day»."""
    return phrase.startswith("half a")


def _is_in_the_diary(before: str, phrase: str, after: str) -> bool:
    """No fault: «She has blocked 3-7 Nov», «when it is dead», «that is her problem», «with spam check»."""
    if phrase == "blocked":
        return _BOOKED.match(after) is not None
    if phrase == "dead":
        return _QUIET.search(before) is not None
    if phrase in ("spam", "virus", "malware"):
        return _AGAINST.match(after) is not None
    return phrase == "problem" and _THEIRS.search(before) is not None


def _is_meanwhile(before: str, phrase: str, after: str) -> bool:
    """No acceptance: «Solange nehmen wir den alten», «I agree to the 1400 slot»."""
    if phrase[-1:].isdigit() and _AGREED_TO.match(phrase):
        return _A_THING.match(after) is not None
    return phrase in ("nehmen wir", "machen wir") and _MEANWHILE.search(before) is not None


_AGREED_TO = re.compile(r"(?:i|we) agree (?:to|with|on) ")
_A_THING = re.compile(
    r" (?!(?:for|net|plus|fixed|flat|all|and|as|if|in|on|excl|inc|incl|ex|vat|but|you|so|then|from|per|total)(?!\w))[^\W\d_]|[:h]"
)
_BOOKED = re.compile(
    r" (?:out |off )?(?:\d|(?:the |her |his |my |their |our )?(?:week|day|diary|calendar|monday|tuesday|wednesday|thursday|friday))"
)
_QUIET = re.compile(r"(?<!\w)(?:when|while|as) (?:it is|it's|we are|we're|things are|trade is) $")
_THEIRS = re.compile(r"(?<!\w)(?:is|are|be|becomes?|stays?) (?:her|his|their|your) $")
_MEANWHILE = re.compile(
    r"(?<!\w)(?:solange|so lange|inzwischen|derweil|vorerst|bis dahin|währenddessen|einstweilen)[ ,]*$"
)
_INSIDE = re.compile(r"(?<!\w)(?:in|within|under|by) (?:our|the|your|their) $")
_ONLY = re.compile(r"(?<!\w)(?:single|only|sole|einzige\w?|seule|única) $")
_ORDER = re.compile(r"\W{1,3}(?:order|job|auftrag|bestellung|commande|pedido|encargo)(?!\w)")
_LAST = ("last week", "last month")
_OF_ALL = re.compile(r" (?:of|in) (?!the year before)\w")
_NOW = re.compile(
    r",? (?:so|and now|now|which means|damit|also|jetzt|nun|und jetzt|donc|et maintenant|maintenant|así que|y ahora|ahora)(?!\w)"
)
_RESTS = ("rest", "reste", "resto", "remainder", "balance")
_OF_MONEY = re.compile(
    r"(?<!\w)(?:bill|invoic|pay|paid|charg|settl|money|price|fee|sum|amount|cost|deposit|instal|payment|down|half|third|quarter|advance|up ?front"
    r"|balance|rechn|zahl|bezahl|geld|preis|betrag|hälfte|drittel|anzahl|abschlag|factur|pay|régl|argent|prix|acompte|moitié|tiers|solde|pag|cobr|dinero"
    r"|precio|mitad|tercio|anticipo|eur|gbp|usd|chf|pound|dollar)|[€£$%]|\d\s?k\b|\d{3}"
)
_AS_SEEN = re.compile(
    r"(?<!\w)(?:(?:as|so) far as|from what|soweit|soviel|pour autant que|d'après ce que|por lo que|hasta donde) "
)
_EXCEPTED = re.compile(
    r"(?<!\w)(?:except(?: for)?|apart from|other than|besides|exception of|außer|ausser|sauf|hormis|à part|excepté|salvo|excepto|menos|aparte de)(?!\w)"
    r"(?P<me> (?:me|us|mir|uns|mich|moi|nous|yo|mí|nosotros)(?!\w))?"
)
_MADE_SURE = re.compile(r"(?<!\w)(?:make sure|ensure|see to it|sicher|sorg\w*|veille\w*|assure\w*|asegur\w*)(?!\w)")
_ABLE = re.compile(r"(?<!\w)(?:can|could|kann|können|konnte|peut|peuvent|arrive|consigue)(?!\w)")
_TITLE = re.compile(r"[\w-]+ [\w-]+(?: [\w-]+)?")
_GETS = re.compile(
    r" (?:(?:will|should|shall|sollen?|wird|werden) )?(?:gets?|receives?|takes? part|attends?|needs?|wants?|learns?|sees?|cannot|can't"
    r"|bekommt|bekommen|erhalten|erhält|nehmen teil|nimmt teil|brauchen|braucht|reçoi\w+|participe\w*|recib\w+|participa\w*)(?!\w)"
    r"(?! (?:the|your|our|an?|die|la) (?:bill|invoice|account))"
)
_FOR_WHOM = re.compile(
    r"(?<!\w)(?:for|to|of|from|by|teach|train|trains|training|show|shows|brief|among|between)"
    r"(?: (?:all|the|our|their|its|your|new|both|some|\d+|\w+teen|two|three|four|five|six|seven|eight|nine|ten|twelve)){0,3} $"
)
_FOR_DONE = re.compile(
    r" (?:for|of|über|für|pour|por|de) (?:the |what|whatever|every|each|those|all |die |das |alles|le |les |ce |lo |las |los )"
)
_NEEDED = re.compile(
    r"(?<!\w)(?:needs?|requires?|awaits?|without|wants?|gets?|brauch\w*|nécessite|requiert|necesita|requiere)"
    r" (?:my|our|his|her|their|a|the|meine|la|mi) $"
)
_AGAINST = re.compile(r"[ -]?(?:check|filter|protect|guard|shield|test|schutz|prüf|scan|blocker|quarantine|training)")
_NO_SUCH: dict[str, Callable[[str, str, str], bool]] = {
    "history": _looks_ahead,
    "progress_billing": _is_of_no_price,
    "own_team": _is_seen,
    "stage_contacts": _is_audience,
    "request": _is_asked_for_approval,
    "billing_cycle": _is_for_what_was_done,
    "fixed_price": _is_inside_a_fee,
    "fault": _is_in_the_diary,
    "accepted": _is_meanwhile,
    "waves": _is_half,
}
"""By meaning: a check of the text before the phrase, the phrase, and the text after it."""
