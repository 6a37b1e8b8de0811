"""What tickets turned out to be, by records alone."""

from __future__ import annotations

from typing import Any

import pytest

from app.audit.actual_outcome import actual_outcome
from app.audit.actual_work import count_work
from app.audit.kept_ticket import KeptTicket
from app.chart import parse_chart, shipped_chart
from app.domain.ticket import TicketRecord
from app.reading.evidence_reader import read_evidence
from tests.support.audit_factories import actual, booked, past_ticket, project_ticket, time_entry, work

SOLD: dict[str, Any] = {
    "products": [
        {
            "description": "Installation, fixed price",
            "quantity": 1,
            "price": 640.0,
            "dateEntered": "2026-03-02T09:00:00Z",
        }
    ]
}
BILLED: dict[str, Any] = {"agreement": None, "timeEntries": [time_entry("jdoe", "2026-03-05", 4.0, invoice=9000)]}
OUTAGE = [time_entry(name, "2026-03-02", 3.0, agreement=600) for name in ("jdoe", "awong", "mkurz")]
MONTHS_COVERED = [time_entry("jdoe", f"2026-{month:02}-10", 6.0, agreement=600) for month in (3, 4, 5)]


@pytest.mark.parametrize(
    ("case", "outcome", "because"),
    [
        pytest.param(past_ticket(), "service-ticket", "0.5 hours by one member", id="half an hour under the agreement"),
        pytest.param(past_ticket(timeEntries=OUTAGE), "service-ticket", "3 members", id="many pool on one day"),
        pytest.param(project_ticket(), "project", "2 members, in 3 billing periods, its opportunity is won", id="months and members"),
        pytest.param(past_ticket(timeEntries=MONTHS_COVERED), "service-ticket", "3 billing periods", id="a fault that came back for months"),
        pytest.param(past_ticket(**SOLD, **BILLED), "mini-project", "product line for labour", id="sold and done in one go"),
        pytest.param(past_ticket(timeEntries=[time_entry("jdoe", "2026-03-05", 4.0, invoice=9000)]), "service-ticket", "4 hours by one member",
                     id="charged although an agreement covers time"),
        pytest.param(past_ticket(poNumber="PO 7", budgetHours=4.0, type={"name": "Change"}, **BILLED), "unknown", "A purchase order, budget hours",
                     id="order and budget"),
        pytest.param(project_ticket(opportunity=None), "unknown", "nothing shows whether it was sold", id="months and members, and no sale"),
        pytest.param(project_ticket(opportunity=None, type={"name": "Incident"}), "service-ticket", "36 hours by 2 members", id="a long fault"),
        pytest.param(past_ticket(billingMethod="FixedFee", billingAmount=5000.0, **BILLED), "mini-project", "a fixed fee", id="a fixed fee"),
        pytest.param(past_ticket(billingMethod="FixedFee", billingAmount=0.0, **BILLED), "service-ticket", "4 hours", id="a fee of nothing"),
        pytest.param(past_ticket(poNumber="PO 7", type={"name": "Change"}, **BILLED), "unknown", "too little", id="an order alone"),
        pytest.param(past_ticket(board={"name": "Mini-Projects"}, timeEntries=[]), "mini-project", "is on the board", id="where a person put it"),
        pytest.param(past_ticket(closedFlag=False), "unknown", "still open", id="open"),
        pytest.param(past_ticket(timeEntries=[]), "unknown", "No time", id="no time"),
        pytest.param(past_ticket(unread=["timeEntries"]), "unknown", "cannot be read", id="no right to time"),
    ],
)  # fmt: skip
def test_records_say_what_a_ticket_was(case: dict[str, Any], outcome: str, because: str) -> None:
    chart = shipped_chart()
    found = actual(case, chart)
    assert found.outcome == outcome
    assert because in found.because


def test_an_open_ticket_that_is_a_project_by_its_records_already_is_one() -> None:
    case, chart = project_ticket(closedFlag=False), shipped_chart()
    assert actual(case, chart).outcome == "project"


