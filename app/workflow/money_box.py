"""The money box of a brief: what is sold, how each part reaches an invoice, and what differs. Pure, from the brief's JSON."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

_BY_TIME = ("ActualRates", "OverrideRate", "NotToExceed")
_HALF_CENT = Decimal("0.005")


def money_box(brief: Mapping[str, Any]) -> dict[str, Any]:
    """The sums of a brief as texts with two decimals; null where a value is not known.

    `difference`: sold total less what is invoiced once; null where work is billed by time or nothing is sold.
    """
    fields: Mapping[str, Any] = brief.get("fields") or {}
    lines = (_value(fields, "billing_sheet") or {}).get("lines") or []
    payments = _value(fields, "payments") or []
    sold, fee = _amount(_value(fields, "sold_total")), _sum(lines, "fee")
    goods = _sum(lines, "product_line")
    paid = sum((_amount(payment.get("amount")) or Decimal(0) for payment in payments), Decimal(0)) if payments else None
    method = _value(fields, "method")
    difference = None if sold is None or method in (*_BY_TIME, "NoCharge") else sold - fee - goods
    return {
        "currency": _value(fields, "currency") or "",
        "method": method,
        "sold_total": _text(sold),
        "fee": _text(fee),
        "product_lines": _text(goods),
        "recurring": _text(_sum(lines, "agreement")),
        "nobody": _text(_sum(lines, "nobody")),
        "by_time": any(line.get("reach") == "time" for line in lines) or method in _BY_TIME,
        "invoiced_once": _text(fee + goods),
        "difference": _text(difference),
        "payments": _text(paid),
        "payments_difference": _text(fee - paid if paid is not None else None),
        "adds_up": _is_zero(difference, lines) and _is_zero(None if paid is None else fee - paid, payments),
        "parts": [{name: line.get(name) for name in ("text", "amount", "reach", "place")} for line in lines],
    }


def _value(fields: Mapping[str, Any], name: str) -> Any:
    return (fields.get(name) or {}).get("value")


def _sum(lines: Iterable[Mapping[str, Any]], reach: str) -> Decimal:
    return sum((_amount(line.get("amount")) or Decimal(0) for line in lines if line.get("reach") == reach), Decimal(0))


def _amount(value: Any) -> Decimal | None:
    try:
        return None if value is None else Decimal(str(value))
    except InvalidOperation:
        return None


def _text(amount: Decimal | None) -> str | None:
    return None if amount is None else f"{amount:.2f}"


def _is_zero(difference: Decimal | None, parts: list[Any]) -> bool:
    """Whether a difference is within half a cent per part."""
    return difference is None or abs(difference) <= _HALF_CENT * max(1, len(parts))


def shown_amount(amount: str | None, currency: str = "") -> str:
    """An amount for people: thousands separators, two decimals, currency."""
    found = _amount(amount)
    return "" if found is None else f"{found:,.2f} {currency}".rstrip()
