"""Older mails quoted in a mail are told from what the sender wrote, in any language."""

from __future__ import annotations

import pytest

from app.reading.mail import Role, read_mail
from tests.unit.reading.mail.mails import FAULT, OFFER, with_role, words

HEADINGS = {
    "Hungarian headers": "Feladó: Ada Kis <ada@x.example>\nElküldve: 2026. március 3. 9:14\nCímzett: Ben\nTárgy: Ajánlat\n",
    "Turkish headers": "Kimden: Ada Kis\nGönderildi: 3 Mart 2026 Salı 09:14\nKime: Ben Oke\nKonu: Teklif\n",
    "Croatian headers": "Šalje: Ada Kis <ada@x.example>\nPrima: Ben Oke\nPredmet: Ponuda\n",
    "Japanese headers": "差出人: Ada <ada@x.example>\n送信日時: 2026年3月3日 9:14\n宛先: Ben\n件名: 見積\n",
    "Hungarian attribution": "Ada Kis <ada@x.example> ezt írta (időpont: 2026. márc. 3., K, 9:14):\n",
    "Russian attribution": "вт, 3 мар. 2026 г. в 09:14, Ada Kis <ada@x.example>:\n",
    "Japanese attribution": "2026年3月3日(火) 9:14 Ada Kis <ada@x.example>:\n",
    "attribution over two lines": "On Tue, Mar 3, 2026 at 9:14 AM Ada Kis via Helpdesk\n<ada@x.example> wrote:\n",
    "attribution over three lines": "On Tue, Mar 3, 2026 at 9:14 AM\nAda Kis via Helpdesk <ada@x.example>\nwrote:\n",
    "German long attribution": "Am Dienstag, den 3. März 2026 um 09:14:11 MEZ hat Ada Kis <ada@x.example> Folgendes geschrieben:\n",
    "attribution without an address": "Den 3 mars 2026 kl. 09:14 skrev Ada Kis:\n",
    "bold headers": "**From:** Ada Kis\n**Sent:** Tuesday, March 3, 2026\n**To:** Ben Oke\n",
    "headers in italics": "*From: *Ada Kis <ada@x.example>\n*Date: *Tuesday, 3 March 2026\n*To: *Ben\n*Subject: *Offer\n",
    "headers with gaps": "From: Ada Kis\n\nSent: Tuesday, March 3, 2026 9:14 AM\n\nTo: Ben\n\nSubject: Offer\n",
    "a rule and headers": "________________________________\nFrom: Ada Kis\nSent: Tuesday, March 3, 2026 9:14 AM\nTo: Ben\nSubject: Offer\n",
    "a titled rule": "------ Original Message ------\nFrom \"Ada Kis\" <ada@x.example>\nTo \"Ben\" <ben@y.example>\nSubject Offer\n",
    "a rule titled in an unknown language":
        "-------- Proslijeđena poruka --------\nPredmet: Ponuda\nDatum: Tue, 3 Mar 2026\nŠalje: Ada <ada@x.example>\n",
    "an attribution between dashes": "---- On Tue, 03 Mar 2026 09:14:11 +0200 Ada Kis <ada@x.example> wrote ----\n",
    "a title without dashes": "Begin forwarded message:\n\nFrom: Ada Kis <ada@x.example>\nSubject: Offer\nDate: 3 March 2026 at 09:14\nTo: Ben\n",
    "a sender between marks": ">>> Ada Kis <ada@x.example> 03/03/2026 09:14 >>>\n",
    "a sender after marks": ">>> Den 03/03/2026 kl. 09:14, meddelelse <7@x.example>, Ada Kis <ada@x.example>:\n",
    "sender, time and first words": "Ada Kis---03.03.2026 09:14:11---Guten Tag, wie besprochen\n\nVon:\tAda Kis/Nord/X\nAn:\tBen/Y@Y\n",
    "a mark of a ticket system": "##- Please type your reply above this line -##\n\nTicket 12 was updated by Ada Kis\n",
}  # fmt: skip


@pytest.mark.parametrize("heading", [pytest.param(text, id=name) for name, text in HEADINGS.items()])
def test_what_stands_below_a_heading_of_an_older_mail_is_history(heading: str) -> None:
    text = f"{FAULT}\n\n{heading}\n{OFFER}"
    assert words(text) == FAULT
    assert any(OFFER in segment.text for segment in with_role(text, Role.HISTORY))


