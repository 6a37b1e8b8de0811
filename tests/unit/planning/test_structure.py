"""Phases and budget hours: by template, by stages, by the chart; hours add up."""

from __future__ import annotations

from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain.facts import JobFacts, Stage
from tests.support.planning_factories import changed, chart, codes, project, stages, step, steps_of

HOURS = st.none() | st.decimals(min_value="0.25", max_value=400, places=2)
TEMPLATE = [{"id": 2, "name": "Server Migration"}]
WITH_TEMPLATE = {"templates": {"migration": "Server Migration"}}


def test_without_stages_the_phases_are_the_charts_and_share_its_hours() -> None:
    rules = chart(
        project={
            "phases": [{"name": "Prepare", "share": Decimal("0.25")}, {"name": "Deliver", "share": Decimal("0.75")}]
        }
    )
    bodies = [one.body for one in steps_of(project(JobFacts(hours=Decimal(10)), rules=rules), "phase-")]
    assert [(body["description"], body["wbsCode"], body["budgetHours"]) for body in bodies] == [
        ("Prepare", "1", 2.5),
        ("Deliver", "2", 7.5),
    ]


def test_hours_follow_the_amounts_of_the_stages() -> None:
    facts = JobFacts(fixed_price=Decimal(4000), hours=Decimal(40), stages=stages(("A", "3000"), ("B", "1000")))
    assert [one.body["budgetHours"] for one in steps_of(project(facts), "phase-")] == [30.0, 10.0]


def test_stages_keep_their_own_hours_and_the_others_share_the_rest() -> None:
    named = (Stage("A", hours=Decimal(6)), Stage("B"), Stage("C"))
    made = project(JobFacts(hours=Decimal(10), stages=named))
    assert [one.body["budgetHours"] for one in steps_of(made, "phase-")] == [6.0, 2.0, 2.0]


@given(total=HOURS, hours=st.lists(HOURS, min_size=2, max_size=12))
@settings(max_examples=60)
def test_the_budget_of_a_project_is_the_sum_of_its_phases(total: Decimal | None, hours: list[Decimal | None]) -> None:
    named = tuple(Stage(f"S{number}", hours=each) for number, each in enumerate(hours))
    made = project(JobFacts(hours=total, stages=named))
    parts = [Decimal(repr(one.body["budgetHours"])) for one in steps_of(made, "phase-") if "budgetHours" in one.body]
    budget = step(made, "project").body.get("budgetHours")
    assert (Decimal(repr(budget)) if budget is not None else Decimal(0)) == sum(parts)
    assert step(made, "ticket").wish.get("budgetHours") == step(made, "phase-1").body.get("budgetHours")


@given(names=st.lists(st.text(max_size=130), min_size=2, max_size=8))
@settings(max_examples=50)
def test_phase_names_fit_and_differ(names: list[str]) -> None:
    phases = steps_of(project(JobFacts(stages=tuple(Stage(name) for name in names))), "phase-")
    found = [one.body["description"] for one in phases]
    assert len({name.casefold() for name in found}) == len(names)
    assert all(0 < len(name) <= 100 for name in found)


def test_actual_against_budget_shows_on_the_project() -> None:
    body = step(
        project(JobFacts(hours=Decimal(8)), rules=chart(project={"budget_analysis": "BillableHours"})), "project"
    ).body
    assert (body["budgetFlag"], body["budgetAnalysis"], body["budgetHours"]) == (True, "BillableHours", 8.0)


def test_a_template_of_the_kind_of_work_brings_the_phases() -> None:
    lists = changed("/project/projectTemplates/", TEMPLATE)
    made = project(JobFacts(kind="migration", hours=Decimal(8)), rules=chart(project=WITH_TEMPLATE), lists=lists)
    template, convert = step(made, "template"), step(made, "convert")
    assert template.path == "/project/projects/{project.id}/applyTemplate/2"
    assert [look.path for look in template.makes] == ["/project/tickets", "/project/projects/{project.id}/phases"]
    assert template.look is not None
    assert template.look.path == "/project/projects/{project.id}/phases"
    assert not steps_of(made, "phase-")
    assert convert.body["phase"] == {"id": {"$ref": "template.id"}}
    assert convert.body["wbsCode"] == {"$text": "{template.wbsCode}.1"}
    assert step(made, "ticket").wish["budgetHours"] == 8.0


def test_phases_that_carry_money_stand_beside_those_of_the_template() -> None:
    lists = changed("/project/projectTemplates/", TEMPLATE)
    facts = JobFacts(kind="migration", fixed_price=Decimal(9), stages=stages(("A", "4"), ("B", "5")))
    made = project(facts, rules=chart(project=WITH_TEMPLATE), lists=lists)
    first = step(made, "phase-1")
    assert [one.key for one in made.steps[3:6]] == ["template", "phase-1", "phase-2"]
    assert "wbsCode" not in first.body
    assert step(made, "convert").body["wbsCode"] == {"$text": "{phase-1.wbsCode}.1"}


def test_a_template_that_is_not_there_goes_to_review_with_near_misses() -> None:
    lists = changed("/project/projectTemplates/", [{"id": 2, "name": "Server Migrations"}])
    made = project(JobFacts(kind="migration"), rules=chart(project=WITH_TEMPLATE), lists=lists)
    assert codes(made) == ["project-template-missing"]
    assert "Near: Server Migrations." in made.problems[0].text
    assert not made.steps


def test_another_kind_of_work_has_no_template() -> None:
    made = project(JobFacts(kind="consulting"), rules=chart(project=WITH_TEMPLATE))
    assert not steps_of(made, "template")
