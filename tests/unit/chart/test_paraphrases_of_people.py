"""Each rule about people, access and contacts in several wordings, and similar wordings with another meaning."""

from __future__ import annotations

import pytest

from app.domain.enums import Criterion, Outcome, PointsTo
from tests.support.tickets import decided, side

ALL_IN = {"name": "Managed Services - All In", "type": "Managed Services", "billingCycle": "Monthly"}


@pytest.mark.parametrize(
    "text",
    [
        "Nobody in your house but Tessa Wynn may work on this or open the ticket. 2,900 flat, one invoice.",
        "Apart from Ruben nobody at your company is to look into the ticket. 2,900 flat, one invoice.",
        "Bei Ihnen darf niemand außer Frau Brandt daran arbeiten. Festpreis 2.900 €, eine Rechnung.",
        "Außer Herrn Weiß soll keiner bei Ihnen das Ticket einsehen. Festpreis 2.900 €, eine Rechnung.",
        "Personne chez vous sauf Mme Roche ne doit ouvrir ce dossier. 2 900 € au forfait.",
        "Make sure that at your place no one apart from Katya can get at the ticket. 3,400 flat, one invoice.",
        "Daran arbeiten darf bei Ihnen allein Frau Brandt, das Ticket bleibt für alle anderen zu. Festpreis 3.400 €.",
        "Nadie de su empresa salvo Marta puede abrir este expediente. 2.900 € precio cerrado.",
    ],
)
def test_nobody_of_yours_but_one_is_restricted_access(text: str) -> None:
    decision = decided(text, "Mailbox export")
    assert side(decision, Criterion.TEAM) is PointsTo.PROJECT
    assert decision.outcome is Outcome.PROJECT


@pytest.mark.parametrize(
    "text",
    [
        "The folder opens late. Just me as far as I can see, the others are fine.",
        "Only Mr Hobbs has it, as far as we can see.",
        "Der Kalender geht nach. Nur bei ihm, soweit ich sehe.",
        "Nobody at the front but me noticed, the printer prints blank pages.",
        "Nobody here can open the shared drive but the manager.",
    ],
)
def test_who_is_affected_is_no_restricted_access(text: str) -> None:
    assert decided(text, "Calendar", agreement=ALL_IN).outcome is Outcome.SERVICE_TICKET


SOLD = "Lab system as ordered, 5,600 in one invoice on 30 January, one engineer throughout."


@pytest.mark.parametrize(
    "text",
    [
        f"{SOLD} Please note who to deal with:\n\nstep 1 intake: Ms Abbot\nstep 2 analysers: Mr Coyle\n\nEach decides for the own part.",
        f"{SOLD}\nPlease turn to\n- ward A: Sister Agnes\n- ward B: Mr Tolliver\n- pharmacy: Dr Wu",
        f"{SOLD} The wardens: Elm House - Mr Fitch; Oak House - Mrs Lunn; the other two - my sister.",
        "Laborsystem wie bestellt, 5.600 € auf eine Rechnung, ein Techniker. Wenden Sie sich bitte an:\nAnnahme: Frau Kolb\nGeräte: Herr Senft",
        f"{SOLD}\nDecisions:\n1) cabling - Mr Barlow\n2) phones - Ms Teal",
        f"{SOLD} For A and B ask Jim the porter, for the hall it's Ms Larkin.",
        f"{SOLD} On our side Pieter for servers and Femke for the clients.",
        f"{SOLD} Each chapel has its own warden with the key.",
    ],
)
def test_a_person_for_each_part_is_several_contacts(text: str) -> None:
    decision = decided(text, "Lab system")
    assert side(decision, Criterion.CONTACTS) is not PointsTo.SERVICE
    assert decision.outcome in {Outcome.PROJECT, Outcome.REVIEW}


@pytest.mark.parametrize(
    ("text", "summary"),
    [
        ("Half a day, 720, one trainer, one invoice. As ordered.", "Excel course for branch managers"),
        (
            "We accept your offer 5512, fixed price 900: training for 12 ward managers, one morning, one invoice.",
            "Training",
        ),
        (f"{SOLD} It goes to these desks:\nRoom: Ms Abbot\nDesk: Mr Coyle", "Lab system"),
    ],
)
def test_titles_and_fields_of_forms_name_no_contacts(text: str, summary: str) -> None:
    assert decided(text, summary).outcome is Outcome.MINI_PROJECT


@pytest.mark.parametrize(
    "text",
    [
        "New laptops have arrived and do not connect:\nRoom 4: Ms Abbot\nRoom 5: Mr Coyle",
        "The site managers cannot log in since this morning.",
        "Name: Ms Abbot\nReported by: Mr Coyle\nThe scanner is dead.",
        "Password reset please for the shop manager in Leeds.",
    ],
)
def test_people_who_have_a_fault_are_no_contacts_by_part(text: str) -> None:
    assert decided(text, "Support", agreement=ALL_IN).outcome is Outcome.SERVICE_TICKET


@pytest.mark.parametrize(
    "text",
    [
        "Ade and Lorcan as on the plan.",
        "Gwen prepares them, Stefan drives round.",
        "Your network engineer does the switches and the OT specialist the controllers.",
        "Sie schließen an, Frau Sahin zeigt den Leuten das Programm.",
        "Two of ours in the van.",
        "The cabling is done by your fitter, the phones by your voice man.",
        "Sie ziehen die Kabel, Ihr Kollege Herr Sahin macht die Schulung.",
    ],
)
def test_two_who_do_a_part_each_are_several_people(text: str) -> None:
    decision = decided(f"We accept your offer 5512, fixed price 4,900. {text}", "Hall")
    assert side(decision, Criterion.SCHEDULING) is PointsTo.PROJECT


@pytest.mark.parametrize(
    "text",
    [
        "Your technician came and the printer still jams.",
        "Gwen gets an error, Stefan sees nothing at all.",
        "Two of ours cannot log in.",
    ],
)
def test_two_who_have_a_fault_are_no_crew(text: str) -> None:
    assert decided(text, "Support", agreement=ALL_IN).outcome is Outcome.SERVICE_TICKET
