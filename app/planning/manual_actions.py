"""Manual actions: what ConnectWise's API cannot do, as records, and their sentences in the language of the chart's notes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from importlib.resources import files
from typing import Any, Literal, get_args

import yaml

from app.domain.enums import BillingMethod
from app.planning.amounts import words
from app.planning.texts import cut, plain

Language = Literal["en", "de", "fr", "es"]
LANGUAGES: tuple[Language, ...] = get_args(Language)
Value = BillingMethod | str | Decimal | tuple[str, ...]
_LONGEST_NAME = 100
_QUOTES: dict[Language, tuple[str, str]] = {"en": ("“", "”"), "de": ("„", "“"), "fr": ("« ", " »"), "es": ("«", "»")}
_POINTS: dict[Language, tuple[str, str]] = {"en": (",", "."), "de": (".", ","), "fr": (" ", ","), "es": (".", ",")}
"""What stands between thousands, and before the cents."""


@dataclass(frozen=True, slots=True)
class ManualAction:
    """One action for a person. `key`: which sentence; `values`: amounts, and names as the ticket has them."""

    key: str
    values: Mapping[str, Value]

    def to_json(self, language: Language) -> dict[str, Any]:
        """The action with its sentence, as stored and shown."""
        return {
            "key": self.key,
            "text": sentence(self, language),
            "values": {name: _plain(value) for name, value in self.values.items()},
        }


def manual_action(key: str, **values: Value) -> ManualAction:
    """An action by the key of its sentence."""
    return ManualAction(key, values)


def sentence(action: ManualAction, language: Language) -> str:
    """The sentence of an action; names lose what could act as markup."""
    text: str = messages(language)["actions"][action.key]
    return text.format(**{name: _shown(value, language) for name, value in action.values.items()})


def action_sentences(actions: Iterable[ManualAction], language: Language) -> tuple[str, ...]:
    """The sentences of several actions, each once."""
    return tuple(dict.fromkeys(sentence(action, language) for action in actions))


def under_heading(sentences: Iterable[str], language: Language) -> str:
    """The sentences as a check list under their heading."""
    return "\n".join([messages(language)["heading"], *(f"- {one}" for one in sentences)])


@cache
def messages(language: Language) -> dict[str, Any]:
    """The texts of one language."""
    text = (files("app.planning") / "messages" / f"{language}.yaml").read_text(encoding="utf-8")
    loaded: dict[str, Any] = yaml.safe_load(text)
    return loaded


def amount_in(language: Language, amount: Decimal) -> str:
    """An amount as the language writes it."""
    thousands, point = _POINTS[language]
    return words(amount).translate({ord(","): thousands, ord("."): point})


def _plain(value: Value) -> Any:
    return str(value) if isinstance(value, Decimal) else list(value) if isinstance(value, tuple) else str(value)


def _shown(value: Value, language: Language) -> str:
    if isinstance(value, Decimal):
        return amount_in(language, value)
    if isinstance(value, BillingMethod):
        return value.value
    names = (value,) if isinstance(value, str) else value
    before, after = _QUOTES[language]
    return ", ".join(f"{before}{cut(plain(name), _LONGEST_NAME)}{after}" for name in names)
