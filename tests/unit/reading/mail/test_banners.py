"""Warnings of gateways and footers of scanners are no words of the sender; what the sender says of such mail is."""

from __future__ import annotations

import pytest

from app.reading.mail import Role
from tests.unit.reading.mail.mails import OFFER, with_role, words

WARNINGS = [
    "[EXTERNAL]", "[EXTERNAL] This message came from outside.", "[Extern]",
    "CAUTION: This email originated from outside of the organization. Do not click links or open attachments unless you recognize the sender.",
    "**WARNING:** External sender. Verify before clicking links.",
    "This e-mail comes from an external address. Be careful with links and attachments.",
    "You don't often get email from ada@x.example. Learn why this is important<https://aka.example/x>",
    "ACHTUNG: Externe E-Mail. Öffnen Sie keine Anhänge und klicken Sie nicht auf Links.",
    "Diese Nachricht stammt von einem externen Absender. Bitte öffnen Sie keine Anhänge, wenn Sie den Absender nicht kennen.",
    "ATTENTION : ce message provient de l'extérieur. Ne cliquez pas sur les liens et n'ouvrez pas les pièces jointes.",
    "PRECAUCIÓN: este correo procede de fuera de la organización. No haga clic en enlaces ni abra adjuntos.",
    "ATTENZIONE: questo messaggio proviene dall'esterno. Non aprire allegati se non conosci il mittente.",
    "LET OP: deze e-mail komt van buiten de organisatie. Klik niet op links en open geen bijlagen.",
    "UWAGA: wiadomość zewnętrzna. Nie klikaj linków i nie otwieraj załączników od nieznanego nadawcy.",
]  # fmt: skip
FOOTERS = [
    "Virus-free. www.hedgehog.example", "Report Suspicious", "Report phishing", "Click here to report this email as spam.",
    "This email has been scanned by Hedgehog protection.\nFor more info visit www.hedgehog.example",
    "________ Information from Hedgehog, version of virus signature database 22 ________\n\nThe message was checked by Hedgehog.",
    "Diese E-Mail wurde von Igel auf Viren geprüft.", "L'absence de virus dans ce courriel a été vérifiée par Hérisson.",
    "Este correo ha sido analizado en busca de virus por Erizo.",
]  # fmt: skip


@pytest.mark.parametrize("warning", WARNINGS)
@pytest.mark.parametrize("gap", ["\n\n", "\n", " "], ids=["paragraph", "line", "same line"])
def test_a_warning_above_the_text_is_a_banner(warning: str, gap: str) -> None:
    assert words(f"{warning}{gap}{OFFER}") == OFFER


@pytest.mark.parametrize("footer", FOOTERS)
def test_the_footer_of_a_scanner_is_a_banner(footer: str) -> None:
    assert words(f"{OFFER}\n\n{footer}") == OFFER
    assert with_role(f"{OFFER}\n\n{footer}", Role.BANNER)


@pytest.mark.parametrize(
    "text",
    [
        "We got an external email with a link, should I click?",
        "This message from outside does not open, please check the attachment.",
        "STRICTLY PRIVATE. Only Ada may see this.",
        "I cannot open an attachment from an external sender.",
        "URGENT: the outside camera is down. Please open the gate by hand.",
        "The virus scanner has checked nothing since Monday.",
        "Please report this spam to the provider for me.",
        "External staff cannot sign in at the gate.",
    ],
)
def test_what_a_sender_says_of_mails_and_outside_is_text(text: str) -> None:
    assert words(text) == text
