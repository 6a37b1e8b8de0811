"""The client against a real server that answers well, badly, late, half, too much or not at all."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from app.model_endpoint import EndpointConfig, EndpointError, ModelEndpoint
from tests.support.model_answers import completion
from tests.support.model_server import ModelServer, Reply, model_server

BODY = {"model": "m", "messages": [], "temperature": 0, "max_tokens": 9, "response_format": {"type": "json_schema"}}
GOOD = completion("hello")


async def ask(server: ModelServer, **changes: Any) -> dict[str, Any]:
    endpoint = ModelEndpoint(server.config(**changes))
    try:
        return await endpoint.complete(BODY)
    finally:
        await endpoint.aclose()


async def test_a_completion_comes_back_and_the_key_is_a_bearer_token() -> None:
    async with model_server(lambda _: Reply(GOOD)) as server:
        assert await ask(server, api_key="k-1") == GOOD

    assert server.bodies == [BODY]
    assert server.heads[0].startswith("POST /v1/chat/completions HTTP/1.1")
    assert "authorization: bearer k-1" in server.heads[0].lower()


async def test_azure_has_its_own_header_and_a_version() -> None:
    async with model_server(lambda _: Reply(GOOD)) as server:
        await ask(server, api_key="k-1", auth="api-key", api_version="2024-10-21")

    assert "POST /v1/chat/completions?api-version=2024-10-21" in server.heads[0]
    assert "api-key: k-1" in server.heads[0].lower()
    assert "authorization" not in server.heads[0].lower()


@pytest.mark.parametrize(
    ("reply", "code"),
    [
        (Reply({"error": {"message": "no such key"}}, status=401), "refused"),
        (Reply({}, status=403), "refused"),
        (Reply({}, status=404), "not-found"),
        (Reply({"error": {"message": "context too long"}}, status=400), "rejected"),
        (Reply({}, status=302, headers={"Location": "http://127.0.0.1:1/"}), "rejected"),
        (Reply(b"<html>Bad gateway</html>"), "not-json"),
        (Reply(b""), "not-json"),
        (Reply(b"[1, 2]"), "not-json"),
        (Reply(b"\xff\xfe\x00{"), "not-json"),
        (Reply(b"[" * 200_000), "not-json"),
        (Reply(b'"' + b"x" * 400_000 + b'"'), "too-large"),
        (Reply({}, status=429, headers={"Retry-After": "3600"}), "busy"),
    ],
)
async def test_a_bad_answer_is_an_error_with_a_reason_and_without_its_content(reply: Reply, code: str) -> None:
    async with model_server(lambda _: reply) as server:
        with pytest.raises(EndpointError) as caught:
            await ask(server)

    assert caught.value.code == code
    assert "x" * 50 not in str(caught.value)


async def test_a_late_answer_ends_after_the_time_limit() -> None:
    async with model_server(lambda _: Reply(GOOD, pause=30)) as server:
        with pytest.raises(EndpointError) as caught:
            await ask(server, timeout=0.2)

    assert caught.value.code == "timeout"


async def test_half_an_answer_is_tried_again_and_then_given_up() -> None:
    async with model_server(lambda _: Reply(GOOD, cut=120)) as server:
        with pytest.raises(EndpointError) as caught:
            await ask(server)

    assert caught.value.code == "unreachable"
    assert len(server.bodies) == 3


@pytest.mark.parametrize("status", [429, 500, 502, 503])
async def test_a_busy_server_is_asked_again(status: int) -> None:
    replies = iter([Reply({}, status=status, headers={"Retry-After": "0"}), Reply(GOOD)])
    async with model_server(lambda _: next(replies)) as server:
        assert await ask(server) == GOOD

    assert len(server.bodies) == 2


async def test_nobody_listens() -> None:
    endpoint = ModelEndpoint(EndpointConfig("http://127.0.0.1:9/v1", timeout=5))

    with pytest.raises(EndpointError) as caught:
        await endpoint.complete(BODY)

    assert caught.value.code == "unreachable"
    await endpoint.aclose()


async def test_a_member_that_the_server_does_not_know_is_left_out_from_then_on() -> None:
    def picky(body: dict[str, Any]) -> Reply:
        for name in ("response_format", "temperature", "max_tokens"):
            if name in body:
                return Reply({"error": {"message": f"Unsupported parameter: '{name}'"}}, status=400)
        return Reply(GOOD)

    async with model_server(picky) as server:
        endpoint = ModelEndpoint(server.config())
        assert await endpoint.complete(BODY) == GOOD
        assert await endpoint.complete(BODY) == GOOD
        await endpoint.aclose()

    assert len(server.bodies) == 6
    assert set(server.bodies[-1]) == {"model", "messages"}


@pytest.mark.parametrize("status", [400, 422, 500])
async def test_a_server_of_the_older_form_gets_the_schema_beside_json_object(status: int) -> None:
    body = BODY | {"response_format": {"type": "json_schema", "json_schema": {"schema": {"type": "object"}}}}

    def older(sent: dict[str, Any]) -> Reply:
        if sent["response_format"]["type"] == "json_schema":
            return Reply({"detail": [{"loc": ["body", "response_format", "type"]}]}, status=status)
        return Reply(GOOD)

    async with model_server(older) as server:
        endpoint = ModelEndpoint(server.config())
        assert await endpoint.complete(body) == GOOD
        assert await endpoint.complete(body) == GOOD
        await endpoint.aclose()

    assert [sent["response_format"]["type"] for sent in server.bodies] == ["json_schema", "json_object", "json_object"]
    assert server.bodies[-1]["response_format"]["schema"] == {"type": "object"}


async def test_after_failures_in_a_row_nothing_is_sent_for_a_while() -> None:
    async with model_server(lambda _: Reply({}, status=401)) as server:
        endpoint = ModelEndpoint(server.config(failures_before_rest=2, rest=60))
        codes = []
        for _ in range(4):
            with pytest.raises(EndpointError) as caught:
                await endpoint.complete(BODY)
            codes.append(caught.value.code)
        await endpoint.aclose()

    assert codes == ["refused", "refused", "resting", "resting"]
    assert len(server.bodies) == 2
    assert endpoint.metrics.failures["refused"] == 2


async def test_no_more_requests_at_the_same_time_than_allowed() -> None:
    async with model_server(lambda _: Reply(GOOD, pause=0.05)) as server:
        endpoint = ModelEndpoint(server.config(max_concurrency=2))
        await asyncio.gather(*(endpoint.complete(BODY) for _ in range(6)))
        await endpoint.aclose()

    assert server.most_at_once == 2
    assert endpoint.metrics.requests == 6


def test_the_shown_address_has_no_password() -> None:
    assert EndpointConfig("https://u:secret@llm.example.com/v1").shown == "https://llm.example.com/v1"
    assert EndpointConfig("http://localhost:11434/v1").is_local
    assert not EndpointConfig("https://llm.example.com/v1").is_local
