"""The API description against the service: every answer is one that it names, and nothing is a fault.

`deploy/test fast` leaves the file out: schemathesis alone takes a second to import.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from typing import Any

import httpx
import hypothesis
import pytest
import schemathesis
from fastapi import FastAPI
from hypothesis import HealthCheck, Phase, given
from hypothesis import strategies as st
from schemathesis import GenerationMode
from schemathesis.specs.openapi import checks

from app.api import create_app
from app.container import connect
from app.sandbox import Sandbox, SandboxTransport, samples
from tests.support.app_client import MANAGER, settings
from tests.support.live_server import free_port, served

CHECKS = (
    schemathesis.checks.not_a_server_error, checks.status_code_conformance, checks.content_type_conformance,
    checks.response_schema_conformance,
)  # fmt: skip


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The service on a port, with one decided ticket."""
    folder, sandbox = tmp_path_factory.mktemp("fuzzed"), Sandbox()

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        async with connect(settings(folder, mode="dry-run"), transport=SandboxTransport(sandbox)) as parts:
            app.state.parts = parts
            await parts.service.start(look_after=False)
            yield
            await parts.service.stop()

    first = next(iter(samples.samples()))
    KNOWN["ticket_id"] = samples.create(sandbox, first)
    with served(create_app(lifespan=lifespan), free_port()) as url:
        made = httpx.post(f"{url}/tickets/{KNOWN['ticket_id']}/reclassify?wait=30", headers=MANAGER, timeout=60)
        assert made.status_code == 200, made.text
        KNOWN["decision_id"] = made.json()["id"]
        runs = httpx.get(f"{url}/runs?ticket_id={KNOWN['ticket_id']}", headers=MANAGER)
        KNOWN["run_id"] = runs.json()["items"][0]["run_id"]
        KNOWN["audit_id"] = httpx.post(f"{url}/audits", headers=MANAGER).json()["id"]
        yield url


KNOWN: dict[str, Any] = {}
"""Ids of records that exist, so that not every answer is 404."""
SCHEMA = schemathesis.openapi.from_dict(create_app().openapi())
OPERATIONS: list[Any] = [result.ok() for result in SCHEMA.get_all_operations()]  # type: ignore[union-attr]


@pytest.mark.slow
@pytest.mark.parametrize(
    "token", [MANAGER, {}, {"Authorization": "Bearer " + "x" * 30}], ids=["token", "none", "wrong"]
)
@pytest.mark.parametrize("mode", list(GenerationMode), ids=str)
@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda one: one.label)
def test_every_answer_is_a_described_one(
    address: str, operation: Any, mode: GenerationMode, token: dict[str, str]
) -> None:
    @given(case=operation.as_strategy(generation_mode=mode), known=st.booleans())
    @hypothesis.settings(
        max_examples=12 if token is MANAGER else 3, phases=[Phase.generate], database=None, derandomize=True, deadline=None,
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    def fuzz(case: Any, known: bool) -> None:
        if known:
            case.path_parameters.update({name: KNOWN[name] for name in case.path_parameters if name in KNOWN})
        if "wait" in (case.query or {}):
            case.query["wait"] = min(case.query["wait"], 1) if isinstance(case.query["wait"], int | float) else "x"
        answer = case.call(base_url=address, headers=token, timeout=30)
        assert token is MANAGER or answer.status_code in (401, 404, 422) or not operation.definition.raw["security"]
        case.validate_response(answer, checks=list(CHECKS))

    try:
        fuzz()
    except hypothesis.errors.Unsatisfiable:
        pytest.skip("nothing of this kind can be generated for the operation")
