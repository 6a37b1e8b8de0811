"""Manual actions in every language of the note."""

from __future__ import annotations

import string
from decimal import Decimal

import pytest

from app.domain.enums import BillingMethod
from app.domain.facts import JobFacts
from app.planning.manual_actions import LANGUAGES, Language, action_sentences, manual_action, messages
from tests.support.planning_factories import chart, make_ticket, mini, note_of, project, sold, step, told

KEYS = sorted(messages("en")["actions"])


def _places(sentence: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(sentence) if name}


@pytest.mark.parametrize(
    ("section", "key"),
    [(section, key) for section in ("brief", "budget_watch") for key in sorted(messages("en")[section])],
)
def test_each_line_of_a_note_says_the_same_things_in_every_language(section: str, key: str) -> None:
    assert len({frozenset(_places(messages(language)[section][key])) for language in LANGUAGES}) == 1


@pytest.mark.parametrize("key", KEYS)
def test_each_sentence_says_the_same_things_in_every_language(key: str) -> None:
    sentences = [messages(language)["actions"][key] for language in LANGUAGES]
    assert len({frozenset(_places(sentence)) for sentence in sentences}) == 1
    assert all(sentence.endswith(".") for sentence in sentences)


def test_every_language_has_the_same_messages() -> None:
    assert all(messages(language).keys() == messages("en").keys() for language in LANGUAGES)
    assert all(sorted(messages(language)["actions"]) == KEYS for language in LANGUAGES)


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", "Set the agreed rate of 1,234.50 an hour by hand; the API cannot set it with the method NotToExceed"),
        ("de", "Den vereinbarten Stundensatz 1.234,50 von Hand eintragen; mit der Methode NotToExceed"),
        ("fr", "Saisir à la main le taux horaire convenu de 1 234,50 ; avec la méthode NotToExceed"),
        ("es", "Poner a mano la tarifa acordada de 1.234,50 por hora; con el método NotToExceed"),
    ],
)
def test_amounts_are_written_as_the_language_writes_them(language: Language, words: str) -> None:
    left = manual_action("rate-by-hand", rate=Decimal("1234.5"), method=BillingMethod.NOT_TO_EXCEED)
    assert action_sentences([left], language)[0].startswith(words)


def test_names_are_quoted_cut_and_without_markup() -> None:
    text = action_sentences([manual_action("not-on-team", names=("<b>" + "x" * 300, "jdoe"))], "fr")[0]
    assert text == f"Pas membre actif, donc pas dans l'équipe : « b {'x' * 97}… », « jdoe »."


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_notes_are_in_the_language_of_the_chart(language: Language) -> None:
    rules = chart().model_copy(update={"note_language": language})
    ticket = told("Order signed, fixed price $640, then 20 € monthly.".replace("20 €", "$20"))
    moved, converted = mini(ticket=ticket, rules=rules), project(JobFacts(restricted=True), ticket=ticket, rules=rules)
    assert f"{messages(language)['heading']}\n- {moved.todos[0]}\n" in step(moved, "note").body["text"]
    assert f"\n{messages(language)['brief']['check']}\n[ ] " in note_of(converted, "project-note")
    assert messages(language)["actions"]["restrict"] in converted.todos


def test_a_project_with_nothing_left_to_do_has_no_check_list() -> None:
    made = project(ticket=make_ticket())
    assert (made.todos, made.actions) == ((), ())
    assert "[ ]" not in note_of(made, "project-note")


def test_actions_are_records_with_their_sentence() -> None:
    made = project(ticket=sold(640))
    action = made.actions[0]
    assert action.to_json("en") == {"key": "own-method", "text": made.todos[0], "values": {}}
