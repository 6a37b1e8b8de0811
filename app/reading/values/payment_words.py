"""The words of payment plans: shares, fractions, counts, events and list marks, in English, German, French and Spanish."""

from __future__ import annotations

import re

from app.reading.values.billing_amounts import AmountInText
from app.reading.values.billing_words import COUNT, Role

PERCENT = re.compile(
    r"(?<![\d.,])(?P<share>\d{1,3}(?:[.,]\d{1,4})?) ?(?:%|pct\.?(?!\w)|per ?cent(?!\w)|prozent(?!\w)|pour cent(?!\w)|por ciento(?!\w))"
)
NO_SHARE_AFTER = re.compile(
    r"\s*(?:[\w'-]+[ -]){0,3}?(?:discount|rebate|rabatt\w*|nachlass|skonto|remise|rabais|descuento|vat|tax|mwst"
    r"|ust|umsatzsteuer|mehrwertsteuer|tva|iva|gst|margin"
    r"|probability)(?!\w)|\s*(?:off|done|complete|cheaper|less|more)(?!\w)"
)
SHARE_OF_OTHERS = re.compile(
    r"\s*(?:of|der|des|von|de|del|du)\s(?:the |our |all |la |el |les |le )?(?!(?:total|price|fee|amount|sum|value"
    r"|contract|gesamt\w*|preis\w*|summe|auftrag\w*"
    r"|prix|montant|precio|importe|acompte|anticipo|deposit|señal|entrada|it)(?!\w))\w"
)
NO_SHARE_BEFORE = re.compile(
    r"(?<!\w)(?:discount|rabatt|remise|descuento|vat|mwst|tva|iva|less|minus|abzüglich|moins|menos|only|about)(?: \w+){0,1}\W{0,3}$"
)
RATIO = re.compile(r"(?<![\d/.,])(?:\d{1,2}(?:[.,]\d)?)(?: ?/ ?\d{1,2}(?:[.,]\d)?){1,5}(?![\d/%])")
REST = re.compile(
    r"(?<!\w)(?:the |der |den |die |le |la |el )?(?:rest(?:betrag|zahlung|liche\w*)?|remainder|remaining(?: amount"
    r"| sum)?|balance|solde|reste|resto|restante)(?!\w)"
)
FRACTIONS = {
    2: "half halves hälfte hälften moitié mitad mitades",
    3: "third thirds drittel dritteln tiers tercio tercios",
    4: "quarter quarters viertel vierteln quart quarts cuarto cuartos",
    5: "fifth fifths fünftel",
}
FRACTION_OF = {name: size for size, names in FRACTIONS.items() for name in names.split()}
FRACTION = re.compile(
    rf"(?<![\w/-])(?P<size>1/[2-5]|{'|'.join(FRACTION_OF)})(?![\w/-])(?! (?:a |of (?:the |a )?)?(?:day|hour|year"
    rf"|time|party|floor|week|month|days|hours))"
)
PAY_WORDS = re.compile(
    r"(?<!\w)(?:pay\w*|paid|invoice[ds]?|bill(?:ed|ing)?|due|deposit|instal\w+|order|up[ -]?front|in advance"
    r"|zahl\w*|bezahl\w*|fällig|rechnung\w*|anzahlung"
    r"|rate[n]?|bestellung|auftrag|pag\w+|factur\w+|fracciona\w*|payable\w*|acompte|commande|anticipo|pedido|price|preis|prix|precio)(?!\w)"
)
PART_NAMES = (
    r"(?:instal?lments?|payments?|invoices?|parts?|raten|teilzahlungen|teilrechnungen|rechnungen|teilen|abschlägen|tranchen"
    r"|versements|paiements|factures|échéances|mensualités|tranches"
    r"|pagos|plazos|facturas|cuotas|mensualidades|partes|thirds|quarters|halves|drittel\w*|vierteln?|hälften|tiers|quarts|moitiés"
    r"|tercios|cuartos|mitades|fois|times|veces)"
)
COUNTED = re.compile(
    rf"(?<!\w)(?:in|into|over|as|by|with|of|en|dans|mit|zu|à)\s(?P<many>{COUNT})\s(?:[\w'-]+ ){{0,2}}?"
    rf"{PART_NAMES}(?: [^\W\d_]{{4,14}}){{0,2}}"
)
TIMES = re.compile(rf"(?<!\w)(?P<many>{COUNT})\s?[x×]\s?$")
EVERY = (
    (re.compile(r"month|monat|mensu|mes(?!\w)|mois"), 1),
    (re.compile(r"quarter(?!s)|quartal|viertelj|trimest"), 3),
    (re.compile(r"year|jähr|annu|anual"), 12),
)
FOR_MONTHS = re.compile(
    rf"(?<!\w)(?:for|over|across|für|über|pendant|sur|durante)\s(?P<many>{COUNT})\s(?:months?|monate?n?|mois|meses)(?!\w)"
)
FROM = re.compile(
    r"(?<!\w)(?:from|starting|beginning|ab|beginnend|à partir de|dès|depuis|desde|a partir de"
    r"|(?:the )?first (?:one|payment|instal?lment|invoice)|erste (?:rate|zahlung|rechnung)"
    r"|premi[eè]re? (?:versement|paiement|facture|échéance)|primer (?:pago|plazo)|primera (?:cuota|factura))(?!\w)"
)
EVENT = (
    r"(?:now|today|up[ -]?front|in advance|at once|immediately|sofort|jetzt|vorab|im voraus|maintenant|d'avance|ahora"
    r"|por adelantado|deposit|down ?payment|anzahlung|acompte|anticipo"
    r"|(?:with|on|when|once|at|after|upon|before|by|bei|nach|wenn|sobald|zum|zur|mit|am|im|ab|vor|à|au|aux|après"
    r"|quand|lorsque|dès|avant|le|en|in|al|a la|a los|tras|cuando|con|antes|el|para)\s\S)"
)
DUE_AFTER = re.compile(
    rf"\s*[,(:]?\s*(?:is |are |was |will be |due |payable |to be (?:paid|invoiced|billed) |paid |invoiced |billed |charged "
    rf"|ist |sind |fällig |wird |werden |gezahlt |berechnet |exigible |est |sont |factur[ée]e?s? |pagadero |à payer |se (?:paga|factura)n? "
    rf"|als |as |de |un |una |a |an )*{EVENT}"
)
TRIM = re.compile(
    r"^[\s,;:.()&+–—-]*(?:(?:and|und|et|y|e|then|dann|puis|luego|plus|is|are|due|payable|ist|sind|fällig|the|of it"
    r"|davon)\s+)*|[\s,;:.()&+–—-]*(?:\s(?:and|und|et|y|e|then|dann|puis|luego|plus|the|der|die|le|la|el))?[\s,;:.()&+–—-]*$"
)
SPLIT_IN = re.compile(
    r"(?<!\w)(?:in|into|by|en|zu) (?:equal |gleichen )?(?P<size>halves|thirds|quarters|fifths|hälften|dritteln|vierteln|tiers"
    r"|mitades|tercios|cuartos)(?!\w)"
)
NUMBERED = re.compile(
    r"(?<!\w)(?:stage|milestone|instal?lment|payment|invoice|rate|teilzahlung|teilrechnung|abschlag|meilenstein"
    r"|jalon|échéance|versement|paiement|tranche|hito|pago|plazo|cuota) ?(?:no\.? ?)?\d{1,2}(?!\d)|^\s*[-*•]?\s*\d{1,2}[.)]\s"
)
BULLET = re.compile(r"\s*(?:[-*•·–]|\d{1,2}[.)])\s")
PAID = re.compile(
    r"(?<!\w)(?:pay\w*|invoice[ds]?|bill(?:ed)?|due|deposit|instal\w+|zahl\w*|fällig|rechnung|anzahlung|rate|factur\w+|échéance"
    r"|acompte|pag\w+|plazo|cuota|anticipo)(?!\w)"
)


def is_payment(amount: AmountInText, text: str) -> bool:
    possible = amount.role in (Role.PRICE, Role.DEPOSIT, Role.PAYMENT) or (
        amount.role is Role.TOTAL and not _called_price(text[: amount.start])
    )
    return possible and bool(DUE_AFTER.match(text, amount.end) or amount.role is Role.DEPOSIT)


def _called_price(before: str) -> bool:
    return bool(
        re.search(
            r"(?:fixed|price|fee|total|preis|pauschal\w*|forfait\w*|prix|precio|gesamt\w*)[^\d,;:]{0,15}$", before
        )
    )
