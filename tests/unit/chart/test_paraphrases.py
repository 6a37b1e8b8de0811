"""Each rule about time, money and orders in several wordings, and similar wordings with another meaning."""

from __future__ import annotations

from typing import Any

import pytest

from app.domain.enums import Criterion, Outcome, PointsTo
from tests.support.tickets import decided, side
from tests.unit.chart.test_sentences import SENTENCES

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
        "Angebot 31 angenommen, 1.200 gesamt: 400 sofort, 800 nach Abnahme.",
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


@pytest.mark.parametrize(
    "text",
    [
        "New enquiry form for the site. Dario said six hours at 80, so 480. Fine with me.",
        "Two shelves of sockets. You told us nine sockets at 60, that makes 540. Works for us, go in next week.",
        "Die neue Maske im Programm: sieben Stunden zu 90, also 630. Passt für uns.",
        "Anlegen der Seite, Ihre Frau Lind sagte 450 €. Damit sind wir einverstanden.",
        "La page des offres: quatre heures à 95, soit 380. Cela nous va.",
        "El formulario nuevo: seis horas a 80, o sea 480. Nos parece bien.",
    ],
)
def test_a_price_that_the_next_sentence_agrees_to_is_accepted(text: str) -> None:
    assert decided(text, "The job").outcome is Outcome.MINI_PROJECT


@pytest.mark.parametrize(
    "text",
    [
        "The invoice says six hours at 80, so 480. Is that right?",
        "It shows 12 calls at 5, then 60 errors. Fine with me if it takes until Monday, but it does not work.",
        "Monday at 10 or Tuesday at 12. Fine with me.",
        "The till froze at 480 again this morning. That's fine for us until noon.",
    ],
)
def test_agreeing_to_something_else_orders_nothing(text: str) -> None:
    assert decided(text, "Question", agreement=ALL_IN).outcome is Outcome.SERVICE_TICKET


@pytest.mark.parametrize(
    "text",
    [
        "Your B-2210 comes back signed and stamped, attached. The clock goes on the wall, one man, four hours, 590 net.",
        "Anbei Ihr A-3390 unterschrieben zurück. Uhr an die Wand, ein Mann, 590 netto. Abrechnen, sobald es läuft.",
        "Ci-joint votre A-3390 signé en retour. L'horloge au mur, une personne, 590 HT.",
    ],
)
def test_a_paper_that_goes_back_signed_is_an_order(text: str) -> None:
    assert decided(text, "The clock").outcome is Outcome.MINI_PROJECT


@pytest.mark.parametrize(
    "text",
    [
        "Won today. The yard gate. Rest with Corin when he's back.",
        "Heute gewonnen. Der Rest mit Herrn Abel, wenn er wieder da ist.",
        "Won. Details from Miriam on Monday.",
    ],
)
def test_what_is_left_to_tell_is_no_payment(text: str) -> None:
    won = {"name": "Yard gate", "stage": "Won", "expectedRevenue": 6400}
    decision = decided(text, "Opportunity 5567", opportunity=won, agreement=ALL_IN)
    assert side(decision, Criterion.BILLING) is not PointsTo.PROJECT
    assert decision.outcome is Outcome.REVIEW


@pytest.mark.parametrize("line", ["Single visit, fixed fee", "Half a day on site", "Ein Termin, pauschal"])
def test_one_visit_sold_and_phases_planned_is_asked_about(line: str) -> None:
    records: dict[str, Any] = {
        "products": [{"description": line, "quantity": 1, "price": 900.0}],
        "tasks": [{"summary": f"Phase {number}", "budgetHours": 20} for number in (1, 2, 3)],
        "customFields": [{"caption": "Invoicing", "value": "3 stage invoices"}],
    }
    assert decided("Work order 310 came in today. Please plan.", "Work order 310", **records).outcome is Outcome.REVIEW
    records["products"] = [{"description": "Network work", "quantity": 1, "price": 9000.0}]
    assert decided("Work order 310 came in today. Please plan.", "Work order 310", **records).outcome is Outcome.PROJECT


@pytest.mark.parametrize(
    "text",
    [
        "The new scanners: three depots in February, three in March, three in April. Send me a statement at each month's end for the depots done.",
        "The new scanners for nine depots from February to April. At the end of each month send the account for what is finished.",
        "Neue Scanner in neun Depots von Februar bis April, jeden Monat wollen wir zahlen, was erledigt ist.",
        "Neue Scanner in neun Depots von Februar bis April. Bezahlt wird zum Monatsletzten, was bis dahin steht.",
        "Nouveaux lecteurs dans neuf dépôts de février à avril, chaque mois la facture pour ce qui est terminé.",
        "The new scanners from February to April. When a depot works you send us its bill.",
    ],
)
def test_a_statement_for_what_was_done_is_progress_billing(text: str) -> None:
    decision = decided(text, "Scanners")
    assert side(decision, Criterion.BILLING) is PointsTo.PROJECT
    assert decision.outcome is Outcome.PROJECT


