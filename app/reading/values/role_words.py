"""The words beside an amount that tell its role, as patterns, in English, German, French and Spanish."""

from __future__ import annotations

import re

from app.reading.values.billing_words import EXTRA_WORK, PO_WORD


def _word(*parts: str) -> str:
    return rf"(?<!\w)(?:{'|'.join(parts)})(?!\w)"


HOUR = re.compile(
    r"\s?(?:/|per|an|a|pro|je|par|por|de l'|la|die|each)\s?(?:man-?)?(?:h|hrs?|hour|stunde|std\.?|heure|hora)(?!\w)|\s?(?:hourly|stündlich)"
)
DAY = re.compile(
    r"\s?(?:/|per|a|pro|je|par|por|am)\s?(?:man-?|personen)?(?:day|tag|jour|día|pt)(?!\w)|\s?(?:daily)(?!\w)"
)
HOURLY_BEFORE = re.compile(
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
DAILY_BEFORE = re.compile(
    _word("day rate", "daily rate", "tagessatz", "taux journalier", "tarifa diaria") + r"[^,;]{0,20}$"
)
PERIOD = r"(?:months?|weeks?|quarters?|years?|monat|woche|quartal|jahr|mois|semaine|trimestre|an|année|mes|semana|año)"
RECURRING = re.compile(
    rf"\s?(?:/|per|an?|each|every|pro|je|im|in der|par|por|al|a la|cada|chaque)\s?(?:calendar )?{PERIOD}(?!\w)"
    r"|\s?/ ?(?:mo|mth|yr|jr|mt)\b|\s?(?:p\.?c\.?m|p\.?m|p/m|p\.?a)\b\.?"
    r"|\s?(?:monthly|yearly|annually|quarterly|monatlich|jährlich|quartalsweise|mensuel\w*"
    r"|mensual\w*|anual\w*|annuel\w*)(?!\w)"
)
RECURRING_BEFORE = re.compile(
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
PAPER = r"(?:(?:the|our|your|attached|this|signed) ){0,2}(?:quot\w+|offer|agreement|proposal|order|contract|price|list|mail|po|invoice|sow)(?!\w)"
EACH = re.compile(
    rf"\s*(?:/\s?[^\W\d_]|per (?!{PAPER})|(?:each|apiece|pièce|la pièce|stück|l'unité|je(?! nach)|pro|chacune?|cada un[oa]?"
    rf"|la unidad|die einheit)(?!\w)"
    r"|par (?!virement|chèque)(?:poste|appareil|site|utilisateur|personne|pièce)|por (?:equipo|puesto|usuario|sede|unidad"
    r"|dispositivo|persona)"
    r"|(?:a|an) (?:head|piece|site|user|seat|room|unit|visit|person|device|licen[cs]e|desk|laptop|phone)(?!\w))"
)
EACH_BEFORE = re.compile(
    _word("unit price", "stückpreis", "einzelpreis", "prix unitaire", "precio unitario", "each", "je(?:weils)?")
    + r"[^,;\d]{0,12}$"
)
CAP = (
    r"not[- ]to[- ]exceed|nte|cap(?:ped)?(?: (?:at|of))?|cost ceiling|ceiling|maximum|max\.?|limit(?:ed)?|up to"
    r"|no more than|not more than|not exceeding"
    r"|must not exceed|kostendach|obergrenze|deckel(?:ung)?|gedeckelt|maximal|höchstens|bis zu|höchstbetrag|nicht mehr als"
    r"|plafonn\w*|plafond|au plus"
    r"|au maximum|maximum de|jusqu'à|tope|máximo|como mucho|hasta|límite"
)
CAP_BEFORE = re.compile(rf"(?<!\w)(?:{CAP})(?!\w)[^\d,;]{{0,18}}$")
CAP_AFTER = re.compile(r"\s?\(?(?:max(?:imum|imal|\.)?|tops|at most|cap|limit|nte|máximo|als obergrenze|maximum)(?!\w)")
PO_BEFORE = re.compile(rf"(?<!\w)(?:{PO_WORD})(?!\w)(?![^\d]*(?:signed|unterschrieben))[^,;:]{{0,60}}$")
RECEIVED = re.compile(
    r"(?<!\w)(?:received|paid|(?:has|have) (?:come in|arrived|cleared)|came in|arrived|cleared|ist da|auf dem konto|est arrivé\w*"
    r"|ha llegado|eingegangen|erhalten|(?:an)?bezahlt|gezahlt|überwiesen|reçu\w*|réglé\w*|payé\w*|versé\w*|encaissé\w*|recibid\w+"
    r"|pagad\w+|cobrad\w+"
    r"|abonad\w+)(?!\w)"
)
NOT_PAID = re.compile(
    r"(?<!\w)(?:to be|be|is|will be|are|due|payable|wird|werden|zu|à|sera|a|será|por) \W?$|(?<!\w)(?:not|nicht|pas|no"
    r"|yet)(?!\w)[^,;]{0,12}$"
)
DEPOSIT = r"(?:deposit|down[ -]?payments?|advance payment|anzahlung\w*|vorauszahlung|acompte|arrhes|anticipo|señal|prepayment)"
DEPOSIT_BEFORE = re.compile(rf"(?<!\w){DEPOSIT}(?!\w)[^,;]{{0,25}}$")
DEPOSIT_AFTER = re.compile(
    rf"\s*(?:as |as a |als |d'|de |en |como |non-refundable )?(?:an? )?{DEPOSIT}(?!\w)|\s*(?:up ?front|in advance"
    rf"|vorab|im voraus|d'avance|por adelantado)(?!\w)"
)
OPTION = re.compile(
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
DISCOUNT = (
    r"discounts?|rebates?|credit(?:ed)?(?: note)?|trade-in|allowance|rabatt\w*|nachlass|gutschrift|skonto|abzug|remise|ristourne"
    r"|rabais|avoir|descuento"
    r"|rebaja|abono|bonificación"
)
DISCOUNT_BEFORE = re.compile(
    rf"(?<!\w)(?:{DISCOUNT})(?: (?:of|von|über|de|d'|in höhe von))?(?!\w)[^,;\d%]{{0,12}}$|(?<!\w)(?:less|minus|abzüglich|moins"
    rf"|menos)\W{{0,3}}$"
)
DISCOUNT_AFTER = re.compile(rf"\s*(?:{DISCOUNT}|off)(?!\w)")
BASE_AFTER = re.compile(
    rf"\W{{0,3}}(?:with |mit |avec |con |- ?)?\d{{1,2}}(?:[.,]\d{{1,2}})? ?% ?(?:de )?(?:[\w-]+ )?(?:{DISCOUNT}|off)(?!\w)|"
    r"\s*(?:net|netto|ht|fixed|flat|fest|pauschal|ferme|fijo|cerrado)?\W{0,2}"
    r"(?:less|minus|abzüglich|abzgl\.?|moins|menos|con (?:un )?descuento|with (?:a )?discount"
    r"|avec (?:une )?remise|mit \d)(?!\w)"
)
OF_WHICH = re.compile(
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
THINGS = (
    r"hardware|equipment|devices?|laptops?|notebooks?|pcs?|monitors?|printers?|licen[cs]es?|licensing|materials?|spare parts"
    r"|servers?|phones?|tablets?"
    r"|switch(?:es)?|firewalls?|access points?|goods|cables?|workstations?|lizenz\w*|geräte?\w*|material|drucker|matériel"
    r"|équipement\w*|licencias?"
    r"|portátil\w*|ordinateurs?|equipos?|materiales?|ware"
)
GOODS_AFTER = re.compile(
    rf"\s*(?:for |of |für |an |pour |de |en |para |worth of |in )?(?:the |die |les |la |el |los )?(?:{THINGS})(?!\w)"
)
GOODS_BEFORE = re.compile(
    rf"(?<!\w)(?:{THINGS})\W{{0,3}}(?:is |are |at |for |costs? |kostet |kosten |für |zu |coûte |à |por |a )?\W{{0,2}}$"
)
TAX = r"(?:vat|sales tax|tax(?:es)?|gst|mwst\.?|ust\.?|umsatzsteuer|mehrwertsteuer|tva|taxes?|iva|impuestos?)"
TAX_BEFORE = re.compile(rf"(?<!\w){TAX}(?: (?:of|von|de|d'))?[\s(:=€£$]{{0,4}}$")
TAX_AFTER = re.compile(rf"\s*(?:\d{{1,2}}(?:[.,]\d)? ?% ?)?(?:in )?{TAX}(?!\w)")
PLUS_BEFORE = re.compile(r"(?:\+|(?<!\w)(?:plus|zzgl\.?|zuzüglich|más|et))\s*$")
INCLUDED = r"(?:inc(?:l\w*)?\.?|inkl\w*\.?|with|mit|avec|con|y compris|toutes?)"
EXCLUDED = r"(?:exc(?:l\w*)?\.?|exkl\w*\.?|ex|plus|\+|zzgl\.?|zuzüglich|without|ohne|hors|sans|sin|más|before)"
GROSS = re.compile(
    rf"^\W{{0,3}}(?:(?:fixed|flat|fest|pauschal)\W{{1,3}})?(?:gross|brutto|ttc|{INCLUDED}\W{{0,2}}(?:\d{{1,2}}(?:[.,]\d)? ?% ?)?(?:of "
    rf"|de )?(?:la |el |der )?{TAX}(?!\w)"
    rf"|(?:\d{{1,2}} ?% )?{TAX}\W{{0,2}}(?:inc(?:l\w*)?|inklusive|comprise?s?|incluid[oa]s?)|impuestos incluidos|taxes comprises)(?!\w)"
)
NET = re.compile(
    rf"^\W{{0,3}}(?:(?:fixed|flat|fest|pauschal)\W{{1,3}})?(?:net|netto|neto|ht|{EXCLUDED}\W{{0,2}}(?:\d{{1,2}}(?:[.,]\d)? ?% ?)?(?:la "
    rf"|el |der |gesetzl\w*\.? )?{TAX}|{TAX}\W? (?:extra|excluded|excl\w+|aparte|no incluid[oa]|en sus))(?!\w)"
)
GROSS_BEFORE = re.compile(r"(?<!\w)(?:gross|brutto\w*|ttc|bruto)(?!\w)[^,;\d]{0,15}$")
NET_BEFORE = re.compile(r"(?<!\w)(?:net|netto\w*|ht|neto)(?!\w)[^,;\d]{0,15}$")
BUDGET = re.compile(
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
BUDGET_AFTER = re.compile(
    r"\s*(?:\(?estimat\w*|\(?geschätzt|\(?budget\w*|or so|(?:to|bis|-|–|or|oder|ou|o|à) (?:[€£$] ?)?\d{3})"
)
PAST = re.compile(
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
AGREED_WAS = re.compile(
    r"(?<!\w)(?:accepted|signed|agreed|approved|ordered|confirmed)(?!\w)[^,;.]{0,30}(?<!\w)was(?: for| at)?\W{0,3}$"
)
"""The price that was agreed, not a former price."""
TRAVEL = r"travel\w*|expenses?|mileage|parking|hotels?|call-?out|reise\w*|fahrt\w*|spesen|anfahrt\w*|déplacements?|desplazamientos?|viajes?"
NOT_THIS = re.compile(r"(?<!\w)(?:not|nicht|pas|no)(?: (?:the|die|der|les|la|los|at|for|für|zu))?\W{0,3}$")
EXTRA_BEFORE = re.compile(rf"(?<!\w)(?:{EXTRA_WORK}|{TRAVEL})(?!\w)[^,;]{{0,30}}$")
EXTRA_AFTER = re.compile(
    rf"\s*(?:for |für |pour |de |para |of )?(?:the |any |die |les )?(?:{EXTRA_WORK}|{TRAVEL})(?!\w)"
)
TOTAL_WORD = re.compile(
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
TOTAL_AFTER = re.compile(
    r"[ ,(]{0,2}(?:net|netto|ht)? ?(?:altogether|in total|in all|all in|zusammen|insgesamt|au total|en total|overall|the lot)(?!\w)"
)
PRICED = re.compile(
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
PRICED_AFTER = re.compile(
    r"[ ,(]{0,2}(?:net|netto|ht)? ?(?:fixed|flat|pauschal|lump sum|festpreis|fest|forfait\w*|cerrado|a precio cerrado|price)(?!\w)"
)
