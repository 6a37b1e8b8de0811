"""Wording of sales in four languages: one list a kind. A new way of saying belongs to its kind, with the rule that reads it."""

from __future__ import annotations

import pytest

from tests.support.planning_factories import brief, told

PRICES = [
    ("Signed off by their CFO: flat fee of £12,600, two techs from Feb to April.", 12600),
    ("Proposal approved. Lump sum 8.5k USD.", 8500),
    ("They accepted our offer of 7,450 dollars for the whole job.", 7450),
    ("PO 88-1234 came in for $14,200.", 14200),
    ("We agreed on $5,000 all-in.", 5000),
    ("Customer signed the SOW yesterday. Total price: USD 23,400.00 fixed.", 23400),
    ("The board approved the quote ($18,750).", 18750),
    ("Agreed: 4 days on site, fixed at $3,960.", 3960),
    ("Contract awarded. Price is 31 200 EUR net.", 31200),
    ("Der Kunde hat unser Angebot über 15.300 € (pauschal) angenommen.", 15300),
    ("Auftragsbestätigung ist raus, Kunde hat unterschrieben. Pauschalpreis 4.750,00 EUR zzgl. MwSt.", 4750),
    ("Freigabe durch die Geschäftsführung liegt vor: 22.000 € fest.", 22000),
    ("Le client a validé le devis : 9 800 € HT, forfait.", 9800),
    ("Bon de commande reçu, montant forfaitaire de 12 500 euros.", 12500),
    ("El cliente ha aceptado la oferta por 6.700 € (precio cerrado).", 6700),
    ("Presupuesto aprobado: 3.450 € + IVA, precio fijo.", 3450),
    ("Order signed. Fixed price $12,000, additional work at $150/hour.", 12000),
    ("Order signed. List $20,000, 15% discount, so $17,000 fixed.", 17000),
    ("Order signed. $20,000 minus 15% = $17,000.", 17000),
    ("Auftrag erteilt: 10.000 € abzüglich 5 % Rabatt, Festpreis 9.500 €.", 9500),
    ("Order signed: base 14,000 + option B 2,000 = 16,000 USD total.", 16000),
    ("Order signed. Fixed price $8,000; the optional training ($900) was not ordered.", 8000),
    ("Order signed. Fixed price 9.000 €, davon 4.000 € für Schulung.", 9000),
    ("Order signed. $11,900 incl. 19% VAT, $10,000 net.", 10000),
    ("Order signed, $10,000 + VAT.", 10000),
    ("Order signed: $3,000 for cabling, $2,000 for setup, $5,000 total.", 5000),
    ("Order signed: one-off setup $2,400, then $199 per month.", 2400),
    ("Auftrag: Einrichtung 1.200 € einmalig, danach 49 € monatlich. Unterschrieben.", 1200),
    ("Commande signée : mise en service 900 €, puis 60 €/mois.", 900),
    ("Pedido firmado: instalación 700 €, cuota mensual 40 €.", 700),
    ("Order signed. Fixed price $7,200. Budget for next year is $30,000.", 7200),
    ("Order signed, fixed price $7,200. Last year they paid $5,000 for a similar job.", 7200),
    ("Order signed, fixed price $7,200 (originally quoted at $8,000).", 7200),
    ("Order signed, fixed price $7,200. The old contract for $900 per month was cancelled.", 7200),
    ("Fixed price of $7,200 agreed by phone with Mr Olsen, order no. 3321.", 7200),
    ("Purchase order rec'd. $8,000 flat less 10% loyalty discount.", 7200),
    ("Order signed: $7,200 one-off, then $150 pcm.", 7200),
    ("Order signed: $7,200 fixed exc. VAT.", 7200),
    ("The order they approved was $7,200 fixed.", 7200),
]
CAPS = [
    ("Order signed. T&M capped at $12,000.", 12000),
    ("Auftrag erteilt, nach Aufwand, Kostendach 8.000 €.", 8000),
    ("Commande passée, en régie, plafonné à 7 500 €.", 7500),
    ("Pedido firmado: por horas con un tope de 6.000 €.", 6000),
    ("Go-ahead received. Time and materials up to a maximum of $9,500.", 9500),
    ("Approved. Hourly, no more than $4,000 in total.", 4000),
]
RATES = [
    ("Go-ahead given at $150/hr.", 150),
    ("Signed. Special rate of 110 EUR per hour agreed for this job.", 110),
    ("Auftrag liegt vor, Stundensatz 120 €.", 120),
    ("Accord du client : 95 € de l'heure.", 95),
    ("Pedido confirmado a 80 € la hora.", 80),
]
BY_TIME = [
    "Please proceed on a time and materials basis.",
    "Bitte loslegen, Abrechnung nach Aufwand.",
    "Facturation en régie, aux tarifs habituels.",
    "Se factura por horas a las tarifas habituales.",
]
FREE = [
    "This one is on us, no invoice to the customer.",
    "Do not bill the customer for this rework.",
    "Warranty replacement of the access points.",
    "Internal: migrate our own ticket system.",
    "Not chargeable, goodwill after the outage.",
    "Free of charge as agreed with the account manager.",
    "Kulanz: wir tauschen die Geräte kostenlos.",
    "Interne Arbeit: Umzug unseres eigenen Servers.",
    "Garantiefall, keine Berechnung.",
    "Geste commercial, pas de facturation.",
    "Projet interne : notre propre infrastructure.",
    "Sin cargo para el cliente, cortesía de la casa.",
    "En garantía, no facturar.",
    "Proyecto interno de nuestra oficina.",
    "We do this at our expense.",
]
ASKED = [
    "Order confirmed - $6,000 labour plus $2,000 for switches.",
    "Order signed. $180 an hour for the architect and $120 an hour for the technician.",
    "Order placed, day rate $1,100.",
    "Order signed: 9,000 including hardware worth 2,500.",
    "Order signed, 5.950 € brutto.",
    "Order signed: $5,950 fixed, VAT inc.",
    "Order signed: $5,000 fixed less travel.",
    "PO 44-71 for $9,000 received. The price they agreed was $9,800.",
    "Sent them a price of $9,000 last week, no reply yet.",
    "Still negotiating; we are at $11,000 at the moment.",
    "Customer is considering our proposal of $7,500.",
    "Ballpark for this would be $20,000.",
    "Quote 88 over $4,400 is with their procurement for approval.",
    "The $12,000 offer lapsed in October.",
    "They said no to the 9,900 flat fee.",
    "We will start as soon as the CEO signs off on the $16,000.",
    "Subject to budget approval: $8,000 fixed.",
    "Angebot über 7.800 € liegt beim Kunden, Rückmeldung steht noch aus.",
    "Der Kunde hat das Angebot (12.400 €) abgelehnt.",
    "Sobald der Vorstand getagt hat, kommt der Auftrag über 9.000 €.",
    "Wir warten noch auf die Unterschrift zum Angebot über 5.500 € pauschal.",
    "Le devis de 7 200 € est en cours de validation.",
    "Devis refusé (6 000 €), trop cher.",
    "Sous réserve de l'accord du conseil : forfait 10 000 €.",
    "El presupuesto de 4.000 € está pendiente de aprobación.",
    "Oferta caducada: 5.000 € a precio cerrado.",
    "Cuando la junta lo apruebe, precio cerrado de 6.000 €.",
    "Draft SOW, price $30,000, for review.",
    "Please prepare: if they go ahead it will be $14,000 fixed.",
    "Verbally OK'd, $5,000 fixed, paperwork to follow.",
    "Opportunity at 90%, expected $25,000.",
    "The customer has not signed the $6,000 quote.",
    "Signed as per attached quote, fixed price.",
    "They accepted quote Q-1188.",
    "Fixed fee, see SOW for the amount. Signed.",
    "Festpreis laut Angebot, Auftrag erteilt.",
    "Prix forfaitaire selon devis, signé.",
    "Precio cerrado según presupuesto, firmado.",
    "Contract signed, flat fee agreed on the phone.",
]


