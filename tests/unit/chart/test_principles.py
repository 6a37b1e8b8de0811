"""What a careful dispatcher knows without being told: one test for each such rule, in words of its own."""

from __future__ import annotations

from typing import Any

import pytest

from app.domain.enums import Criterion, Outcome, PointsTo
from app.reading.sources import sender_text
from app.reading.values.durations import spans
from tests.support.tickets import booked, decided, side

ORDERED = "We accept your offer 5512, fixed price 900 for the door station."


def said(caption: str, value: Any, **more: Any) -> dict[str, Any]:
    return {"customFields": [{"caption": caption, "value": value, **more}]}


def test_custom_fields_are_read_as_sentences() -> None:
    plan = said("Payment plan", "30% on order / 30% when built / 40% when accepted")
    decision = decided(ORDERED, "Order", **plan)
    assert decision.outcome is Outcome.PROJECT
    billing = next(one for one in decision.findings if one.criterion is Criterion.BILLING)
    assert billing.reasons[0].source == "customFields[0]"


@pytest.mark.parametrize(("value", "finance"), [("No", PointsTo.SERVICE), ("nein", PointsTo.SERVICE)])
def test_a_custom_field_that_says_no_denies_what_it_is_called(value: str, finance: PointsTo) -> None:
    decision = decided("Please set up the laptop of the new clerk.", "Laptop", **said("Extra charge", value))
    assert side(decision, Criterion.FINANCE) is finance


@pytest.mark.parametrize("kind", ["Password", "Checkbox", "Date"])
def test_fields_that_hold_no_words_are_not_read(kind: str) -> None:
    plan = said("Payment", "30% on order, 70% when done", type=kind)
    assert decided(ORDERED, "Order", **plan).outcome is Outcome.MINI_PROJECT


@pytest.mark.parametrize(
    "fields",
    [
        [None, 4, {"caption": None, "value": "x"}, {"value": {"a": 1}}, {"caption": "a", "value": True}],
        "no list",
        {"caption": "a"},
    ],
)
def test_custom_fields_of_any_form_are_read_without_a_fault(fields: Any) -> None:
    assert decided(ORDERED, "Order", customFields=fields).outcome is Outcome.MINI_PROJECT


def tasks(*hours: float) -> list[dict[str, Any]]:
    return [{"summary": f"Step {number}", "budgetHours": one} for number, one in enumerate(hours, 1)]


@pytest.mark.parametrize(("hours", "expected"), [((2, 3, 3), Outcome.MINI_PROJECT), ((12, 16, 10), Outcome.PROJECT)])
def test_tasks_of_one_day_are_a_check_list(hours: tuple[float, ...], expected: Outcome) -> None:
    assert decided(ORDERED, "Order", tasks=tasks(*hours)).outcome is expected


def test_a_season_does_not_widen_exact_days() -> None:
    text = f"{ORDERED} The inspector comes in summer, so fit it from 2 to 6 February please."
    assert side(decided(text), Criterion.DURATION) is not PointsTo.PROJECT


def test_the_days_between_which_a_customer_is_billed_are_no_days_of_work() -> None:
    text = f"{ORDERED} Fitted on 20 January. We settle with you from the 26th to the 25th, so it is on the January statement."
    assert decided(text).outcome is Outcome.MINI_PROJECT


def quarter() -> dict[str, Any]:
    return {"billingPeriod": {"cycle": "Quarterly", "start": "2026-01-01", "end": "2026-03-31"}}


def test_a_bill_by_the_customers_own_cycle_is_no_progress_billing() -> None:
    text = f"{ORDERED} You send us one bill every quarter, it goes on that."
    visits = [booked("aled", "2026-01-20"), booked("aled", "2026-03-05")]
    assert decided(text, scheduleEntries=visits, **quarter()).outcome is Outcome.MINI_PROJECT


def test_days_of_the_schedule_that_the_text_repeats_add_nothing() -> None:
    text = f"{ORDERED} Aled comes on 22 January and 24 January; the report for the auditors in April is ours."
    visits = [booked("aled", "2026-01-22"), booked("aled", "2026-01-24")]
    assert side(decided(text, scheduleEntries=visits), Criterion.DURATION) is PointsTo.SERVICE