@pytest.mark.parametrize(
    ("text", "outcome"),
    [
        pytest.param("duration: {periods: 4}\nscheduling: {members: 3}", "mini-project", id="more periods and members needed"),
        pytest.param("periods: {cycle: Quarterly}\nscheduling: {members: 3}", "mini-project", id="longer periods, no longer ones reached"),
        pytest.param("combination: {project_row_says_project: mini-project}", "mini-project", id="another outcome of the same rows"),
    ],
)  # fmt: skip
def test_the_charts_own_thresholds_hold(text: str, outcome: str) -> None:
    entries = [
        time_entry(member, day, 6.0, invoice=9001)
        for day, member in (("2026-04-10", "jdoe"), ("2026-05-10", "awong"), ("2026-06-10", "jdoe"))
    ]
    case = project_ticket(timeEntries=entries, scheduleEntries=[], products=[])
    chart = parse_chart(text)
    assert actual(case, chart).outcome == outcome


def test_no_word_of_the_text_counts() -> None:
    chart = shipped_chart()
    said = past_ticket(
        summary="Project: migration in stages",
        initialDescription="Order accepted, 9,000 GBP, three instalments, own team.",
    )
    assert actual(said, chart) == actual(past_ticket(), chart)


def test_a_job_that_crosses_a_periods_end_by_a_day_is_one_periods_work() -> None:
    entries = [time_entry("jdoe", "2026-03-31", 2.0, invoice=1), time_entry("jdoe", "2026-04-01", 2.0, invoice=2)]
    case, chart = (
        past_ticket(timeEntries=entries, agreement=None, scheduleEntries=[booked("jdoe", "2026-03-02")]),
        shipped_chart(),
    )
    assert actual(case, chart).outcome == "service-ticket"


@pytest.mark.parametrize(
    "name",
    ["Epson projector", "HP DesignJet T650", "Installer disc", "Printer deployer", "Trainingsgerät", "Propuesta"],
)
def test_goods_whose_names_hold_a_word_for_work_are_no_work(name: str) -> None:
    assert outcome_of(**goods(name)) == "service-ticket"


@pytest.mark.parametrize(
    "name",
    ["Project work, fixed", "Design of the network", "Labour", "Server-Neuinstallation", "Postfachmigration", "Netzwerkverkabelung", "Puesta en marcha",
     "Câblage du local", "Instalación", "Set-up", "Deployment", "Mano de obra"],
)  # fmt: skip
def test_a_product_line_for_work_says_sold(name: str) -> None:
    assert outcome_of(**goods(name)) == "mini-project"


@pytest.mark.parametrize(
    ("names", "outcome"),
    [
        pytest.param(("Stage 1", "stage2"), "project", id="stages"),
        pytest.param(("Abschlagsrechnung", "Anzahlung 30 %"), "project", id="in German"),
        pytest.param(("Hito 1", "Plazo final"), "project", id="in Spanish"),
        pytest.param(("Backstage pass", "Depository licence"), "service-ticket", id="words that hold another"),
        pytest.param(("Reemplazo", "Whito paint"), "service-ticket", id="a replacement"),
    ],
)
def test_stage_payments_are_whole_words(names: tuple[str, str], outcome: str) -> None:
    lines = [{"description": name, "quantity": 1, "price": 640.0} for name in names]
    assert outcome_of(**BILLED, products=lines) == outcome


@pytest.mark.parametrize(
    ("stage", "outcome"),
    [
        *((stage, "mini-project") for stage in ("Won", "5. Closed Won", "Gewonnen", "gagnée", "Ganada", "Order signed", "signé", "No. 5 - Won")),
        *((stage, "service-ticket") for stage in ("2. Assigned", "Not won", "Not yet accepted", "Nicht gewonnen", "no ganada", "non gagnée",
                                                  "Closed - Lost (was won)", "Unsigned", "Wonder", "Won't do", "Awaiting signature")),
    ],
)  # fmt: skip
def test_an_opportunity_is_won_only_where_its_stage_says_so(stage: str, outcome: str) -> None:
    assert outcome_of(**BILLED, opportunity={"id": 71, "name": "Rack", "stage": stage}) == outcome
    assert outcome_of(**BILLED, opportunity={"id": 71, "name": "Rack", "stage": {"id": 4, "name": stage}}) == outcome


