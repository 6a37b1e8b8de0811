"""Checks that tell the role of an amount by the words between it and its neighbours."""

from __future__ import annotations

import re
from collections.abc import Callable

from app.reading.values.billing_words import EXTRA_WORK, PO_WORD, Role, TaxBasis


def _word(*parts: str) -> str:
    return rf"(?<!\w)(?:{'|'.join(parts)})(?!\w)"


_HOUR = re.compile(
    r"\s?(?:/|per|an|a|pro|je|par|por|de l'|la|die|each)\s?(?:man-?)?(?:h|hrs?|hour|stunde|std\.?|heure|hora)(?!\w)|\s?(?:hourly|stündlich)"
)
_DAY = re.compile(
    r"\s?(?:/|per|a|pro|je|par|por|am)\s?(?:man-?|personen)?(?:day|tag|jour|día|pt)(?!\w)|\s?(?:daily)(?!\w)"
)
_HOURLY_BEFORE = re.compile(
    _word(
        "hourly rate",
        "rate an hour",
        "rate per hour",
        "stundensatz",
        "stundenlohn",
        "taux horaire",
        "tarif horaire",
        "tarifa (?:por hora|horaria)",
        "precio hora",
    )
    + r"[^,;]{0,20}$"
)
_DAILY_BEFORE = re.compile(
    _word("day rate", "daily rate", "tagessatz", "taux journalier", "tarifa diaria") + r"[^,;]{0,20}$"
)
_PERIOD = r"(?:months?|weeks?|quarters?|years?|monat|woche|quartal|jahr|mois|semaine|trimestre|an|année|mes|semana|año)"
_RECURRING = re.compile(
    rf"\s?(?:/|per|an?|each|every|pro|je|im|in der|par|por|al|a la|cada|chaque)\s?(?:calendar )?{_PERIOD}(?!\w)"
    r"|\s?/ ?(?:mo|mth|yr|jr|mt)\b|\s?(?:monthly|yearly|annually|quarterly|monatlich|jährlich|quartalsweise|mensuel\w*"
    r"|mensual\w*|anual\w*|annuel\w*)(?!\w)"
)
_RECURRING_BEFORE = re.compile(
    _word(
        "monthly (?:fee|charge|price|cost)?",
        "recurring",
        "subscription",
        "monatlich\\w*",
        "mensuel\\w*",
        "mensual\\w*",
        "abonnement",
        "suscripción",
    )
    + r"[^,;]{0,20}$"
)
_PAPER = r"(?:(?:the|our|your|attached|this|signed) ){0,2}(?:quot\w+|offer|agreement|proposal|order|contract|price|list|mail|po|invoice|sow)(?!\w)"
_EACH = re.compile(
    rf"\s*(?:/\s?[^\W\d_]|per (?!{_PAPER})|(?:each|apiece|pièce|la pièce|stück|l'unité|je(?! nach)|pro|chacune?|cada un[oa]?"
    rf"|la unidad|die einheit)(?!\w)"
    r"|par (?!virement|chèque)(?:poste|appareil|site|utilisateur|personne|pièce)|por (?:equipo|puesto|usuario|sede|unidad"
    r"|dispositivo|persona)"
    r"|(?:a|an) (?:head|piece|site|user|seat|room|unit|visit|person|device|licen[cs]e|desk|laptop|phone)(?!\w))"
)
_EACH_BEFORE = re.compile(
    _word("unit price", "stückpreis", "einzelpreis", "prix unitaire", "precio unitario", "each", "je(?:weils)?")
    + r"[^,;\d]{0,12}$"
)
_CAP = (
    r"not[- ]to[- ]exceed|nte|cap(?:ped)?(?: (?:at|of))?|cost ceiling|ceiling|maximum|max\.?|limit(?:ed)?|up to"
    r"|no more than|not more than|not exceeding"
    r"|must not exceed|kostendach|obergrenze|deckel(?:ung)?|gedeckelt|maximal|höchstens|bis zu|höchstbetrag|nicht mehr als"
    r"|plafonn\w*|plafond|au plus"
    r"|au maximum|maximum de|jusqu'à|tope|máximo|como mucho|hasta|límite"
)
_CAP_BEFORE = re.compile(rf"(?<!\w)(?:{_CAP})(?!\w)[^\d,;]{{0,18}}$")
_CAP_AFTER = re.compile(
    r"\s?\(?(?:max(?:imum|imal|\.)?|tops|at most|cap|limit|nte|máximo|als obergrenze|maximum)(?!\w)"
)
_PO_BEFORE = re.compile(rf"(?<!\w)(?:{PO_WORD})(?!\w)(?![^\d]*(?:signed|unterschrieben))[^,;:]{{0,60}}$")
_RECEIVED = re.compile(
    r"(?<!\w)(?:received|paid|(?:has|have) (?:come in|arrived|cleared)|came in|arrived|cleared|ist da|auf dem konto|est arrivé\w*"
    r"|ha llegado|eingegangen|erhalten|(?:an)?bezahlt|gezahlt|überwiesen|reçu\w*|réglé\w*|payé\w*|versé\w*|encaissé\w*|recibid\w+"
    r"|pagad\w+|cobrad\w+"
    r"|abonad\w+)(?!\w)"
)
_NOT_PAID = re.compile(
    r"(?<!\w)(?:to be|be|is|will be|are|due|payable|wird|werden|zu|à|sera|a|será|por) \W?$|(?<!\w)(?:not|nicht|pas|no"
    r"|yet)(?!\w)[^,;]{0,12}$"
)
_DEPOSIT = r"(?:deposit|down[ -]?payments?|advance payment|anzahlung\w*|vorauszahlung|acompte|arrhes|anticipo|señal|prepayment)"
_DEPOSIT_BEFORE = re.compile(rf"(?<!\w){_DEPOSIT}(?!\w)[^,;]{{0,25}}$")
_DEPOSIT_AFTER = re.compile(
    rf"\s*(?:as |as a |als |d'|de |en |como |non-refundable )?(?:an? )?{_DEPOSIT}(?!\w)|\s*(?:up ?front|in advance"
    rf"|vorab|im voraus|d'avance|por adelantado)(?!\w)"
)
_OPTION = re.compile(
    _word(
        "options?",
        "optional\\w*",
        "opción",
        "opcional\\w*",
        "optionnel\\w*",
        "wahlweise",
        "eventualposition\\w*",
        "add-?on",
        "alternativ\\w*",
    )
)
_DISCOUNT = (
    r"discounts?|rebates?|credit(?:ed)?(?: note)?|trade-in|allowance|rabatt\w*|nachlass|gutschrift|skonto|abzug|remise|ristourne"
    r"|rabais|avoir|descuento"
    r"|rebaja|abono|bonificación"
)
_DISCOUNT_BEFORE = re.compile(
    rf"(?<!\w)(?:{_DISCOUNT})(?: (?:of|von|über|de|d'|in höhe von))?(?!\w)[^,;\d%]{{0,12}}$|(?<!\w)(?:less|minus|abzüglich|moins"
    rf"|menos)\W{{0,3}}$"
)
_DISCOUNT_AFTER = re.compile(rf"\s*(?:{_DISCOUNT}|off)(?!\w)")
_BASE_AFTER = re.compile(
    rf"\W{{0,3}}(?:with |mit |avec |con |- ?)?\d{{1,2}}(?:[.,]\d{{1,2}})? ?% ?(?:de )?(?:[\w-]+ )?(?:{_DISCOUNT}|off)(?!\w)|"
    r"\s*(?:net|netto|ht)?\W{0,2}(?:less|minus|abzüglich|abzgl\.?|moins|menos|con (?:un )?descuento|with (?:a )?discount"
    r"|avec (?:une )?remise|mit \d)(?!\w)"
)
_OF_WHICH = re.compile(
    _word(
        "of which",
        "of that",
        "davon",
        "darin(?: enthalten)?",
        "dont",
        "de los cuales",
        "de las cuales",
        "de ellos",
        "incl(?:uding|\\.|udes)?",
        "inkl(?:usive|\\.)?",
        "enthält",
        "y compris",
        "incluid[oa]s?",
        "incluye",
    )
    + r"[^,;]{0,25}$"
)
_THINGS = (
    r"hardware|equipment|devices?|laptops?|notebooks?|pcs?|monitors?|printers?|licen[cs]es?|licensing|materials?|spare parts"
    r"|servers?|phones?|tablets?"
    r"|switch(?:es)?|firewalls?|access points?|goods|cables?|workstations?|lizenz\w*|geräte?\w*|material|drucker|matériel"
    r"|équipement\w*|licencias?"
    r"|portátil\w*|ordinateurs?|equipos?|materiales?|ware"
)
_GOODS_AFTER = re.compile(
    rf"\s*(?:for |of |für |an |pour |de |en |para |worth of |in )?(?:the |die |les |la |el |los )?(?:{_THINGS})(?!\w)"
)
_GOODS_BEFORE = re.compile(
    rf"(?<!\w)(?:{_THINGS})\W{{0,3}}(?:is |are |at |for |costs? |kostet |kosten |für |zu |coûte |à |por |a )?\W{{0,2}}$"
)
_TAX = r"(?:vat|sales tax|tax(?:es)?|gst|mwst\.?|ust\.?|umsatzsteuer|mehrwertsteuer|tva|taxes?|iva|impuestos?)"
_TAX_BEFORE = re.compile(rf"(?<!\w){_TAX}(?: (?:of|von|de|d'))?[\s(:=€£$]{{0,4}}$")
_TAX_AFTER = re.compile(rf"\s*(?:\d{{1,2}}(?:[.,]\d)? ?% ?)?(?:in )?{_TAX}(?!\w)")
_PLUS_BEFORE = re.compile(r"(?:\+|(?<!\w)(?:plus|zzgl\.?|zuzüglich|más|et))\s*$")
_INCLUDED = r"(?:incl\w*\.?|inkl\w*\.?|with|mit|avec|con|y compris|toutes?)"
_EXCLUDED = r"(?:excl\w*\.?|exkl\w*\.?|ex|plus|\+|zzgl\.?|zuzüglich|without|ohne|hors|sans|sin|más|before)"
_GROSS = re.compile(
    rf"^\W{{0,3}}(?:fixed |fest |pauschal )?(?:gross|brutto|ttc|{_INCLUDED}\W{{0,2}}(?:\d{{1,2}}(?:[.,]\d)? ?% ?)?(?:of "
    rf"|de )?(?:la |el |der )?{_TAX}(?!\w)"
    rf"|(?:\d{{1,2}} ?% )?{_TAX}\W? (?:incl\w+|inklusive|comprise?s?|incluid[oa]s?)|impuestos incluidos|taxes comprises)(?!\w)"
)
_NET = re.compile(
    rf"^\W{{0,3}}(?:fixed |fest |pauschal )?(?:net|netto|neto|ht|{_EXCLUDED}\W{{0,2}}(?:\d{{1,2}}(?:[.,]\d)? ?% ?)?(?:la "
    rf"|el |der |gesetzl\w*\.? )?{_TAX}|{_TAX}\W? (?:extra|excluded|excl\w+|aparte|no incluid[oa]|en sus))(?!\w)"
)
_GROSS_BEFORE = re.compile(r"(?<!\w)(?:gross|brutto\w*|ttc|bruto)(?!\w)[^,;\d]{0,15}$")
_NET_BEFORE = re.compile(r"(?<!\w)(?:net|netto\w*|ht|neto)(?!\w)[^,;\d]{0,15}$")
_BUDGET = re.compile(
    _word(
        "estimat\\w*",
        "approx\\w*",
        "roughly",
        "around",
        "about",
        "circa",
        "ca\\.?",
        "budget\\w*",
        "ballpark",
        "guide price",
        "geschätzt\\w*",
        "schätz\\w*",
        "ungefähr",
        "rund",
        "etwa",
        "richtwert",
        "environ",
        "estim\\w*",
        "aprox\\w*",
        "unos",
        "worth",
        "value of",
        "sav(?:e|es|ing|ings)",
        "expected",
    )
    + r"[^;,]{0,25}$"
)
_BUDGET_AFTER = re.compile(
    r"\s*(?:\(?estimat\w*|\(?geschätzt|\(?budget\w*|or so|(?:to|bis|-|–|or|oder|ou|o|à) (?:[€£$] ?)?\d{3})"
)
_PAST = re.compile(
    _word(
        "instead of",
        "rather than",
        "down from",
        "up from",
        "originally",
        "formerly",
        "previous(?:ly)?",
        "old",
        "last year\\w*",
        "earlier",
        "statt",
        "anstatt",
        "ursprünglich",
        "früher",
        "bisher",
        "alte[rn]?",
        "au lieu de",
        "ancien\\w*",
        "initialement",
        "en lugar de",
        "en vez de",
        "antes",
        "anterior",
        "competitor\\w*",
        "was",
    )
    + r"[^,;]{0,25}$"
)
_TRAVEL = r"travel\w*|expenses?|mileage|parking|hotels?|call-?out|reise\w*|fahrt\w*|spesen|anfahrt\w*|déplacements?|desplazamientos?|viajes?"
_NOT_THIS = re.compile(r"(?<!\w)(?:not|nicht|pas|no)(?: (?:the|die|der|les|la|los|at|for|für|zu))?\W{0,3}$")
_EXTRA_BEFORE = re.compile(rf"(?<!\w)(?:{EXTRA_WORK}|{_TRAVEL})(?!\w)[^,;]{{0,30}}$")
_EXTRA_AFTER = re.compile(
    rf"\s*(?:for |für |pour |de |para |of )?(?:the |any |die |les )?(?:{EXTRA_WORK}|{_TRAVEL})(?!\w)"
)
_TOTAL_WORD = re.compile(
    _word(
        "total\\w*",
        "altogether",
        "all in",
        "in all",
        "sum",
        "gesamt\\w*",
        "insgesamt",
        "summe",
        "au total",
        "en total",
        "in total",
        "overall",
    )
    + r"[^;\d]{0,25}$"
)
_TOTAL_AFTER = re.compile(
    r"[ ,(]{0,2}(?:net|netto|ht)? ?(?:altogether|in total|in all|all in|zusammen|insgesamt|au total|en total|overall|the lot)(?!\w)"
)
_PRICED = re.compile(
    _word(
        "fixed",
        "flat",
        "lump sum",
        "prices?",
        "priced",
        "fees?",
        "\\w*preis\\w*",
        "pauschal\\w*",
        "forfait\\w*",
        "prix",
        "precio",
        "importe",
        "montant",
        "tanto alzado",
        "for",
        "über",
        "de",
        "por",
    )
    + r"[^;\d]{0,25}$"
)
_PRICED_AFTER = re.compile(
    r"[ ,(]{0,2}(?:net|netto|ht)? ?(?:fixed|flat|pauschal|lump sum|festpreis|fest|forfait\w*|cerrado|a precio cerrado|price)(?!\w)"
)

