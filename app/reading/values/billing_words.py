"""The words next to an amount that decide its role, in English, German, French and Spanish."""

from __future__ import annotations

import re
from enum import StrEnum

from app.reading.values.durations import NUMBER_WORDS, count


class Role(StrEnum):
    """The role of an amount in a sale."""

    TOTAL = "total"
    """Called the price, fee or total of the work."""
    PRICE = "price"
    """Money without a word that tells its role."""
    BASE = "base"
    """A price from which a discount is taken."""
    PART = "part"
    """Contained in an amount named before ("of which")."""
    GOODS = "goods"
    """The price of hardware or licences."""
    OPTION = "option"
    UNIT = "unit"
    """The price of one of several."""
    RECURRING = "recurring"
    TAX = "tax"
    CAP = "cap"
    RATE = "rate"
    DAY_RATE = "day-rate"
    PO = "po"
    """The amount of a purchase order."""
    BUDGET = "budget"
    """An estimate or a budget that is not agreed."""
    DEPOSIT = "deposit"
    RECEIVED = "received"
    """Paid already."""
    DISCOUNT = "discount"
    PAYMENT = "payment"
    """One of several counted payments."""
    EXTRA = "extra"
    """For work, travel or goods outside the sale."""
    PAST = "past"
    """A former price, or another supplier's."""


class TaxBasis(StrEnum):
    """Whether an amount holds tax."""

    NET = "net"
    GROSS = "gross"
    UNKNOWN = "unknown"


COUNT = rf"\d{{1,3}}|{NUMBER_WORDS}"


def count_of(written: str) -> int | None:
    """A number in digits or words; None for anything else."""
    return count(written.lower()) or None


CURRENCIES = tuple(
    (re.compile(pattern), code)
    for pattern, code in (
        (r"us\$|(?<!\w)usd(?!\w)", "USD"), (r"ca\$|(?<!\w)cad(?!\w)", "CAD"), (r"au\$|(?<!\w)aud(?!\w)", "AUD"), (r"(?<!\w)nzd", "NZD"),
        (r"€|(?<!\w)eur(?:os?)?(?!\w)", "EUR"), (r"£|(?<!\w)gbp(?!\w)|pounds?|libras|livres", "GBP"), (r"(?<!\w)chf(?!\w)|franken|francs?", "CHF"),
        (r"(?<!\w)sek", "SEK"), (r"(?<!\w)nok", "NOK"), (r"(?<!\w)dkk", "DKK"), (r"\$|dollars?|dólares", "$"),
    )
)  # fmt: skip
BARE_AFTER = (
    "fixed|flat|all|net|gross|plus|for|on|as|is|are|was|and|or|incl|including|inc|excl|excluding|ex|vat|total|agreed|accepted|apiece|less|minus"
    "|approved|per|each|when|once|after|today|now|with|to|at|by|from|in|the|lump|one-off|only|next|then|monthly|a|upon|up|deposit|already|of"
    "|sofort|jetzt|vorab|gesamt|wenn|sobald|pauschal|festpreis|fest|netto|brutto|zzgl|inkl|exkl|für|bei|wie|und|je|pro|nach|als|vereinbart|ist"
    "|insgesamt|im|am|abzüglich|monatlich|ab|quand|dès|ht|ttc|pour|tout|à|au|et|hors|par|forfait|est|le|la|en|puis|moins|mensuel\\w*|par"
    "|más|menos|iva|por|para|y|al|a|el|sin|cerrado|cada|cuando|tras|mensual\\w*"
    "|payable|due|signed|ordered|confirmed|down|beauftragt|bestätigt|signé|firmado"
)
_PAYMENTS = (
    r"(?:instal?lments?|payments?|invoices?|parts?|raten|teilzahlungen|teilrechnungen|rechnungen|teilbeträge\w*|versements|paiements|factures"
    r"|échéances|mensualités|pagos|plazos|facturas|cuotas|mensualidades)"
)
COUNTED_PAYMENTS = re.compile(
    rf"(?<!\w)(?P<many>{COUNT}) (?:(?:equal|monthly|quarterly|yearly|gleichen?|gleich hohen?|monatlichen?|égaux|égales|iguales) )*{_PAYMENTS}"
    r"(?: (?:égaux|égales|iguales|mensuel\w*|mensuales|trimestriel\w*|trimestrales))?(?: \w+)?,? (?:of|à|von|zu(?: je)?|de|je|por|a)\W{0,3}$"
)
PO_WORD = (
    r"purchase orders?|p\.?o\.?(?: (?:no|number|nr)\.?)?|bestell-?(?:nummer|nr\.?)|bestellung(?= ?(?:nr\.?|nummer)? ?[a-z]{0,4}[-/]?\d)|bon de commande"
    r"|bdc|orden de compra|pedido(?= ?(?:n[º°.o]*|núm\.?)? ?[a-z]{0,4}[-/]?\d)"
)
EXTRA_WORK = (
    r"(?:additional|extra|further|any other|other) (?:work\w*|services?|hours?|time|tasks?|effort|requests?|changes?"
    r"|labou?r)|(?:outside|beyond|out)[ -](?:of )?(?:the )?scope"
    r"|change requests?|over and above|overtime|out[- ]of[- ]hours|extras|anything (?:else|more|beyond|outside)"
    r"|mehraufwand\w*|mehrarbeit\w*|mehrleistung\w*"
    r"|zusatzarbeit\w*|zusätzliche\w* (?:arbeit|leistung|stunde)\w*|darüber hinaus|hors périmètre|travaux (?:complémentaires"
    r"|supplémentaires)|fuera del alcance|horas extra"
    r"|trabajos adicionales"
)
_EXTRA_WORDS = re.compile(rf"(?<!\w)(?:{EXTRA_WORK})(?!\w)")


def says_extra_work(written: str) -> bool:
    """Whether a sentence is about work beyond what is agreed."""
    return bool(_EXTRA_WORDS.search(written.lower()))
