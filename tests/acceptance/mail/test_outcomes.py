"""Whatever form a mail has, its ticket gets the outcome that its words alone would get."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from app.chart import decide, shipped_chart
from app.domain.enums import Outcome
from tests.support.tickets import ticket_record

SETS = [Path(__file__).with_name(name) for name in ("cases.jsonl", "cases_second.jsonl")]
CASES = [json.loads(line) for path in SETS for line in path.read_text(encoding="utf-8").splitlines()]


@pytest.mark.parametrize("case", [pytest.param(case, id=case["name"]) for case in CASES])
def test_the_form_of_a_mail_moves_no_outcome(case: dict[str, Any]) -> None:
    outcome = decide(ticket_record(case["text"], case["summary"]), shipped_chart()).outcome.value
    assert outcome in {case["want"], case.get("also_right")}


ORDER = "Please hang the two door screens as offered. Offer 318 is accepted, fixed price 780, one fitter, one morning, a single invoice afterwards."
FORMS = [
    "Contact: Ada Kis\nBackup contact: Ben Oke",
    "Site contact: Ada Kis\nIT contact: Ben Oke\nInvoice contact: Cleo Rua",
    "Requested for: Ada Kis\nApproved by: Ben Oke",
    "Caller: Ada Kis\nLocation: 2nd floor\nAlternative contact: Ben Oke",
    "Ansprechpartner: Ada Kis\nStellvertretung: Ben Oke",
    "Contact principal : Ada Kis\nContact secondaire : Ben Oke",
    "Contacto: Ada Kis\nContacto alternativo: Ben Oke",
    "Date: 04/05/2026 10:02\nName: Ada Kis\nDepartment: Projects\nManager: Ben Oke\nPhone: 123",
]


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize(
    "mail",
    ["{form}\n\n{order}", "{form}\nRequest: {order}", "<p>{form}</p><p>{order}</p>"],
    ids=["above", "field", "HTML"],
)
def test_persons_of_a_form_are_no_contacts_of_parts(form: str, mail: str) -> None:
    text = mail.format(form=form.replace("\n", "<br>") if "<p>" in mail else form, order=ORDER)
    assert decide(ticket_record(text, "Door screens"), shipped_chart()).outcome is Outcome.MINI_PROJECT
