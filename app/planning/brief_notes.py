"""The brief in the notes: five lines on the ticket, and on the project what was made of it, with a check list.

Names of the ticket lose what could act as markup; nothing else of its text gets into a note.
"""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from app.planning.brief.dates import assumed
from app.planning.brief.model import Brief, ContactPerson, Payment, Phase, Reach
from app.planning.manual_actions import Language, amount_in, messages
from app.planning.texts import cut, plain

_LONGEST_NAME = 60
_MOST_NAMED = 12


def brief_lines(brief: Brief, language: Language) -> tuple[str, ...]:
    """Sale, billing, payments, work and people in one line each."""
    return (
        _sale(brief, language),
        _billing(brief, language),
        _payments(brief.payments.value or (), language),
        _work(brief, language),
        _people(brief, language),
    )


def with_brief(note: str, brief: Brief, language: Language) -> str:
    """The note with the filled-in chart, and the brief below it."""
    return f"{note}\n\n" + "\n".join(brief_lines(brief, language))


def made_note(brief: Brief, todos: Iterable[str], language: Language, *, number: str) -> str:
    """What was made: the project, its money and payments, then the manual actions as a check list.

    `number`: the project's number, or the reference that is filled with it.
    """
    choice = brief.project.value
    joins = choice is not None and choice.join is not None
    name = choice.name if choice is not None and joins else brief.name.value or ""
    first = _text(language, "joined" if joins else "project", number=number, name=_name(name))
    actions = [f"[ ] {todo}" for todo in todos]
    heading = [messages(language)["brief"]["check"], *actions] if actions else []
    return "\n".join([first, *brief_lines(brief, language), *heading])


def _text(language: Language, key: str, **values: str) -> str:
    template: str = messages(language)["brief"][key]
    return template.format(**values)


def _name(text: str) -> str:
    return cut(plain(text), _LONGEST_NAME)


def _amount(amount: Decimal | None, language: Language) -> str:
    return amount_in(language, amount or Decimal(0))


def _sale(brief: Brief, language: Language) -> str:
    sheet, total = brief.billing_sheet.value, brief.sold_total.value
    if total is None:
        return _text(language, "no_sale")
    lines = sheet.total(Reach.PRODUCT_LINE) if sheet else None
    line = _text(
        language, "sale", total=_amount(total, language), currency=_name(brief.currency.value or ""),
        fee=_amount(brief.fee.value, language), lines=_amount(lines, language),
    )  # fmt: skip
    return line.replace("  ", " ")


def _billing(brief: Brief, language: Language) -> str:
    details = [
        _text(language, key, **{key: _amount(value, language)})
        for key, value in (("cap", brief.cap.value), ("rate", brief.rate.value))
        if value is not None
    ]
    if brief.po_number.value:
        details.append(_text(language, "po", po=_name(brief.po_number.value)))
    if brief.agreement.value == "remove":
        details.append(_text(language, "agreement_off"))
    method = brief.method.value or "ActualRates"
    return _text(language, "billing", method=method, details=", ".join(details) or _text(language, "no_details"))


def _payments(payments: Iterable[Payment], language: Language) -> str:
    shown = [_payment(payment, language) for payment in payments][:_MOST_NAMED]
    return _text(language, "payments", payments="; ".join(shown)) if shown else _text(language, "no_payments")


def _payment(payment: Payment, language: Language) -> str:
    due = f" ({payment.due.isoformat()})" if payment.due else ""
    return f"{_name(payment.label)} {_amount(payment.amount, language)}{due}"


def _work(brief: Brief, language: Language) -> str:
    hours = brief.budget_hours.value
    phases = [_phase(phase, language) for phase in brief.phases.value or ()][:_MOST_NAMED]
    return _text(
        language, "work", days=_days(brief, language),
        hours=_hours(hours, language) or _text(language, "no_hours"), phases=", ".join(phases) or _text(language, "no_phases"),
    )  # fmt: skip


def _days(brief: Brief, language: Language) -> str:
    """First and last day, and whether nothing names them."""
    start, end = brief.start.value, brief.end.value
    if start is None and end is None:
        return _text(language, "no_days")
    first, last = (day.isoformat() if day else "–" for day in (start, end))
    shown = _text(language, "days", start=first, end=last)
    named = [name for name, day in (("start", brief.start), ("end", brief.end)) if assumed(day)]
    return f"{shown} {_text(language, '_'.join(('assumed', *named)))}" if named else shown


def _phase(phase: Phase, language: Language) -> str:
    return f"{_name(phase.name)} {_hours(phase.hours, language)}".strip()


def _hours(hours: Decimal | None, language: Language) -> str:
    return _text(language, "hours", hours=f"{hours.normalize():f}") if hours else ""


def _people(brief: Brief, language: Language) -> str:
    manager = brief.manager.value
    team = ", ".join(_name(member.identifier) for member in brief.team.value or ())
    contacts = ", ".join(_contact(contact) for contact in brief.contacts.value or ())
    return _text(
        language, "people",
        manager=_text(language, "manager", name=_name(manager)) if manager else _text(language, "no_manager"),
        team=_text(language, "team", names=team) if team else _text(language, "no_team"),
        contacts=_text(language, "contacts", names=contacts) if contacts else _text(language, "no_contacts"),
    )  # fmt: skip


def _contact(person: ContactPerson) -> str:
    return f"{_name(person.name)} ({_name(person.part)})" if person.part else _name(person.name)
