"""Payment plans that a text states: shares, thirds, the rest, n payments of n amounts, dated payments.

A payment plan is a separate list, apart from the phases of work. Discounts and tax rates are not shares.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import NamedTuple

from app.reading.segments import Sentence
from app.reading.values.billing_amounts import AmountInText, Role, amounts_in_sentence
from app.reading.values.billing_words import COUNT, count_of
from app.reading.values.dates import time_points
from app.reading.values.work_dates import days_named


@dataclass(frozen=True, slots=True)
class StatedPayment:
    """One payment: an amount or a share of the price; neither where it takes the rest."""

    label: str
    amount: Decimal | None = None
    share: Fraction | None = None
    due: date | None = None


@dataclass(frozen=True, slots=True)
class StatedPlan:
    """The payments of a text. `used`: sentence and place of each amount that is a payment and no price."""

    payments: tuple[StatedPayment, ...]
    quote: str
    source: str
    used: frozenset[tuple[int, int]] = frozenset()


class _Token(NamedTuple):
    start: int
    end: int
    amount: Decimal | None
    share: Fraction | None
    """Neither: the rest."""


_MOST_PAYMENTS = 60
_LONGEST_LABEL = 80
_PERCENT = re.compile(
    r"(?<![\d.,])(?P<share>\d{1,3}(?:[.,]\d{1,4})?) ?(?:%|pct\.?(?!\w)|per ?cent(?!\w)|prozent(?!\w)|pour cent(?!\w)|por ciento(?!\w))"
)
_NO_SHARE_AFTER = re.compile(
    r"\s*(?:[\w'-]+[ -]){0,3}?(?:discount|rebate|rabatt\w*|nachlass|skonto|remise|rabais|descuento|vat|tax|mwst"
    r"|ust|umsatzsteuer|mehrwertsteuer|tva|iva|gst|margin"
    r"|probability)(?!\w)|\s*(?:off|done|complete|cheaper|less|more)(?!\w)"
)
_SHARE_OF_OTHERS = re.compile(
    r"\s*(?:of|der|des|von|de|del|du)\s(?:the |our |all |la |el |les |le )?(?!(?:total|price|fee|amount|sum|value"
    r"|contract|gesamt\w*|preis\w*|summe|auftrag\w*"
    r"|prix|montant|precio|importe|acompte|anticipo|deposit|señal|entrada|it)(?!\w))\w"
)
_NO_SHARE_BEFORE = re.compile(
    r"(?<!\w)(?:discount|rabatt|remise|descuento|vat|mwst|tva|iva|less|minus|abzüglich|moins|menos|only|about)(?: \w+){0,1}\W{0,3}$"
)
_RATIO = re.compile(r"(?<![\d/.,])(?:\d{1,2}(?:[.,]\d)?)(?: ?/ ?\d{1,2}(?:[.,]\d)?){1,5}(?![\d/%])")
_REST = re.compile(
    r"(?<!\w)(?:the |der |den |die |le |la |el )?(?:rest(?:betrag|zahlung|liche\w*)?|remainder|remaining(?: amount"
    r"| sum)?|balance|solde|reste|resto|restante)(?!\w)"
)
_FRACTIONS = {
    2: "half halves hälfte hälften moitié mitad mitades",
    3: "third thirds drittel dritteln tiers tercio tercios",
    4: "quarter quarters viertel vierteln quart quarts cuarto cuartos",
    5: "fifth fifths fünftel",
}
_FRACTION_OF = {name: size for size, names in _FRACTIONS.items() for name in names.split()}
_FRACTION = re.compile(
    rf"(?<![\w/-])(?P<size>1/[2-5]|{'|'.join(_FRACTION_OF)})(?![\w/-])(?! (?:a |of (?:the |a )?)?(?:day|hour|year"
    rf"|time|party|floor|week|month|days|hours))"
)
_PAY_WORDS = re.compile(
    r"(?<!\w)(?:pay\w*|paid|invoice[ds]?|bill(?:ed|ing)?|due|deposit|instal\w+|order|zahl\w*|bezahl\w*|fällig|rechnung\w*|anzahlung"
    r"|rate[n]?|bestellung|auftrag|pag\w+|factur\w+|fracciona\w*|payable\w*|acompte|commande|anticipo|pedido|price|preis|prix|precio)(?!\w)"
)
_PART_NAMES = (
    r"(?:instal?lments?|payments?|invoices?|parts?|raten|teilzahlungen|teilrechnungen|rechnungen|teilen|abschlägen|tranchen"
    r"|versements|paiements|factures|échéances|mensualités|tranches"
    r"|pagos|plazos|facturas|cuotas|mensualidades|partes|thirds|quarters|halves|drittel\w*|vierteln?|hälften|tiers|quarts|moitiés"
    r"|tercios|cuartos|mitades|fois|times|veces)"
)
_COUNTED = re.compile(
    rf"(?<!\w)(?:in|into|over|as|by|with|of|en|dans|mit|zu|à)\s(?P<many>{COUNT})\s(?:[\w'-]+ ){{0,2}}?"
    rf"{_PART_NAMES}(?: [^\W\d_]{{4,14}}){{0,2}}"
)
_TIMES = re.compile(rf"(?<!\w)(?P<many>{COUNT})\s?[x×]\s?$")
_EVERY = (
    (re.compile(r"month|monat|mensu|mes(?!\w)|mois"), 1),
    (re.compile(r"quarter(?!s)|quartal|viertelj|trimest"), 3),
    (re.compile(r"year|jähr|annu|anual"), 12),
)
_FOR_MONTHS = re.compile(
    rf"(?<!\w)(?:for|over|für|über|pendant|sur|durante)\s(?P<many>{COUNT})\s(?:months?|monate?n?|mois|meses)(?!\w)"
)
_FROM = re.compile(r"(?<!\w)(?:from|starting|beginning|ab|beginnend|à partir de|dès|depuis|desde|a partir de)(?!\w)")
_EVENT = (
    r"(?:now|today|up ?front|in advance|at once|immediately|sofort|jetzt|vorab|im voraus|maintenant|d'avance|ahora"
    r"|por adelantado|deposit|down ?payment|anzahlung|acompte|anticipo"
    r"|(?:with|on|when|once|at|after|upon|before|by|bei|nach|wenn|sobald|zum|zur|mit|am|im|ab|vor|à|au|aux|après"
    r"|quand|lorsque|dès|avant|le|en|in|al|a la|a los|tras|cuando|con|antes|el|para)\s\S)"
)
_DUE_AFTER = re.compile(
    rf"\s*[,(:]?\s*(?:is |are |was |due |payable |to be paid |ist |sind |fällig |wird |exigible |pagadero |à payer "
    rf"|als |as |de |un |una |a |an )*{_EVENT}"
)
_TRIM = re.compile(
    r"^[\s,;:.()&+–—-]*(?:(?:and|und|et|y|e|then|dann|puis|luego|plus|is|are|due|payable|ist|sind|fällig|the|of it"
    r"|davon)\s+)*|[\s,;:.()&+–—-]*(?:\s(?:and|und|et|y|e|then|dann|puis|luego|plus|the|der|die|le|la|el))?[\s,;:.()&+–—-]*$"
)


def stated_plan(sentences: Sequence[Sentence], today: date) -> StatedPlan | None:
    """The payment plan of a text, or None. `today`: the day from which dates without a year are counted."""
    for number, sentence in enumerate(sentences):
        text = sentence.written.lower()
        for read in (_by_shares, _by_fractions, _by_count, _by_split, _by_amounts):
            plan = read(text, sentence, number, today)
            if plan is not None:
                return plan
    return _across(sentences, today)


def _plan(
    payments: Sequence[StatedPayment], sentence: Sentence, used: frozenset[tuple[int, int]] = frozenset()
) -> StatedPlan:
    return StatedPlan(tuple(payments[:_MOST_PAYMENTS]), sentence.written[:200], sentence.source, used)


def _by_shares(text: str, sentence: Sentence, _: int, today: date) -> StatedPlan | None:
    """ "12.5% on order, 87.5% on completion", "30% deposit, remainder at handover", "40/40/20"."""
    tokens = _with_rest(_share_tokens(text), text)
    if len(tokens) >= 2 and _whole(tokens):
        return _plan(_labelled(tokens, sentence.written, today), sentence)
    for match in _RATIO.finditer(text):
        parts = [Fraction(part.strip().replace(",", ".")) / 100 for part in match[0].split("/")]
        if sum(parts) == 1:
            return _plan([StatedPayment(f"Payment {n}", share=part) for n, part in enumerate(parts, 1)], sentence)
    return None


def _share_tokens(text: str) -> list[_Token]:
    found = []
    for match in _PERCENT.finditer(text):
        other = _NO_SHARE_AFTER.match(text, match.end()) or _SHARE_OF_OTHERS.match(text, match.end())
        other = other or _NO_SHARE_BEFORE.search(text[: match.start()][-25:])
        share = Fraction(match["share"].replace(",", ".")) / 100
        if not other and 0 < share < 1:
            found.append(_Token(match.start(), match.end(), None, share))
    return found


def _with_rest(tokens: list[_Token], text: str) -> list[_Token]:
    """The tokens with "the rest" behind the last of them, where the text says so."""
    rest = _REST.search(text, tokens[-1].end) if tokens else None
    known = sum((one.share for one in tokens if one.share), Fraction(0))
    if rest is None or known >= 1:
        return tokens
    return [*tokens, _Token(rest.start(), rest.end(), None, 1 - known if known else None)]


def _whole(tokens: Sequence[_Token]) -> bool:
    """Whether shares make a whole; thirds in rounded percent do."""
    total = sum((one.share for one in tokens if one.share), Fraction(0))
    return abs(total - 1) <= Fraction(len(tokens), 200) if len({one.share for one in tokens}) == 1 else total == 1


def _by_fractions(text: str, sentence: Sentence, _: int, today: date) -> StatedPlan | None:
    """ "Half on order, half at the end", "a third now, a third in May, the rest after the move"."""
    if not _PAY_WORDS.search(text) or _COUNTED.search(text):
        return None
    found = [(match, _size(match["size"])) for match in _FRACTION.finditer(text)]
    if not found:
        return None
    size = found[0][1]
    tokens = [_Token(match.start(), match.end(), None, Fraction(1, size)) for match, own in found if own == size]
    tokens = _with_rest(tokens, text)
    if len(tokens) == 1 and re.match(r"\s*(?:each|jeweils|chacun|cada)(?!\w)", text[tokens[0].end :]):
        return _plan([StatedPayment(f"Payment {n}", share=Fraction(1, size)) for n in range(1, size + 1)], sentence)
    if len(tokens) >= 2 and sum((one.share or 0) for one in tokens) == 1:
        return _plan(_labelled(tokens, sentence.written, today), sentence)
    return None


_SPLIT_IN = re.compile(
    r"(?<!\w)(?:in|into|by|en|zu) (?:equal |gleichen )?(?P<size>halves|thirds|quarters|fifths|hälften|dritteln|vierteln|tiers"
    r"|mitades|tercios|cuartos)(?!\w)"
)


def _by_split(text: str, sentence: Sentence, _: int, today: date) -> StatedPlan | None:
    """ "Paid in thirds: on order, at half-way, on sign-off"."""
    match = _SPLIT_IN.search(text)
    if match is None or not _PAY_WORDS.search(text):
        return None
    many = _FRACTION_OF[match["size"]]
    labels = _listed(sentence.written[match.end() :], many) or [f"Payment {n} of {many}" for n in range(1, many + 1)]
    dues = _dues(text, many, today)
    return _plan([StatedPayment(label, share=Fraction(1, many), due=_due(label, today) or due)
                  for label, due in zip(labels, dues, strict=True)], sentence)  # fmt: skip


def _size(written: str) -> int:
    return int(written[2]) if written.startswith("1/") else _FRACTION_OF[written]


def _by_count(text: str, sentence: Sentence, number: int, today: date) -> StatedPlan | None:
    """ "12 monthly instalments of $1,250 from January", "three equal thirds: at kick-off, at go-live, at acceptance"."""
    amounts = amounts_in_sentence(sentence.written)
    for amount in amounts:
        many = _times(amount, amounts, text)
        counted = amount.role in (Role.PAYMENT, Role.RECURRING) or _PAY_WORDS.search(text)
        if 2 <= many <= _MOST_PAYMENTS and counted:
            dues = _dues(text, many, today)
            payments = [StatedPayment(f"Payment {n} of {many}", amount.value, due=due) for n, due in enumerate(dues, 1)]
            return _plan(payments, sentence, frozenset([(number, amount.start)]))
    match = _COUNTED.search(text)
    many = (count_of(match["many"]) or 0) if match else 0
    if match is None or not 2 <= many <= _MOST_PAYMENTS or not _PAY_WORDS.search(text):
        return None
    labels = _listed(sentence.written[match.end() :], many) or [f"Payment {n} of {many}" for n in range(1, many + 1)]
    dues = _dues(text, many, today)
    named = [
        replace(StatedPayment(label, share=Fraction(1, many)), due=_due(label, today) or due)
        for label, due in zip(labels, dues, strict=True)
    ]
    return _plan(named, sentence)


def _times(amount: AmountInText, amounts: Sequence[AmountInText], text: str) -> int:
    """How often an amount is paid: counted before it, "3 x 4,000", or each month for as many months as make up the price."""
    if amount.role is Role.PAYMENT:
        return int(amount.quantity or 0)
    months = _FOR_MONTHS.search(text)
    if amount.role is Role.RECURRING:
        many = count_of(months["many"]) or 0 if months else 0
        return many if any(one.value == amount.value * many for one in amounts if one is not amount) else 0
    times = _TIMES.search(text[: amount.start])
    return count_of(times["many"]) or 0 if times else 0


def _listed(after: str, many: int) -> list[str]:
    """The labels behind a colon, where there are as many as payments."""
    match = re.match(r"[^:]{0,20}:\s*(?P<list>.+)", after, re.S)
    parts = re.split(r",|(?<!\w)(?:and|und|et|y|sowie)(?!\w)", match["list"]) if match else []
    labels = [label for part in parts if (label := _label(part))]
    return labels if len(labels) == many else []


def _dues(text: str, many: int, today: date) -> list[date | None]:
    """A due date for each of several payments that recur from a month on; None where the text names none."""
    named = days_named(text, today)
    if len(named) == many:
        return [day.first for day in named]
    begin = _FROM.search(text)
    step = next((months for pattern, months in _EVERY if pattern.search(text)), 0)
    first = _due(text[begin.end() :], today) if begin and step else None
    if first is None:
        return [None] * many
    months = [first.month - 1 + step * count for count in range(many)]
    return [
        first.replace(year=first.year + month // 12, month=month % 12 + 1, day=min(first.day, 28)) for month in months
    ]


def _by_amounts(text: str, sentence: Sentence, number: int, today: date) -> StatedPlan | None:
    """ "$4,000 with the order, $2,500 on delivery, the rest at handover", "5,000 on 1 February, 5,000 on 1 March"."""
    parts = [one for one in amounts_in_sentence(sentence.written) if _is_payment(one, text)]
    tokens = [_Token(one.start, one.end, one.value, None) for one in parts]
    rest = _REST.search(text, tokens[-1].end) if tokens else None
    if rest is not None and not any(one.role is Role.RECEIVED for one in amounts_in_sentence(sentence.written)):
        tokens.append(_Token(rest.start(), rest.end(), None, None))
    if len(tokens) < 2:
        return None
    return _plan(_labelled(tokens, sentence.written, today), sentence, frozenset((number, one.start) for one in parts))


def _is_payment(amount: AmountInText, text: str) -> bool:
    possible = amount.role in (Role.PRICE, Role.DEPOSIT, Role.PAYMENT) or (
        amount.role is Role.TOTAL and not _called_price(text[: amount.start])
    )
    return possible and bool(_DUE_AFTER.match(text, amount.end) or amount.role is Role.DEPOSIT)


def _called_price(before: str) -> bool:
    return bool(
        re.search(
            r"(?:fixed|price|fee|total|preis|pauschal\w*|forfait\w*|prix|precio|gesamt\w*)[^\d,;:]{0,15}$", before
        )
    )


_NUMBERED = re.compile(
    r"(?<!\w)(?:stage|milestone|instal?lment|payment|invoice|rate|teilzahlung|teilrechnung|abschlag|meilenstein"
    r"|jalon|échéance|versement|paiement|tranche|hito|pago|plazo|cuota) ?(?:no\.? ?)?\d{1,2}(?!\d)|^\s*[-*•]?\s*\d{1,2}[.)]\s"
)


def _across(sentences: Sequence[Sentence], today: date) -> StatedPlan | None:
    """A list with one payment a line: shares that make a whole, or numbered and dated payments with amounts."""
    shares = [
        (one, tokens[0]) for one in sentences
        if len(tokens := _share_tokens(one.written.lower())) == 1
        and (_BULLET.match(one.written) or _DUE_AFTER.match(one.written.lower(), tokens[0].end))
    ]  # fmt: skip
    if len(shares) >= 2 and _whole([token for _, token in shares]):
        payments = [_labelled([token], one.written, today)[0] for one, token in shares]
        return _plan(payments, shares[0][0])
    lines = [
        (number, one, amount) for number, one in enumerate(sentences) if (amount := _line_payment(one)) is not None
    ]
    if len(lines) < 2:
        return None
    payments = [StatedPayment(_line_label(one.written, amount) or f"Payment {n}", amount.value, due=_due(one.written.lower()[amount.end :], today))
                for n, (_, one, amount) in enumerate(lines, 1)]  # fmt: skip
    return _plan(payments, lines[0][1], frozenset((number, amount.start) for number, _, amount in lines))


_BULLET = re.compile(r"\s*(?:[-*•·–]|\d{1,2}[.)])\s")


def _line_payment(one: Sentence) -> AmountInText | None:
    """The one amount of a line that states a payment: numbered, or an item with its due date or event."""
    amounts = amounts_in_sentence(one.written)
    text = one.written.lower()
    if len(amounts) != 1:
        return None
    numbered = _NUMBERED.search(text[: amounts[0].start]) and _PAY_WORDS.search(text)
    item = (_BULLET.match(one.written) or _PAID.search(text)) and _is_payment(amounts[0], text)
    return amounts[0] if numbered or item else None


_PAID = re.compile(
    r"(?<!\w)(?:pay\w*|invoice[ds]?|bill(?:ed)?|due|deposit|instal\w+|zahl\w*|fällig|rechnung|anzahlung|rate|factur\w+|échéance"
    r"|acompte|pag\w+|plazo|cuota|anticipo)(?!\w)"
)


def _line_label(written: str, amount: AmountInText) -> str:
    """The words next to a line's amount."""
    before = _label(_BULLET.sub("", written[: amount.start]))
    return before or _label(written[amount.end :])


def _labelled(tokens: Sequence[_Token], written: str, today: date) -> list[StatedPayment]:
    """Each payment with the words up to the next one as its label and due date."""
    ends = [*(token.start for token in tokens[1:]), len(written)]
    made = []
    for number, (token, end) in enumerate(zip(tokens, ends, strict=True), 1):
        words = written[token.end : end]
        label = _label(words) or f"Payment {number}"
        made.append(StatedPayment(label, token.amount, token.share, _due(words.lower(), today)))
    equal = {one.share for one in made if one.share}
    if len(equal) == 1 and made[0].share and len(made) > 1 and all(one.share for one in made):
        return [replace(one, share=Fraction(1, len(made))) for one in made]
    return made


def _label(words: str) -> str:
    text = _TRIM.sub("", " ".join(words.split()))
    return (text[:1].upper() + text[1:])[:_LONGEST_LABEL] if len(text) > 1 else ""


def _due(words: str, today: date) -> date | None:
    """The day, or the first day of the month, that words name."""
    point = next(iter(time_points(words.lower().strip(" .,;:"), today)), None)
    if point is None or point.days > 31:
        return None
    return point.day.replace(day=1) if point.days >= 28 else point.day
