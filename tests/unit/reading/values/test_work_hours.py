"""Hours of work, apart from response times and deadlines, in every language of the vocabulary."""

from __future__ import annotations

from decimal import Decimal

import pytest

from app.reading.language_data import ANY, language_file, languages
from app.reading.segments import sentences
from app.reading.values.work_hours import stated_hours

WORK_BESIDE_A_RESPONSE_TIME = (
    "Reaktionszeit 4 Stunden, Aufwand 20 Stunden",
    "Aufwand 20 Stunden, Reaktionszeit 4 Stunden",
    "Wiederherstellungszeit 8 Std., Montage 20 Std.",
    "Bitte Rückmeldung in 24 Stunden. Wir rechnen mit 20 Stunden.",
    "20 Stunden Arbeit bei 4 Stunden Reaktionszeit.",
    "Response 4 hours, work 20 hours",
    "Please answer within 48 hours. The job is 20 hours.",
    "Get back to us in 48 hours; effort 20 h.",
    "Reaction time 4 h, repair time 6 hours turnaround. Fitting: 20 h.",
    "20 hours of work, 4 hours response",
    "Délai de réponse 4 heures, travail 20 heures",
    "Travail 20 heures, 4 heures de délai",
    "Tiempo de respuesta 4 horas, trabajo 20 horas",
    "Tempo di risposta 4 ore, lavoro 20 ore",
    "Reactietijd 4 uur, werk 20 uur",
    "Tempo de resposta 4 horas, trabalho 20 horas",
    "Czas reakcji 4 godziny, praca 20 godzin",
    "Doba odezvy 4 hodiny, práce 20 hodin",
    "Svarstid 4 timmar, arbete 20 timmar",
    "Svartid 4 timer, arbejde 20 timer",
    "Responstid 4 timer, arbeid 20 timer",
    "Vasteaika 4 tuntia, työ 20 tuntia",
)


@pytest.mark.parametrize("text", WORK_BESIDE_A_RESPONSE_TIME)
def test_a_response_time_is_no_work(text: str) -> None:
    stated = stated_hours(sentences(text, "initialDescription"))
    assert stated is not None
    assert stated.hours == Decimal(20)


@pytest.mark.parametrize(
    ("text", "hours"),
    [
        ("Design 60 h, build 110 h", 170),
        ("Planung 12 Stunden, Montage 30 Stunden, Reaktionszeit 4 Stunden", 42),
        ("Montaggio 12 ore, collaudo 8 ore", 20),
        ("We do 20 hours of cabling.", 20),
    ],
)
def test_the_hours_of_the_parts_are_added(text: str, hours: int) -> None:
    stated = stated_hours(sentences(text, "initialDescription"))
    assert stated is not None
    assert stated.hours == Decimal(hours)


@pytest.mark.parametrize("language", [name for name in languages() if name != ANY])
def test_each_language_names_hours_and_what_is_no_work(language: str) -> None:
    words = language_file(language, "hours")
    for number in words["no_work_before"][:3]:
        text = f"{number.rstrip('*')} 48 {words['units'][-1]}"
        assert stated_hours(sentences(text, "initialDescription")) is None, text
    assert words["no_work_after"]
    assert words["ranges"]
