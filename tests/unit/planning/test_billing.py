"""From evidence to billing: method and amount on the project, parts on the phases, what is left to a person."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain.enums import BillingMethod
from app.domain.facts import JobFacts, Stage
from app.planning.billing import instalments, money_of
from tests.support.planning_factories import chart, codes, make_ticket, project, stages, step, steps_of

AGREEMENT = {"id": 600, "name": "Managed Services", "type": "Managed Services"}
CENTS = st.integers(1, 10**7).map(lambda cents: Decimal(cents) / 100)


@pytest.mark.parametrize(
    ("facts", "method", "amount"),
    [
        (JobFacts(fixed_price=Decimal(640)), "FixedFee", 640.0),
        (JobFacts(cap=Decimal("1999.99")), "NotToExceed", 1999.99),
        (JobFacts(cap=Decimal(900), hourly_rate=Decimal(95)), "NotToExceed", 900.0),
        (JobFacts(hourly_rate=Decimal(95)), "OverrideRate", None),
        (JobFacts(), "ActualRates", None),
        (JobFacts(fixed_price=Decimal(0)), "ActualRates", None),
        (JobFacts(fixed_price=Decimal(-5), cap=Decimal(80)), "NotToExceed", 80.0),
    ],
    ids=["fixed price", "cap", "cap before rate", "rate", "nothing said", "no price", "impossible price"],
)
def test_the_evidence_chooses_the_method(facts: JobFacts, method: str, amount: float | None) -> None:
    body = step(project(facts), "project").body
    assert (body["billingMethod"], body.get("billingAmount")) == (method, amount)


def test_the_chart_may_choose_other_methods_and_flags() -> None:
    rules = chart(
        project={
            "billing": {
                "otherwise": BillingMethod.NOT_TO_EXCEED, "rate_type": "StaffMember", "bill_expenses": "NoCharge",
                "bill_after_close": True, "bill_unapproved": True, "terms": "Net 30 days", "tax_code": "VAT 20",
                "restrict_down_payment": True,
            }
        }
    )  # fmt: skip
    body = step(project(JobFacts(), rules=rules), "project").body
    assert body["billingMethod"] == "NotToExceed"
    assert "billingAmount" not in body
    chosen = {
        "billingRateType": "StaffMember", "billExpenses": "NoCharge", "billProjectAfterClosedFlag": True,
        "billUnapprovedTimeAndExpense": True, "billingTerms": {"id": 2}, "taxCode": {"name": "VAT 20"},
        "restrictDownPaymentFlag": True,
    }  # fmt: skip
    assert {name: body[name] for name in chosen} == chosen


def test_instalments_become_fixed_fee_phases_and_the_project_bills_the_rest() -> None:
    facts = JobFacts(
        fixed_price=Decimal(12500), stages=stages(("Floor 1", "5000"), ("Floor 2", "4000"), ("Rooms", "2000"))
    )
    made = project(facts)
    phases = [one.body for one in steps_of(made, "phase-")]
    assert [phase["billingAmount"] for phase in phases] == [5000.0, 4000.0, 2000.0]
    for phase in phases:
        assert phase["billSeparatelyFlag"] is phase["billPhaseClosedFlag"] is True
        assert phase["billingMethod"] == "FixedFee"
    assert step(made, "project").body["billingAmount"] == 1500.0


def test_one_stage_without_an_amount_takes_what_the_others_leave() -> None:
    parts, rest = instalments(Decimal(1000), stages(("A", "300"), ("B", None), ("C", "200")))
    assert list(parts) == [Decimal(300), Decimal(500), Decimal(200)]
    assert rest == 0


def test_thirds_are_thirds_to_the_cent() -> None:
    thirds = tuple(Stage(name, share=Decimal("0.33")) for name in "ABC")
    parts, rest = instalments(Decimal(100), thirds)
    assert sum(part or 0 for part in parts) == 100
    assert rest == 0


@given(
    whole=CENTS,
    given_stages=st.lists(
        st.tuples(st.none() | CENTS, st.none() | st.decimals(min_value="0.01", max_value=1, places=2)),
        min_size=2,
        max_size=12,
    ),
)
@settings(max_examples=100)
def test_project_and_phases_bill_the_whole_price_once_to_the_cent(
    whole: Decimal, given_stages: list[tuple[Decimal | None, Decimal | None]]
) -> None:
    named = tuple(Stage(f"S{n}", amount=amount, share=share) for n, (amount, share) in enumerate(given_stages))
    made = project(JobFacts(fixed_price=whole, stages=named))
    if made.problems:
        assert codes(made) == ["amounts-differ"]
        return
    own = Decimal(repr(step(made, "project").body["billingAmount"]))
    bodies = [one.body for one in steps_of(made, "phase-")]
    separate = [Decimal(repr(body["billingAmount"])) for body in bodies if body.get("billSeparatelyFlag")]
    assert own + sum(separate) == whole
    assert min([own, *separate]) >= 0


def test_instalments_that_claim_more_than_the_price_go_to_review() -> None:
    made = project(JobFacts(fixed_price=Decimal(1000), stages=stages(("A", "600"), ("B", "700"))))
    assert codes(made) == ["amounts-differ"]
    assert "1,300.00" in made.problems[0].text
    assert "1,000.00" in made.problems[0].text


@pytest.mark.parametrize("amount", ["-100", "99999999999"], ids=["below zero", "more than anyone bills"])
def test_an_instalment_that_cannot_be_billed_goes_to_review(amount: str) -> None:
    made = project(JobFacts(fixed_price=Decimal(10**9), stages=stages(("<b>A</b>", amount), ("B", "700"))))
    assert codes(made) == ["amounts-differ"]
    assert "<b>" not in made.problems[0].text


def test_stages_without_amounts_are_not_guessed_at() -> None:
    facts = JobFacts(fixed_price=Decimal(12500), stages=stages(("Up", None), ("Down", None)), progress_billing=True)
    made = project(facts)
    assert step(made, "project").body["billingAmount"] == 12500.0
    assert not any("billingAmount" in one.body for one in steps_of(made, "phase-"))
    assert any("does not say how it splits over “Up”, “Down”" in todo for todo in made.todos)


def test_stage_amounts_without_a_whole_price_are_billed_by_phase_and_the_rest_at_actual_rates() -> None:
    made = project(JobFacts(stages=stages(("Fixed part", "800"), ("Support", None))))
    first, second = (one.body for one in steps_of(made, "phase-"))
    assert step(made, "project").body["billingMethod"] == "ActualRates"
    assert (first["billingMethod"], first["billingAmount"]) == ("FixedFee", 800.0)
    assert "billSeparatelyFlag" not in second


def test_an_agreed_rate_stands_on_the_phases_since_the_project_has_no_place_for_it() -> None:
    made = project(JobFacts(hourly_rate=Decimal("95.50")))
    phase = step(made, "phase-1").body
    assert (phase["billSeparatelyFlag"], phase["billingMethod"], phase["hourlyRate"]) == (True, "OverrideRate", 95.5)
    assert step(made, "phase-1").expect["hourlyRate"] == 95.5


def test_a_rate_beside_a_cap_is_left_to_a_person() -> None:
    made = project(JobFacts(cap=Decimal(900), hourly_rate=Decimal(95)))
    assert any("agreed rate of 95.00 an hour by hand" in todo for todo in made.todos)


def test_a_down_payment_is_the_charts_part_of_a_fixed_price() -> None:
    rules = chart(project={"billing": {"down_payment": Decimal("0.3")}})
    assert step(project(JobFacts(fixed_price=Decimal(1000)), rules=rules), "project").body["downpayment"] == 300.0


@pytest.mark.parametrize(
    "facts",
    [JobFacts(), JobFacts(cap=Decimal(900)), JobFacts(fixed_price=Decimal(9), stages=stages(("A", "4"), ("B", "5")))],
    ids=["no price", "a cap", "instalments"],
)
def test_there_is_no_down_payment_without_a_fixed_price_on_the_project(facts: JobFacts) -> None:
    rules = chart(project={"billing": {"down_payment": Decimal("0.3")}})
    assert "downpayment" not in step(project(facts, rules=rules), "project").body


def test_the_purchase_order_stands_on_project_and_instalments() -> None:
    made = project(JobFacts(fixed_price=Decimal(900), po_number="PO-77120", stages=stages(("A", "400"), ("B", "500"))))
    body, phase = step(made, "project").body, step(made, "phase-1").body
    assert (body["customerPO"], body["poAmount"]) == ("PO-77120", 900.0)
    assert (phase["poNumber"], phase["poAmount"]) == ("PO-77120", 400.0)


def test_a_purchase_order_too_long_for_a_phase_is_not_cut_to_a_wrong_one() -> None:
    made = project(JobFacts(fixed_price=Decimal(9), po_number="P" * 30, stages=stages(("A", "4"), ("B", "5"))))
    assert step(made, "project").body["customerPO"] == "P" * 30
    assert "poNumber" not in step(made, "phase-1").body


@pytest.mark.parametrize(
    ("rule", "facts", "kept"),
    [
        ("remove-when-priced", JobFacts(fixed_price=Decimal(640)), False),
        ("remove-when-priced", JobFacts(hourly_rate=Decimal(95)), False),
        ("remove-when-priced", JobFacts(), True),
        ("keep", JobFacts(fixed_price=Decimal(640)), True),
        ("remove", JobFacts(), False),
    ],
)
def test_the_chart_says_whether_the_agreement_stays(rule: str, facts: JobFacts, kept: bool) -> None:
    rules = chart(project={"billing": {"agreement": rule}})
    made = project(facts, rules=rules, ticket=make_ticket(agreement=AGREEMENT))
    wish: dict[str, Any] = dict(step(made, "ticket").wish)
    assert step(made, "project").body.get("agreement") == ({"id": 600} if kept else None)
    assert ("agreement" in wish) is not kept
    assert any("taken off “Managed Services”" in todo for todo in made.todos) is not kept


def test_opportunity_currency_and_the_agreements_tax_code_go_along() -> None:
    ticket = make_ticket(
        opportunity={"id": 71, "name": "x"},
        currency={"id": 3, "symbol": "€"},
        agreement=AGREEMENT | {"taxCode": {"id": 5}},
    )
    body = step(project(JobFacts(), ticket=ticket), "project").body
    assert (body["opportunity"], body["currency"], body["taxCode"]) == ({"id": 71}, {"id": 3}, {"id": 5})


def test_what_the_api_cannot_do_is_said_in_the_projects_note() -> None:
    made = project(JobFacts(fixed_price=Decimal(100), progress_billing=True, restricted=True))
    text = step(made, "project-note").body["text"]
    assert "progress invoices" in text
    assert "Restrict the project to its team" in text
    assert "one of its own can only be set by hand" in text
    assert text.endswith("Mini-Projects decision D1")


def test_work_at_actual_rates_that_is_billed_in_parts_is_said_without_progress_invoices() -> None:
    made = project(JobFacts(progress_billing=True))
    assert made.todos[0].startswith("Bill the work so far as each stage is handed over")
    assert not any("Create the progress invoices" in todo for todo in made.todos)


def test_amounts_may_be_anything_that_evidence_can_hold() -> None:
    huge = JobFacts(fixed_price=Decimal(10) ** 30, cap=Decimal("NaN"), hourly_rate=Decimal("-Infinity"))
    assert money_of(huge, chart()).method is BillingMethod.ACTUAL_RATES
