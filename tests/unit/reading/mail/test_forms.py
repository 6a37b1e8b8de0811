"""Fields of web forms and call notes: who asks is no part of the work, what is asked is."""

from __future__ import annotations

import pytest

from app.reading.mail import Role
from tests.unit.reading.mail.mails import FAULT, with_role, words

FORMS = {
    "English": f"Name: Ada Kis\nEmail: ada@x.example\nPhone: 01632 960000\nRequest: {FAULT}",
    "German": f"Name: Ada Kis\nE-Mail: ada@x.example\nTelefon: 0731 123456\nAnliegen: {FAULT}",
    "French": f"Nom : Ada Kis\nCourriel : ada@x.example\nTéléphone : 01 23 45 67 89\nDemande : {FAULT}",
    "Spanish": f"Nombre: Ada Kis\nCorreo: ada@x.example\nTeléfono: 912 345 678\nSolicitud: {FAULT}",
    "Polish": f"Imię i nazwisko: Ada Kis\nE-mail: ada@x.example\nTelefon: 22 123 45 67\nOpis: {FAULT}",
    "bold": f"**Name:** Ada Kis\n**Email:** ada@x.example\n**Request:** {FAULT}",
    "a table": f"<table><tr><td>Name:</td><td>Ada Kis</td></tr><tr><td>Email:</td><td>ada@x.example</td></tr></table><p>{FAULT}</p>",
    "call notes": f"Call taken by: Ben\nCall back: Yes\nBest time to call: Morning\n\n{FAULT}",
    "several people": f"Contact: Ada Kis\nBackup contact: Ben Oke\nCompany: Kis Ltd\n\nDescription:\n{FAULT}",
    "headers of the mail": f"From: Ada Kis\nTo: helpdesk\n\n{FAULT}",
}


@pytest.mark.parametrize("form", [pytest.param(text, id=name) for name, text in FORMS.items()])
def test_only_the_request_of_a_form_is_read(form: str) -> None:
    assert words(form) == FAULT
    assert with_role(form, Role.FORM_FIELD)


def test_a_field_names_a_person_for_a_part_of_the_work() -> None:
    text = "Name: Ada Kis\nEmail: ada@x.example\nPhase 1: Ben Oke\nNorth site: Cleo Rua\nApprover: Dan Vale"
    assert words(text) == "Phase 1: Ben Oke North site: Cleo Rua"


def test_a_list_of_the_sender_is_no_form() -> None:
    text = "Superusers: Ada (Housing), Ben (Planning)\nLead: Cleo Rua"
    assert words(text) == " ".join(text.split())


def test_a_date_is_no_number_to_call() -> None:
    assert words("Server: web01\nNot after: 2026-01-31") == "Server: web01 Not after: 2026-01-31"
