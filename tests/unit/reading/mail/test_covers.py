"""A short text above an older mail adopts it, doubts it, or has nothing to do with it."""

from __future__ import annotations

import pytest

from tests.unit.reading.mail.mails import OFFER, words

BELOW = (
    f"\n\nFrom: Ada Kis <ada@x.example>\nSent: Tuesday, March 3, 2026 9:14 AM\nTo: Ben Oke\nSubject: Offer\n\n{OFFER}"
)
ADOPTING = [
    "Please proceed.", "Accepted, see below.", "Go ahead with this one", "Approved, please schedule.", "Can you set this up?", "FYI and action please",
    "Yes, we agree with what stands below.", "Hi team,\n\nplease book this in.\n\nKind regards\nBen", "Bitte umsetzen.", "Angenommen, siehe unten.",
    "Einverstanden, bitte loslegen.", "Hallo,\nbitte wie unten umsetzen.\nGruß Ben", "Allez-y", "Accepté, voir ci-dessous.",
    "Bon pour accord, voir ci-dessous", "Adelante, por favor.", "Aceptado, ver abajo", "De acuerdo, proceded.", "From the board, sent on by Ada:",
]  # fmt: skip
EMPTY = ["", "Ben", "Hi Ada,", "Hello team,\n\nThanks,\nBen"]
NOT_ADOPTING = [
    "Is this spam?", "Phishing?", "is this legit", "Looks suspicious, please see below", "Ist das Spam?", "Ist diese Mail echt? Siehe unten",
    "C'est du spam ?", "Est-ce une arnaque ? voir ci-dessous", "¿Es phishing? ver abajo", "È una truffa?", "Is dit spam?",
    "The printer is broken.", "My PC won't start, see below", "Cannot open the attachment, see below", "Drucker geht nicht",
    "Die Mail lässt sich nicht öffnen, siehe unten", "Impossible d'ouvrir la pièce jointe ci-dessous", "No puedo abrir el adjunto, ver abajo",
    "We do not want to proceed with this.", "Please do not process this", "Not approved, see below", "Please wait until the board has met, see below",
    "Bitte nicht umsetzen", "Nous n'acceptons pas, voir ci-dessous", "No aceptado, ver abajo", "Unrelated to the below: reset my password",
    "Please block this sender", "I cannot open this one:", "We do not accept this:", "Why did we get this?", "Junk?",
]  # fmt: skip


@pytest.mark.parametrize("cover", [*ADOPTING, *EMPTY])
def test_a_cover_that_orders_or_says_nothing_adopts_the_mail_below(cover: str) -> None:
    assert OFFER in words(f"{cover}{BELOW}", subject="FW: Offer")


@pytest.mark.parametrize("cover", NOT_ADOPTING)
def test_a_cover_that_doubts_refuses_or_reports_a_fault_adopts_nothing(cover: str) -> None:
    assert OFFER not in words(f"{cover}{BELOW}", subject="FW: Offer")


@pytest.mark.parametrize("subject", ["Phishing mail?", "Verdächtige Mail", "FW: suspicious"])
def test_a_doubting_summary_adopts_nothing_where_no_text_stands_above(subject: str) -> None:
    assert words(BELOW, subject=subject) == ""


def test_headers_and_attributions_of_an_adopted_mail_are_not_read() -> None:
    assert words(f"Please proceed.{BELOW}\n\nKind regards\nAda Kis\nSales Director") == f"Please proceed. {OFFER}"


def test_a_forwarded_mail_without_a_cover_speaks_for_itself_and_not_for_what_it_quotes() -> None:
    older = "From: Cleo <cleo@x.example>\nSent: Monday, March 2, 2026 8:00 AM\nTo: Ada\nSubject: Move\n\nCould you move 40 PCs in three phases?"
    assert words(f"{BELOW}\n\n{older}") == OFFER


def test_a_chain_of_covers_that_pass_it_on_reaches_the_last_mail() -> None:
    passed = (
        "From: Cleo <cleo@x.example>\nSent: Monday, March 2, 2026 8:00 AM\nTo: Ada\nSubject: Offer\n\nplease proceed"
    )
    assert OFFER in words(f"{passed}{BELOW}")