Check = Callable[[str, str, str, str], object]


def _deposit(before: str, clause: str, after: str, _: str) -> object:
    return _DEPOSIT_BEFORE.search(clause) or _DEPOSIT_AFTER.match(after)


def _received(before: str, clause: str, after: str, behind: str) -> bool:
    paid = _RECEIVED.search(behind) or _RECEIVED.search(clause)
    if not paid:
        return False
    text = behind if _RECEIVED.search(behind) else clause
    return not _NOT_PAID.search(text[: paid.start()]) and bool(
        _deposit(before, clause, after, behind)
        or re.search(r"already|bereits|schon|déjà|ya(?!\w)", f"{clause}{behind}")
    )


def _recurs(before: str, clause: str, after: str, _: str) -> object:
    return _RECURRING.match(after) or _RECURRING_BEFORE.search(clause)


def _caps(before: str, clause: str, after: str, behind: str) -> bool:
    capped = _CAP_BEFORE.search(before) or _CAP_AFTER.match(after)
    return bool(capped) and not re.search(rf"(?<!\w)(?:{_TRAVEL})(?!\w)[^,;]{{0,25}}$", before)


def _taxes(before: str, clause: str, after: str, _: str) -> object:
    return _TAX_BEFORE.search(before) or (_PLUS_BEFORE.search(before) and _TAX_AFTER.match(after))


