"""Phases, hours, days and people of a brief."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.enums import Outcome
from app.domain.facts import JobFacts
from app.planning.brief.model import FieldState
from app.planning.brief.people import contacts_path
from app.planning.brief_notes import brief_lines
from app.planning.working_days import Calendar, Span, within
from tests.support.limits import examples
from tests.support.planning_factories import brief, changed, chart, make_ticket, project, step, steps_of, told

WEDNESDAY = date(2026, 6, 3)
MEMBERS = [
    {"id": 1, "identifier": "rpetrie", "firstName": "Rhona", "lastName": "Petrie"},
    {"id": 2, "identifier": "tmarlow", "firstName": "Tobin", "lastName": "Marlow"},
    {"id": 106, "identifier": "pmiller", "firstName": "Pat", "lastName": "Miller"},
]


def named(text: str, **members: Any) -> list[tuple[str, Decimal | None]]:
    """Names and hours of the phases of a text."""
    return [(one.name, one.hours) for one in brief(told(text, **members)).phases.value or ()]


@pytest.mark.parametrize(
    ("text", "phases"),
    [
        ("Phase 1 design 40 hours, phase 2 build 70 hours.", [("Design", 40), ("Build", 70)]),
        ("Phase 1 (design): 40 h\nPhase 2 (build): 70 h", [("Design", 40), ("Build", 70)]),
        ("1. Survey - 16 hours\n2. Build and test - 48 hours", [("Survey", 16), ("Build and test", 48)]),
        ("- Aufbau: 12 Std.\n- Schulung: 4 Std.", [("Aufbau", 12), ("Schulung", 4)]),
        (
            "Scope of work:\n1. Survey\n2. Installation\n3. Training",
            [("Survey", None), ("Installation", None), ("Training", None)],
        ),
        ("Oak House in September, Elm House in October.", [("Oak House", None), ("Elm House", None)]),
    ],
)
def test_phases_are_lists_of_work(text: str, phases: list[tuple[str, int | None]]) -> None:
    assert named(text) == phases


@pytest.mark.parametrize(
    "text",
    [
        "Order signed, 30% on order, 70% at handover.", "Kick-off meeting in July, review meeting in September.",
        "Two engineers, invoicing in July, training in September.", "- Jane Doe, jane@x.example\n- John Roe, john@x.example",
        "- Payment on order: $4,000\n- Payment at handover: $5,000", "The printer in room 1. The scanner in room 2.",
    ],
)  # fmt: skip
def test_payments_persons_and_meetings_are_no_phases(text: str) -> None:
    assert named(text) == [("Delivery", None)]


def test_hours_written_behind_a_task_are_its_hours() -> None:
    made = brief(
        make_ticket(tasks=[{"summary": "Design (6 h)"}, {"summary": "Build: 10,5 Std."}, {"summary": "Call Ann"}])
    )
    assert [(one.name, one.hours) for one in made.phases.value or ()] == [("Design", 6), ("Build", Decimal("10.5"))]
    assert made.budget_hours.value == Decimal("16.5")


def test_tasks_with_hours_are_the_phases() -> None:
    made = brief(make_ticket(tasks=[{"summary": "Design", "budgetHours": 6}, {"summary": "Build", "budgetHours": 10}]))
    assert [(one.name, one.hours) for one in made.phases.value or ()] == [
        ("Design", Decimal(6)),
        ("Build", Decimal(10)),
    ]
    assert (made.budget_hours.value, made.budget_hours.state) == (Decimal(16), FieldState.SETTLED)


def test_without_phases_those_of_the_chart_share_the_hours() -> None:
    rules = chart(
        project={
            "phases": [{"name": "Prepare", "share": Decimal("0.25")}, {"name": "Deliver", "share": Decimal("0.75")}]
        }
    )
    bodies = [one.body for one in steps_of(project(ticket=make_ticket(budgetHours=10), rules=rules), "phase-")]
    assert [(body["description"], body["wbsCode"], body["budgetHours"]) for body in bodies] == [
        ("Prepare", "1", 2.5), ("Deliver", "2", 7.5),
    ]  # fmt: skip


@given(names=st.lists(st.text(max_size=130), min_size=2, max_size=8))
@examples(50)
def test_phase_names_fit_and_differ(names: list[str]) -> None:
    ticket = make_ticket(tasks=[{"summary": name, "budgetHours": 1} for name in names])
    found = [one.body["description"] for one in steps_of(project(ticket=ticket), "phase-")]
    assert len({name.casefold() for name in found}) == len(names)
    assert all(0 < len(name) <= 100 for name in found)


@pytest.mark.parametrize(
    ("text", "hours"),
    [
        ("Budget 40 hours.", 40), ("Answer within 48 hours, please.", None), ("Open 24 hours a day.", None),
        ("About 30 hours of work, answered within 48 hours.", 30),
        ("Reaktionszeit 4 Stunden, Aufwand 20 Stunden.", 20), ("20 hours for the move and 12 hours for the tests.", None),
    ],
)  # fmt: skip
def test_only_hours_of_work_are_a_budget(text: str, hours: int | None) -> None:
    assert brief(told(text)).budget_hours.value == hours


@pytest.mark.parametrize(
    ("text", "order", "start", "end"),
    [
        ("Kick-off on 11/06/2026; must be finished by 26/08/2026.", "DMY", date(2026, 6, 11), date(2026, 8, 26)),
        ("Kick-off on 06/11/2026; must be finished by 08/26/2026.", "MDY", date(2026, 6, 11), date(2026, 8, 26)),
        ("Deadline 30 September.", "DMY", WEDNESDAY, date(2026, 9, 30)),
        ("Arbeitstage sind der 14., 15. und 21. Juli sowie der 4. August.", "DMY", date(2026, 7, 14), date(2026, 8, 4)),
        ("Two engineers, July to September.", "DMY", date(2026, 7, 1), date(2026, 9, 30)),
        ("D'ici le 15 septembre, début le 1er juillet.", "DMY", date(2026, 7, 1), date(2026, 9, 15)),
        ("Invoice in August. Start 1 July.", "DMY", date(2026, 7, 1), date(2026, 7, 31)),
    ],
)
def test_starts_and_ends_are_told_apart(text: str, order: Any, start: date, end: date) -> None:
    made = brief(told(text), date_order=order)
    assert (made.start.value, made.end.value) == (start, end)


def test_an_ambiguous_numeric_date_says_so() -> None:
    made = brief(told("Start 07/08/2026."))
    assert (made.start.value, made.start.state) == (date(2026, 8, 7), FieldState.PROPOSED)
    assert "DMY" in made.start.message


def test_one_booked_visit_does_not_end_a_project() -> None:
    visit = {"member": "jdoe", "dateStart": "2026-06-10T09:00:00Z", "dateEnd": "2026-06-10T12:00:00Z"}
    made = brief(make_ticket(scheduleEntries=[visit]))
    assert (made.start.value, made.start.state, made.end.value) == (
        date(2026, 6, 10),
        FieldState.SETTLED,
        date(2026, 7, 10),
    )


def test_estimated_days_avoid_weekends_and_holidays() -> None:
    rules = chart(project={"days_off": [date(2026, 6, 3)], "default_days": 31})
    made = brief(make_ticket(), rules=rules)
    assert (made.start.value, made.end.value) == (date(2026, 6, 4), date(2026, 7, 6))


def test_the_calendar_of_the_chart_says_which_days_are_worked_on() -> None:
    rules = chart(project={"working_days": ["Sun", "Mon", "Tue", "Wed", "Thu"]})
    assert Calendar.of(rules).next(date(2026, 6, 5)) == date(2026, 6, 7)


@given(days=st.tuples(st.dates(), st.dates()), first=st.none() | st.dates(), last=st.none() | st.dates())
@examples(100)
def test_the_days_of_a_phase_lie_within_the_project(
    days: tuple[date, date], first: date | None, last: date | None
) -> None:
    span = Span(min(days), max(days))
    begins, ends = within(span, first, last)
    assert span.start <= (begins or span.start) <= (ends or span.end) <= span.end


@given(
    required=st.none() | st.dates(date(1990, 1, 1)),
    start=st.none() | st.dates(date(1990, 1, 1)),
    text=st.text(max_size=60),
)
@examples(60)
def test_the_end_is_never_before_the_start(required: date | None, start: date | None, text: str) -> None:
    members = {"requiredDate": required and required.isoformat(), "estimatedStartDate": start and start.isoformat()}
    made = brief(told(text, **members))
    assert made.start.value is not None
    assert made.end.value is not None
    assert made.start.value <= made.end.value


@pytest.mark.parametrize(
    ("text", "manager", "state"),
    [
        ("Project manager is Rhona Petrie.", "rpetrie", FieldState.PROPOSED),
        ("Projektleiterin ist Frau Rhona Petrie.", "rpetrie", FieldState.PROPOSED),
        ("Chef de projet : Tobin Marlow.", "tmarlow", FieldState.PROPOSED),
        ("Project manager is Hedda Quist.", None, FieldState.MISSING),
        ("Two engineers.", "pmiller", FieldState.SETTLED),
    ],
)
def test_the_manager_is_who_is_named_as_one(text: str, manager: str | None, state: FieldState) -> None:
    made = brief(told(text), lists=changed("/system/members", MEMBERS))
    assert (made.manager.value, made.manager.state) == (manager, state)


def test_the_first_scheduled_engineer_never_manages() -> None:
    entry = {"member": "tmarlow", "dateStart": "2026-06-10T09:00:00Z", "hours": 4}
    ticket = make_ticket(owner=None, scheduleEntries=[entry])
    lists = changed("/system/members", MEMBERS)
    assert brief(ticket, lists=lists).manager.state is FieldState.MISSING
    optional = brief(ticket, lists=lists, rules=chart(project={"manager_required": False}))
    assert (optional.manager.value, optional.manager.state) == (None, FieldState.SETTLED)


def test_team_members_carry_hours_dates_and_work_role() -> None:
    entries = [
        {"member": "tmarlow", "dateStart": "2026-06-10T09:00:00Z", "dateEnd": "2026-06-10T12:00:00Z", "hours": 3},
        {"member": "tmarlow", "dateStart": "2026-07-01T09:00:00Z", "dateEnd": "2026-07-02T12:00:00Z", "hours": 9},
    ]
    members = [one | ({"workRole": {"id": 7}} if one["id"] == 2 else {}) for one in MEMBERS]
    made = project(ticket=make_ticket(scheduleEntries=entries), lists=changed("/system/members", members))
    assert step(made, "team-2").body == {
        "member": {"id": 2}, "projectRole": {"id": 2}, "hours": 12.0, "workRole": {"id": 7},
        "startDate": "2026-06-10T00:00:00Z", "endDate": "2026-07-02T00:00:00Z",
    }  # fmt: skip


def test_contacts_are_paired_with_their_part_and_copies_are_resolved_by_address() -> None:
    people = [
        {"id": 41, "firstName": "Imke", "lastName": "Sander"},
        {"id": 42, "firstName": "Paul", "lastName": "Reyes"},
        {
            "id": 43,
            "firstName": "Dora",
            "lastName": "Whitlock",
            "communicationItems": [{"value": "D.Whitlock@x.example"}],
        },
    ]
    text = "For the network speak to Imke Sander, for the electrics to Paul Reyes."
    ticket = told(text, contact=None, automaticEmailCc="d.whitlock@x.example; nobody@x.example")
    made = brief(ticket, lists=changed(contacts_path(250), people))
    assert [(one.name, one.part, one.id) for one in made.contacts.value or ()] == [
        ("Imke Sander", "network", 41), ("Paul Reyes", "electrics", 42), ("Dora Whitlock", "", 43),
    ]  # fmt: skip
    assert made.contacts.state is FieldState.SETTLED
    assert {source.place for source in made.contacts.sources} >= {"initialDescription", "company contacts"}
    stranger = brief(ticket, lists=changed(contacts_path(250), people[1:]))
    assert [one.id for one in stranger.contacts.value or ()] == [None, 42, 43]
    assert "contacts" in stranger.proposals()


def test_a_surname_that_two_contacts_have_waits_for_a_person() -> None:
    people = [
        {"id": 41, "firstName": "Imke", "lastName": "Sander"}, {"id": 42, "firstName": "Ole", "lastName": "Sander"},
        {"id": 43, "firstName": "Paul", "lastName": "Reyes"},
    ]  # fmt: skip
    ticket = told("Site contact differs: Ms Sander downstairs, Mr Reyes upstairs.", contact=None)
    made = brief(ticket, lists=changed(contacts_path(250), people))
    assert [(one.name, one.part, one.id) for one in made.contacts.value or ()] == [
        ("Sander", "downstairs", None), ("Paul Reyes", "upstairs", 43),
    ]  # fmt: skip
    assert "contacts" in made.proposals()


def test_a_day_that_nothing_names_stays_empty_on_a_mini_project() -> None:
    made = brief(told("Order signed, fixed price $640, one evening."), outcome=Outcome.MINI_PROJECT)
    assert (made.start.value, made.end.value) == (None, None)
    assert "no dates named" in brief_lines(made, "en")[3]
    named = brief(told("Order signed, fixed price $640, on 9 June 2026."), outcome=Outcome.MINI_PROJECT)
    assert named.end.value is not None
    assert "assumed" not in brief_lines(named, "en")[3]


def test_a_restricted_project_needs_a_word_about_the_portal() -> None:
    made = brief(make_ticket(), facts=JobFacts(restricted=True))
    assert made.confidential.state is FieldState.MISSING
    hidden = project(JobFacts(restricted=True), person={"confidential": "hidden"})
    assert step(hidden, "project").body["doNotDisplayInPortalFlag"] is True


@pytest.mark.parametrize(
    "text",
    [
        "We can't start before 18 January 2027.",
        "Nobody may come in; not until 18 January 2027.",
        "Wir können nicht vor dem 18. Januar 2027 beginnen.",
    ],
)
def test_the_day_before_which_nothing_starts_is_a_start(text: str) -> None:
    made = brief(told(f"{text} Finished by 12 March 2027."))
    assert (made.start.value, made.end.value) == (date(2027, 1, 18), date(2027, 3, 12))