MOUSE = "The pointer jumps about on the reception computer all day, could somebody have a look remotely please."


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Archive to the second building, 3 stages", Outcome.SERVICE_TICKET),
        ("Reception computers", Outcome.MINI_PROJECT),
    ],
)
def test_a_linked_opportunity_may_be_of_another_job(name: str, expected: Outcome) -> None:
    opportunity = {"name": name, "stage": "Won", "expectedRevenue": 9000}
    found = decided(MOUSE, "Pointer jumps", opportunity=opportunity, type={"name": "Incident"}).outcome
    assert (found is Outcome.SERVICE_TICKET) == (expected is Outcome.SERVICE_TICKET)


def test_prices_by_condition_are_progress_billing() -> None:
    text = "The council accepts your offer: £700 with this order, £700 when we have seen the draft, £700 when it is public."
    assert side(decided(text), Criterion.BILLING) is PointsTo.PROJECT


def test_an_incident_that_is_worked_on_at_once_is_a_repair() -> None:
    text = "Lagoon over the patch room. Customer without agreement, by the hour please."
    crew = [booked("ali", "2026-01-15"), booked("tom", "2026-01-15"), booked("ali", "2026-01-16")]
    assert (
        decided(text, "Patch room", scheduleEntries=crew, type={"name": "Incident"}).outcome is Outcome.SERVICE_TICKET
    )
    later = [booked("ali", "2026-02-15"), booked("tom", "2026-02-15"), booked("ali", "2026-03-16")]
    assert decided(text, "Patch room", scheduleEntries=later).outcome is not Outcome.SERVICE_TICKET


def test_a_copy_of_an_old_invoice_is_paperwork() -> None:
    text = "Could somebody re-send me the invoice for stage three? The mail is gone."
    assert decided(text, "Second stage invoice of the library job - copy please").outcome is Outcome.SERVICE_TICKET


def test_what_is_stated_to_be_small_and_booked_large_is_asked() -> None:
    text = f"{ORDERED} One day, one invoice."
    crew = [booked("ali", "2026-01-20"), booked("eve", "2026-01-27")]
    assert decided(text, scheduleEntries=crew).outcome is Outcome.REVIEW


def test_a_repair_with_a_part_at_a_price_is_still_a_repair() -> None:
    text = "I dropped it. The panel at 145 is fine, quote accepted, charge it to the showroom."
    assert decided(text, "Laptop screen cracked").outcome is Outcome.SERVICE_TICKET


@pytest.mark.parametrize("words", ["when it is finished", "once the work is complete"])
def test_a_condition_is_no_history(words: str) -> None:
    text = f"Go ahead with offer 77. Each part gets billed {words}."
    assert side(decided(text), Criterion.BILLING) is PointsTo.PROJECT


@pytest.mark.parametrize(
    "block",
    [
        "Ivo Brandreth\nFinance & Premises, Hebden Mills",
        "Dr. Selma Auerbach\nQuality + Environment",
        "Len, site manager",
    ],
)
def test_a_sender_at_the_end_says_nothing(block: str) -> None:
    assert sender_text(f"The scanner stands still.\n\n{block}").strip() == "The scanner stands still."


@pytest.mark.parametrize("last", ["Two visits, one invoice", "Kitchen, 3 May", "Call me please, thanks"])
def test_a_last_line_that_says_something_is_kept(last: str) -> None:
    assert last in sender_text(f"The order is placed.\n\n{last}")


def test_whoever_agrees_to_what_stands_below_has_ordered_it() -> None:
    text = (
        "Thanks for the copy, it is filed, and we have paid it long ago as you know.\n\nAnd yes to your mail below, all of it, get on with it."
        "\n\n> From: Simeon\n> We plan Perth in May, Stirling in June, Oban in July, a third of the 19,800 when each one opens."
    )
    assert decided(text, "Re: copy").outcome is Outcome.PROJECT


