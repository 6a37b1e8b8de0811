"""`GET /cases`: answered, overruled, corrected; undone ones and those without texts are left out."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

from typer.testing import CliRunner

from app.chart.regression.cases import load_cases
from app.cli.commands import app
from app.domain.enums import Outcome
from tests.support.app_client import MANAGER, Site

JAM, ASKED, SWAP = "Reception printer jams", "New printer for the depot", "Fit the replacement"


async def cases(service: Site, **query: Any) -> dict[str, Any]:
    answer = await service.http.get("/cases", params=query, headers=MANAGER)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def test_an_answer_and_an_overruled_outcome_are_cases_with_their_ticket(service: Site) -> None:
    asked = await service.reclassify(service.sample(ASKED))
    assert asked["outcome"] == "review"
    await service.http.post(
        f"/decisions/{asked['id']}/approve?wait=30",
        json={"outcome": "service-ticket", "reason": "Covered"},
        headers=MANAGER,
    )
    await service.reclassify(service.sample(JAM), mode="dry-run", outcome="mini-project", reason="It was sold")
    await service.reclassify(service.sample(JAM), mode="dry-run")

    overruled, answered = (await cases(service))["items"]

    assert (answered["kind"], answered["chart_outcome"], answered["outcome"]) == (
        "answered",
        "review",
        "service-ticket",
    )
    assert (overruled["kind"], overruled["chart_outcome"], overruled["outcome"]) == (
        "overruled",
        "service-ticket",
        "mini-project",
    )
    assert overruled["reason"] == "It was sold"
    assert overruled["case"]["summary"].startswith(JAM)
    assert overruled["case"]["label"] == {"outcome": "MINI_PROJECT", "criteria": {}, "why": "It was sold"}


async def test_pages_follow_one_another(service: Site) -> None:
    for outcome in ("mini-project", "project", "service-ticket"):
        await service.reclassify(service.sample(JAM), mode="dry-run", outcome=outcome)

    first = await cases(service, limit=2)
    second = await cases(service, limit=2, cursor=first["next_cursor"])

    assert [item["outcome"] for item in first["items"] + second["items"]] == [
        "service-ticket",
        "project",
        "mini-project",
    ]
    assert second["next_cursor"] is None


async def test_the_latest_word_on_a_ticket_counts_and_an_undone_one_does_not(service: Site) -> None:
    ticket_id = service.sample(SWAP)
    first = await service.reclassify(ticket_id, outcome="mini-project")
    assert first["status"] == "applied", first["said"]
    assert [item["id"] for item in (await cases(service))["items"]] == [first["id"]]

    await service.http.post(f"/decisions/{first['id']}/undo?wait=30", headers=MANAGER)

    assert (await cases(service))["items"] == []


async def test_cases_without_their_texts_are_gone(service: Site) -> None:
    await service.reclassify(service.sample(JAM), mode="dry-run", outcome="mini-project")
    context = service.parts.service._context

    await context.decisions.prune(older_than=timedelta(0), now=context.now() + timedelta(days=1))

    assert (await cases(service))["items"] == []


async def test_the_token_is_needed(service: Site) -> None:
    assert (await service.http.get("/cases")).status_code == 401


async def test_cases_are_examples_of_the_model(service: Site) -> None:
    await service.reclassify(service.sample(JAM), mode="dry-run", outcome="mini-project", reason="It was sold")

    (example,) = await service.parts.cases.examples()

    assert (example.outcome, example.why) == (Outcome.MINI_PROJECT, "It was sold")


async def test_the_command_exports_what_chart_test_runs(service: Site, tmp_path: Path, monkeypatch: Any) -> None:
    await service.reclassify(service.sample(JAM), mode="dry-run", outcome="mini-project", reason="It was sold")
    url = service.parts.settings.database_url.get_secret_value()
    monkeypatch.chdir(tmp_path)

    async def run(*arguments: str) -> Any:
        import asyncio  # noqa: PLC0415

        return await asyncio.to_thread(CliRunner().invoke, app, list(arguments), env={"DATABASE_URL": url})

    listed = await run("cases", "list", "--json")
    exported = await run("cases", "export", "mine.yaml")
    lines = await run("cases", "export", "mine.jsonl")
    tested = await run("chart", "test", "--cases", "mine.yaml")
    shown = await run("cases", "proposals")

    assert json.loads(listed.stdout)["items"][0]["kind"] == "overruled"
    assert (exported.exit_code, lines.exit_code, shown.exit_code) == (0, 0, 0)
    assert "1 cases" in exported.output
    assert load_cases(Path("mine.yaml"))[0].outcome is Outcome.MINI_PROJECT
    assert load_cases(Path("mine.jsonl"))[0].outcome is Outcome.MINI_PROJECT
    assert tested.exit_code == 1
    assert "expected mini-project, came out as service-ticket" in tested.output
    assert "1 cases" in shown.output
