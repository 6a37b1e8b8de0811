"""The name of a monitoring product in an alert is no wish to have something automated."""

from __future__ import annotations

import pytest

from app.domain.enums import Outcome
from tests.support.tickets import decided

ALERTS = [
    ("Automate: Disk space low on SRV01", "ConnectWise Automate monitor: drive C: has 3 % free on SRV01. Alert raised at 03:12."),
    ("Automate alert - server offline", "Automate monitor reports that agent HQ-DC1 is offline since 02:10."),
    ("Automate: backup failed", "Automate: the backup job failed on SRV02. Error 0x8004."),
    ("CW Automate - missing patches", "Automate detected 4 missing patches on PC-12."),
]  # fmt: skip


@pytest.mark.parametrize(("summary", "text"), ALERTS)
def test_an_alert_of_a_product_called_automate_is_a_service_ticket(summary: str, text: str) -> None:
    assert decided(text, summary).outcome is Outcome.SERVICE_TICKET


def test_work_that_is_to_be_automated_for_a_price_is_still_more_than_that() -> None:
    decision = decided("Please automate our invoice approval workflow, quoted 4,200.", "Invoice approval")
    assert decision.outcome in (Outcome.MINI_PROJECT, Outcome.PROJECT)