def test_how_often_is_no_length_of_time() -> None:
    note = {"notes": [{"text": "The agreement has 10 moves a year included, this is the fourth.", "internal": True}]}
    assert (
        side(decided("I move upstairs, please take my computer along.", "Move", **note), Criterion.DURATION)
        is not PointsTo.PROJECT
    )


def test_people_are_named_with_what_they_do() -> None:
    text = f"{ORDERED} Aled fits, Erik writes the programs."
    assert side(decided(text), Criterion.SCHEDULING) is PointsTo.PROJECT


def test_an_order_number_has_four_digits() -> None:
    reasons = {
        reason.text
        for finding in decided("So one of the two came twice, so 20 are left.").findings
        for reason in finding.reasons
    }
    assert "Accepted or ordered" not in reasons


def test_an_address_in_angle_brackets_makes_no_html() -> None:
    text = (
        "Since this morning I cannot open the drawings, the viewer says file damaged. Can you help?\n\n-----Original Message-----\n"
        "From: site office <office@builder.example>\nSubject: hall\n\nYour project runs from March to June, we invoice after each stage."
    )
    assert "stage" not in sender_text(text)
    assert decided(text, "FW: drawings").outcome is Outcome.SERVICE_TICKET


RETAINER = {"name": "Support Retainer", "type": "Retainer", "billingCycle": "Monthly"}
ALL_IN = {"name": "Managed Services - All In", "type": "Managed", "billingCycle": "Monthly"}


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"agreement": RETAINER}, Outcome.REVIEW),
        ({}, Outcome.REVIEW),
        ({"agreement": ALL_IN}, Outcome.SERVICE_TICKET),
        ({"agreement": RETAINER, "type": {"name": "Incident"}}, Outcome.SERVICE_TICKET),
    ],
)
def test_work_on_a_device_that_nothing_places_is_asked_about(changes: dict[str, Any], expected: Outcome) -> None:
    text = "The dinner is in the tent on 25 January. Could you put some wifi out there?"
    assert decided(text, "Wifi in the tent", **changes).outcome is expected


def test_two_papers_that_do_not_agree_are_asked_about() -> None:
    text = f"{ORDERED} Form: invoice after each stage, May and July. Form and offer do not match, sales is on holiday."
    assert decided(text).outcome is Outcome.REVIEW


def test_a_day_lies_in_the_month_that_was_named_before() -> None:
    text = f"{ORDERED} Ali does it from 2 to 24 February, and we pay when we have seen it run on the 27th."
    decision = decided(text)
    assert decision.outcome is Outcome.MINI_PROJECT


def test_the_day_of_a_letter_is_no_day_of_work() -> None:
    text = "We accept your letter of 9 March: fixed price 900, fitted on 20 April."
    assert side(decided(text), Criterion.DURATION) is not PointsTo.PROJECT


def test_bills_in_parts_make_a_project_of_work_in_unknown_words() -> None:
    text = "The trustees send you the money when a house is ready and once more at the end, so please two bills."
    assert decided(text, "Blinds").outcome is Outcome.PROJECT


@pytest.mark.parametrize(
    ("agreement", "expected"),
    [(ALL_IN, Outcome.SERVICE_TICKET), (None, Outcome.REVIEW)],
    ids=["covered", "not covered"],
)
def test_a_colleague_who_takes_a_plain_ticket_over_makes_no_project(agreement: Any, expected: Outcome) -> None:
    visits = [booked("ali", "2026-01-16", hours=4), booked("eve", "2026-01-19", hours=4)]
    text = "It hums since yesterday afternoon, still going though."
    assert decided(text, "Desktop hums", scheduleEntries=visits, agreement=agreement).outcome is expected
    ordered = decided(ORDERED, "Door station", scheduleEntries=visits, agreement=agreement)
    assert ordered.outcome is Outcome.PROJECT


def test_a_request_that_is_charged_is_sold() -> None:
    text = "About 6 hours, one engineer, charged on top because the agreement does not cover it. One invoice."
    found = decided(text, "Set up the PDF editor on the server, chargeable", agreement=ALL_IN)
    assert found.outcome is Outcome.MINI_PROJECT
    about = decided(
        "Auf Rechnung 1180 stehen zwei Techniker. Wofür war das?", "Frage zur Rechnung 1180", agreement=ALL_IN
    )
    assert about.outcome is Outcome.SERVICE_TICKET


