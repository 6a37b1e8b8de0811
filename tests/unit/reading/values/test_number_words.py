"""Numbers in words are read as amounts, in each language of the chart."""

from __future__ import annotations

from decimal import Decimal

import pytest

from app.reading.values.money import amounts_in
from app.reading.values.number_words import number_in_words
from app.reading.values.numbers import number_of
from tests.support.tickets import decided

WRITTEN = [
    ("twenty five thousand", 25_000),
    ("twenty-five thousand five hundred", 25_500),
    ("two hundred and eighty", 280),
    ("one hundred and twenty thousand", 120_000),
    ("twelve hundred", 1_200),
    ("a thousand", 1_000),
    ("one million two hundred thousand", 1_200_000),
    ("fünfundzwanzigtausend", 25_000),
    ("zwölftausendfünfhundert", 12_500),
    ("ein tausend fünfhundert", 1_500),
    ("vingt-cinq mille", 25_000),
    ("deux cent quatre-vingts", 280),
    ("mille deux cents", 1_200),
    ("veinticinco mil", 25_000),
    ("treinta y cinco mil", 35_000),
    ("mil doscientos", 1_200),
]


@pytest.mark.parametrize(("words", "number"), WRITTEN)
def test_a_number_in_words_is_read_whole(words: str, number: int) -> None:
    assert number_in_words(words) == number
    assert number_of(f"{words} euros") == number


@pytest.mark.parametrize(("words", "number"), WRITTEN)
def test_with_a_currency_it_is_an_amount(words: str, number: int) -> None:
    for text in (f"the price is {words} euros", f"The Price Is {words.title()} Euros", f"{words} net euros".upper()):
        assert [amount.value for amount in amounts_in(text)] == [number], text


@pytest.mark.parametrize(
    "text",
    ["several thousand pounds", "a few hundred dollars", "a couple of thousand euros", "ein paar tausend euro",
     "mehrere hundert euro", "varios miles de euros", "plusieurs mille euros", "eighty percent", "thousands of euros"],
)  # fmt: skip
def test_a_vague_number_is_no_amount(text: str) -> None:
    assert amounts_in(text) == ()


@pytest.mark.parametrize(("text", "value"), [("5 thousand pounds", 5_000), ("12,5 tausend euro", 12_500)])
def test_digits_before_thousand_are_multiplied(text: str, value: int) -> None:
    assert [amount.value for amount in amounts_in(text)] == [value]


@pytest.mark.parametrize(
    "text",
    [
        "We accept your fixed price of twenty five thousand pounds for the server migration.",
        "Wir nehmen Ihr Angebot zum Festpreis von fünfundzwanzigtausend Euro für die Servermigration an.",
        "Nous acceptons votre prix ferme de vingt-cinq mille euros pour la migration du serveur.",
        "Aceptamos su precio cerrado de veinticinco mil euros por la migración del servidor.",
    ],
)
def test_an_agreed_price_in_words_is_the_price_of_the_job(text: str) -> None:
    assert decided(text).facts.fixed_price == Decimal(25_000)


def test_a_run_of_number_words_is_read_in_bounded_time() -> None:
    assert number_in_words("one " * 4000) is None
    assert number_in_words("hundert" * 2000) is None
