"""A person's values: a JSON merge patch of the brief, checked field by field. Nothing changes where one value is wrong."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from app.planning.brief.model import Brief, ContactPerson, Payment, PersonValue, Phase, ProjectChoice, TeamMember

_MOST_MONEY = Decimal(10) ** 8
_MOST_RATE = Decimal(10_000)
_MOST_HOURS = Decimal(100_000)
_MOST_ITEMS = 100
_LONGEST = 8000
METHODS = ("FixedFee", "NotToExceed", "OverrideRate", "ActualRates", "NoCharge")
CHOICES: dict[str, tuple[str | bool, ...]] = {
    "agreed": (True,), "method": METHODS, "tax_basis": ("net",), "agreement": ("keep", "remove"), "billing_sheet": ("accept",),
    "payment_form": ("milestones", "downpayment", "progress", "manual"),
    "company": ("proceed",), "time": ("keep", "correct"), "products": ("proceed",), "revenue": ("proceed",),
    "confidential": ("hidden", "shown"),
}  # fmt: skip
"""Fields that take one of a few values."""


class BriefError(ValueError):
    """Values that a brief does not take. `problems`: field to what is wrong and what is allowed."""

    def __init__(self, problems: Mapping[str, str]) -> None:
        super().__init__("; ".join(f"{name}: {text}" for name, text in problems.items()))
        self.problems = dict(problems)


class _Wrong(ValueError):
    pass


def apply_patch(
    brief: Brief, patch: Mapping[str, Any], *, by: str, at: datetime, members: frozenset[str] | None = None
) -> dict[str, PersonValue]:
    """The person's values with those of the patch; null takes a value back. BriefError names each wrong field.

    `members`: identifiers of active members in small letters; None where they are not known.
    """
    values = dict(brief.person)
    problems: dict[str, str] = {}
    if not isinstance(patch, Mapping):
        raise BriefError({"": "Expected a JSON object of fields."})
    for name, given in patch.items():
        read = _READERS.get(name)
        if read is None:
            problems[str(name)[:60]] = f"Unknown field. Allowed: {', '.join(_READERS)}."
        elif given is None:
            values.pop(name, None)
        else:
            try:
                values[name] = PersonValue(read(given), by, at.isoformat())
            except _Wrong as wrong:
                problems[name] = str(wrong)
    _check_members(values, members, problems)
    _check_together(values, problems)
    if problems:
        raise BriefError(problems)
    return values


def _check_members(values: Mapping[str, PersonValue], members: frozenset[str] | None, problems: dict[str, str]) -> None:
    if members is None:
        return
    named = {"manager": [values["manager"].value]} if "manager" in values else {}
    named |= {"team": [one.identifier for one in values["team"].value]} if "team" in values else {}
    for field, identifiers in named.items():
        unknown = [name for name in identifiers if name.casefold() not in members]
        if unknown:
            problems[field] = f"No active member “{unknown[0]}”. Expected the identifier of an active member."


def _check_together(values: Mapping[str, PersonValue], problems: dict[str, str]) -> None:
    start, end = values.get("start"), values.get("end")
    if start and end and end.value < start.value:
        problems["end"] = f"The end {end.value} is before the start {start.value}."
    fee, payments = values.get("fee"), values.get("payments")
    if fee and payments and payments.value:
        total = sum((one.amount for one in payments.value), Decimal(0))
        if total != fee.value:
            problems["payments"] = f"The payments add up to {total}, the fee is {fee.value}."


def _amount(most: Decimal, what: str) -> Callable[[Any], Decimal]:
    def read(given: Any) -> Decimal:
        value = _decimal(given)
        if value is None or not 0 < value <= most or value != round(value, 2):
            raise _Wrong(f"Invalid {what}. Expected a number above 0 and at most {most:,f} with two decimals.")
        return value

    return read


def _decimal(given: Any) -> Decimal | None:
    if isinstance(given, bool) or not isinstance(given, int | float | str):
        return None
    try:
        value = Decimal(str(given).strip()[:40])
    except InvalidOperation:
        return None
    return value if value.is_finite() else None


def _text(longest: int) -> Callable[[Any], str]:
    def read(given: Any) -> str:
        if not isinstance(given, str) or not given.strip() or len(given) > longest:
            raise _Wrong(f"Invalid text. Expected 1 to {longest} characters.")
        return given.strip()

    return read


def _choice(*allowed: Any) -> Callable[[Any], Any]:
    def read(given: Any) -> Any:
        if not any(given is one or (isinstance(given, str) and given == one) for one in allowed):
            raise _Wrong(
                f"Invalid value. Allowed: {', '.join(str(one).lower() if isinstance(one, bool) else str(one) for one in allowed)}."
            )
        return given

    return read


def _day(given: Any) -> date:
    try:
        day = date.fromisoformat(given) if isinstance(given, str) and len(given) == 10 else None
    except ValueError:
        day = None
    if day is None or not 2000 <= day.year <= 2100:
        raise _Wrong(f"Invalid date “{str(given)[:40]}”. Expected YYYY-MM-DD.")
    return day


def _items(given: Any, read: Callable[[Mapping[str, Any]], Any], allowed: tuple[str, ...]) -> tuple[Any, ...]:
    if not isinstance(given, list) or len(given) > _MOST_ITEMS:
        raise _Wrong(f"Invalid list. Expected at most {_MOST_ITEMS} objects with {', '.join(allowed)}.")
    for one in given:
        if not isinstance(one, Mapping) or set(one) - set(allowed):
            raise _Wrong(f"Invalid entry. Expected an object with {', '.join(allowed)}.")
    return tuple(read(entry) for entry in given)


def _optional(one: Mapping[str, Any], name: str, read: Callable[[Any], Any], otherwise: Any = None) -> Any:
    return read(one[name]) if one.get(name) is not None else otherwise


_MONEY = _amount(_MOST_MONEY, "amount")
_HOURS = _amount(_MOST_HOURS, "number of hours")
_NAME = _text(100)


def _payments(given: Any) -> tuple[Payment, ...]:
    def read(one: Mapping[str, Any]) -> Payment:
        return Payment(
            _optional(one, "label", _NAME, "Payment"), _MONEY(one.get("amount")), _optional(one, "due", _day)
        )

    return _items(given, read, ("label", "amount", "due"))


def _phases(given: Any) -> tuple[Phase, ...]:
    def read(one: Mapping[str, Any]) -> Phase:
        return Phase(
            _NAME(one.get("name")),
            _optional(one, "hours", _HOURS),
            _optional(one, "start", _day),
            _optional(one, "end", _day),
            _optional(one, "contact", _NAME, ""),
        )

    phases: tuple[Phase, ...] = _items(given, read, ("name", "hours", "start", "end", "contact"))
    if len({phase.name.casefold() for phase in phases}) != len(phases):
        raise _Wrong("Two phases have the same name. Expected different names.")
    return phases


def _team(given: Any) -> tuple[TeamMember, ...]:
    def read(one: Mapping[str, Any]) -> TeamMember:
        return TeamMember(
            _NAME(one.get("identifier")),
            _optional(one, "hours", _HOURS),
            _optional(one, "start", _day),
            _optional(one, "end", _day),
            _optional(one, "work_role", _NAME, ""),
        )

    return _items(given, read, ("identifier", "hours", "start", "end", "work_role"))


def _contacts(given: Any) -> tuple[ContactPerson, ...]:
    def read(one: Mapping[str, Any]) -> ContactPerson:
        number = one.get("id")
        if number is not None and (isinstance(number, bool) or not isinstance(number, int) or number <= 0):
            raise _Wrong("Invalid id of a contact. Expected a whole number above 0.")
        return ContactPerson(_NAME(one.get("name")), _optional(one, "part", _NAME, ""), number)

    return _items(given, read, ("name", "part", "id"))


def _project(given: Any) -> ProjectChoice:
    if given == "new":
        return ProjectChoice()
    number = given.get("join") if isinstance(given, Mapping) else None
    if isinstance(number, bool) or not isinstance(number, int) or number <= 0:
        raise _Wrong('Invalid choice. Allowed: “new”, or {"join": ID} with the id of an open project.')
    return ProjectChoice(number)


_READERS: dict[str, Callable[[Any], Any]] = {
    "name": _text(90), "description": _text(_LONGEST), "currency": _text(3), "sold_total": _MONEY, "fee": _MONEY, "cap": _MONEY,
    "rate": _amount(_MOST_RATE, "rate"), "po_number": _text(50), "po_amount": _MONEY, "payments": _payments,
    "deposit_received": _MONEY, "phases": _phases, "budget_hours": _HOURS, "start": _day, "end": _day, "manager": _NAME,
    "team": _team, "contacts": _contacts, "project": _project, **{name: _choice(*CHOICES[name]) for name in CHOICES},
}  # fmt: skip
