"""Every way in which ConnectWise can fail becomes one error of the tree, and none of them tells more than it should."""

from __future__ import annotations

import json
from collections.abc import Iterator

import httpx
import pytest

from app.connectwise import (
    BadCredentials,
    BadRequest,
    Conflict,
    ConnectWiseError,
    Forbidden,
    InvalidResponse,
    NotApiAnswer,
    NotFound,
    RateLimited,
    ResponseTooLarge,
    ServerError,
    Unreachable,
    WriteResultUnknown,
    WrongHost,
)
from app.connectwise.responses import Answer, decode_json, error_for
from tests.support.fake_transport import SAMPLES

REFUSALS = json.loads((SAMPLES / "refusals.json").read_text())


def every(kind: type[Exception]) -> Iterator[type[Exception]]:
    yield kind
    for inner in kind.__subclasses__():
        yield from every(inner)


# HTTPStatusError is made only by `raise_for_status`, which the client never calls.
FROM_HTTPX = sorted(
    {one for one in every(httpx.HTTPError) if one.__module__.startswith("httpx") and one is not httpx.HTTPStatusError},
    key=lambda one: one.__name__,
)
NOT_SENT = {"ConnectError", "ConnectTimeout", "PoolTimeout", "ProxyError"}
NOT_SENDABLE = {"UnsupportedProtocol", "LocalProtocolError"}


def test_the_list_of_foreign_errors_is_httpx_own() -> None:
    names = {one.__name__ for one in FROM_HTTPX}
    assert {"ReadTimeout", "WriteError", "RemoteProtocolError", "DecodingError", "TooManyRedirects"} <= names


@pytest.mark.parametrize("kind", FROM_HTTPX, ids=lambda kind: kind.__name__)
@pytest.mark.parametrize("reads", [True, False], ids=["read", "write"])
def test_every_error_of_httpx_becomes_one_of_ours(kind: type[Exception], *, reads: bool) -> None:
    error = error_for(kind("secret text of httpx"), "POST", reads=reads)  # type: ignore[arg-type]
    assert isinstance(error, ConnectWiseError)
    assert "secret text" not in str(error)
    assert kind.__name__ in str(error) or isinstance(error, InvalidResponse)
    if kind.__name__ in NOT_SENT:
        assert type(error) is Unreachable
    elif kind.__name__ in NOT_SENDABLE:
        assert type(error) is BadRequest
    elif not reads:
        assert type(error) is WriteResultUnknown
    else:
        assert error.waiting_helps


@pytest.mark.parametrize("reads", [True, False], ids=["read", "write"])
def test_every_status_becomes_one_of_ours(*, reads: bool) -> None:
    for status in range(300, 600):
        answer = Answer(status, httpx.Headers({"x-cw-request-id": "req-1"}), b"the body is nobody's business")
        error = error_for(answer, "PATCH", reads=reads, path="/service/tickets/1")
        assert isinstance(error, ConnectWiseError), status
        assert error.status == status
        assert error.request_id == "req-1"
        assert "req-1" in str(error)
        assert "nobody" not in str(error), status
        assert str(status) in str(error)


@pytest.mark.parametrize(
    ("status", "reads", "kind", "helps"),
    [
        pytest.param(302, True, BadRequest, False, id="redirect"),
        pytest.param(400, True, BadRequest, False, id="bad-request"),
        pytest.param(401, True, BadCredentials, True, id="wrong-keys"),
        pytest.param(403, True, Forbidden, False, id="no-right"),
        pytest.param(404, True, NotApiAnswer, True, id="missing-without-a-word-of-the-api"),
        pytest.param(408, True, ServerError, True, id="timed-out-reading"),
        pytest.param(408, False, WriteResultUnknown, True, id="timed-out-writing"),
        pytest.param(409, False, Conflict, True, id="in-use"),
        pytest.param(423, False, Conflict, True, id="locked"),
        pytest.param(429, False, RateLimited, True, id="throttled"),
        pytest.param(500, True, ServerError, True, id="fault-reading"),
        pytest.param(500, False, WriteResultUnknown, True, id="fault-writing"),
        pytest.param(503, False, WriteResultUnknown, True, id="away-writing"),
        pytest.param(504, True, ServerError, True, id="gateway-reading"),
    ],
)
def test_a_status_says_whether_waiting_helps(
    status: int, reads: bool, kind: type[ConnectWiseError], helps: bool
) -> None:
    error = error_for(Answer(status, {}, b""), "POST", reads=reads, path="/x")
    assert type(error) is kind
    assert error.waiting_helps is helps


