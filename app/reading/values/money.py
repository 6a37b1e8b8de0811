"""Amounts of money in a sentence with their roles: price, rate, cap, price per unit, money for something else."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from enum import Enum, auto
from functools import lru_cache

from app.reading.segments import word_set
from app.reading.values.number_words import IN_WORDS, holds_magnitude, is_vague
from app.reading.values.numbers import number_of


class AmountRole(Enum):
    """Role of an amount."""

    PRICE = auto()
    """Price of the job, unless another role applies."""
    RATE = auto()
    """Hourly rate of the job."""
    CAP = auto()
    """Upper limit of the job."""
    PER_UNIT = auto()
    """Price of a single site, month or device."""
    PART_PAYMENT = auto()
    """A deposit or another part of a price."""
    SEPARATE = auto()
    """Money for something else: extra work, travel, things."""
    ESTIMATE = auto()
    """An estimate or a budget."""
    REJECTED = auto()
    """A former or rejected price."""


@dataclass(frozen=True, slots=True)
class Amount:
    """An amount in a sentence, from `start` to `end`."""

    value: Decimal
    role: AmountRole
    start: int
    end: int
    bare: bool
    """Written without a currency."""
    words: str
    """The amount with the surrounding words."""


_NUMBER = r"\d{1,3}(?:[.,' ]\d{3})+(?!\d)(?:[.,]\d{1,2}(?!\d))?|\d{1,9}(?:[.,]\d{1,2}(?!\d))?"
_CURRENCY = r"(?:[€£$]|(?:eur|euros?|gbp|usd|chf|aud|pounds?|dollars?|franken|francs?|quid|nok|sek|dkk)(?!\w))"
_MANY = r"(?:\s?(?:k|m|mn|mio\.?|million(?:en|s|es)?|tsd\.?|thousand|tausend|mille)(?![\w']))"
_MONEY = re.compile(
    rf"(?:[€£$]|(?<!\w)(?:eur|gbp|usd|chf|aud))\s?(?:{_NUMBER}){_MANY}?(?:,-+)?"
    rf"|(?<![\w.,/-])(?:{_NUMBER}){_MANY}?(?:,-+)?\s?{_CURRENCY}|(?<![\w.,/-])\d{{1,3}}(?:[.,]\d)?k(?!\w)",
    re.I,
)
_MONEY_IN_WORDS = re.compile(rf"(?<!\w){IN_WORDS}(?: [^\W\d_]{{2,12}})? {_CURRENCY}", re.I)
_AFTER_BARE = (
    "fixed|flat|all|net|gross|plus|for|on|as|is|are|was|and|or|incl|including|inc|excl|excluding|ex|vat|labour|labor|total|agreed|accepted|apiece"
    "|approved|per|each|when|once|after|today|sofort|jetzt|vorab|gesamt|wenn|sobald|quand|dès|cuando|tras|with|to|at|by|from|we|you|he|she|they|in|the|lump|one-off|only|instead|last|next|now|then|rejected"
    "|pauschal|festpreis|fest|netto|brutto|zzgl|inkl|exkl|für|bei|wie|und|je|pro|nach|als|abgelehnt|vereinbart|wurde|ist|insgesamt"
    "|ht|ttc|pour|tout|à|au|et|hors|par|forfait|est|más|iva|por|para|en|y|a|al|sin|cerrado|cada"
    "|payable|due|signed|ordered|confirmed|down|beauftragt|angenommen|bestätigt|freigegeben|signé|accepté|aceptado|firmado|convenu"
)
_BARE = re.compile(
    r"(?<![\w.,/#'-])(?<!\d )(?:\d{1,3}(?:[.,']\d{3})+|(?!(?:19|20)\d\d\b)\d{3,6}|(?<=flat )\d\d"
    r"|(?<=fixed )\d\d|(?<=pauschal )\d\d)(?:[.,]\d\d)?(?:,-+)?"
    rf"(?=\s?(?:[.,;:!?()\n]|$)|\s?[/+](?!\d)|\s[-–—]\s|\s(?:{_AFTER_BARE})(?![\w]))(?![.,:/-]\d)",
    re.I,
)
_HOURLY_BARE = re.compile(
    r"(?<=[ @:])(?<!\d )(\d{2,3}(?:[.,]\d\d)?)(?=\s?(?:/|per|an|pro|je|par|por)\s?(?:h|hrs?|hour|stunde|std|heure|hora)(?!\w))",
    re.I,
)
_RATED = re.compile(
    r"(?:\bat|@|\brates?(?: of| is)?|\bbilled|\bcharged?|\bzu|satz(?: von)?|\btaux(?: de)?|\btarifa?(?: de)?|\bà)[ :]*$",
    re.I,
)
_NO_MONEY = re.compile(
    r"(?:\b(?:order|confirmation|bestätigung|quotation|est|into|quote|q|qu|po|p\.o\.|nos?|nr|n°|núm|number|ref|reference|id|ticket|project|offer|angebot\w*|auftrag\w*|bestell\w*|rechnung\w*"
    r"|invoice|devis|commande|presupuesto|pedido|oferta|room|raum|version|sow|wo|co|cr|opportunity|contract|vertrag|estimate|proposal|case|job"
    r"|server|windows|office|sql|exchange|ext|phone|tel)\.?|#)[\s:.#-]*$",
    re.I,
)
_SALES_ORDER = re.compile(r"\bso[\s:.#-]*\d{4,6}$", re.I)
_CUT = re.compile(
    r"[,;()\n]+(?:\s|$)|[()]|\s[-–—/&]\s|\s?\+\s?|(?<!\w)(?:plus|zzgl|zuzüglich|and|und|et|y|excl\w*|incl\w*|inkl\w*|sowie|but|without|ohne|más)(?!\w)",
    re.I,
)
_HOUR = re.compile(
    r"\s?(?:/|per|an|a|pro|je|par|por|de l'|la|die)\s?(?:h|hrs?|hour|stunde|std|heure|hora)(?!\w)|\s?(?:hourly|stündlich)",
    re.I,
)
_HOURLY_BEFORE = re.compile(
    r"(?<!\w)(?:hourly rate|rate an hour|rate per hour|stundensatz|stundenlohn|taux horaire|tarif horaire|tarifa (?:por hora|horaria)|precio hora)"
    r"(?!\w)[^,;]{0,20}$",
    re.I,
)
_SURE_CAP = (
    r"not[- ]to[- ]exceed|nte|capped at|cap of|cost ceiling|ceiling of|kostendach|obergrenze|deckel(?: von)?|plafonné\w* à|plafond\w*"
    r"|tope de|not exceeding|must not exceed|nicht mehr als|no more than|not more than"
)
_CAP = rf"{_SURE_CAP}|max(?:imum|imal|\.)?|cap|up to|bis zu|höchstens|au plus|jusqu'à|máximo|como mucho|hasta"
_CAP_BEFORE = re.compile(rf"(?<!\w)(?:{_CAP})(?!\w)[^\d,;]{{0,14}}$", re.I)
_SURE_CAP_BEFORE = re.compile(rf"(?<!\w)(?:{_SURE_CAP})(?!\w)[^\d,;]{{0,14}}$", re.I)
_CAP_AFTER = re.compile(r"\s?(?:max(?:imum|imal|\.)?|tops|at most|cap|limit|nte|máximo|als obergrenze)(?!\w)", re.I)
_PAPER = (
    r"(?:(?:the|our|your|attached|this|signed|accepted|agreed) ){0,3}(?:quot\w+|offer|agreement|proposal|order|contract|price|list|e?-?mail|po"
    r"|invoice)(?!\w)"
)
_EACH_AFTER = re.compile(
    rf"\s*(?:/\s?[^\W\d_]|per (?!{_PAPER})|(?:each|pièce|la pièce|stück|l'unité|je(?! nach)|pro|par(?! virement| chèque)|apiece|chacune?|cada"
    r"|por(?! (?:el|la|los|las|todo|toda|este|esta|lo)\b)|(?:a|an) (?:day|week|month|year|head|piece|site|user|seat|room|unit|visit|person|pop"
    r"|quarter|device|licen[cs]e"
    r"|depot|branch|school|shop|store|office|building|floor|home|house|clinic|hotel|plant|warehouse|location)"
    r"|monthly|yearly|annually|quarterly|monatlich|jährlich|im monat|mensuel\w*|al mes)(?!\w))",
    re.I,
)
_EACH_BEFORE = re.compile(
    r"(?:\d\s?[x×]\s?|(?<![\d.,])\d{1,3} [^\W\d_]{3,20} (?:at|à|zu je|zu|@) |(?<!\w)(?:per (?!"
    + _PAPER
    + r")[^\W\d_]+|each|every|jede\w*|je|jeweils|chaque|cada|unit price"
    r"|stückpreis|prix unitaire|precio unitario|day rate|daily rate|tagessatz|monthly|monatlich\w*)(?!\w)[^,;]{0,25})$",
    re.I,
)
_PART_BEFORE = re.compile(
    r"(?<!\w)(?:deposit|down[ -]?payment|anzahlung|abschlag\w*|acompte|anticipo|instal?ments?|balance|remainder|rest|remaining|restbetrag"
    r"|(?:first|second|third|final|last|stage|progress) (?:payment|invoice|bill|part)|teilzahlung\w*|raten|solde|resto)(?!\w)[^,;]{0,15}$",
    re.I,
)
_PART_AFTER = re.compile(
    r"\s*(?:deposit|down(?!\w| from)|anzahlung|acompte|d'acompte|anticipo|de anticipo|up ?front|in advance)", re.I
)
_EXTRA_WORK = (
    r"(?:additional|extra|further|any other|other) (?:work\w*|services?|hours?|time|tasks?|effort|requests?|changes?|labou?r)"
    r"|(?:outside|beyond|out)[ -](?:of )?(?:the |that |this |our )?(?:agreed )?scope|change requests?|over and above|overtime|out[- ]of[- ]hours|extras"
    r"|weekends?|anything (?:else|more|beyond|outside|on top)"
    r"|mehraufwand\w*|mehrarbeit\w*|mehrleistung\w*|zusatz\w*|zusätzlich\w*|nachtrag\w*|nachträge|darüber hinaus|weitere \w*(?:arbeit|leistung)\w*"
    r"|supplément\w*|hors périmètre|travaux complémentaires|adicional\w*|fuera del alcance|horas extra|änderung\w*|modifications?|cambios"
)
_TRAVEL = (
    r"travel\w*|expenses?|mileage|parking|hotels?|accommodation|call-?out|reise\w*|fahrt\w*|spesen|anfahrt\w*|frais|déplacements?|gastos"
    r"|desplazamientos?|viajes?"
)
_THINGS = (
    r"hardware|laptops?|notebooks?|pcs?|monitors?|printers?|licen[cs]es?|licen[cs]ing|materials?|spare parts|servers?|phones?|tablets?"
    r"|lizenz\w*|geräte?|material|drucker|matériel|licencias?|portátil\w*|ordinateurs?|equipos?"
)
_WORK_NEXT_TO = re.compile(rf"(?<!\w)(?:{_EXTRA_WORK}|{_TRAVEL})(?!\w)", re.I)
_MORE_WORK = re.compile(rf"(?<!\w)(?:{_EXTRA_WORK})(?!\w)", re.I)
_ALL_NEXT_TO = re.compile(rf"(?<!\w)(?:{_EXTRA_WORK}|{_TRAVEL}|{_THINGS})(?!\w)", re.I)
_JUST_NEXT_TO = re.compile(
    rf"(?<!\w)(?:{_TRAVEL}|{_THINGS})\W{{0,3}}(?:is |are |costs? |kostet |kosten |coûte )?$", re.I
)
_FOR_WHAT = r"\s*(?:for |für |pour |de |para |of |in )?(?:the |any |die |les |los )?"
_EXTRA_AFTER = re.compile(rf"{_FOR_WHAT}(?:{_EXTRA_WORK}|{_TRAVEL})(?!\w)", re.I)
_THINGS_AFTER = re.compile(rf"{_FOR_WHAT}(?:{_THINGS})(?!\w)", re.I)
_ADDED = re.compile(r"(?:\+|(?<!\w)(?:plus|zzgl\.?|zuzüglich|más|another|further|additional|weitere|extra))\s*$", re.I)
_RANGE_AFTER = re.compile(
    r"\s?(?:to|bis|à|or|oder|ou|–|-)\s?$|[-–](?:[€£$]\s?)?\d|\s(?:[-–]|to|bis|à) (?:[€£$]\s?)?[\d.,]{4}", re.I
)
_RANGE_BEFORE = re.compile(r"(?:\s?(?:to|bis|à|or|oder|ou)\s|\s?[-–]\s?)$", re.I)
_FORMERLY = re.compile(r"\W*(?:was|were|war|vorher|before|avant|antes)\W*$", re.I)
_PRICE_WORD = re.compile(
    r"(?<!\w)(?:prices?|fees?|fixed|flat|lump sum|total|agreed|quot\w+|offer|order|\w*preis\w*|pauschal\w*|gesamt\w*|summe|angebot|forfait\w*|prix"
    r"|montant|devis|precio|importe|presupuesto|accepted|approved)(?!\w)",
    re.I,
)
_GUESS_BEFORE = re.compile(
    r"(?<!\w)(?:estimat\w*|approx\w*|roughly|circa|ca\.?|budget\w*|ballpark|geschätzt\w*|schätz\w*|ungefähr|environ|estim\w*|aprox\w*"
    r"|worth|value of|sav(?:e|es|ing|ings)|discount|rabatt|remise|descuento|refund|credit of|gutschrift)(?!\w)[^;]{0,30}$",
    re.I,
)
_ESTIMATE_AFTER = re.compile(r"\s*(?:\(?estimat\w*|\(?geschätzt|\(?budget\w*|or so|discount|rabatt|off(?!\w))", re.I)
_TURNED_DOWN = (
    r"reject\w*|declin\w*|refus\w*|turned (?:it )?down|too (?:high|much|expensive|dear)|not (?:be )?(?:accept|agree)\w*|last (?:year|time)|previous\w*"
    r"|no longer|cancel+ed|withdrawn|superseded|off the table|abgelehnt|zu (?:teuer|hoch)|letztes (?:jahr|mal)|storniert|nicht mehr|nicht angenommen"
    r"|refusé\w*|rejeté\w*|trop (?:cher|élevé)|l'an dernier|l'année dernière|rechazad\w*|rechazó|demasiado|el año pasado|ya no"
)
_GONE_AFTER = re.compile(
    rf"[^,;\d]{{0,60}}?(?<!\w)(?:{_TURNED_DOWN})(?!\w)|,? ?(?:which |but )?(?:was |is |wurde )?(?:{_TURNED_DOWN})(?!\w)",
    re.I,
)
_GONE_BEFORE = re.compile(
    r"(?<!\w)(?:instead of|rather than|down from|up from|originally|formerly|previous(?:ly)?|old|last year\w*|earlier|statt|anstatt|ursprünglich"
    r"|früher|bisher|alte[rn]?|au lieu de|ancien\w*|initialement|en lugar de|en vez de|antes|anterior|not|nicht|would have been"
    r"|competitor\w*)(?!\w)[^,;]{0,30}$",
    re.I,
)


@lru_cache(maxsize=8192)
def amounts_in(words: str) -> tuple[Amount, ...]:
    """The amounts of a sentence in reading order, with their roles."""
    present = word_set(words)
    in_words = holds_magnitude(words, present)
    if "#" not in present and not in_words:
        return ()
    found = sorted(_found(words, in_words=in_words))
    made = []
    for number, (start, end, bare) in enumerate(found):
        value = number_of(words[start:end].lower())
        if not value or is_vague(words[:start], words[start:end]):
            continue
        before = words[found[number - 1][1] if number else 0 : start]
        after = words[end : found[number + 1][0] if number + 1 < len(found) else len(words)]
        if bare and not _is_money(words[:end], before, after):
            continue
        made.append(
            Amount(
                value, _says(before, after, bare=bare, first=not number), start, end, bare, _around(words, start, end)
            )
        )
    return tuple(made)


def _is_money(upto: str, before: str, after: str) -> bool:
    """Whether a bare number is money: no order or room number; per hour only where it is called a rate."""
    if _NO_MONEY.search(before) or _SALES_ORDER.search(upto[-12:]):
        return False
    return not _HOUR.match(after) or bool(_RATED.search(before[-20:]))


def _found(words: str, *, in_words: bool) -> Iterator[tuple[int, int, bool]]:
    """Positions of amounts: with a currency, per hour, or bare numbers without a noun after them."""
    taken: list[tuple[int, int]] = []
    patterns = [(_MONEY, False), (_HOURLY_BARE, True), (_BARE, True)]
    if in_words:
        patterns.insert(1, (_MONEY_IN_WORDS, False))
    for pattern, bare in patterns:
        for match in pattern.finditer(words):
            if not any(start < match.end() and match.start() < end for start, end in taken):
                taken.append(match.span())
                yield *match.span(), bare


def _around(words: str, start: int, end: int) -> str:
    return words[max(0, words.rfind(" ", 0, max(0, start - 30)) + 1) : end + 30].strip()


def _says(before: str, after: str, *, bare: bool, first: bool) -> AmountRole:
    """The role of an amount, by the words around it."""
    clause = _CUT.split(before)[-1]
    behind = _CUT.split(after, maxsplit=1)[0]
    if _HOUR.match(after) or _HOURLY_BEFORE.search(clause):
        return AmountRole.SEPARATE if _WORK_NEXT_TO.search(f"{before} | {behind}") else AmountRole.RATE
    capped = _CAP_BEFORE.search(before) or _CAP_AFTER.match(after)
    checks = (
        (AmountRole.PER_UNIT, _EACH_AFTER.match(after) or _EACH_BEFORE.search(clause)),
        (AmountRole.REJECTED, _GONE_AFTER.match(after)),
        (_says_cap(before, behind, bare=bare), capped),
        (AmountRole.REJECTED, _GONE_BEFORE.search(clause) or _FORMERLY.match(clause)),
        (AmountRole.ESTIMATE, _RANGE_AFTER.match(after) or (not first and _RANGE_BEFORE.match(before))),
        (AmountRole.SEPARATE, _is_beside(before, clause, after)),
        (AmountRole.ESTIMATE, _GUESS_BEFORE.search(clause) or _ESTIMATE_AFTER.match(after)),
        (AmountRole.PART_PAYMENT, _PART_BEFORE.search(clause) or _PART_AFTER.match(after)),
    )
    return next((says for says, speaks in checks if speaks), AmountRole.PRICE)


def _says_cap(before: str, behind: str, *, bare: bool) -> AmountRole:
    """A cap of the job, or of travel, equipment or extra work."""
    sure = _SURE_CAP_BEFORE.search(before)
    if bare and not sure:
        return AmountRole.ESTIMATE
    neighbours = _WORK_NEXT_TO if sure else _ALL_NEXT_TO
    return AmountRole.SEPARATE if neighbours.search(f"{before} | {behind}") else AmountRole.CAP


def _is_beside(before: str, clause: str, after: str) -> bool:
    """Whether money is for extra work, travel or equipment."""
    if _ADDED.search(before) or _MORE_WORK.search(clause) or _EXTRA_AFTER.match(after):
        return True
    priced = max((match.end() for match in _PRICE_WORD.finditer(clause)), default=0)
    things = not priced and _THINGS_AFTER.match(after)
    return bool(things or _JUST_NEXT_TO.search(clause) or _WORK_NEXT_TO.search(clause, priced))


def of_more_work(words: str) -> bool:
    """Whether a sentence is about work beyond the agreed scope."""
    return bool(_MORE_WORK.search(words))