def test_headers_that_a_program_put_into_the_line_of_the_text_begin_history() -> None:
    text = f"{FAULT} From: Ada Kis Sent: Tuesday, March 3, 2026 9:14 AM To: Ben Oke Subject: Offer {OFFER}"
    assert words(text) == FAULT


def test_replies_between_quoted_lines_are_the_senders_words() -> None:
    text = (
        f"On 3 March 2026 Ada <ada@x.example> wrote:\n> {OFFER}\n\n{FAULT}\n\n> When does it happen?\n\nSince Monday.\n"
    )
    assert words(text) == f"{FAULT} Since Monday."


def test_text_below_a_quotation_is_the_senders_own() -> None:
    assert words(f"> {OFFER}\n>> Could you send one?\n\n{FAULT}") == FAULT


def test_the_rest_of_a_quoted_line_that_was_wrapped_again_is_quoted_too() -> None:
    text = f"{FAULT}\n\n> Offer 812 is accepted: new racks in the three depots, at a fixed\nprice of 31,000\n> and an invoice after each."
    assert words(text) == FAULT


def test_a_row_of_a_table_is_no_quotation() -> None:
    assert words("| Depot | Racks |\n| North | 4 |") == "| Depot | Racks | | North | 4 |"


@pytest.mark.xfail(strict=True, reason="A form without colons looks the same: labels and values apart by a tab.")
def test_headers_of_notes_without_colons_begin_history() -> None:
    assert words(f"{FAULT}\n\nAda Kis/Nord/X@X\n03/03/2026 09:14\nTo\tBen/Y@Y\ncc\nSubject\tOffer\n\n{OFFER}") == FAULT


@pytest.mark.parametrize("text", [">>> Error 0x80 >>>", "Backup---failed---03/03/2026", ">>> 4 PCs >>>"])
def test_marks_without_sender_and_time_head_no_older_mail(text: str) -> None:
    assert OFFER in words(f"Hello,\n{text}\n{OFFER}")


@pytest.mark.parametrize("rule", ["---", "________________", "***", "=====", "- - - -"])
def test_a_rule_across_the_mail_is_no_end_of_it(rule: str) -> None:
    assert OFFER in words(f"Hello,\n{rule}\n\n{OFFER}")


def test_text_after_the_end_of_a_forwarded_mail_is_the_senders_own() -> None:
    text = (
        "Hello,\n\n---------- Forwarded message ---------\nFrom: Ada <ada@x.example>\nSubject: Offer\n\n"
        f"{OFFER}\n\n------ End of forwarded message ------\n{FAULT}"
    )
    assert words(text) == f"Hello, {FAULT}"


@pytest.mark.parametrize(
    "text",
    [
        "Please move the PC.\nFrom: Room 2\nTo: Room 14\nDate: 5 May 2026",
        "Please extend the hours.\nFrom: 08:00\nTo: 17:00",
        "Job failed.\nResult: Failed\nLast success: 2026-03-01 23:41\nRetries: 3",
        "The certificate expires.\nIssuer: Internal CA\nNot after: 2026-01-31 11:59\nHost: web01\nAction: renew",
        "A starter for us.\nName: Ada Kis\nStart date: 3 March 2026 09:00\nManager: Ben Oke",
        "Document completed.\nSigned by: Ada Kis (ada@x.example)\nCountersigned by: Sales",
        "Please add these people by 4 May 2026 to the list <sales@x.example>:\nAda\nBen",
        "Outage on 4 May 2026 at 10:02, affected:\nmail and phones",
        "My colleague says:\nthe door is open",
    ],
)
def test_forms_lists_and_alerts_are_no_headers_of_a_mail(text: str) -> None:
    assert not with_role(text, Role.HISTORY)


def test_every_older_mail_keeps_its_text() -> None:
    text = f"{FAULT}\n\n> {OFFER}\n\nFrom: Ada Kis\nSent: Tuesday, March 3, 2026\nTo: Ben\n\nWhat is the price?"
    kept = " ".join(segment.text for segment in read_mail(text))
    assert FAULT in kept
    assert OFFER in kept
    assert "What is the price?" in kept
