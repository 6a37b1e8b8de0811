"""Who manages the project, who works on it, and whom it is for."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal

from app.domain.billing_periods import day_of
from app.domain.numbers import decimal_of
from app.planning.amounts import usable_hours
from app.planning.brief.inputs import BriefInputs, plain_name
from app.planning.brief.model import BriefField, ContactPerson, Source, TeamMember, missing, proposed, settled
from app.planning.paths import MEMBERS
from app.planning.reference_lists import Record
from app.reading.values.project_people import NamedPerson, contacts_by_part, manager_named
from app.reading.values.site_contacts import without_title

_ADDRESS = re.compile(r"[\w.+-]{1,64}@[\w.-]{3,200}")


def contacts_path(company: int) -> str:
    """The list of a company's contacts."""
    return f"/company/contacts?conditions=company/id={company}"


def manager_of(inputs: BriefInputs) -> BriefField[str]:
    """The member named as project manager, else the chart's rule, else the ticket's owner; never who is only scheduled."""
    if not inputs.is_project:
        return settled(None)
    named = manager_named(inputs.sentences)
    if named is not None:
        source = Source(named.source, named.quote)
        member = _by_name(inputs, named.name)
        if member is None:
            return missing(f"“{named.name}” is named as project manager, and no active member has this name.", source)
        return proposed(str(member.get("identifier")), source)
    return _by_rule(inputs)


def _by_rule(inputs: BriefInputs) -> BriefField[str]:
    """The chart's manager for the kind of work, else for all, else the ticket's owner."""
    by_kind = {str(kind): name for kind, name in inputs.chart.project.managers.items()}
    by_rule = by_kind.get(inputs.facts.kind or "", inputs.chart.project.manager)
    if by_rule:
        return settled(by_rule, Source("chart: project.manager", by_rule))
    owner = inputs.ticket.owner
    if owner is not None and owner.identifier and inputs.lists.find(MEMBERS, owner.identifier, member="identifier"):
        return settled(owner.identifier, Source("owner", owner.identifier))
    if inputs.chart.project.manager_required:
        return missing("Nobody is named as project manager. Name a member, or a manager in the chart.")
    return settled(None)


def _by_name(inputs: BriefInputs, name: str) -> Record | None:
    """The one active member of this name: first and last name, else an unambiguous last name."""
    plain = plain_name(name)
    members = inputs.lists.active(MEMBERS)
    full = [
        member
        for member in members
        if plain_name(f"{member.get('firstName', '')} {member.get('lastName', '')}") == plain
        or plain_name(str(member.get("name", ""))) == plain
    ]
    last = [member for member in members if plain_name(str(member.get("lastName", ""))) == plain.split()[-1]]
    found = full or (last if len(plain.split()) == 1 or not full else [])
    if not full and len(plain.split()) > 1:
        found = [member for member in last if plain_name(str(member.get("firstName", "")))[:1] == plain[:1]]
    return found[0] if len(found) == 1 else None


def team_of(inputs: BriefInputs) -> BriefField[tuple[TeamMember, ...]]:
    """The scheduled members with their hours and days."""
    if not inputs.is_project:
        return settled(())
    by_member: dict[str, list[tuple[Decimal, str, str]]] = {}
    for entry in inputs.ticket.schedule_entries:
        if entry.member.strip():
            by_member.setdefault(entry.member.strip(), []).append(
                (decimal_of(entry.hours) or Decimal(0), entry.date_start, entry.date_end)
            )
    for name in (part.strip() for part in inputs.ticket.resources.split(",")):
        if name:
            by_member.setdefault(name, [])
    team = []
    for name, entries in by_member.items():
        days = [day for _, start, end in entries for text in (start, end) if (day := day_of(text))]
        hours = usable_hours(sum((hours for hours, _, _ in entries), Decimal(0)))
        team.append(TeamMember(name, hours, min(days, default=None), max(days, default=None)))
    return settled(tuple(team), *(Source("scheduleEntries", member.identifier) for member in team))