@pytest.mark.parametrize(("text", "fee"), PRICES)
def test_an_agreed_price_is_the_fee(text: str, fee: int) -> None:
    made = brief(told(text))
    assert (made.method.value, made.open_fields) == ("FixedFee", ())
    assert made.fee.value == fee


@pytest.mark.parametrize(("text", "cap"), CAPS)
def test_an_agreed_limit_is_the_cap(text: str, cap: int) -> None:
    made = brief(told(text))
    assert (made.method.value, made.open_fields) == ("NotToExceed", ())
    assert made.cap.value == cap


@pytest.mark.parametrize(("text", "rate"), RATES)
def test_an_agreed_rate_is_the_rate_an_hour(text: str, rate: int) -> None:
    made = brief(told(text))
    assert (made.method.value, made.open_fields) == ("OverrideRate", ())
    assert made.rate.value == rate


@pytest.mark.parametrize("text", BY_TIME)
def test_work_by_time_has_no_fee(text: str) -> None:
    made = brief(told(text))
    assert (made.method.value, made.fee.value, made.open_fields) == ("ActualRates", None, ())


@pytest.mark.parametrize("text", FREE)
def test_work_that_nobody_pays_is_at_no_charge(text: str) -> None:
    made = brief(told(text))
    assert (made.method.value, made.open_fields) == ("NoCharge", ())


@pytest.mark.parametrize("text", ASKED)
def test_a_price_that_is_not_agreed_or_cannot_be_read_is_asked_about(text: str) -> None:
    assert brief(told(text)).open_fields
