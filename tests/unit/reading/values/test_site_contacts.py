"""Persons for parts of a site: a title and a surname next to a floor, a wing or a place; a place is no person."""

from __future__ import annotations

import pytest

from app.reading.segments import sentences
from app.reading.values.site_contacts import site_contacts, without_title

NAMED = (
    ("Site contact differs per floor: Mr Okoro downstairs, Ms Brandt upstairs.", "Okoro downstairs, Brandt upstairs"),
    ("Contacts on site: Mrs Hale in the east wing, Mr Penn in the west wing.", "Hale east wing, Penn west wing"),
    ("Please ask Ms Obi on the ground floor and Mr Trask on the first floor.", "Obi ground floor, Trask first floor"),
    ("The contact downstairs is Mr Okoro, upstairs it is Ms Brandt.", "Okoro downstairs, Brandt upstairs"),
    ("Key holders: Mr Iqbal at the rear entrance, Miss Dunn at the main gate.", "Iqbal rear entrance, Dunn main gate"),
    ("Contact for the north hall Mr Iqbal, for the south hall Miss Dunn.", "Iqbal north hall, Dunn south hall"),
    ("Contacts differ: upstairs Ms Brandt, downstairs Mr Okoro.", "Brandt upstairs, Okoro downstairs"),
    ("Site contact differs per floor. Mr Okoro downstairs. Ms Brandt upstairs.", "Okoro downstairs, Brandt upstairs"),
    ("Ansprechpartner: Herr Vogt im Erdgeschoss, Frau Lang im Obergeschoss.", "Vogt Erdgeschoss, Lang Obergeschoss"),
    ("Melden Sie sich unten bei Herrn Vogt, oben bei Frau Lang.", "Vogt unten, Lang oben"),
    ("Interlocuteurs : Mme Petit au rez-de-chaussée, Mme Roux à l'étage.", "Petit rez-de-chaussée, Roux étage"),
    ("Contactos: Sr. Gil en la planta baja, Sra. Ruiz en la primera planta.", "Gil planta baja, Ruiz primera planta"),
    ("Contatti: Signor Neri al piano terra, Signora Conti al primo piano.", "Neri piano terra, Conti primo piano"),
)


@pytest.mark.parametrize(("text", "people"), NAMED)
def test_a_title_and_a_surname_next_to_a_part_of_the_site_are_a_contact(text: str, people: str) -> None:
    found = site_contacts(sentences(text, "initialDescription"))
    assert ", ".join(f"{one.name} {one.part}" for one in found) == people


@pytest.mark.parametrize(
    "text",
    [
        "Contacts differ per site: Oak House downstairs, Elm House upstairs.",
        "Call the plumber on the first floor and the porter downstairs.",
        "Contact the Ground Floor team, then the Upper Floor team.",
        "Mr Okoro downstairs broke his screen, Ms Brandt upstairs lost her mouse.",
        "Please call Mr Okoro in the morning, Ms Brandt in the afternoon.",
        "Please call Mr Okoro on Monday, Ms Brandt on Tuesday.",
        "Please call Mr Okoro downstairs.",
    ],
)
def test_places_times_and_one_person_alone_are_no_contacts_of_parts(text: str) -> None:
    assert site_contacts(sentences(text, "initialDescription")) == []


@pytest.mark.parametrize(
    ("name", "plain"), [("Mr Okoro", "Okoro"), ("Herr Dr. Vogt", "Vogt"), ("Ann Mrstik", "Ann Mrstik")]
)
def test_a_title_is_no_part_of_a_name(name: str, plain: str) -> None:
    assert without_title(name) == plain
