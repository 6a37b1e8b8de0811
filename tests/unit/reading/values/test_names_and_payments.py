"""Persons are no places, a part of the work is no verb, and a price in another sentence takes no payment away.

Each list was written before the code that reads it.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from app.reading.segments import sentences
from app.reading.values.payment_plan import stated_plan
from app.reading.values.project_people import contacts_by_part
from app.reading.values.work_phases import stated_phases

TODAY = date(2026, 12, 1)

PERSONS = [
    "Maria Huber in January, Tom Berg in February.",
    "Training goes to Anna Schmidt in March, Peter Wolf in April and Lena Vogt in May.",
    "Please plan Carla Gomez from January, Ivan Petrov from February.",
    "Holidays: Sarah Miller in July, John Carter in August.",
    "Our accountant changes: Paula Reyes in January, then Dieter Lang in March.",
    "Interviews with Omar Aziz in February, Nadia Klein in March.",
    "Urlaub: Katrin Maurer im Juni, Stefan Graf im Juli.",
    "Ansprechpartner sind Eva Lorenz im Januar, Jan Becker im Februar.",
    "Congés : Claire Moulin en juillet, Hugo Perrin en août.",
    "Vacaciones: Marta Ruiz en julio, Pablo Sanz en agosto.",
    "Sign-off by Helen Brooks in April, Martin Shaw in June.",
    "Shadowing: Priya Nair in May, Kenji Mori in June.",
]
PLACES = [
    ("Oak House in January, Elm House in February.", ["Oak House", "Elm House"]),
    ("Leeds in March, Bradford in April, York in May.", ["Leeds", "Bradford", "York"]),
    ("New York in January, San Diego in February.", ["New York", "San Diego"]),
    ("Mill Lane in May, Station Road in June.", ["Mill Lane", "Station Road"]),
    ("Our sites: Great Yarmouth in March, King's Lynn in April.", ["Great Yarmouth", "King's Lynn"]),
    ("Bad Homburg im März, Gießen im April.", ["Bad Homburg", "Gießen"]),
    ("Hall 1 in January, Hall 2 in March.", ["Hall 1", "Hall 2"]),
    ("Ground floor in January, first floor in February.", ["Ground floor", "First floor"]),
    ("Victoria School in June, Albert School in July.", ["Victoria School", "Albert School"]),
    ("Standorte: Neu Ulm im Mai, Alt Buchhorst im Juni.", ["Neu Ulm", "Alt Buchhorst"]),
    ("Saint Denis en mars, La Rochelle en avril.", ["Saint Denis", "La Rochelle"]),
    ("The stores follow: Marble Arch in May, Canary Wharf in June.", ["Marble Arch", "Canary Wharf"]),
]
PARTS = [
    ("The contact for site A is Maria Huber, the contact for site B is Tom Berg.", [("Maria Huber", "site A"), ("Tom Berg", "site B")]),
    ("Contact for the warehouse is Ann Lee; contact for the office is Bob Ray.", [("Ann Lee", "warehouse"), ("Bob Ray", "office")]),
    ("The contact for hall 1 will be Ms Okoro and for hall 2 Mr Brandt.", [("Okoro", "hall 1"), ("Brandt", "hall 2")]),
    ("Please contact Ruth for nothing; contact for invoices is Ida Holm, contact for access is Leo Falk.",
     [("Ida Holm", "invoices"), ("Leo Falk", "access")]),
    ("Kontakt für Standort Nord ist Eva Lorenz, für Standort Süd ist Jan Becker.", [("Eva Lorenz", "Standort Nord"), ("Jan Becker", "Standort Süd")]),
    ("Ansprechpartner für die Halle ist Frau Maurer, für das Büro ist Herr Graf.", [("Maurer", "Halle"), ("Graf", "Büro")]),
    ("Contact pour le magasin A est Claire Moulin, pour le magasin B est Hugo Perrin.", [("Claire Moulin", "magasin A"), ("Hugo Perrin", "magasin B")]),
    ("El contacto para la tienda 1 es Marta Ruiz, para la tienda 2 es Pablo Sanz.", [("Marta Ruiz", "tienda 1"), ("Pablo Sanz", "tienda 2")]),
    ("Contacts: for the server room it's Nell Fox, for the lobby it's Sun Kim.", [("Nell Fox", "server room"), ("Sun Kim", "lobby")]),
    ("Who to talk to: Oak House - Mrs Hughes, Elm House - Mr Novak, Ash House - Ms Petersen.",
     [("Hughes", "Oak House"), ("Novak", "Elm House"), ("Petersen", "Ash House")]),
    ("Site contacts: Leeds - Ann Lee, Hull - Bob Ray.", [("Ann Lee", "Leeds"), ("Bob Ray", "Hull")]),
    ("Contacts are Dana Poole for the clinic and Rick Stone for the lab.", [("Dana Poole", "clinic"), ("Rick Stone", "lab")]),
]  # fmt: skip
PAYMENTS = [
    ("Order signed, fixed price 12,000. Payments: 4,000 with the order and 8,000 at handover.", [4000, 8000]),
    ("The price is 9,000. 3,000 on order. 3,000 on delivery. 3,000 at sign-off.", [3000, 3000, 3000]),
    ("Agreed at $10,000 in total. We pay $2,500 up front. The remaining $7,500 is due on completion.", [2500, 7500]),
    ("Fixed fee 6,000, accepted. First invoice of 2,000 in January. Second invoice of 4,000 in March.", [2000, 4000]),
    ("Total: 15,000. Invoice 5,000 on 1 February, 5,000 on 1 March and 5,000 on 1 April.", [5000, 5000, 5000]),
    ("Wir haben für 8.000 € bestellt. 3.000 € bei Auftrag, 5.000 € nach Abnahme.", [3000, 5000]),
    ("Festpreis 6.000 €. Die erste Rate von 2.000 € ist im Januar fällig. Die zweite Rate von 4.000 € ist im April fällig.", [2000, 4000]),
    ("Forfait 9 000 € accepté. 3 000 € à la commande. 6 000 € à la réception.", [3000, 6000]),
    ("Precio cerrado 4.000 €, aceptado. 1.000 € con el pedido. 3.000 € al terminar.", [1000, 3000]),
    ("The job costs 20,000 all in. A deposit of 5,000 is paid with the order. The balance follows at go-live.", [5000, None]),
    ("Signed for 7,500. Half is invoiced now. The other half is invoiced at the end.", [3750, 3750]),
    ("Fixed price 18,000, order attached. Milestone 1, design: 6,000. Milestone 2, build: 12,000.", [6000, 12000]),
]  # fmt: skip


@pytest.mark.parametrize("text", PERSONS)
def test_persons_with_months_are_no_phases(text: str) -> None:
    assert stated_phases(sentences(text, "initialDescription"), TODAY) is None


@pytest.mark.parametrize(("text", "names"), PLACES)
def test_places_with_months_are_phases(text: str, names: list[str]) -> None:
    found = stated_phases(sentences(text, "initialDescription"), TODAY)
    assert found is not None
    assert [one.name for one in found.phases] == names


@pytest.mark.parametrize(("text", "wanted"), PARTS)
def test_a_part_of_the_work_is_named_without_its_verb(text: str, wanted: list[tuple[str, str]]) -> None:
    found = contacts_by_part(sentences(text, "initialDescription"))
    assert [one.part for one in found] == [part for _, part in wanted]
    assert all(one.name.endswith(name) for one, (name, _) in zip(found, wanted, strict=True)), found


@pytest.mark.parametrize(("text", "amounts"), PAYMENTS)
def test_payments_stand_although_the_total_is_in_another_sentence(text: str, amounts: list[int | None]) -> None:
    found = stated_plan(sentences(text, "initialDescription"), TODAY)
    assert found is not None
    total = sum(amount or 0 for amount in amounts)
    shown = [
        one.amount if one.share is None else Decimal(total) * one.share.numerator / one.share.denominator
        for one in found.payments
    ]
    assert shown == amounts