def test_a_number_behind_an_offer_is_no_denial() -> None:
    text = "Accepted: your offer no. 88/25 (£1,950, fixed). One engineer, one invoice."
    assert decided(text).outcome is Outcome.MINI_PROJECT


def test_once_is_no_eleven_beside_english_words() -> None:
    assert spans("once year-end is shut") == ()
    assert [span.days for span in spans("dura once semanas")] == [77]


def test_what_a_person_says_is_no_message_of_a_device() -> None:
    reasons = {
        reason.text
        for one in decided('He says it is "a little job really".', "Kiln").findings
        for reason in one.reasons
    }
    assert "Something does not work" not in reasons
    shown = {reason.text for one in decided('The screen says "no disk".', "Kiln").findings for reason in one.reasons}
    assert "Something does not work" in shown


def test_discretion_is_no_team_of_its_own_and_a_closed_circle_is_asked_about() -> None:
    quiet = decided("Please close the mailbox of Mr Leung. Keep this to yourselves.", "Mailbox", agreement=ALL_IN)
    assert quiet.outcome is Outcome.SERVICE_TICKET
    closed = "Only Ragna and Piet from your side may have access to this ticket. Set up the data room for the sale."
    assert decided(closed, "Data room", agreement=ALL_IN).outcome is not Outcome.SERVICE_TICKET


def test_an_incident_that_is_over_does_not_hide_what_is_ordered_after_it() -> None:
    text = (
        "The incident is closed since yesterday, thank you. The insurer has agreed to the rebuild: new domain in February, workstations in"
        " March and April, archive in May. The insurer pays you on monthly statements."
    )
    assert decided(text, "Ransom attack - what happens next", type={"name": "Incident"}).outcome is Outcome.PROJECT
    still = "The incident is not closed, everything is encrypted. In February we moved, in April we shall move again."
    assert decided(still, "Ransom attack", type={"name": "Incident"}).outcome is Outcome.SERVICE_TICKET


def test_of_several_things_offered_only_the_one_that_is_ordered_counts() -> None:
    text = (
        "Thank you for the paper: A (cabling of the hall), B (telephones over three years), C (a door camera), D (Wi-Fi in stages). "
        "{ordered}"
    )
    only = "Only C is approved: £310 fixed, one visit in the week of 19 January, one invoice."
    part = decided(text.format(ordered=only), "Your paper")
    assert part.outcome is Outcome.MINI_PROJECT
    whole = decided(text.format(ordered="All of it is approved."), "Your paper")
    assert whole.outcome is not Outcome.MINI_PROJECT


def test_two_who_say_different_things_are_no_team_but_a_contradiction() -> None:
    text = "Please set up the five docking stations. One of you said it is included, another said it costs extra."
    assert decided(text, "Docking stations", agreement=ALL_IN).outcome is Outcome.REVIEW


def test_the_type_of_a_ticket_alone_does_not_make_two_rows_doubtful() -> None:
    text = "Handhelds for the three sheds: A in March, B in April, C in June. Two of your people each night."
    assert decided(text, "Handhelds", type={"name": "Incident"}, agreement=ALL_IN).outcome is Outcome.PROJECT
    broken = f"The handhelds keep crashing, all of them fail. {text}"
    assert decided(broken, "Handhelds down", type={"name": "Incident"}, agreement=ALL_IN).outcome is not Outcome.PROJECT


def test_the_customers_own_bills_are_no_word_of_how_this_work_is_paid() -> None:
    own = 'When I post the second stage payment for our client (fixed price, 40/40/20) the program stops: "no current record".'
    assert decided(own, "Stage payment", agreement=ALL_IN).outcome is Outcome.SERVICE_TICKET
    ours = "Order for the cameras: please bill us in stages, 40/40/20, fixed price 3,900."
    assert decided(ours, "Cameras").outcome is Outcome.PROJECT


