"""Sends one chat-completions request at a time and returns its answer, or says why there is none."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from typing import Any

import httpx

from app import json_codec
from app.model_endpoint.config import EndpointConfig
from app.model_endpoint.errors import EndpointError
from app.model_endpoint.metrics import EndpointMetrics

_OPTIONAL = ("response_format", "temperature", "max_tokens")
"""Members that some servers reject. A rejected `response_format` is sent in the older form `json_object` first; what is
rejected again is left out from then on."""
_REJECTIONS = (400, 422, 500)
"""Statuses of a rejected member; llama.cpp's server answers 500."""
_SCHEMA_FORM = "json_schema"
_TRIES = 3
_FIRST_WAIT = 0.5
_RETRY_STATUSES = {408: "busy", 409: "busy", 425: "busy", 429: "busy"}
_LONGEST_COMPLAINT = 4_000


class ModelEndpoint:
    """One endpoint. Answers are bounded in time and size; after failures in a row it rests and nothing is sent."""

    def __init__(self, config: EndpointConfig, *, transport: httpx.AsyncBaseTransport | None = None) -> None:
        self.config = config
        self.metrics = EndpointMetrics()
        self._slots = asyncio.Semaphore(config.max_concurrency)
        self._rejected: set[str] = set()
        self._failed_in_a_row = 0
        self._rests_until = float("-inf")
        self._http = httpx.AsyncClient(
            transport=transport,
            headers=config.headers,
            timeout=httpx.Timeout(config.timeout),
            limits=httpx.Limits(max_connections=config.max_concurrency),
            follow_redirects=False,
            trust_env=False,
        )

    async def aclose(self) -> None:
        """Close the connections."""
        await self._http.aclose()

    async def complete(self, body: Mapping[str, Any]) -> dict[str, Any]:
        """The completion of a request. Raises EndpointError within the configured time."""
        async with self._slots:
            left = self._rests_until - asyncio.get_running_loop().time()
            if left > 0:
                raise EndpointError(f"The model endpoint failed repeatedly; next try in {left:.0f} s.", code="resting")
            try:
                async with asyncio.timeout(self.config.timeout):
                    answer = await self._repeated(body)
            except TimeoutError:
                text = f"The model endpoint did not answer within {self.config.timeout:.0f} s."
                raise self._failed(EndpointError(text, code="timeout")) from None
            except EndpointError as error:
                raise self._failed(error) from error.__cause__
        self._failed_in_a_row = 0
        return answer

    def _failed(self, error: EndpointError) -> EndpointError:
        self.metrics.failures[error.code] += 1
        self._failed_in_a_row += 1
        if self._failed_in_a_row >= self.config.failures_before_rest:
            self._failed_in_a_row = 0
            self._rests_until = asyncio.get_running_loop().time() + self.config.rest
        return error

    async def _repeated(self, body: Mapping[str, Any]) -> dict[str, Any]:
        """Repeats where seconds may help; a wait beyond the time limit ends as a timeout."""
        for number in range(_TRIES):
            try:
                return await self._without_rejected(body)
            except EndpointError as error:
                if not error.may_repeat or number == _TRIES - 1:
                    raise
                wait = error.retry_after if error.retry_after is not None else _FIRST_WAIT * 2**number
                if wait >= self.config.timeout:
                    raise
                await asyncio.sleep(wait)
        raise AssertionError

    async def _without_rejected(self, body: Mapping[str, Any]) -> dict[str, Any]:
        """Sends a request, and again without a member that the server rejects by name."""
        for _ in range(len(_OPTIONAL) + 2):
            sent = {name: value for name, value in body.items() if name not in self._rejected}
            if _SCHEMA_FORM in self._rejected and "response_format" in sent:
                sent["response_format"] = _older_form(sent["response_format"])
            status, headers, content = await self._exchange(sent)
            if status in _REJECTIONS and (name := _rejected_member(content, sent)):
                older = name == "response_format" and _SCHEMA_FORM not in self._rejected
                self._rejected.add(_SCHEMA_FORM if older else name)
                continue
            return _completion(status, headers, content)
        raise AssertionError

    async def _exchange(self, body: Mapping[str, Any]) -> tuple[int, httpx.Headers, bytes]:
        content = json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")
        self.metrics.requests += 1
        try:
            async with self._http.stream("POST", self.config.address, content=content) as response:
                pieces, size = [], 0
                async for piece in response.aiter_bytes():
                    size += len(piece)
                    if size > self.config.largest_answer:
                        text = f"The answer of the model endpoint exceeds {self.config.largest_answer // 1024} kB."
                        raise EndpointError(text, code="too-large")
                    pieces.append(piece)
                return response.status_code, response.headers, b"".join(pieces)
        except httpx.TimeoutException:
            raise TimeoutError from None
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            text = f"The model endpoint cannot be reached or broke off ({type(error).__name__})."
            raise EndpointError(text, code="unreachable") from error


def _completion(status: int, headers: httpx.Headers, content: bytes) -> dict[str, Any]:
    if status != httpx.codes.OK:
        raise _error_of(status, headers)
    try:
        answer = json_codec.read(content)
    except (ValueError, RecursionError):
        answer = None
    if not isinstance(answer, dict):
        raise EndpointError("The model endpoint did not answer in JSON.", code="not-json")
    return answer


def _error_of(status: int, headers: httpx.Headers) -> EndpointError:
    if status in (httpx.codes.UNAUTHORIZED, httpx.codes.FORBIDDEN):
        text = f"The model endpoint refuses the key ({status}). Check READER_API_KEY and READER_AUTH."
        return EndpointError(text, code="refused")
    if status == httpx.codes.NOT_FOUND:
        text = "The model endpoint knows no such address or model (404). Check READER_URL and READER_MODEL."
        return EndpointError(text, code="not-found")
    if status in _RETRY_STATUSES or status >= httpx.codes.INTERNAL_SERVER_ERROR:
        code = _RETRY_STATUSES.get(status, "server-error")
        return EndpointError(f"The model endpoint answered {status}.", code=code, retry_after=_seconds(headers))
    return EndpointError(f"The model endpoint rejected the request ({status}).", code="rejected")


def _older_form(response_format: Mapping[str, Any]) -> dict[str, Any]:
    """The form of servers that take a schema beside `json_object`; others ignore it."""
    found = response_format.get(_SCHEMA_FORM)
    schema = found.get("schema") if isinstance(found, Mapping) else None
    return {"type": "json_object"} | ({"schema": schema} if schema else {})


def _seconds(headers: httpx.Headers) -> float | None:
    text = headers.get("retry-after", "")
    return float(text) if text.isascii() and text.isdigit() and len(text) < 7 else None


def _rejected_member(content: bytes, sent: Mapping[str, Any]) -> str:
    """The optional member that the error text names; empty if none."""
    complaint = content[:_LONGEST_COMPLAINT].decode("utf-8", "replace")
    return next((name for name in _OPTIONAL if name in sent and name in complaint), "")