def contacts_of(inputs: BriefInputs) -> BriefField[tuple[ContactPerson, ...]]:
    """The ticket's contact, contacts named for a part of the work, and people in copy, resolved by address or name.

    Who is named in the text alone, and is no contact of the customer, waits for a person.
    """
    if not inputs.is_project:
        return settled(())
    by_part = contacts_by_part(inputs.sentences)
    found = _named_contacts(inputs, by_part)
    for address in _copied_addresses(inputs):
        record = _contact(inputs, address=address)
        if record is not None:
            name = _name_of(record)
            found.setdefault(name.casefold(), ContactPerson(name, "", _id(record)))
    people = _once(_resolved(inputs, person) for person in found.values())
    sources = [Source(person.source, person.quote) for person in by_part]
    if all(person.id is not None for person in people):
        sources += [Source("company contacts", person.name) for person in people if by_part]
        return settled(people, *sources)
    return proposed(people, *sources) if by_part else settled(people, *sources)


def _once(people: Iterable[ContactPerson]) -> tuple[ContactPerson, ...]:
    """Each person once: who is the ticket's contact and named in its text by surname keeps the part."""
    found: dict[object, ContactPerson] = {}
    for person in people:
        key = person.id or person.name.casefold()
        found[key] = person if key not in found or not found[key].part else found[key]
    return tuple(found.values())


def people_lists(inputs: BriefInputs) -> Iterator[str]:
    """The lists that people are looked up in: members, and contacts where one is known by name or address only."""
    if not inputs.is_project:
        return
    yield MEMBERS
    company = inputs.ticket.company.id if inputs.ticket.company else None
    if company is not None and _has_unknown_contact(inputs):
        yield contacts_path(company)


def _has_unknown_contact(inputs: BriefInputs) -> bool:
    people = _named_contacts(inputs, contacts_by_part(inputs.sentences)).values()
    return bool(_copied_addresses(inputs)) or any(person.id is None for person in people)


def _named_contacts(inputs: BriefInputs, by_part: Sequence[NamedPerson]) -> dict[str, ContactPerson]:
    """Contacts by name: those named for a part of the work, and those of the ticket's own fields."""
    ticket = inputs.ticket
    found = {person.name.casefold(): ContactPerson(person.name, person.part) for person in by_part}
    for reference in ([ticket.contact] if ticket.contact else []) + list(ticket.contacts_cc):
        if reference.name:
            key = reference.name.casefold()
            known = found.get(key)
            found[key] = ContactPerson(
                known.name if known else reference.name, known.part if known else "", reference.id
            )
    return found


def _copied_addresses(inputs: BriefInputs) -> list[str]:
    return list(dict.fromkeys(_ADDRESS.findall(inputs.ticket.contact_email_cc)))


def _resolved(inputs: BriefInputs, person: ContactPerson) -> ContactPerson:
    if person.id is not None:
        return person
    record = _contact(inputs, name=person.name)
    return ContactPerson(_name_of(record), person.part, _id(record)) if record is not None else person


def _contact(inputs: BriefInputs, *, name: str = "", address: str = "") -> Record | None:
    """The one contact of the company with this name or address; a surname alone where only one contact has it."""
    company = inputs.ticket.company.id if inputs.ticket.company else None
    if company is None:
        return None
    records = inputs.lists.active(contacts_path(company))
    if address:
        found = [record for record in records if address.casefold() in _addresses(record)]
    else:
        found = [record for record in records if plain_name(_name_of(record)) == plain_name(name)]
        found = found or [record for record in records if _is_surname(without_title(name), record)]
    return found[0] if len(found) == 1 else None


def _is_surname(name: str, record: Record) -> bool:
    return plain_name(str(record.get("lastName") or _name_of(record).rpartition(" ")[2])) == plain_name(name)


def _addresses(record: Record) -> set[str]:
    items = record.get("communicationItems")
    values = (
        [str(item.get("value") or "") for item in items if isinstance(item, dict)] if isinstance(items, list) else []
    )
    return {value.casefold() for value in values}


def _name_of(record: Record) -> str:
    return str(record.get("name") or f"{record.get('firstName') or ''} {record.get('lastName') or ''}").strip()


def _id(record: Record | None) -> int | None:
    found = record.get("id") if record is not None else None
    return found if isinstance(found, int) else None
