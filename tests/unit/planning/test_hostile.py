"""Tickets are other people's text: whatever they hold, planning gives a plan and nothing that acts as markup."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from app.domain.facts import JobFacts, Stage
from app.planning import Step
from tests.support.limits import examples
from tests.support.planning_factories import make_ticket, mini, misfits, project, step

MEMBERS = (
    "summary", "board", "status", "type", "subType", "item", "team", "company", "contact", "owner", "location", "department",
    "agreement", "opportunity", "currency", "site", "contactsCc", "scheduleEntries", "timeEntries", "unread", "workType",
    "workRole", "billTime", "budgetHours", "closedFlag", "parentTicketId", "mergedParentTicket", "recordType", "project",
)  # fmt: skip
SCALARS = st.none() | st.booleans() | st.integers(-3, 900) | st.floats(allow_nan=False) | st.text(max_size=20)
NAMES = st.sampled_from(["id", "name", "identifier", "member", "hours", "type", "status", "taxCode"])
JSON = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=3), max_leaves=6
)
MARKUP = "<script>alert(1)</script> [x](http://evil) **now** `rm` {{7*7}}"


@given(changes=st.dictionaries(st.sampled_from(MEMBERS), JSON, max_size=6))
@examples(60)
def test_whatever_a_ticket_holds_there_is_a_plan(changes: dict[str, Any]) -> None:
    ticket = make_ticket() | changes
    for made in (mini(ticket=ticket), project(JobFacts(members=("jdoe",)), ticket=ticket)):
        assert [complaint for one in made.steps if one.method in ("POST", "PATCH") for complaint in misfits(one)] == []
        assert [Step.from_json(json.loads(json.dumps(one.to_json()))) for one in made.steps] == list(made.steps)


def test_nothing_of_a_ticket_acts_as_markup_in_what_we_write_for_people() -> None:
    facts = JobFacts(
        fixed_price=Decimal(9), stages=(Stage(MARKUP, amount=Decimal(4), contact=MARKUP), Stage("B", amount=Decimal(5))),
        contacts=(MARKUP, "Ms B"), members=(MARKUP,), progress_billing=True, restricted=True,
    )  # fmt: skip
    ticket = make_ticket(agreement={"id": 600, "name": MARKUP}, unread=[MARKUP])
    made = project(facts, ticket=ticket)
    texts = [step(made, "project-note").body["text"], *made.todos, *(one.title for one in made.steps)]
    texts += mini(facts, ticket=ticket).todos
    assert not any(mark in text for text in texts for mark in ("<", ">", "](", "**", "`", "{{"))
