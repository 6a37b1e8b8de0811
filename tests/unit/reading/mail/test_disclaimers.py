"""Disclaimers are told from text, also where they share a line with it."""

from __future__ import annotations

import pytest

from tests.unit.reading.mail.mails import FAULT, OFFER, words

DISCLAIMERS = [
    "This email is confidential and intended solely for the addressee.",
    "The information in this email may be privileged. If you are not the intended recipient, any disclosure is prohibited. Fees and stages named"
    " here are not binding.",
    "This e-mail is private. If it is not for you delete it.",
    "CONFIDENTIALITY NOTICE: This communication is for the project team only; access is restricted.",
    "Please consider the environment before printing.",
    "Registered in England 0000000, VAT no. 000",
    "Diese E-Mail enthält vertrauliche Informationen und ist ausschließlich für den Adressaten bestimmt.",
    "Ce message est confidentiel et réservé à son destinataire.",
    "Este mensaje es confidencial y va dirigido exclusivamente a su destinatario.",
    "Questo messaggio è riservato e destinato esclusivamente ai destinatari.",
]


@pytest.mark.parametrize("disclaimer", DISCLAIMERS)
@pytest.mark.parametrize("gap", ["\n\n", "\n", " "], ids=["paragraph", "line", "same line"])
def test_a_disclaimer_is_not_read(disclaimer: str, gap: str) -> None:
    assert words(f"{OFFER}{gap}{disclaimer}") == OFFER


@pytest.mark.parametrize(
    "text",
    [
        f"This email is bouncing back to us. {FAULT}",
        "This message comes up in error whenever I print.",
        "Please check whether his mail is sent on to a private address, and stop it if so.",
        "The confidential folder cannot be opened.",
        "I deleted this email by mistake, can you restore it?",
        "Is this email confidential or can I forward it?",
    ],
)
def test_a_fault_with_words_of_disclaimers_is_text(text: str) -> None:
    assert words(text) == text
