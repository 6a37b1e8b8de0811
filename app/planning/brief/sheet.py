"""The billing sheet: how each part of the sold total reaches an invoice. Every amount sold is billed exactly once."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from app.planning.amounts import words
from app.planning.brief.inputs import BriefInputs
from app.planning.brief.lines import LineKind, SaleLine, tolerance
from app.planning.brief.model import (
    BillingSheet,
    BriefField,
    Method,
    Reach,
    SheetLine,
    Source,
    conflict,
    proposed,
    settled,
)
from app.planning.brief.sale import Sold
from app.reading.values.billing_statements import SaleState
from app.reading.values.billing_words import Role


def sheet_of(
    inputs: BriefInputs, sold: Sold, method: BriefField[Method], fee: BriefField[Decimal], total: BriefField[Decimal]
) -> BriefField[BillingSheet]:
    """The sheet; in conflict if it does not add up, a kind is unknown, or a line cannot be set as needed."""
    by_lines = labour_by_lines(inputs, sold)
    free = method.value == "NoCharge"
    lines = [_line(line, sold, fee=not by_lines and fee.value is not None, free=free) for line in sold.lines]
    lines += _without_lines(fee.value, lines, by_lines=by_lines)
    lines += _recurring_in_text(inputs, sold)
    if method.value in ("ActualRates", "OverrideRate", "NotToExceed"):
        lines.append(SheetLine("Time worked", Decimal(0), Reach.TIME, "time entries"))
    sheet = BillingSheet(tuple(lines))
    conflicts = [*sold.unclear, *_cannot_be_set(inputs, sold, sheet), *_does_not_add_up(sheet, sold, total, free=free)]
    if conflicts and not inputs.has("billing_sheet"):
        return conflict(" ".join(conflicts), *_places(sold), value=sheet)
    return settled(sheet, *_places(sold)) if sold.recorded or not sold.has_price else proposed(sheet, *_places(sold))


def labour_by_lines(inputs: BriefInputs, sold: Sold) -> bool:
    """Whether the labour lines bill themselves and time is not charged."""
    lines = [line for line in sold.ordered if line.kind in (LineKind.LABOUR, LineKind.STAGE)]
    return inputs.chart.project.billing.labour_lines == "lines" and bool(lines)


def _places(sold: Sold) -> tuple[Source, ...]:
    return tuple(Source(line.place, f"{line.text}: {words(line.amount)}") for line in sold.lines)


def _line(line: SaleLine, sold: Sold, *, fee: bool, free: bool) -> SheetLine:
    goods = line.kind is LineKind.GOODS or (line.kind is LineKind.DISCOUNT and line.goods)
    if line.kind is LineKind.RECURRING:
        reach = Reach.AGREEMENT
    elif free or line not in sold.ordered:
        reach = Reach.NOBODY
    else:
        reach = Reach.PRODUCT_LINE if goods or not fee else Reach.FEE
    return SheetLine(line.text, line.amount, reach, line.place, line.id, line.index)


def _without_lines(fee: Decimal | None, lines: list[SheetLine], *, by_lines: bool) -> Iterator[SheetLine]:
    """The part of the fee that no product line stands for: all of it, or cents of rounding."""
    if fee is None or by_lines:
        return
    rest = fee - sum((line.amount for line in lines if line.reach is Reach.FEE), Decimal(0))
    if rest:
        text = "Rounding" if any(line.reach is Reach.FEE for line in lines) else "Fixed fee"
        yield SheetLine(text, rest, Reach.FEE, "fee")


def _recurring_in_text(inputs: BriefInputs, sold: Sold) -> Iterator[SheetLine]:
    """Recurring amounts of the text that no product line holds."""
    known = {line.amount for line in sold.lines if line.kind is LineKind.RECURRING}
    for statement in inputs.text.of(Role.RECURRING):
        if statement.state is SaleState.AGREED and not known:
            yield SheetLine(statement.quote[:80], statement.amount.value, Reach.AGREEMENT, statement.source)


def lines_not_to_bill(sheet: BillingSheet) -> tuple[SheetLine, ...]:
    """The product lines that must not bill by themselves: the fee contains them, they are not ordered, or an agreement bills them."""
    return tuple(
        line
        for line in sheet.lines
        if line.index is not None and line.reach in (Reach.FEE, Reach.NOBODY, Reach.AGREEMENT)
    )


def _cannot_be_set(inputs: BriefInputs, sold: Sold, sheet: BillingSheet) -> Iterator[str]:
    """Lines that stand on an invoice and would have to be set to DoNotBill."""
    not_to_bill = {line.index for line in lines_not_to_bill(sheet)}
    for line in sold.lines:
        if line.invoiced and line.index in not_to_bill and line.kind is not LineKind.NOT_BILLED:
            yield f"{line.place} “{line.text}” ({words(line.amount)}) stands on an invoice and cannot be set to DoNotBill."


def _does_not_add_up(sheet: BillingSheet, sold: Sold, total: BriefField[Decimal], *, free: bool) -> Iterator[str]:
    if total.value is None or free or sold.conflicts:
        return
    billed = sheet.invoiced_once
    if abs(billed - total.value) > tolerance(len(sold.ordered)):
        yield (
            f"Sold is {words(total.value)}; fee {words(sheet.total(Reach.FEE))} and product lines {words(sheet.total(Reach.PRODUCT_LINE))} "
            f"would bill {words(billed)}."
        )
