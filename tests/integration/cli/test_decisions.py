"""`decisions` and `actions` on a terminal: what a dispatcher does without the pages."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from app.sandbox import samples
from tests.integration.cli.conftest import Connected
from tests.support.app_client import written
from tests.support.command import Ended, miniprojects

TEXT = "We accept the fixed price of 12,000. Site A in March, site B in May, billed per site."


@pytest.fixture
def desk(tmp_path: Path, connectwise: Connected) -> Desk:
    return Desk(tmp_path, connectwise)


class Desk:
    """A person at a terminal, with a project that waits for its manager."""

    def __init__(self, folder: Path, connectwise: Connected) -> None:
        self.folder, self.connectwise = folder, connectwise
        self.settings = connectwise.settings | {"MODE": "review"}
        first = next(iter(samples.samples()))
        made = {"ticket": {**first["ticket"], "summary": "Two new sites", "initialDescription": TEXT}}
        self.ticket = samples.create(connectwise.sandbox, made)

    def run(self, *words: str) -> Ended:
        return miniprojects(*words, folder=self.folder, settings=self.settings)

    def json(self, *words: str) -> Any:
        ended = self.run(*words, "--json")
        assert ended.returncode == 0, ended.stderr
        return json.loads(ended.stdout)

    def waiting(self) -> dict[str, Any]:
        decision: dict[str, Any] = self.json("reclassify", str(self.ticket), "--mode", "review")
        assert decision["status"] == "awaiting-review", decision["said"]
        return decision


def test_a_brief_is_completed_approved_and_its_actions_are_ticked(desk: Desk) -> None:
    decision = desk.waiting()
    refused = desk.run("decisions", "approve", decision["id"])
    assert refused.returncode == 1
    assert "Manager: Nobody is named as project manager" in refused.stderr
    before = len(desk.connectwise.sandbox.journal)
    changed = desk.run("decisions", "brief", decision["id"], "manager=jdoe", "po_number=4711", "--by", "Ann")
    assert changed.returncode == 0, changed.stderr
    assert "needs review. The brief is complete." in changed.stdout
    assert written(desk.connectwise.sandbox.journal[before:]) == []
    applied = desk.json("decisions", "approve", decision["id"], "--reason", "checked")
    assert applied["status"] == "applied"
    assert applied["brief"]["fields"]["po_number"]["by"] == "Ann (command line)"
    items = desk.json("actions", "list")["items"]
    assert {one["state"] for one in items} == {"open"}
    done = desk.run("actions", "done", items[0]["id"], "--by", "Ann")
    assert done.stdout.startswith("done by Ann (command line): ")
    assert len(desk.json("actions", "list")["items"]) == len(items) - 1
    assert desk.json("actions", "reopen", items[0]["id"])["state"] == "open"


def test_the_money_box_names_how_each_part_reaches_an_invoice(desk: Desk) -> None:
    shown = desk.run("decisions", "show", desk.waiting()["id"])
    assert shown.returncode == 0, shown.stderr
    money = shown.stdout[shown.stdout.index("Money") :].splitlines()[1:6]
    lines = {line.strip().split("  ")[0]: line for line in money}
    assert "12,000.00" in lines["Sold total"]
    assert "FixedFee" in lines["Sold total"]
    assert "billed in the fee" in lines["Fixed fee"]
    assert "every amount is billed once" in lines["Difference"]
    assert "Manager (missing): Nobody is named as project manager" in shown.stdout
    assert "An approval accepts as shown: Agreed, Method, Sold total, Fee" in shown.stdout


@pytest.mark.slow
def test_what_differs_is_named_in_the_money_box(desk: Desk) -> None:
    decision = desk.waiting()
    shown = desk.run("decisions", "brief", decision["id"], "manager=jdoe", "fee=9000", "sold_total=9500")
    assert shown.returncode == 0, shown.stderr
    assert "does not add up" in shown.stdout
    assert "500.00" in shown.stdout
    refused = desk.run("decisions", "approve", decision["id"])
    assert refused.returncode == 1
    assert "9,500.00" in refused.stderr


def test_decisions_are_listed_by_status_and_ticket(desk: Desk) -> None:
    decision = desk.waiting()
    listed = desk.run("decisions", "list", "--status", "awaiting-review", "--ticket", str(desk.ticket))
    assert decision["id"] in listed.stdout
    assert "needs review" in listed.stdout
    assert desk.run("decisions", "list", "--status", "applied").stdout == "No decisions.\n"
    refused = desk.run("decisions", "list", "--cursor", "zzz")
    assert (refused.returncode, "Invalid cursor “zzz”" in refused.stderr) == (2, True)


@pytest.mark.slow
def test_a_rejected_plan_stays_rejected(desk: Desk) -> None:
    decision = desk.waiting()
    assert desk.run("decisions", "reject", decision["id"], "--reason", "not ours").returncode == 0
    late = desk.run("decisions", "brief", decision["id"], "manager=jdoe")
    assert late.returncode == 1
    assert "is rejected" in late.stderr


def test_a_question_is_answered_with_an_outcome(desk: Desk) -> None:
    found = next(one for one in samples.samples() if one["ticket"]["summary"].startswith("New printer for the depot"))
    ticket = samples.create(desk.connectwise.sandbox, found)
    asked = desk.json("reclassify", str(ticket), "--mode", "review")
    assert asked["outcome"] == "review"
    answered = desk.json("decisions", "answer", asked["id"], "service-ticket", "--reason", "a printer")
    assert (answered["outcome"], answered["id"] != asked["id"]) == ("service-ticket", True)
    assert desk.json("decisions", "show", asked["id"])["ended_as"] == "answered"


def test_values_that_do_not_fit_are_refused_by_a_sentence(desk: Desk) -> None:
    decision = desk.waiting()
    for word, sentence in (
        ("fee", "Expected FIELD=VALUE"), ("payments=[1,", "not valid JSON"), ("fee=-1", "fee: Invalid amount"),
        ("colour=red", "Unknown field"), ("manager=nobody", "No active member"), ("name=a\x07b", "Control characters"),
    ):  # fmt: skip
        refused = desk.run("decisions", "brief", decision["id"], word)
        assert refused.returncode in (1, 2)
        assert sentence in " ".join(refused.stderr.split())
    assert desk.json("decisions", "show", decision["id"])["brief"] == decision["brief"]


def test_ticket_text_is_printed_without_control_characters(desk: Desk) -> None:
    desk.connectwise.sandbox.store.table("/tickets")[desk.ticket]["summary"] = "Two new sites \x1b[31m[bold]red[/bold]"
    decision = desk.waiting()
    for words in (("list",), ("show", decision["id"]), ("brief", decision["id"])):
        shown = desk.run("decisions", *words).stdout
        assert "\x1b" not in shown
    assert "bold red /bold" in desk.run("decisions", "list").stdout


def test_what_is_not_there_ends_with_a_sentence(desk: Desk) -> None:
    for words in (("decisions", "show", "none"), ("decisions", "brief", "none", "fee=1"), ("actions", "done", "none")):
        ended = desk.run(*words)
        assert (ended.returncode, "There is no" in ended.stderr) == (1, True)
