"""The end of a mail says who wrote it, not what is wanted."""

from __future__ import annotations

import pytest

from app.reading.mail import Role
from tests.unit.reading.mail.mails import OFFER, with_role, words

SIGNATURES = [
    "Kind regards\nAda Kis\nProject Director\nKis & Co, proud sponsors of the three phase race",
    "Thanks, Ada", "Mit freundlichen Grüßen / Kind regards\nAda Kis", "i. A. Kis\nMfG Lager", "Gruß Ada", "Bien à vous,\nAda Kis, atelier",
    "Muchas gracias,\nAda Kis\nJefa de proyecto", "Cordiali saluti\nAda Kis\nProject Manager", "Groetjes\nAda", "Pozdrawiam\nAda Kis",
    "-- \nAda Kis\nPhase 2 building, project office", "Ada Kis\nFacilities Manager | Kis Ltd\nT 01632 960000 | Project office, 2nd floor",
    "Sent from my iPhone", "Get Outlook for iOS<https://aka.example/x>", "Skickat från min iPhone", "+44 1632 960000\nwww.kis.example",
]  # fmt: skip


@pytest.mark.parametrize("signature", [text for text in SIGNATURES if not text.startswith("i. A.")])
def test_a_signature_is_not_read(signature: str) -> None:
    assert words(f"{OFFER}\n\n{signature}") == OFFER
    assert with_role(f"{OFFER}\n\n{signature}", Role.SIGNATURE)


def test_a_postscript_below_a_signature_is_text() -> None:
    assert (
        words(f"{OFFER}\n\nKind regards\nAda\n\nPS: the key is at the gate.") == f"{OFFER} PS: the key is at the gate."
    )


@pytest.mark.parametrize(
    "text",
    [
        "My iPhone does not sync since Monday.",
        "Thanks for the quick help with the phones, now the fax is dead.",
        "Best would be Tuesday at nine.",
        "Hello,\n\nthe phones ring twice.",
    ],
)
def test_sentences_that_begin_like_a_closing_are_text(text: str) -> None:
    assert words(text) == " ".join(text.split())


def test_a_closing_with_a_long_text_below_it_closes_nothing() -> None:
    text = "\n".join(["Hello,", "thanks", *(f"Room {number} has no signal." for number in range(12))])
    assert words(text).endswith("Room 11 has no signal.")
