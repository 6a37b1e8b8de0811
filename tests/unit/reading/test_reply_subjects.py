"""The subject of a reply belongs to the mail that is quoted below it."""

from __future__ import annotations

import pytest

from app.domain.ticket import TicketRecord
from app.reading.sources import ticket_texts

FAULT = "The label printer of the depot prints empty labels."
BELOW = "\n\nAda Kis <ada@x.example> 03.03.2026 09:14:\n> Offer 71: two racks, fixed price 780 EUR."


def _sources(text: str, subject: str) -> set[str]:
    return {source for _, source in ticket_texts(TicketRecord(summary=subject, initial_description=text))}


@pytest.mark.parametrize("mark", ["RE:", "AW:", "Odp:", "Re[2]:", "VS:", "YNT:"])
def test_the_subject_of_a_reply_is_not_read_where_the_sender_writes_of_something_else(mark: str) -> None:
    assert "summary" not in _sources(FAULT + BELOW, f"{mark} Offer 71")


@pytest.mark.parametrize(
    ("text", "subject"),
    [
        (FAULT, "RE: Offer 71"),
        (f"Please go ahead.{BELOW}", "RE: Offer 71"),
        (f"Thanks!{BELOW}", "RE: Offer 71"),
        (f"Accepted, thank you. When can you come to us?{BELOW}", "RE: Offer 71"),
        (FAULT + BELOW, "Offer 71 accepted"),
        (FAULT + BELOW, "PO: 4471"),
    ],
    ids=["nothing quoted", "adopted", "too short", "a consent", "no reply", "a number"],
)
def test_any_other_subject_is_read(text: str, subject: str) -> None:
    assert "summary" in _sources(text, subject)