@pytest.mark.parametrize(
    "text",
    [
        f"{ORDERED} You send us a statement each month, put it there. One visit.",
        f"{ORDERED} Send the bill when it's live, one visit on 20 January.",
        f"{ORDERED} One visit; when the job is done you send us its invoice.",
    ],
)
def test_the_usual_statement_and_one_bill_when_it_runs_are_no_progress_billing(text: str) -> None:
    assert decided(text).outcome is Outcome.MINI_PROJECT


@pytest.mark.parametrize(
    "text",
    [
        "Survey 12 h, cabling 40 h, handover 8 h.",
        "Allowances: drawings 30 hours, fitting 60 hours, trials 20 hours.",
        "Aufnahme 12 Std., Verkabelung 40 Std., Übergabe 8 Std.",
        "Conception 4 jours, pose 10 jours et recette 2 jours.",
    ],
)
def test_hours_for_each_part_are_budgets_of_their_own(text: str) -> None:
    decision = decided(f"We accept your offer 5512, fixed price 9,900. {text}", "Hall")
    assert side(decision, Criterion.SCHEDULING) is PointsTo.PROJECT


@pytest.mark.parametrize(
    "text", ["Unpacking 1 h, fitting 4 h, testing 1 h.", "About 40 hours, over 5 days.", "Monday 6 h, Tuesday 8 h."]
)
def test_a_check_list_and_long_hours_are_no_budgets_by_part(text: str) -> None:
    found = decided(f"We accept your offer 5512, fixed price 9,900, one engineer. {text} One invoice.", "Hall")
    assert found.outcome is Outcome.MINI_PROJECT


@pytest.mark.parametrize(
    "text",
    [
        "If the plasterers keep their word you can do it all in the last week of January, otherwise half of it then and the rest in March.",
        "If all goes well you finish in January, if not the others wait until March.",
        "When the floor is dry you do it all in January, failing that half of it in March.",
    ],
)
def test_one_stretch_or_two_is_left_open(text: str) -> None:
    assert decided(f"{ORDERED} {text}", "Network for the barn").outcome is Outcome.REVIEW


def test_the_last_week_of_a_month_is_still_to_come() -> None:
    text = "We accept your offer 77, fixed price 900. One man in the last week of January, then the rest in the last week of March."
    assert side(decided(text), Criterion.DURATION) is PointsTo.PROJECT
    assert (
        decided("Since the last week the scanner is dead.", "Scanner", agreement=ALL_IN).outcome
        is Outcome.SERVICE_TICKET
    )


def test_hours_of_the_day_are_no_calendar_week() -> None:
    text = f"{ORDERED} One trainer, Thursday week 13:00-17:00 in our room, one invoice."
    assert decided(text).outcome is Outcome.MINI_PROJECT


PLAIN = [line.replace("\\n", "\n") for line in (SENTENCES / "plain.txt").read_text(encoding="utf-8").splitlines()]


@pytest.mark.parametrize("text", PLAIN)
def test_plain_tickets_with_such_words_stay_where_they_are(text: str) -> None:
    assert decided(text, "Support", agreement=ALL_IN).outcome is Outcome.SERVICE_TICKET
    assert decided(text, "Support").outcome is not Outcome.PROJECT


ONE_JOB = [
    "We accept offer 77, fixed price 900. One engineer, one visit on 20 January, one invoice. Each of the rooms gets its own screen.",
    "Offer 77 accepted, 1,200 flat for six sockets at 200. One day, one invoice when done.",
    "Offer 77 accepted, 750 net. The bill when it works please, to accounts. One visit.",
    "Angebot 77 angenommen, 1.500 € pauschal: 900 für das Gerät, 600 für die Montage. Ein Tag.",
    "Accepted: offer 12, 480. Tom meets you at the gate, Anna has the key. One visit, one invoice.",
    "Accepted: offer 12, 480. The head of each department gets a tablet. One visit, one invoice.",
    "Accepted: offer 12, 480, one man, 23 January. If it snows come on the 24th, otherwise as planned.",
    "Accepted offer 12: 480 for labour and 320 for the bracket, 800 in total, billed once it hangs. One visit.",
    "We take the door station, 980 in all. One man, the last week of January, one bill.",
    "Offer 31 accepted, 1,900. Four mornings, each day from 19 to 22 January, one trainer, one invoice.",
    "Offer 31 accepted, 1,900 fixed. Three shops, one a week from 5 January, one fitter, one invoice.",
    "Offer 31 accepted, 1,900. Nobody at our place but me has a key. One visit on 20 January, one invoice.",
    "Offer 31 accepted, 1,900 fixed, one visit on 20 January. Contact: Mr Bell. Invoice to: Mrs Dunn.",
    "Order 4410: nine tablets at 50, that makes 450 for setting them up. Agreed. One day, one invoice.",
]


@pytest.mark.parametrize("text", ONE_JOB)
def test_one_job_with_such_words_is_no_project(text: str) -> None:
    assert decided(text).outcome is Outcome.MINI_PROJECT
