"""Product lines of a ticket by kind: labour, goods, recurring, option, discount, or unknown.

Source: API schema `ProductItem.productClass` (Agreement, Bundle, Inventory, NonInventory, Service). Where a line has no class its
description tells the kind; where neither does, the forecast may.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from enum import StrEnum

from app.chart import Chart
from app.domain.numbers import decimal_of
from app.domain.sale_records import Forecast, Product
from app.domain.ticket import TicketRecord
from app.domain.vocabulary import LABOUR
from app.planning.amounts import cents
from app.planning.texts import decisions_in
from app.reading.values.instalments import STAGE_LINE
from app.reading.values.sale_words import NOT_ORDERED


class LineKind(StrEnum):
    """What a product line sells."""

    LABOUR = "labour"
    STAGE = "stage"
    """One of several payments of the labour."""
    GOODS = "goods"
    RECURRING = "recurring"
    OPTION = "option"
    """Offered; other evidence decides whether it is ordered."""
    DISCOUNT = "discount"
    NOT_BILLED = "not-billed"
    """Set to DoNotBill or NoCharge already."""
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class SaleLine:
    """One product line; `amount` is quantity times price in cents, with its sign."""

    text: str
    amount: Decimal
    kind: LineKind
    index: int
    id: int | None
    invoiced: bool
    goods: bool = False
    """OPTION, DISCOUNT: of goods rather than labour."""
    refused: bool = False
    """OPTION: the description itself calls it not ordered."""

    @property
    def place(self) -> str:
        """Where the line stands on the ticket."""
        return f"products[{self.index}]"


_LABOUR_WITHOUT_CLASS = re.compile(r"(?<!\w)(?:services?|servicios?|professional|mov(?:e|ing)|planning)(?!\w)", re.I)
"""Words that mean labour on a line without a class only: «Windows Professional» is goods, and its class says so."""
_GOODS = re.compile(
    r"(?<!\w)(?:laptops?|notebooks?|pcs?|monitors?|displays?|servers?|switch(?:es)?|firewalls?|routers?|access points?"
    r"|printers?|scanners?|handhelds?|phones?|handsets?|cabinets?|racks?|cables?|patch panels?|ups|batter\w+|toner"
    r"|cartridges?|drives?|disks?|ssds?|tablets?|cameras?|workstations?"
    r"|docks?|headsets?|licen[cs]es?|hardware|equipment|devices?|telefone?|drucker|bildschirm\w*|kabel|schrank|lizenz\w*|geräte?|ordinateurs?|écrans?|imprimantes?|bornes?|onduleurs?|licences?|câbles?|portátil\w*|pantallas?|impresoras?|cámaras?|licencias?|equipos?|teléfonos?)(?!\w)"
    r"|(?<!\w)(?:[a-z]+-?\d{2,}[a-z]*|\d{2,}[a-z]{1,3}|\d{1,3}(?:in|tb|gb|mm|-port|u))(?!\w)",
    re.I,
)
_MONTHLY = re.compile(
    r"(?<!\w)(?:monthly|per month|/ ?month|yearly|annual(?:ly)?|per year|subscription|recurring|monatlich\w*|im monat"
    r"|pro monat|jährlich\w*|abo|abonnement|mensuel\w*|par mois|annuel\w*|mensual\w*|al mes|anual\w*|suscripción)(?!\w)",
    re.I,
)
_OPTION = re.compile(
    r"(?<!\w)(?:options?|optional\w*|optionnel\w*|opción|opcional\w*|eventualposition\w*|add-?on)(?!\w)", re.I
)
_DISCOUNT = re.compile(
    r"(?<!\w)(?:discount\w*|rebate|credit|trade-in|rabatt\w*|nachlass|gutschrift|remise|rabais|avoir|descuento|bonificación|abono)(?!\w)",
    re.I,
)
_CLASSES = {
    "service": LineKind.LABOUR,
    "inventory": LineKind.GOODS,
    "noninventory": LineKind.GOODS,
    "agreement": LineKind.RECURRING,
    "bundle": LineKind.GOODS,
}
_FREE = ("donotbill", "nocharge")


def sale_lines(ticket: TicketRecord, chart: Chart, in_force: Collection[str] = ()) -> list[SaleLine]:
    """The product lines that are not cancelled, each with its kind; the forecast decides kinds that are otherwise unknown.

    `in_force`: decisions of this service; a line that does not bill by one of them keeps the kind of what it sells.
    """
    labour_items = {name.casefold() for name in chart.project.billing.labour_items}
    lines = [
        _line(product, index, labour_items, in_force)
        for index, product in enumerate(ticket.products)
        if not product.cancelled
    ]
    lines = _by_forecast(lines, ticket.opportunity.forecast if ticket.opportunity else None)
    return _by_sign(lines)


def _line(product: Product, index: int, labour_items: set[str], in_force: Collection[str]) -> SaleLine:
    quantity = decimal_of(product.quantity)
    price = decimal_of(product.price) or Decimal(0)
    amount = cents(price * (Decimal(1) if quantity is None else quantity))
    text = product.description or product.catalog_item or f"product {index + 1}"
    base = _kind(product, text, labour_items)
    kind, goods = base, base is LineKind.GOODS
    ours = product.billable_option.casefold() == "donotbill" and decisions_in(product.internal_notes) & set(in_force)
    if product.billable_option.casefold() in _FREE and not ours:
        kind = LineKind.NOT_BILLED
    elif base is not LineKind.RECURRING and amount < 0:
        kind = LineKind.DISCOUNT
    elif base is not LineKind.RECURRING and _OPTION.search(text):
        kind = LineKind.OPTION
    invoiced = product.invoiced or product.invoice is not None
    refused = kind is LineKind.OPTION and bool(NOT_ORDERED.search(text.lower()))
    return SaleLine(text, amount, kind, index, product.id, invoiced, goods, refused)


def _kind(product: Product, text: str, labour_items: set[str]) -> LineKind:
    by_class = _CLASSES.get(product.product_class.replace("-", "").replace(" ", "").casefold())
    if product.catalog_item.casefold() in labour_items:
        return LineKind.LABOUR
    if product.recurring or by_class is LineKind.RECURRING or _MONTHLY.search(text):
        return LineKind.RECURRING
    if by_class is not LineKind.GOODS and STAGE_LINE.search(text) and not _DISCOUNT.search(text):
        return LineKind.STAGE
    if by_class is not None:
        return by_class
    if LABOUR.search(text) or _LABOUR_WITHOUT_CLASS.search(text):
        return LineKind.LABOUR
    return LineKind.GOODS if _GOODS.search(text) else LineKind.UNKNOWN


def _by_forecast(lines: list[SaleLine], forecast: Forecast | None) -> list[SaleLine]:
    """Lines of unknown kind are labour, or goods, where the forecast adds up only so."""
    unknown = sum((line.amount for line in lines if line.kind is LineKind.UNKNOWN), Decimal(0))
    if forecast is None or not unknown:
        return lines
    for kind, revenue in ((LineKind.LABOUR, forecast.service), (LineKind.GOODS, forecast.product)):
        known = sum((line.amount for line in lines if _counts_as(line, kind)), Decimal(0))
        total = decimal_of(revenue)
        if total and abs(known + unknown - total) <= tolerance(len(lines)):
            return [
                replace(line, kind=kind, goods=kind is LineKind.GOODS) if line.kind is LineKind.UNKNOWN else line
                for line in lines
            ]
    return lines


def _counts_as(line: SaleLine, kind: LineKind) -> bool:
    if line.kind is LineKind.DISCOUNT:
        return line.goods is (kind is LineKind.GOODS)
    return line.kind is kind or (kind is LineKind.LABOUR and line.kind is LineKind.STAGE)


def _by_sign(lines: list[SaleLine]) -> list[SaleLine]:
    """A discount belongs to the goods where nothing else is sold, or where it is more than the labour; else its class decides."""
    labour = any(line.kind in (LineKind.LABOUR, LineKind.STAGE) for line in lines)
    goods = any(line.kind is LineKind.GOODS for line in lines)
    off_labour = sum((line.amount for line in lines if line.kind is LineKind.DISCOUNT and not line.goods), Decimal(0))
    if labour and goods and off_labour + sum_of(lines, LineKind.LABOUR, LineKind.STAGE) < 0:
        return [replace(line, goods=True) if line.kind is LineKind.DISCOUNT else line for line in lines]
    return [
        replace(line, goods=goods) if line.kind is LineKind.DISCOUNT and labour is not goods else line for line in lines
    ]


def tolerance(lines: int) -> Decimal:
    """By how much a sum of lines may differ from a stated total: half a cent a line."""
    return Decimal("0.005") * max(1, lines)


def sum_of(lines: Sequence[SaleLine], *kinds: LineKind) -> Decimal:
    """The sum of the lines of these kinds."""
    return sum((line.amount for line in lines if line.kind in kinds), Decimal(0))
