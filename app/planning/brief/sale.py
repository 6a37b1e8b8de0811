"""The sold total and its parts, by the order of sources: forecast of the won opportunity, product lines, price next to its acceptance."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from app.domain.numbers import decimal_of
from app.planning.amounts import cents, words
from app.planning.brief.inputs import BriefInputs
from app.planning.brief.lines import LineKind, SaleLine, sale_lines, sum_of, tolerance
from app.planning.brief.model import Source
from app.planning.brief.text_price import TextPrice, text_price

_ROUND = Decimal("0.03")
"""By this part may be off what a text writes in round thousands."""


@dataclass(frozen=True, slots=True)
class Sold:
    """What is sold once, by its parts. `recorded`: a record gives the total. Money in cents, without tax."""

    total: Decimal | None
    labour: Decimal | None
    goods: Decimal
    lines: tuple[SaleLine, ...]
    ordered: tuple[SaleLine, ...]
    """The lines that are part of the sale; options not ordered, lines not billed and recurring ones are not."""
    sources: tuple[Source, ...]
    recorded: bool
    text: TextPrice
    conflicts: tuple[str, ...] = ()
    unclear: tuple[str, ...] = ()
    """Lines of unknown kind or order, or goods that no product line bills."""
    forecast: bool = False
    """Whether the forecast of a won opportunity gives the total."""

    @property
    def has_price(self) -> bool:
        """Whether anything is sold for a price."""
        return bool(self.total) or bool(self.conflicts) or bool(self.unclear)


def sold_of(inputs: BriefInputs) -> Sold:
    """Compares the sources of the sold total."""
    text = text_price(inputs.text, inputs.stated_plan)
    lines = [line for line in sale_lines(inputs.ticket, inputs.chart, inputs.in_force) if line.amount]
    forecast = _one_off(_forecast(inputs), lines)
    targets = [value for value in (forecast.total if forecast else None, text.total) if value]
    lines, unclear = _with_options(lines, targets, refused=bool(inputs.text.options_not_ordered))
    ordered = [line for line in lines if line.kind in _ORDERED]
    unclear += [f"{line.place} “{line.text}” ({words(line.amount)}): neither class nor text tells whether it is labour or goods."
                for line in lines if line.kind is LineKind.UNKNOWN]  # fmt: skip
    in_lines = sum((line.amount for line in ordered), Decimal(0)) if ordered else None
    goods = sum((line.amount for line in ordered if _is_goods(line)), Decimal(0))
    total, sources, recorded = _total(inputs, forecast, in_lines, text, len(ordered))
    sold = Sold(total, None, goods, tuple(lines), tuple(ordered), sources, recorded, text)
    conflicts = [*_differences(inputs, forecast, in_lines, sold)]
    if text.total is None and text.message:
        conflicts += [text.message] if not _explained(text.parts, sold) else []
    return _with_goods(
        replace(sold, conflicts=tuple(conflicts), unclear=tuple(unclear), forecast=forecast is not None), forecast
    )


_ORDERED = (LineKind.LABOUR, LineKind.STAGE, LineKind.GOODS, LineKind.DISCOUNT, LineKind.UNKNOWN)


def _is_goods(line: SaleLine) -> bool:
    return line.kind is LineKind.GOODS or (line.kind is LineKind.DISCOUNT and line.goods)


@dataclass(frozen=True, slots=True)
class _Forecast:
    total: Decimal
    goods: Decimal | None
    recurring: Decimal
    place: str


def _forecast(inputs: BriefInputs) -> _Forecast | None:
    """The one-off revenue of the won opportunity; None where it is not won or has none."""
    opportunity = inputs.ticket.opportunity
    if opportunity is None or not inputs.won:
        return None
    forecast = opportunity.forecast
    if forecast is not None:
        parts = [decimal_of(value) or Decimal(0) for value in (forecast.service, forecast.product, forecast.other)]
        recurring = decimal_of(forecast.agreement) or Decimal(0)
        if any(parts):
            return _Forecast(cents(sum(parts, Decimal(0))), cents(parts[1]), recurring, "opportunity.forecast")
    expected = decimal_of(opportunity.expected_revenue)
    return (
        _Forecast(cents(expected), None, Decimal(0), "opportunity.expectedRevenue")
        if expected and expected > 0
        else None
    )


def _one_off(forecast: _Forecast | None, lines: Sequence[SaleLine]) -> _Forecast | None:
    """An expected revenue without the recurring lines that it counts once or for a year."""
    recurring = sum_of(lines, LineKind.RECURRING)
    if forecast is None or forecast.goods is not None or not recurring:
        return forecast
    once = sum((line.amount for line in lines if line.kind in _ORDERED), Decimal(0))
    counted = any(abs(forecast.total - once - months * recurring) <= tolerance(len(lines)) for months in (1, 12))
    return replace(forecast, total=once) if counted and once else forecast


def _with_options(
    lines: Sequence[SaleLine], targets: Sequence[Decimal], *, refused: bool
) -> tuple[list[SaleLine], list[str]]:
    """Options are ordered or not billed, by which of the two makes the sums agree; else a person decides."""
    options = [line for line in lines if line.kind is LineKind.OPTION]
    base = sum((line.amount for line in lines if line.kind in _ORDERED), Decimal(0))
    slack = tolerance(len(lines))
    made: list[SaleLine] = []
    unclear: list[str] = []
    whole = base + sum((line.amount for line in options), Decimal(0))
    for line in lines:
        if (
            line.kind is not LineKind.OPTION
            or line.refused
            or refused
            or any(abs(base - target) <= slack for target in targets)
        ):
            made.append(line)
        elif any(abs(whole - target) <= slack for target in targets):
            made.append(replace(line, kind=LineKind.GOODS if line.goods else LineKind.LABOUR))
        else:
            made.append(line)
            unclear.append(
                f"{line.place} “{line.text}” ({words(line.amount)}): nothing tells whether this option is ordered."
            )
    return made, unclear


def _total(
    inputs: BriefInputs, forecast: _Forecast | None, in_lines: Decimal | None, text: TextPrice, lines: int
) -> tuple[Decimal | None, tuple[Source, ...], bool]:
    """The total by the first source that gives one; a stated total goes before a sum of rounded lines."""
    source = Source("products", words(in_lines)) if in_lines is not None else Source("products")
    by_lines = inputs.chart.project.billing.labour_lines == "lines"
    if (
        forecast is not None
        and in_lines is not None
        and by_lines
        and abs(forecast.total - in_lines) <= tolerance(lines)
    ):
        return in_lines, (Source(forecast.place, words(forecast.total)), source, *text.sources), True
    if forecast is not None:
        return forecast.total, (Source(forecast.place, words(forecast.total)), *text.sources), True
    if in_lines is not None:
        if text.total is not None and not by_lines and abs(text.total - in_lines) <= tolerance(lines):
            return text.total, (source, *text.sources), True
        return in_lines, (source, *text.sources), True
    return text.total, text.sources, False


def _differences(inputs: BriefInputs, forecast: _Forecast | None, in_lines: Decimal | None, sold: Sold) -> list[str]:
    """Totals that differ beyond tolerance, each with its place."""
    found = []
    slack = tolerance(len(sold.ordered))
    if (
        forecast is not None
        and in_lines is not None
        and abs(forecast.total - in_lines) > slack
        and abs(forecast.total - in_lines - sum_of(sold.lines, LineKind.RECURRING)) > slack
        and abs(forecast.total - forecast.recurring - in_lines) > slack
    ):
        found.append(
            f"The opportunity says {words(forecast.total)} ({forecast.place}), the product lines add up to {words(in_lines)} (products)."
        )
    price = sold.text.total
    if price is not None and sold.recorded and sold.total is not None and not _agrees(price, sold):
        place = sold.text.sources[0].place if sold.text.sources else "text"
        found.append(
            f"The text says {words(price)} ({place}), the records say {words(sold.total)} ({sold.sources[0].place})."
        )
    return found


def _agrees(price: Decimal, sold: Sold) -> bool:
    """Whether a price of the text is the total, the labour, the goods, or one line of the records."""
    total = sold.total or Decimal(0)
    if sold.text.rounded and abs(price - total) <= total * _ROUND:
        return True
    labour = total - sold.goods
    lines = [line.amount for line in sold.lines]
    return any(
        abs(price - known) <= tolerance(len(lines))
        for known in (total, labour, *([sold.goods] if labour else []), *(lines if len(sold.ordered) > 1 else []))
    ) or (sold.text.gross_only and total > 0 and Decimal("1.02") <= price / total <= Decimal("1.28"))


def _explained(parts: Sequence[Decimal], sold: Sold) -> bool:
    """Whether records explain every amount of a text that names several: as the total, as lines, or as their sum."""
    if not sold.recorded or sold.total is None:
        return False
    known = {sold.total, sold.total - sold.goods, sold.goods, *(line.amount for line in sold.lines)}
    return all(part in known for part in parts) or sum(parts, Decimal(0)) == sold.total


def _are_goods(named: Decimal, sold: Sold) -> bool:
    """Whether product lines bill these goods, be a discount taken off them or off the work."""
    discounts = [line.amount for line in sold.ordered if line.kind is LineKind.DISCOUNT]
    slack = tolerance(len(sold.ordered))
    moved = (Decimal(0), *discounts, sum(discounts, Decimal(0)))
    return any(abs(abs(named - sold.goods) - abs(part)) <= slack for part in moved)


def _with_goods(sold: Sold, forecast: _Forecast | None) -> Sold:
    """Labour is what the goods leave of the total; goods that no product line bills are unclear."""
    if sold.total is None:
        return sold
    named = (
        forecast.goods
        if forecast and forecast.goods is not None
        else sold.text.goods
        if sold.text.goods and sold.text.total == sold.total
        else None
    )
    unclear = list(sold.unclear)
    if named and not sold.conflicts and not _are_goods(named, sold):
        unclear.append(
            f"{words(named)} of the total are goods, but the product lines bill {words(sold.goods)} of goods."
        )
    return replace(sold, labour=sold.total - sold.goods, unclear=tuple(unclear))
