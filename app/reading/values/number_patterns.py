"""Patterns of number words and amounts of money that phrases and values share."""

from __future__ import annotations

from app.reading.language_data import words_of
from app.reading.values.number_words import IN_WORDS

WORDS_FOR_MANY = "|".join(words_of("numbers", "several"))
WORDS_FOR_ONE = "|".join(words_of("numbers", "single"))
MANY = (
    "two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|fifteen|twenty|thirty|forty|fifty|zwei|drei|vier|fünf|sechs"
    "|sieben|acht|neun|zehn|elf|zwölf|zwanzig|deux|trois|quatre|cinq|sept|huit|neuf|dix|douze|quinze|vingt|dos|tres|cuatro"
    "|cinco|seis|siete|ocho|nueve|diez|doce|quince|veinte|both|beide|a couple of|a pair of|several|mehrere|plusieurs|varios|varias"
)
WORDS_FOR_ONE = "one|ein|eine|einen|einem|un|une|uno|una|half"
MANY = rf"(?:[2-9]|[1-9]\d{{1,3}}|{WORDS_FOR_MANY})"
NUMBER = rf"(?:\d[\d.,/-]{{0,9}}|{WORDS_FOR_ONE}|{WORDS_FOR_MANY})"
_CURRENCY = r"(?:[€£$]|eur\b|euros?\b|gbp\b|usd\b|chf\b|aud\b|pounds?\b|dollars?\b|franken\b|francs?\b|quid\b|nok\b|sek\b|dkk\b)"
MONEY = (
    rf"(?:(?:[€£$]|\b(?:eur|gbp|usd|chf|aud))\s?\d[\d.,' ]{{0,9}}(?:\d|k\b)?k?|\d[\d.,']{{0,9}}\s?k?\s?{_CURRENCY}|\d{{1,3}}(?:[.,]\d)?k\b"
    rf"|{IN_WORDS}(?: \w{{2,12}})? {_CURRENCY}|\w{{2,9}} (?:hundred|thousand)(?: and \w{{2,12}}| \w{{2,12}})? {_CURRENCY})"
)
AMOUNT = rf"(?:{MONEY}|(?<![-/\d])(?:\d{{1,3}}[.,' ]\d{{3}}|\d{{2,6}})(?:[.,]\d\d)?(?!\d|[:/-]\d|\s?%))"
"""An amount that may lack its currency."""