@pytest.mark.parametrize(
    ("stage", "won"), [("Gewonnen", True), ("Order signed", True), ("Not won", False), ("no ganada", False), ("Won - later lost", False)]
)  # fmt: skip
def test_the_chart_reads_an_opportunitys_stage_alike(stage: str, *, won: bool) -> None:
    case, chart = past_ticket(opportunity={"id": 71, "name": "Rack", "stage": stage}), shipped_chart()
    periods = chart.periods
    evidence = read_evidence(
        TicketRecord.from_json(case), chart.reader, now=None, cycle=periods.cycle, first_day=periods.first_day
    )
    assert evidence.opportunity_won == won


EVENING = [
    time_entry(member, "2026-03-02", 2.0, invoice=9000) | {"timeStart": start}
    for member, start in (("jdoe", "2026-03-02T22:00:00Z"), ("awong", "2026-03-03T03:30:00Z"))
]
NEXT_MORNING = time_entry("awong", "2026-03-03", 2.0, invoice=9000) | {"timeStart": "2026-03-03T14:00:00Z"}


def test_an_evening_in_america_is_one_day_of_work() -> None:
    chart = shipped_chart()
    planned = [booked("jdoe", "2026-03-02"), booked("awong", "2026-03-02")]
    evening = past_ticket(agreement=None, timeEntries=EVENING, scheduleEntries=planned, type={"name": "Change"})
    two_days = evening | {"timeEntries": [*EVENING, NEXT_MORNING]}
    assert work(evening, chart).working_days == 1
    assert actual(evening, chart).outcome == "service-ticket"
    assert work(two_days, chart).working_days == 2
    assert actual(two_days, chart).outcome == "service-ticket"


@pytest.mark.parametrize(
    ("start", "planned"),
    [
        pytest.param("2026-03-03T01:00:00Z", False, id="the same evening"),
        pytest.param("2026-03-03T14:00:00Z", True, id="the next morning"),
    ],
)
def test_planned_ahead_is_told_by_elapsed_time(start: str, *, planned: bool) -> None:
    visit = booked("jdoe", "2026-03-03") | {"dateStart": start}
    case = past_ticket(**BILLED, dateEntered="2026-03-02T21:00:00Z", scheduleEntries=[visit], type={"name": "Change"})
    chart = shipped_chart()
    assert ("planned for a later day" in actual(case, chart).because) == planned


def goods(name: str) -> dict[str, Any]:
    """A ticket on one invoice with one product line."""
    return BILLED | {"products": [{"description": name, "quantity": 1, "price": 640.0}]}


def outcome_of(**changes: Any) -> str:
    """What the records of a ticket say it was."""
    case, chart = past_ticket(**changes), shipped_chart()
    return actual(case, chart).outcome


def moved(case: dict[str, Any]) -> KeptTicket:
    """A ticket that this service moved."""
    return KeptTicket.from_json(case | {"ownMove": "mini-project"})


def test_an_own_move_is_no_evidence_whatever_the_records_say() -> None:
    chart = shipped_chart()
    for case in (past_ticket(board={"name": "Mini-Projects"}), project_ticket()):
        ticket = moved(case)
        assert actual_outcome(ticket, count_work(ticket, chart), chart).outcome == "unknown"


@pytest.mark.parametrize("hours", [0.5, 3.9])
def test_two_visits_over_a_periods_end_of_a_small_sold_job_are_no_project(hours: float) -> None:
    visits = [time_entry("jdoe", day, hours, invoice=9) for day in ("2026-03-28", "2026-04-09")]
    sold = past_ticket(
        agreement=None, type={"name": "Change"}, timeEntries=visits, opportunity={"id": 7, "name": "Rack", "won": True}
    )
    assert actual(sold).outcome == "mini-project"
    assert actual(sold | {"opportunity": None}).outcome == "service-ticket"
