"""What is left to a person, in every language of the note."""

from __future__ import annotations

import string
from decimal import Decimal

import pytest

from app.domain.enums import BillingMethod
from app.domain.facts import JobFacts
from app.planning.manual_actions import HEADING, SENTENCES, Language, said, todo
from tests.support.planning_factories import chart, make_ticket, mini, project, step

LANGUAGES: tuple[Language, ...] = ("en", "de", "fr", "es")


def _places(sentence: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(sentence) if name}


@pytest.mark.parametrize("key", SENTENCES)
def test_each_sentence_says_the_same_things_in_every_language(key: str) -> None:
    sentences = SENTENCES[key]
    assert tuple(sentences) == LANGUAGES
    assert len({frozenset(_places(sentence)) for sentence in sentences.values()}) == 1
    assert all(sentence.endswith(".") for sentence in sentences.values())


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", "Set the agreed rate of 1,234.50 an hour by hand; with the method NotToExceed"),
        ("de", "Den vereinbarten Stundensatz 1.234,50 von Hand eintragen; mit der Methode NotToExceed"),
        ("fr", "Saisir à la main le taux horaire convenu de 1 234,50 ; avec la méthode NotToExceed"),
        ("es", "Poner a mano la tarifa acordada de 1.234,50 por hora; con el método NotToExceed"),
    ],
)
def test_amounts_are_written_as_the_language_writes_them(language: Language, words: str) -> None:
    left = todo("rate-by-hand", rate=Decimal("1234.5"), method=BillingMethod.NOT_TO_EXCEED)
    assert said([left], language)[0].startswith(words)


def test_names_are_quoted_cut_and_without_markup() -> None:
    sentence = said([todo("not-on-team", names=("<b>" + "x" * 300, "jdoe"))], "fr")[0]
    assert sentence == f"Pas membre actif, donc pas dans l'équipe : « b {'x' * 97}… », « jdoe »."


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_notes_are_in_the_language_of_the_chart(language: Language) -> None:
    rules = chart().model_copy(update={"note_language": language})
    facts = JobFacts(fixed_price=Decimal(640), restricted=True)
    moved, converted = mini(facts, rules=rules), project(facts, rules=rules)
    assert step(moved, "note").body["text"].split("\n")[2:4] == [HEADING[language], f"- {moved.todos[0]}"]
    assert step(converted, "project-note").body["text"].startswith(HEADING[language])
    assert SENTENCES["restrict"][language] in converted.todos


def test_a_ticket_with_nothing_left_to_do_has_no_such_note() -> None:
    made = project(ticket=make_ticket())
    assert made.todos == ()
    assert not [one for one in made.steps if one.key == "project-note"]