def test_nobody_but_is_read_as_one() -> None:
    text = "Set up the data room. Nobody but Ms Adair and Mr Tull of your house may see or touch any of it."
    found = decided(text, "Data room")
    assert found.outcome is Outcome.REVIEW
    assert next(one for one in found.findings if one.criterion is Criterion.TEAM).reasons


@pytest.mark.parametrize(
    ("hours", "text", "expected"),
    [
        (60, "Mr Obuya sits with us and draws the map of it all.", Outcome.REVIEW),
        (2, "Mr Obuya sits with us and draws the map of it all.", Outcome.SERVICE_TICKET),
        (60, "Mr Obuya sits with us, the map does not open, it is broken.", Outcome.SERVICE_TICKET),
    ],
    ids=["nothing else said", "few hours", "broken"],
)
def test_many_budget_hours_are_asked_about_where_nothing_says_what_they_are(
    hours: int, text: str, expected: Outcome
) -> None:
    assert decided(text, "The map", agreement=ALL_IN, budgetHours=hours).outcome is expected


def test_parts_in_three_periods_are_asked_about_where_nothing_says_routine() -> None:
    text = "The mares' block in May, the foaling boxes in August, and the gallop in October. Nothing grand."
    assert decided(text, "The yard", agreement=ALL_IN).outcome is Outcome.REVIEW
    routine = f"{text} Please renew the certificates there as every year."
    assert decided(routine, "Certificates", agreement=ALL_IN).outcome is Outcome.SERVICE_TICKET


def test_a_subject_that_the_text_turns_down_does_not_count() -> None:
    quoted = {"name": "Server and storage", "stage": "Quoted", "expectedRevenue": 21400}
    text = "Not about the offer, we decide on that in autumn. Just my scroll wheel jumps."
    assert (
        decided(text, "Re: offer for the new server", agreement=ALL_IN, opportunity=quoted).outcome
        is Outcome.SERVICE_TICKET
    )
    yes = "About the offer: we accept it, fixed price 900, one visit."
    assert decided(yes, "Re: offer for the new door station", agreement=ALL_IN).outcome is Outcome.MINI_PROJECT


def test_an_incident_that_is_charged_is_asked_about_and_sold_work_is_not() -> None:
    text = "The blind in room four came off its rail. Put it back, charge us for it."
    assert decided(text, "Blind", type={"name": "Incident"}).outcome is Outcome.REVIEW
    priced = f"{text} Fixed price £90 as in your offer, which we accept."
    assert decided(priced, "Blind", type={"name": "Incident"}).outcome is Outcome.MINI_PROJECT


@pytest.mark.parametrize(
    "text",
    [
        "Desk moves are in our flat fee, please swap the two desks.",
        "Number plate camera shows blank since the hail. Lorries are waved through by hand.",
        "Hosts died one after the other, we bring them back in order from remote.",
    ],
)
def test_words_of_a_sale_that_mean_something_else(text: str) -> None:
    assert decided(text, "The yard", agreement=ALL_IN).outcome is Outcome.SERVICE_TICKET


def test_half_a_day_and_a_statement_each_quarter_are_no_stages() -> None:
    text = "Work order 77, price as agreed 1,480 flat: half a day. We get a statement each quarter only, put it there as one item."
    assert decided(text, "Tidy-up").outcome is Outcome.MINI_PROJECT


def test_an_automatic_subject_says_nothing() -> None:
    text = "Award letter is in the post: 600 audio guides, Castle in March, Mill in May, Mint in July. After each the house is paid."
    assert decided(text, "Out of office: RE: delivery dates").outcome is Outcome.PROJECT


def test_one_says_covered_and_another_charged() -> None:
    text = "Move the licence server. Julian says that is within the contract, Abigail says it would be charged."
    assert decided(text, "Licence server", agreement=ALL_IN).outcome is Outcome.REVIEW


