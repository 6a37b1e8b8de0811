"""Answers in the batch format."""

from __future__ import annotations

import json

from app.reading.model.batch import parse_answers
from tests.support.model_answers import completion


def line(key: object, response: object) -> str:
    return json.dumps({"id": "b", "custom_id": key, "response": response, "error": None})


def test_answers_are_found_by_the_key_of_their_request() -> None:
    body = completion("x")

    found = parse_answers([line("a" * 64, {"status_code": 200, "body": body}), "", line("b", {"body": body})])

    assert found.by_key == {"a" * 64: body, "b": body}
    assert found.problems == []


def test_lines_without_an_answer_are_reported_by_number_and_reason() -> None:
    broken = [
        "{",
        "[]",
        line(7, {"body": {}}),
        line("c", {"status_code": 429, "body": {}}),
        line("d", None),
        line("e", {"body": 1}),
    ]

    found = parse_answers(broken)

    assert found.by_key == {}
    assert found.problems == [
        "line 1: not JSON", "line 2: no custom_id of a request", "line 3: no custom_id of a request",
        "line 4: the request failed (429)", "line 5: the request failed", "line 6: no response.body",
    ]  # fmt: skip