TREE: list[type[Exception]] = sorted(set(every(ConnectWiseError)), key=lambda one: one.__name__)


@pytest.mark.parametrize("kind", TREE, ids=[one.__name__ for one in TREE])
def test_each_error_of_the_tree_tells_its_meaning(kind: type[ConnectWiseError]) -> None:
    assert kind.__doc__
    assert isinstance(kind.waiting_helps, bool)
    assert str(kind("A sentence.", request_id="r1")) == "A sentence. (request r1)"


@pytest.mark.parametrize("name", REFUSALS)
def test_a_refusal_names_field_and_code_but_no_text(name: str) -> None:
    sample = REFUSALS[name]
    body = sample["body"]
    content = body.encode() if isinstance(body, str) else json.dumps(body).encode()
    error = error_for(Answer(sample["status"], {}, content), "PATCH", reads=False, path="/service/tickets/4711")
    assert isinstance(error, BadRequest)
    assert sample["says"] in str(error)
    for private in ("Okoro", "555-0100", "swordfish"):
        assert private not in str(error)
        assert private not in repr(error.field_errors)


@pytest.mark.parametrize(
    ("given", "seconds"),
    [
        pytest.param("7", 7.0, id="seconds"),
        pytest.param("0.5", 0.5, id="half-a-second"),
        pytest.param("-3", 0.0, id="negative"),
        pytest.param("1e9", 3600.0, id="for-ever"),
        pytest.param("inf", 3600.0, id="infinite"),
        pytest.param("nan", None, id="no-number"),
        pytest.param("soon", None, id="word"),
        pytest.param("", None, id="empty"),
        pytest.param("Wed, 21 Oct 2015 07:28:00 GMT", 0.0, id="date-long-ago"),
        pytest.param("Wed, 21 Oct 2099 07:28:00 GMT", 3600.0, id="date-far-ahead"),
        pytest.param("Wed, 99 Oct 2099 07:28:00 GMT", None, id="no-date"),
    ],
)
@pytest.mark.parametrize("status", [429, 503])
def test_retry_after_is_seconds_or_a_date_and_never_endless(given: str, seconds: float | None, status: int) -> None:
    error = error_for(Answer(status, httpx.Headers({"Retry-After": given}), b""), "GET", reads=True, path="/x")
    assert error.retry_after == seconds


def test_a_strange_request_id_is_not_repeated() -> None:
    error = error_for(Answer(500, httpx.Headers({"x-cw-request-id": "<script>" + "x" * 500}), b""), "GET", reads=True)
    assert error.request_id is None


@pytest.mark.parametrize(
    ("content", "of_a_record"),
    [
        pytest.param(b'{"code": "NotFound", "message": "Ticket 4711 not found", "errors": null}', True, id="record"),
        pytest.param(b'{"code": "ConnectWiseApi", "message": "The endpoint does not exist."}', False, id="endpoint"),
        pytest.param(b'{"code": "NotFound", "message": "endpoint not found"}', False, id="endpoint-not-found"),
        pytest.param(b'{"code": "NotFound"}', True, id="no-message"),
    ],
)
def test_a_404_in_the_words_of_the_api_names_a_record_or_an_endpoint(content: bytes, *, of_a_record: bool) -> None:
    error = error_for(Answer(404, {}, content), "GET", reads=True, path="/service/tickets/4711")
    assert isinstance(error, NotFound)
    assert error.of_a_record is of_a_record


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(b"<html>404 - File or directory not found.</html>", id="web-server"),
        pytest.param(b"[]", id="list"),
        pytest.param(b"", id="empty"),
        pytest.param(b'{"code": "NotFound", "message": "Not found"}', id="wrong-keys-on-the-cloud"),
    ],
)
def test_any_other_404_says_nothing_about_a_record_and_waiting_helps(content: bytes) -> None:
    error = error_for(Answer(404, {}, content), "GET", reads=True, path="/service/tickets/4711")
    assert isinstance(error, NotApiAnswer)
    assert error.waiting_helps
    assert "keys" in str(error)


@pytest.mark.parametrize("status", [400, 403])
def test_the_host_for_people_is_named_as_such(status: int) -> None:
    content = b'{"code": "Security", "message": "SSL is required.", "errors": null}'
    error = error_for(Answer(status, {}, content), "GET", reads=True, path="/service/boards")
    assert isinstance(error, WrongHost)
    assert "api-" in str(error)
    assert error.waiting_helps