def test_whoever_misses_an_invoice_orders_nothing() -> None:
    text = "Our accountant is missing your invoices for stages 1, 2 and 3 of the cabling (PO 40077, 30/40/30). Mail the PDFs again?"
    assert decided(text, "Copies, please", agreement=ALL_IN).outcome is Outcome.SERVICE_TICKET
    past = "It was last spring's cabling job, 30/40/30. Did we buy the phone line or rent it?"
    assert decided(past, "Phone line", agreement=ALL_IN).outcome is Outcome.SERVICE_TICKET


def test_a_sender_that_gets_ok_has_ordered_nothing() -> None:
    text = "The fax stopped yesterday, the sender gets OK."
    assert decided(text, "Fax", agreement=ALL_IN).outcome is Outcome.SERVICE_TICKET
    assert decided("Our board gave its okay to your offer for the door, fixed price 900.", "Door").outcome is not (
        Outcome.SERVICE_TICKET
    )


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Invoice when she has left, price as quoted £800. She has blocked 3-7 Nov, further questions are her problem.", Outcome.MINI_PROJECT),
        ("Tablettes des chauffeurs : feu vert au devis 44, 900 € au forfait, Karim vient mardi.", Outcome.MINI_PROJECT),
        ("Plantas según presupuesto 71 aceptado: 1 en enero, 2 en marzo, 3 en mayo; cobráis según lo certificado.", Outcome.PROJECT),
    ],
)  # fmt: skip
def test_words_that_tell_of_faults_elsewhere_tell_of_none_here(text: str, expected: Outcome) -> None:
    assert decided(text, "Job").outcome is expected


def test_warranty_is_no_order_and_what_was_bought_in_may_is_no_work_in_may() -> None:
    text = "Noch in Garantie (gekauft im Mai bei Ihnen). Bitte RMA, Ersatz kommt im Juli. Solange nehmen wir den der Nachtschicht."
    assert decided(text, "Scanner fällt dauernd aus", agreement=ALL_IN).outcome is Outcome.SERVICE_TICKET


def test_a_job_planned_and_paid_in_parts_is_not_settled_as_service_by_a_word_for_a_fault() -> None:
    text = "The printers are broken news: site A in March, site B in May, site C in July. 40 % now, 30 % in May, the rest at the end."
    assert decided(text, "Broken printers").outcome is not Outcome.SERVICE_TICKET


@pytest.mark.parametrize(
    "text",
    [
        "The planner is unlicensed since today. At two I show the kiln programme (14 months, six contractors, four stage payments) to the owners.",
        "The drawing program opens read-only. I must present the hotel schedule - nine months, five crews, three instalments - to our investors.",
        "Der Planer meldet einen Fehler. Um zwei muss ich dem Vorstand den Zeitplan (8 Monate, vier Teams, drei Abschläge) zeigen.",
    ],
)
def test_a_plan_that_the_customer_shows_to_others_is_the_customers_own(text: str) -> None:
    assert decided(text, "Licence", type={"name": "Incident"}).outcome is not Outcome.PROJECT


@pytest.mark.parametrize(
    "payment",
    [
        "The treasurer settles upon completion of each pontoon.",
        "Payment on acceptance of every jetty.",
        "Bezahlt wird nach Abnahme jedes Stegs.",
    ],
)
def test_payment_after_each_part_is_progress_billing(payment: str) -> None:
    decision = decided(f"Order 31 signed. {payment}", "Wireless")
    assert side(decision, Criterion.BILLING) is PointsTo.PROJECT
    once = decided("Order 31 signed. The treasurer settles upon completion of the work.", "Wireless")
    assert side(once, Criterion.BILLING) is not PointsTo.PROJECT


def test_work_that_is_known_to_cost_extra_and_whose_size_is_left_to_us_is_asked_about() -> None:
    text = "Our customer demands the security certificate, get us through it, we know it's extra. How long it takes I leave to you."
    assert decided(text, "Certificate", agreement=ALL_IN).outcome is Outcome.REVIEW


@pytest.mark.parametrize(
    "what", ["upgrade my work phone to the newest system", "migrate the contacts from my old phone"]
)
def test_one_persons_phone_is_a_request(what: str) -> None:
    assert (
        decided(f"Please {what}, in today till 5.", "Upgrade and migration (my phone)").outcome
        is Outcome.SERVICE_TICKET
    )
