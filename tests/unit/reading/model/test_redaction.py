"""Masks of people, numbers and addresses."""

from __future__ import annotations

from typing import Any

import pytest

from app.reading.model.redaction import Redaction
from tests.support.tickets import ticket_record


def masked(text: str, **changes: Any) -> tuple[str, Redaction]:
    redaction = Redaction.of(ticket_record(text, **changes), [text])
    return redaction.mask(text), redaction


@pytest.mark.parametrize(
    ("text", "secret"),
    [
        ("Write to ann.poe@example.com please", "ann.poe@example.com"),
        ("See https://portal.example.com/x?id=4 for it", "portal.example.com"),
        ("Call +44 1452 330 998 today", "1452"),
        ("Telefon 0171/555 12 34 bitte", "555"),
        ("IBAN DE89 3704 0044 0532 0130 00 as before", "3704"),
        ("The server 10.20.30.40 is down", "10.20.30.40"),
        ("Deliver to 12 Mill Lane before noon", "Mill Lane"),
        ("Lieferung in die Hafenstraße 12 bitte", "Hafenstraße"),
        ("Ask Ms Adair about it", "Adair"),
        ("Bitte Frau Roth fragen", "Roth"),
        ("Voyez avec Mme Vasseur", "Vasseur"),
        ("Dear Hollie, it is done", "Hollie"),
        ("Card 4111111111111111 was charged", "4111111111111111"),
    ],
)
def test_personal_data_is_masked_and_comes_back_in_quotes(text: str, secret: str) -> None:
    shown, redaction = masked(text)

    assert secret not in shown
    assert redaction.unmask(shown) == text


@pytest.mark.parametrize(
    "text",
    [
        "£1,985 in total, 40 hours, 2 engineers",
        "2026-01-15 and 15.01.2026, 09:30 to 12:00",
        "Offer 2231, PO 60-227, order no. 45-1180",
        "Stage 1 in March 633.00, stage 2 in May 633.00",
        "Invoice 20817 of 12/01/2026",
        "27 screens in 4 schools",
    ],
)
def test_what_the_chart_needs_stays(text: str) -> None:
    assert masked(text)[0] == text


def test_the_same_person_has_the_same_mask_and_two_people_two() -> None:
    shown, _ = masked("Ms Adair decides for block A. Ask Adair. For block B ask Mr Tull.")

    assert shown.count("[person 1]") == 2
    assert shown.count("[person 2]") == 1


def test_members_and_contacts_of_the_records_are_masked() -> None:
    shown, _ = masked("fmacrae comes, then Ines", resources="fmacrae", contact={"name": "Ines Quill"})

    assert "fmacrae" not in shown
    assert "Ines" not in shown


def test_a_contact_that_is_a_place_is_no_person() -> None:
    assert masked("The reception is closed", contact={"name": "Reception Desk"})[0] == "The reception is closed"


def test_text_that_looks_like_a_mask_does_not_stand_for_anybody() -> None:
    shown, redaction = masked("[person 1] and Ms Adair")

    assert shown == "person 1 and Ms [person 1]"
    assert redaction.unmask("[person 9]") == "[person 9]"


def test_without_redaction_every_text_passes() -> None:
    text = "Ask Ms Adair, ann@example.com"

    assert Redaction.of(ticket_record(text), [text], active=False).mask(text) == text
