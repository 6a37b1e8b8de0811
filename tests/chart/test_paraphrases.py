"""What one customer says so, another says otherwise: each rule in several wordings, and beside it the words that mean something else."""

from __future__ import annotations

import pytest

from app.chart.model import Criterion, Outcome, PointsTo
from tests.chart.tickets import decided, side

ALL_IN = {"name": "Managed Services - All In", "type": "Managed Services", "billingCycle": "Monthly"}
ORDERED = "We accept your offer 5512, fixed price 4,900."
BESTELLT = "Ihr Angebot 5512 nehmen wir an, Festpreis 4.900 €."


@pytest.mark.parametrize(
    "text",
    [
        f"{ORDERED} Seven depots, one of them every second Saturday from 24 January, always the same man. One invoice at the end.",
        f"{ORDERED} There are nine surgeries; from 3 February you do another surgery each Monday. Single invoice.",
        f"{BESTELLT} Sechs Apotheken, alle zwei Wochen eine, die erste am 20. Januar. Eine Rechnung zum Schluss.",
        f"{BESTELLT} Vier Gärtnereien: im Februar die große, dann jeden Monat die nächste. Eine einzige Rechnung.",
        "Nous acceptons votre devis 5512, 4 900 € au forfait. Cinq boulangeries, une toutes les deux semaines à partir du 20 janvier.",
        "Aceptamos su presupuesto 5512, 4.900 € cerrado. Cinco farmacias, cada mes la siguiente.",
        f"{ORDERED} The course has six evenings, every other Tuesday from 20 January, one trainer. One invoice.",
    ],
)
def test_places_taken_in_turn_last_as_long_as_their_number_and_the_pace_say(text: str) -> None:
    decision = decided(text)
    assert side(decision, Criterion.DURATION) is PointsTo.PROJECT
    assert decision.outcome is Outcome.PROJECT


@pytest.mark.parametrize(
    "text",
    [
        f"{ORDERED} Two depots, one a week from 19 January. One invoice.",
        f"{ORDERED} Four rooms, one each Monday from 5 January to the 26th, one invoice.",
        f"{ORDERED} It has six buttons and plays one tune every week. One visit on 20 January.",
    ],
)
def test_turns_within_one_period_and_things_that_take_no_turns_are_no_long_work(text: str) -> None:
    assert decided(text).outcome is Outcome.MINI_PROJECT


@pytest.mark.parametrize(
    "text",
    [
        "We have nine tills, one of them freezes every other Tuesday.",
        "Six printers here. One every week jams and stays offline.",
        "Von den acht Kassen fällt jede Woche eine aus.",
        "The four tablets want a new password each month, can you switch that off?",
        "Eight of us share the mailbox and one mail every week goes missing.",
    ],
)
def test_how_often_something_breaks_is_no_work_in_turn(text: str) -> None:
    assert decided(text, "Tills", agreement=ALL_IN).outcome is Outcome.SERVICE_TICKET


@pytest.mark.parametrize(
    "text",
    [
        "We take the kiosk with fitting for 1,450. One man, one day. As agreed 725 with the order and the other 725 when it has run for a month.",
        "Door station as offered, 980 in all: 490 now and 490 in March.",
        "Wir nehmen die Stempeluhr für 1.500 netto. 500 bei Auftrag, die übrigen 1000 nach der Abnahme. Ein Techniker, ein Tag.",
        "Nous prenons la borne, 800 au forfait: 400 à la commande, les autres 400 quand ça marche.",
        "Your offer 77 at 930 all in is accepted: 600 on delivery, the remaining 330 in April.",
    ],
)
def test_payments_that_add_up_to_the_price_are_instalments(text: str) -> None:
    decision = decided(text)
    assert side(decision, Criterion.BILLING) is PointsTo.PROJECT
    assert decision.outcome is Outcome.PROJECT


@pytest.mark.parametrize(
    "text",
    [
        "We take your offer 77, 1,280 in all: camera 640 with bracket, fitting 640 at the gate. One visit.",
        "We accept the offer: 2,100 net, that is 1,500 for the switch and 600 for the day. One visit, one invoice.",
    ],
)
def test_prices_of_things_that_add_up_are_no_instalments(text: str) -> None:
    assert decided(text).outcome is Outcome.MINI_PROJECT


@pytest.mark.parametrize(
    "text",
    [
        "Also wir machen das mit den Öfen. Bezahlt wird Backhaus für Backhaus nach Übergabe.",
        "Good news, the parks get the radio link. He wants a bill park by park.",
        "So it is settled, the chapels get the new bells. We pay chapel by chapel.",
    ],
)
def test_work_that_is_billed_place_by_place_is_sold(text: str) -> None:
    decision = decided(text, "The job", type={"name": "Incident"})
    assert side(decision, Criterion.BILLING) is PointsTo.PROJECT
    assert side(decision, Criterion.FINANCE) is PointsTo.PROJECT