@pytest.mark.parametrize(("status", "kind"), [(400, BadRequest), (403, Forbidden), (409, Conflict)])
def test_a_refusal_tells_the_reason_without_the_values_in_it(status: int, kind: type[ConnectWiseError]) -> None:
    inner = {
        "code": "InvalidField",
        "message": "The owner Dana Okoro may not see “Top secret plan”.",
        "resource": "ticket",
        "field": "owner/id",
    }
    body = {
        "code": "InvalidObject",
        "message": 'The phase "Roll-out for Ms Okoro" is locked (swordfish 7).',
        "errors": [inner],
    }
    sent = [{"op": "replace", "path": "summary", "value": "swordfish 7"}]
    error = error_for(
        Answer(status, {}, json.dumps(body).encode()), "PATCH", reads=False, path="/service/tickets/1", sent=sent
    )
    assert type(error) is kind
    assert "The phase … is locked" in str(error)
    assert "owner/id (InvalidField): The owner … may not see …" in str(error)
    for private in ("Roll-out", "Okoro", "Dana", "secret", "swordfish"):
        assert private not in str(error)
        assert private not in repr(getattr(error, "field_errors", ""))


def test_an_unclosed_quote_hides_the_rest_of_the_reason() -> None:
    body = {"code": "InvalidObject", "message": 'The name "swordfish is a password', "errors": None}
    error = error_for(Answer(400, {}, json.dumps(body).encode()), "POST", reads=False, path="/project/projects")
    assert "The name …" in str(error)
    assert "swordfish" not in str(error)


@pytest.mark.parametrize(
    ("field", "code", "advice"),
    [
        ("customFields", "MissingRequiredField", "custom fields"),
        ("board/id", "NotFound", "CWM_PATCH_FORM"),
        ("summary", "MaxLength", ""),
    ],
)
def test_the_advice_fits_the_refused_field(field: str, code: str, advice: str) -> None:
    body = {
        "code": "InvalidObject",
        "message": "ticket object is invalid",
        "errors": [{"field": field, "code": code, "message": "x"}],
    }
    error = error_for(Answer(400, {}, json.dumps(body).encode()), "PATCH", reads=False, path="/service/tickets/1")
    assert advice in str(error)
    assert ("CWM_PATCH_FORM" in str(error)) is (advice == "CWM_PATCH_FORM")


@pytest.mark.parametrize("content", [b"", b"<html>Please wait</html>", b"{", b"\xff\xfe", b"[" * 100_000, b"1" * 5000])
@pytest.mark.parametrize(
    ("reads", "kind"), [(True, InvalidResponse), (False, WriteResultUnknown)], ids=["read", "write"]
)
def test_a_2xx_without_json_is_nonsense_and_after_a_write_lost(
    content: bytes, reads: bool, kind: type[ConnectWiseError]
) -> None:
    with pytest.raises(kind) as caught:
        decode_json(Answer(200, httpx.Headers({"x-cw-request-id": "r9"}), content), reads=reads)
    assert caught.value.request_id == "r9"
    assert caught.value.waiting_helps


@pytest.mark.parametrize(
    ("content", "value"),
    [
        pytest.param(rb'{"text": "a\u0000b"}', {"text": "ab"}, id="nul"),
        pytest.param(rb'["\ud83d", "\ud83d\ude00"]', ["", "\U0001f600"], id="half-a-pair"),
        pytest.param(b'{"hours": 1e999, "x": -1e999}', {"hours": None, "x": None}, id="beyond-numbers"),
        pytest.param(b'{"hours": NaN, "x": [Infinity]}', {"hours": None, "x": [None]}, id="not-a-number"),
        pytest.param(rb'{"k\u0000": {"a": [{"b": "\u0000"}]}}', {"k": {"a": [{"b": ""}]}}, id="nested"),
        pytest.param(b'{"hours": 1.5e3, "id": 123456789}', {"hours": 1500.0, "id": 123456789}, id="plain-numbers"),
    ],
)
def test_what_no_database_takes_is_left_out_of_an_answer(content: bytes, value: object) -> None:
    assert decode_json(Answer(200, {}, content), reads=True) == value


def test_too_much_at_once_is_not_worth_waiting_for() -> None:
    assert ResponseTooLarge.waiting_helps is False
