"""Where the revenue of a ticket goes: by booked GL entries, else by the rows of the GL mapping, never by names."""

from __future__ import annotations

from app.audit.kept_ticket import KeptTicket
from app.domain.gl_mapping import GlMapping
from app.domain.reference import id_of
from app.domain.ticket import TicketRecord
from app.domain.work_records import TimeEntry


class RevenuePath:
    """The GL accounts of one ticket; empty texts where they are not known."""

    def __init__(self, ticket: TicketRecord, mapping: GlMapping | None = None) -> None:
        self._mapping = mapping or GlMapping()
        self._booked = ticket.booked if isinstance(ticket, KeptTicket) else {}
        self._ids = {
            "service-type": id_of(ticket.type),
            "department": id_of(ticket.department),
            "location": id_of(ticket.location),
        }

    def of_ticket(self, invoice: int | None = None) -> str:
        """The account of a fee or of a line of labour: the ticket's type, department and location."""
        return self._booked_on(invoice) or self._mapping.account(self._ids)

    def of_time(self, entry: TimeEntry) -> str:
        """The account of a time entry: its work type and role, department and location go with the ticket's type."""
        ids = self._ids | {"work-type": entry.work_type_id, "work-role": entry.work_role_id}
        places = {"department": entry.department, "location": entry.location_id}
        ids |= {kind: number for kind, number in places.items() if number is not None}
        return self._booked_on(entry.invoice) or self._mapping.account(ids)

    def _booked_on(self, invoice: int | None) -> str:
        return self._booked.get(str(invoice), "") if invoice else ""
