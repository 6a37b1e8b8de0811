"""Names of people: what may be stored and shown next to a decision, and when two names are the same."""

from __future__ import annotations

import re
import unicodedata

LONGEST_NAME = 100
API_TOKEN_NAME = "API token"  # noqa: S105 - a name
_HIDDEN = ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp")
"""Categories that show nothing or change the direction of reading: a name with them can look like another one."""
_RESERVED = re.compile(r"api token|command line|^a person$|on behalf of")
"""Parts of names that the service itself writes."""


class BadName(ValueError):
    """The text cannot be a person's name; the message says why."""


def clean_name(text: str) -> str:
    """The name as it is stored. Raises BadName."""
    name = " ".join(part for part in unicodedata.normalize("NFC", text).split(" ") if part)
    if not name:
        raise BadName("A name is needed.")
    if len(name) > LONGEST_NAME:
        raise BadName(f"The name has {len(name)} characters. Use at most {LONGEST_NAME}.")
    if any(unicodedata.category(letter) in _HIDDEN for letter in name):
        raise BadName("The name has control characters or characters that do not show. Use letters, digits and spaces.")
    if not any(letter.isalnum() for letter in name):
        raise BadName("The name has no letter.")
    if _RESERVED.search(name_key(name)):
        raise BadName("The service itself uses this name. Choose another one.")
    return name


def name_key(name: str) -> str:
    """Equal for names that look alike: other case, other width, other spaces."""
    return " ".join(unicodedata.normalize("NFKC", name).casefold().split())
