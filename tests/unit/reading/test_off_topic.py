"""What a ticket says of terms, signatures, forms and denied faults is not said of the work."""

from __future__ import annotations

import pytest

from app.domain.enums import Criterion, Outcome, PointsTo
from tests.support.tickets import decided, side


@pytest.mark.parametrize(
    "text",
    [
        "Please extend our antivirus licence for 2 years at the same number of seats.",
        "Bitte die Garantie des Servers um 3 Jahre verlängern.",
        "Le renouvellement de l'antivirus est pour 2 ans, merci.",
    ],
)
def test_how_long_a_licence_is_valid_is_no_length_of_work(text: str) -> None:
    assert side(decided(text, "Renewal"), Criterion.DURATION) is not PointsTo.PROJECT


def test_when_a_paper_was_signed_is_no_day_of_work() -> None:
    text = "Signed by A. Moor, 03/02/2026 10:14\nThe door reader is fitted on 28 May 2026, fixed price 480, invoiced once when done."
    assert decided(text, "Order 12").outcome is Outcome.MINI_PROJECT


@pytest.mark.parametrize(
    "words",
    ["Sorry, wrong category, there was none that fits.", "Ce n'est pas une panne.", "Das ist keine Störung."],
)
def test_a_form_that_does_not_fit_or_a_denied_fault_is_no_fault(words: str) -> None:
    reasons = [reason.text for finding in decided(words, "Hello").findings for reason in finding.reasons]
    assert "Something does not work" not in reasons


@pytest.mark.parametrize(
    "text",
    [
        "From Monday I work in the attic room. Could you carry my computer and both monitors there?",
        "Three donated laptops need to go on our network, who takes them?",
    ],
)
def test_moving_or_joining_devices_that_nothing_covers_is_asked(text: str) -> None:
    assert decided(text, "A small favour").outcome is Outcome.REVIEW
    covered = {"name": "Managed Services - All In", "type": "Managed Services", "billingCycle": "Monthly"}
    assert decided(text, "A small favour", agreement=covered).outcome is Outcome.SERVICE_TICKET


def test_a_short_yes_orders_the_plan_quoted_below_it() -> None:
    text = (
        "Yes to everything, begin when you like.\nIda\n\nOn 3 Feb Tom wrote:\n> 1) March: new switches in both halls, invoice after the halls\n"
        "> 2) May: new cameras, invoice after the cameras\n> 3) July: door readers, invoice after the readers"
    )
    assert decided(text, "Re: halls").outcome is Outcome.PROJECT
    assert side(decided(text, "Re: halls"), Criterion.FINANCE) is PointsTo.PROJECT
