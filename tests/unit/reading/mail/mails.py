"""Pieces of mails for the tests of the mail package, and the corpus of pairs."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from app.reading.mail import Role, Segment, read_mail, request_text

CORPUS = Path(__file__).parent / "corpus"
FAULT = "The scanner in the mail room feeds two pages at once."
OFFER = "Offer 812 is accepted: new racks in three depots, fixed price 31,000, an invoice after each depot."


@dataclass(frozen=True)
class Pair:
    """One mail with extra material and what is left of it without."""

    kind: str
    language: str
    subject: str
    full: str
    bare: str


def pairs() -> list[Pair]:
    lines = [line for path in sorted(CORPUS.glob("*.jsonl")) for line in path.read_text(encoding="utf-8").splitlines()]
    return [
        Pair(entry["kind"], entry["language"], entry["subject"], entry["with"], entry["without"])
        for entry in map(json.loads, lines)
    ]


def words(text: str, *, subject: str = "") -> str:
    """The sender's words, on one line."""
    return " ".join(request_text(read_mail(text, subject=subject)).split())


def with_role(text: str, role: Role) -> list[Segment]:
    return [segment for segment in read_mail(text) if segment.role is role]
