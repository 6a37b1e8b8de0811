"""Offers that are turned down, not yet accepted, or accepted under a condition order nothing."""

from __future__ import annotations

import pytest

from app.chart import shipped_chart
from app.domain.enums import Outcome
from app.reading.values.polarity import refusal_of, turns_down_the_one_before
from tests.support.tickets import decided

REFUSED = [
    "We do not want to go ahead with your offer for 9,400 EUR.", "Not before the council has met will we accept the offer of 9,400 EUR.",
    "Offer 71 for 9,400 EUR has lapsed, they ask for another one.", "The customer has not signed the order for 9,400 EUR yet.",
    "We have decided against your proposal of 9,400 EUR.", "Once the owner is back we would accept the quote of 9,400 EUR.",
    "We cannot accept your offer of 9,400 EUR.", "The offer of 9,400 EUR was turned down by the trustees.",
    "Wir nehmen Ihr Angebot über 9.400 € nicht an.", "Das Angebot über 9.400 € wurde nicht angenommen.", "Das Angebot über 9.400 € lehnen wir ab.",
    "Sobald der Vorstand getagt hat, werden wir das Angebot über 9.400 € annehmen.",
    "Nous n'acceptons pas le devis de 9.400 €.", "Nous ne souhaitons pas donner suite au devis de 9.400 €.",
    "Dès que le conseil aura voté, nous accepterons le devis de 9.400 €.",
    "Your offer of 9,400 EUR is too expensive for us.", "Wij gaan niet akkoord met de offerte van 9.400 euro.",
    "De offerte van 9.400 euro is afgewezen.", "Zodra het bestuur heeft vergaderd, zullen wij de offerte van 9.400 euro accepteren.",
    "No aceptamos el presupuesto de 9.400 €.", "El presupuesto de 9.400 € ha caducado.",
    "Cuando se reúna la junta aceptaremos el presupuesto de 9.400 €.",
    "Non accettiamo il preventivo di 9.400 €.", "L'offerta di 9.400 € è stata respinta.",
    "Quando il consiglio si sarà riunito accetteremo il preventivo di 9.400 €.",
]  # fmt: skip
ACCEPTED = [
    "We accept your offer for 9,400 EUR.", "Offer 71 is accepted, the older offer has lapsed.",
    "We do not accept the first offer, but we accept the second for 900 EUR.", "Order no 4471 accepted.",
    "We will not accept more than the one invoice afterwards.", "Our licence expires, so we accept the offer.",
    "We turned the heating down, offer 55 is accepted.",
    "We have not received the invoice for accepted offer 55.", "Once done, please invoice as per offer 12.",
    "Offerte 55 akkoord, graag niet voor maandag.",
    "Das Angebot 55 nehmen wir an.", "Angebot angenommen, bitte nicht vor Montag kommen.", "Devis accepté, pas avant lundi.",
    "Presupuesto 12 aceptado, no antes del lunes.", "Preventivo 12 accettato, non prima di lunedì.",
]  # fmt: skip


@pytest.mark.parametrize("text", REFUSED)
def test_a_refused_or_pending_offer_is_no_order(text: str) -> None:
    assert refusal_of(text.lower().rstrip("."))
    assert decided(text, "Offer").outcome in {Outcome.SERVICE_TICKET, Outcome.REVIEW}


@pytest.mark.parametrize("text", ACCEPTED)
def test_an_accepted_offer_stays_one_whatever_else_is_negated(text: str) -> None:
    assert not refusal_of(text.lower().rstrip("."))


@pytest.mark.parametrize(
    "text",
    [
        "It has not been accepted yet.", "They have not signed it.", "It was declined.", "Das wurde nicht angenommen.",
        "Il n'a pas été accepté.", "No se ha aceptado todavía.", "Our trustees have turned it down.", "Der Verein hat es abgelehnt.",
    ],
)  # fmt: skip
def test_a_sentence_turns_down_the_offer_before_it(text: str) -> None:
    assert turns_down_the_one_before(text.lower().rstrip("."))
    refused = decided(f"Offer 71 was opened by Ada Kis. Total 9,400 EUR. {text}", "Offer")
    assert refused.outcome in {Outcome.SERVICE_TICKET, Outcome.REVIEW}


@pytest.mark.parametrize(
    ("text", "is_fault"),
    [
        ("We do not accept your quote for the till.", False),
        ("The board does not accept your proposal for the till.", False),
        ("The till does not accept cards.", True),
        ("The web shop does not accept orders.", True),
    ],
)
def test_a_refusal_is_no_fault_and_a_machine_that_accepts_nothing_is_one(text: str, is_fault: bool) -> None:
    sentence = text.lower().rstrip(".")
    assert is_fault == ("fault" in shipped_chart().reader.interpret(sentence, frozenset()).meanings)


def test_a_refusal_leaves_another_accepted_offer_alone() -> None:
    text = "Offer 71 for 9,400 EUR is not accepted. We accept offer 72, fixed price 640 EUR, one engineer, one evening, one invoice."
    assert decided(text, "Offers").outcome is Outcome.MINI_PROJECT