ROLE_CHECKS: tuple[tuple[Role, Check], ...] = (
    (Role.RATE, lambda before, clause, after, behind: _HOUR.match(after) or _HOURLY_BEFORE.search(clause)),
    (Role.DAY_RATE, lambda before, clause, after, behind: _DAY.match(after) or _DAILY_BEFORE.search(clause)),
    (Role.RECURRING, _recurs),
    (Role.UNIT, lambda before, clause, after, behind: _EACH.match(after) or _EACH_BEFORE.search(clause)),
    (Role.TAX, _taxes),
    (Role.PO, lambda before, clause, after, behind: _PO_BEFORE.search(before)),
    (Role.RECEIVED, _received),
    (Role.DEPOSIT, _deposit),
    (Role.CAP, _caps),
    (Role.OPTION, lambda before, clause, after, behind: _OPTION.search(before[-45:]) or _OPTION.search(behind[:30])),
    (
        Role.DISCOUNT,
        lambda before, clause, after, behind: _DISCOUNT_BEFORE.search(clause) or _DISCOUNT_AFTER.match(after),
    ),
    (Role.PART, lambda before, clause, after, behind: _OF_WHICH.search(before)),
    (Role.TOTAL, lambda before, clause, after, behind: _TOTAL_WORD.search(clause) or _TOTAL_AFTER.match(after)),
    (Role.BASE, lambda before, clause, after, behind: _BASE_AFTER.match(after)),
    (Role.EXTRA, lambda before, clause, after, behind: _EXTRA_BEFORE.search(clause) or _EXTRA_AFTER.match(after)),
    (Role.PAST, lambda before, clause, after, behind: _PAST.search(clause) or _NOT_THIS.search(before)),
    (Role.BUDGET, lambda before, clause, after, behind: _BUDGET.search(clause) or _BUDGET_AFTER.match(after)),
    (Role.TOTAL, lambda before, clause, after, behind: _PRICED_AFTER.match(after)),
    (Role.GOODS, lambda before, clause, after, behind: _GOODS_BEFORE.search(clause) or _GOODS_AFTER.match(after)),
    (Role.TOTAL, lambda before, clause, after, behind: _PRICED.search(clause)),
)
"""The first check that holds gives the role. Arguments: words since the amount before, their last clause, words up to the next
amount, their first clause."""


def tax_basis(clause: str, after: str) -> TaxBasis:
    """Whether the words next to an amount call it net or gross."""
    if _GROSS.match(after) or _GROSS_BEFORE.search(clause):
        return TaxBasis.GROSS
    return TaxBasis.NET if _NET.match(after) or _NET_BEFORE.search(clause) else TaxBasis.UNKNOWN
