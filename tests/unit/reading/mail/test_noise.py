"""What holds no words is dropped before any limit on length, and kept as noise."""

from __future__ import annotations

import base64
import textwrap

import pytest

from app.reading.mail import MOST_READ, Role
from tests.unit.reading.mail.mails import FAULT, OFFER, with_role, words

IMAGE = base64.b64encode(bytes(number * 7919 % 256 ^ number >> 5 & 255 for number in range(90_000))).decode()
NOISES = {
    "base64 in one line": IMAGE,
    "base64 in lines": "\n".join(textwrap.wrap(IMAGE, 76)),
    "an image of markdown": f"![logo](data:image/png;base64,{IMAGE})",
    "an embedded image": f'<p><img alt="logo" src="data:image/png;base64,{IMAGE}"></p>',
    "style rules": "p.MsoNormal, li.MsoNormal {margin:0cm; font-size:11.0pt;} " * 1500,
    "style rules in a comment": f"<!-- /* Fonts */ {'@font-face {font-family:Calibri; panose-1:2 15 5 2;} ' * 1500}-->",
    "a style element": f"<html><head><style>{'p.a {margin:0cm;} ' * 4000}</style></head><body>",
    "MIME headers": "Content-Type: image/png; name=x.png\nContent-Transfer-Encoding: base64\n",
}


@pytest.mark.parametrize("noise", [pytest.param(text, id=name) for name, text in NOISES.items()])
def test_text_behind_noise_is_read(noise: str) -> None:
    assert words(f"{noise}\n\n{OFFER}") == OFFER


@pytest.mark.parametrize(
    "name", ["base64 in one line", "base64 in lines", "an image of markdown", "style rules", "a style element"]
)
def test_noise_keeps_its_role(name: str) -> None:
    text = f"{NOISES[name]}\n\n{OFFER}"
    assert sum(len(segment.text) for segment in with_role(text, Role.NOISE)) > MOST_READ


@pytest.mark.parametrize(
    "text",
    [
        "The log says: https://portal.example/" + "a1B2" * 60,
        "Serial " + "A1B2C3" * 9,
        "The config is {name: till, port: 22}",
        FAULT,
    ],
)
def test_addresses_numbers_and_settings_are_text(text: str) -> None:
    assert words(text) == text


def test_what_is_past_the_limit_is_kept_unread() -> None:
    text = f"{FAULT}\n" * (2 * MOST_READ // len(FAULT))
    (unread,) = with_role(text, Role.UNREAD)
    assert FAULT in unread.text
    assert not unread.counts
