"""An order that has arrived agrees a price, in every language; one that is denied, expected or a condition does not."""

from __future__ import annotations

import pytest

from app.reading.language_data import ANY, language_file, languages
from app.reading.segments import sentences
from app.reading.values.billing_statements import SaleState, billing_text

ARRIVED = (
    "Order in. $5,750 fixed.", "Order in, $5,750 fixed price.", "PO in for $5,750.", "PO 4471 in, $5,750.", "Order's in: $5,750.",
    "Order received for 5,750 USD.", "We have their order, $5,750.", "Bestellung liegt vor, 5.750 EUR pauschal.", "Auftrag da, 5.750 EUR.",
    "Bestellung eingegangen, Festpreis 5.750 EUR", "Bon de commande reçu, 5 750 EUR", "Commande arrivée, 5 750 EUR",
    "Ha llegado el pedido, 5.750 EUR", "Pedido recibido, 5.750 EUR", "Ordine arrivato, 5.750 EUR", "Opdracht binnen, 5.750 EUR",
    "Encomenda recebida, 5.750 EUR", "Zamówienie otrzymane, 5 750 EUR", "Objednávka přišla, 5 750 EUR",
    "Beställning mottagen, 5 750 EUR", "Ordre modtaget, 5.750 EUR", "Ordre mottatt, 5 750 EUR", "Tilaus saapunut, 5 750 EUR",
)  # fmt: skip
OPEN = (
    "Order not in yet, $5,750.", "Order due in Friday, $5,750.", "No order in yet, $5,750", "Waiting for the order to come in, $5,750.",
    "Once the order is in we start, $5,750.", "Once the order is in, $5,750.", "Order will be in next week, $5,750.",
    "Is the order in? $5,750.", "Put the order in the folder, $5,750.", "The rack is in order in the cellar, $5,750.",
    "Bestellung liegt noch nicht vor, 5.750 EUR", "Sobald die Bestellung da ist, 5.750 EUR", "Commande pas encore reçue, 5 750 EUR",
    "Pedido aún no recibido, 5.750 EUR", "Ordine non ancora ricevuto, 5.750 EUR", "Opdracht nog niet binnen, 5.750 EUR",
    "Encomenda ainda não recebida, 5.750 EUR", "Zamówienie jeszcze nie otrzymane, 5 750 EUR", "Objednávka ještě nepřišla, 5 750 EUR",
    "Beställning ej mottagen, 5 750 EUR", "Ordre ikke modtaget, 5.750 EUR", "Tilaus ei ole saapunut, 5 750 EUR",
)  # fmt: skip


def states(text: str) -> set[SaleState]:
    return {statement.state for statement in billing_text(sentences(text, "initialDescription")).amounts}


@pytest.mark.parametrize("text", ARRIVED)
def test_an_order_that_has_arrived_agrees_its_price(text: str) -> None:
    assert states(text) == {SaleState.AGREED}


@pytest.mark.parametrize("text", OPEN)
def test_an_order_that_has_not_arrived_agrees_nothing(text: str) -> None:
    assert states(text)
    assert SaleState.AGREED not in states(text)


@pytest.mark.parametrize("language", [name for name in languages() if name != ANY])
def test_each_language_says_how_orders_arrive(language: str) -> None:
    words = language_file(language, "orders")
    assert all(words[member] for member in ("orders", "arrived", "held", "open"))
